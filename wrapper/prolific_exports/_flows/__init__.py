"""Flows decide what happens next, without input or output."""
