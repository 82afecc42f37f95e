"""The conformance gate for Prolific's export contract, and the tools around the contract."""
