"""The statements: what the documents say about the export operations, once each, as data.

Every statement names the laws that check it, or why none can. A law is added to the statements
that it checks; a statement without a law is a gap in the gate.
"""

from collections.abc import Iterable
from typing import Final

from prolific_contract._vocabulary import Edition, Operation
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


def broken(
    law_id: str,
    operation: Operation,
    *,
    edition: Edition | None = None,
    about: Iterable[str] = (),
) -> tuple[Statement, ...]:
    """The statements that a violation of a law may concern.

    Args:
        law_id: The violated law.
        operation: The operation that violates it.
        edition: The edition that the server follows; None if that is not known.
        about: What is wrong, as the law's observation has it.
    """
    candidates = tuple(
        statement
        for statement in checked_by(law_id, operation)
        if edition is None or (operation, edition) in statement.places()
    )
    wrong = tuple(about)
    return tuple(one for one in candidates if _concerns(one, wrong)) or candidates


def _concerns(statement: Statement, about: tuple[str, ...]) -> bool:
    members = tuple(f"{name} " for name in about)
    return statement.id in about or any(
        part in about or part.startswith(members) for part in statement.contract
    )


__all__ = ["CATEGORIES", "STATEMENTS", "Category", "Statement", "broken", "checked_by"]
