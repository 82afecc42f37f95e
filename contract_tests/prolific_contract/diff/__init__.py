"""Compares two contracts and shows what the new one breaks, with examples.

`read_contract` reads a contract from a file or URL, `comparison` compares two of them operation by
operation, and `as_text` and `as_json` render the result.
"""

from prolific_contract.diff._compare import OperationDiff, compare
from prolific_contract.diff._findings import Finding
from prolific_contract.diff._reading import contract_of, read_contract, read_source
from prolific_contract.diff._relation import Compatibility
from prolific_contract.diff._report import ContractComparison, as_json, as_text, comparison, summary

__all__ = [
    "Compatibility",
    "ContractComparison",
    "Finding",
    "OperationDiff",
    "as_json",
    "as_text",
    "compare",
    "comparison",
    "contract_of",
    "read_contract",
    "read_source",
    "summary",
]
