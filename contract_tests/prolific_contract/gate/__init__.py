"""The conformance gate: a conversation with a server, recorded, and laws that judge the record."""
