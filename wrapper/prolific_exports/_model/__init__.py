"""Values that every other room uses, with the rules that make them valid."""
