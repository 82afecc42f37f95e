"""Notebooks: what they show, and the examples in a kernel."""
