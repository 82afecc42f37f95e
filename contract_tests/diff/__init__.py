"""Tests of the comparison of contracts."""
