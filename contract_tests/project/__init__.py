"""Tests of the project itself: its tree, its lock file, its packages."""
