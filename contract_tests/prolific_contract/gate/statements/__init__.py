"""The statements: what the documents say about the export operations, once each, as data.

Every statement names the laws that check it, or why none can. A law is added to the statements
that it checks; a statement without a law is a gap in the gate.
"""

from typing import Final

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.statements import (
    _api,
    _archives,
    _content,
    _deletions,
    _errors,
    _filters,
    _lists,
    _polls,
    _requests,
)
from prolific_contract.gate.statements._statement import CATEGORIES, Category, Statement

# The coverage lists the statements in this order.
STATEMENTS: Final[tuple[Statement, ...]] = (
    *_api.STATEMENTS,
    *_errors.STATEMENTS,
    *_requests.STATEMENTS,
    *_filters.STATEMENTS,
    *_polls.STATEMENTS,
    *_archives.STATEMENTS,
    *_content.STATEMENTS,
    *_lists.STATEMENTS,
    *_deletions.STATEMENTS,
)


def checked_by(law_id: str, operation: Operation | None = None) -> tuple[Statement, ...]:
    """The statements that a law checks, for one operation or any."""
    return tuple(
        statement
        for statement in STATEMENTS
        if law_id in statement.laws and operation in (None, *statement.operations)
    )


__all__ = ["CATEGORIES", "STATEMENTS", "Category", "Statement", "checked_by"]
