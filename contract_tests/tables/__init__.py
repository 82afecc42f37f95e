"""Tables: what is in them, and that every way to them agrees."""
