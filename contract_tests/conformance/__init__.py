"""Responses against the contract, the generated client and the wrapper."""
