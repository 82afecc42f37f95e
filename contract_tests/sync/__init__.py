"""Tests of the dataset that a sync refreshes."""
