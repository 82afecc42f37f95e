"""The conformance gate: records a conversation with a server and judges it by laws."""
