"""Flows: what happens next, decided without input or output."""
