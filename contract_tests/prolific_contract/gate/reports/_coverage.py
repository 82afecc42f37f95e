"""Statements and laws: which law checks what the documents state, and what none can check."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from prolific_exports._console._text import plural

from prolific_contract._vocabulary import KINDS, Operation
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.reports._names import operation_id
from prolific_contract.gate.statements import CATEGORIES, STATEMENTS, Statement, checked_by

FORMAT: Final = "prolific-contract coverage"
VERSION: Final = 1

_INTRODUCTION: Final = """\
# Statements and laws

What the documents state about the export operations, in our words, and the laws that check it.
`prolific-contract laws --coverage --markdown` writes this page. [The gate](gate.md) explains it.

Operations stand for both kinds, batch and collection, unless a kind is named. Lists, deletions and
filters exist in edition 2026-11 only."""


def headline() -> str:
    """How many statements there are, and how many of them laws check."""
    checked = sum(bool(statement.laws) for statement in STATEMENTS)
    return (
        f"{len(STATEMENTS)} statements: {plural(len(LAWS), 'law')} check {checked}, and "
        f"{len(STATEMENTS) - checked} have a reason why no law can check them"
    )


def scope(statement: Statement) -> str:
    """The operations of a statement, and its edition if it has only one."""
    by_action: dict[str, list[Operation]] = {}
    for operation in statement.operations:
        by_action.setdefault(operation.action, []).append(operation)
    names = [
        action if len(operations) == len(KINDS) else f"{operations[0].kind} {action}"
        for action, operations in by_action.items()
    ]
    return "; ".join([", ".join(names), *statement.editions])


def origin(statement: Statement) -> str:
    """The documents of a statement, and the numbers of their discrepancies."""
    return "; ".join([statement.source, *statement.discrepancies])


def render_json() -> str:
    """The statements and the laws that check them, as a JSON document."""
    return f"{json.dumps(document(), indent=2)}\n"


def document() -> dict[str, Any]:
    """The statements and the laws that check them, as plain values."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "sentence": headline(),
        "statements": [
            {
                "id": statement.id,
                "says": statement.says,
                "category": statement.category,
                "operations": [operation_id(operation) for operation in statement.operations],
                "editions": list(statement.editions),
                "source": statement.source,
                "discrepancies": list(statement.discrepancies),
                "contract": list(statement.contract),
                "laws": list(statement.laws),
                "unchecked": statement.unchecked or None,
            }
            for statement in STATEMENTS
        ],
        "laws": [
            {"id": law.id, "statements": [statement.id for statement in checked_by(law.id)]}
            for law in LAWS
        ],
    }


def render_markdown() -> str:
    """The page ``docs/statements.md``."""
    checked = [statement for statement in STATEMENTS if statement.laws]
    unchecked = [statement for statement in STATEMENTS if statement.unchecked]
    return "\n".join(
        [
            _INTRODUCTION,
            "",
            f"{headline()}.",
            "",
            *_table(["category", "checked", "not checked"], _counts(), align=[1, 2]),
            "",
            "## Checked by laws",
            "",
            *_table(
                ["statement", "what the documents state", "operations", "source", "laws"],
                ([*_cells(one), _codes(one.laws)] for one in checked),
            ),
            "",
            "## Not checked, with the reason",
            "",
            *_table(
                ["statement", "what the documents state", "operations", "source", "reason"],
                ([*_cells(one), one.unchecked] for one in unchecked),
            ),
            "",
            "## Laws",
            "",
            *_table(
                ["law", "statements that it checks"],
                ([f"`{law.id}`", _codes(one.id for one in checked_by(law.id))] for law in LAWS),
            ),
            "",
        ]
    )


def _counts() -> Iterator[list[str]]:
    for category in CATEGORIES:
        own = [statement for statement in STATEMENTS if statement.category == category]
        checked = sum(bool(statement.laws) for statement in own)
        yield [category, str(checked), str(len(own) - checked)]


def _cells(statement: Statement) -> list[str]:
    return [f"`{statement.id}`", statement.says, scope(statement), origin(statement)]


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(
    titles: list[str], rows: Iterable[list[str]], align: Iterable[int] = ()
) -> Iterator[str]:
    rules = ["--:" if number in align else "---" for number in range(len(titles))]
    for row in (titles, rules, *rows):
        yield f"| {' | '.join(row)} |"
