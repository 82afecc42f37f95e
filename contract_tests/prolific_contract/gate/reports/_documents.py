"""The pages that laws name in short: their titles and addresses."""

import re
from typing import Final

from attrs import frozen

from prolific_contract._vocabulary import Operation
from prolific_contract.gate._discrepancies import DISCREPANCIES
from prolific_contract.gate.laws._law import LawSource

_REFERENCE: Final = "https://docs.prolific.com/api-reference"


@frozen
class Page:
    """A page of Prolific's documentation.

    Attributes:
        title: As the page has it.
        address: Where it stood when the contract was written.
    """

    title: str
    address: str


_PAGES: Final = {
    "000": Page(
        "Get Collection Export Status", f"{_REFERENCE}/ai-task-builder/get-collection-export-status"
    ),
    "001": Page("Get Batch Export Status", f"{_REFERENCE}/ai-task-builder/get-batch-export-status"),
    "002": Page(
        "Request a Collection Export", f"{_REFERENCE}/ai-task-builder/request-collection-export"
    ),
    "003": Page(
        "Exporting Collection Data", f"{_REFERENCE}/ai-task-builder/exporting-collection-data"
    ),
    "004": Page("Request a Batch Export", f"{_REFERENCE}/ai-task-builder/request-batch-export"),
}
_OTHERS: Final = Page("API reference", _REFERENCE)
# The page of each operation; of the archives only the collections' guide is among them.
_OWN: Final = {
    Operation("batch", "request"): "004",
    Operation("batch", "status"): "001",
    Operation("collection", "request"): "002",
    Operation("collection", "status"): "000",
    Operation("collection", "archive"): "003",
}
_NAMED = re.compile(r"documents/(\d{3}(?:, \d{3})*)")


def page(source: LawSource, operation: Operation | None = None) -> Page:
    """The page to read first about a law.

    Args:
        source: The law's.
        operation: Where it was broken: its own page if the source names that one.
    """
    names = [name for match in _NAMED.finditer(source.document) for name in match[1].split(", ")]
    known = [name for name in names if name in _PAGES]
    if operation is not None:
        # The operation's own page, or else one about the same kind.
        siblings = {name for place, name in _OWN.items() if place.kind == operation.kind}
        known.sort(key=lambda name: (name != _OWN.get(operation), name not in siblings))
    return _PAGES[known[0]] if known else _OTHERS


def cited(source: LawSource) -> str:
    """Where a law comes from: the source as it is written, and where documents differ."""
    if not source.discrepancies:
        return source.document
    # A number alone says nothing to who reads a report.
    differences = "; ".join(f"{name} {DISCREPANCIES[name].title}" for name in source.discrepancies)
    return f"{source.document}; {differences}"
