"""The proof that the gate works: it detects every mutant and fails no conforming server."""
