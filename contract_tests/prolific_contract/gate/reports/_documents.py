"""Titles and addresses of the pages that laws cite by number."""

import re
from typing import Final

from attrs import frozen

from prolific_contract._vocabulary import Operation
from prolific_contract.gate._discrepancies import DISCREPANCIES
from prolific_contract.gate.laws._law import LawSource

_REFERENCE: Final = "https://docs.prolific.com/api-reference"


@frozen
class DocumentPage:
    """A page of Prolific's documentation.

    Attributes:
        address: Its URL when the contract was written.
    """

    title: str
    address: str


_PAGES: Final = {
    "000": DocumentPage(
        "Get Collection Export Status", f"{_REFERENCE}/ai-task-builder/get-collection-export-status"
    ),
    "001": DocumentPage(
        "Get Batch Export Status", f"{_REFERENCE}/ai-task-builder/get-batch-export-status"
    ),
    "002": DocumentPage(
        "Request a Collection Export", f"{_REFERENCE}/ai-task-builder/request-collection-export"
    ),
    "003": DocumentPage(
        "Exporting Collection Data", f"{_REFERENCE}/ai-task-builder/exporting-collection-data"
    ),
    "004": DocumentPage(
        "Request a Batch Export", f"{_REFERENCE}/ai-task-builder/request-batch-export"
    ),
}
_OTHERS: Final = DocumentPage("API reference", _REFERENCE)
# The page about each operation. No page describes the archives of batches.
_OWN: Final = {
    Operation("batch", "request"): "004",
    Operation("batch", "status"): "001",
    Operation("collection", "request"): "002",
    Operation("collection", "status"): "000",
    Operation("collection", "archive"): "003",
}
_NAMED = re.compile(r"documents/(\d{3}(?:, \d{3})*)")


def page(source: LawSource, operation: Operation | None = None) -> DocumentPage:
    """The page to read first about a law.

    Args:
        source: The source of the law.
        operation: The operation that broke the law. If the source cites the page about this
            operation, that page is returned.
    """
    names = [name for match in _NAMED.finditer(source.document) for name in match[1].split(", ")]
    known = [name for name in names if name in _PAGES]
    if operation is not None:
        # Prefer the page about the operation, then pages about the same kind.
        siblings = {name for place, name in _OWN.items() if place.kind == operation.kind}
        known.sort(key=lambda name: (name != _OWN.get(operation), name not in siblings))
    return _PAGES[known[0]] if known else _OTHERS


def citation(source: LawSource) -> str:
    """The source of a law, with the discrepancies between documents that it touches."""
    if not source.discrepancies:
        return source.document
    # Readers of a report do not know the numbers.
    differences = "; ".join(f"{name} {DISCREPANCIES[name].title}" for name in source.discrepancies)
    return f"{source.document}; {differences}"
