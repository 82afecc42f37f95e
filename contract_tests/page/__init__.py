"""Tests of the page of the data."""
