"""The matrix of laws and operations."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports._console._text import plural
from prolific_exports._html._markup import Content, element

from prolific_contract._vocabulary import Operation
from prolific_contract.gate._verdict import Cell
from prolific_contract.gate.laws._law import Law
from prolific_contract.gate.reports._html._anchors import law_anchor, violation_anchor
from prolific_contract.gate.reports._summary import MARK_MEANINGS, Mark, Summary

SYMBOLS: Final[dict[Mark, str]] = {
    "held": "✓",
    "violated": "✗",
    "accepted": "a",
    "noted": "~",
    "not exercised": "·",
}


def matrix(summary: Summary) -> list[Content]:
    """The table with filters and legend."""
    operations = summary.operations
    if not operations:
        return []
    kinds = [(kind, len(list(same))) for kind, same in groupby(operations, key=lambda op: op.kind)]
    starts = {next(op for op in operations if op.kind == kind) for kind, _ in kinds}
    head = element(
        "thead",
        element(
            "tr",
            element("th", "Law", scope="col", rowspan="2"),
            *(
                element("th", kind, scope="colgroup", colspan=str(count), class_="kind")
                for kind, count in kinds
            ),
        ),
        element(
            "tr",
            *(
                element("th", op.action, scope="col", class_="kind" if op in starts else None)
                for op in operations
            ),
        ),
    )
    body = element("tbody", *(_row(law, operations, starts, summary) for law in summary.laws))
    table = element("table", head, body, class_="matrix")
    return [
        _matrix_filters(summary),
        element(
            "div",
            table,
            class_="card scroll table",
            tabindex="0",
            role="group",
            aria_label="Laws and operations",
        ),
        element(
            "ul",
            *(
                element("li", _mark(mark), f"{mark}: {meaning}")
                for mark, meaning in MARK_MEANINGS.items()
                if summary.counts[mark]
            ),
            class_="legend",
        ),
    ]


def _matrix_filters(summary: Summary) -> ET.Element:
    buttons = [
        element(
            "button",
            f"{mark.capitalize()} {count}",
            type="button",
            data_state_filter=_class_of(mark),
            aria_pressed="false",
        )
        for mark, count in summary.counts.items()
        if count
    ]
    everything = element(
        "button",
        f"All {len(summary.verdict.cells)}",
        type="button",
        data_state_filter="",
        aria_pressed="true",
    )
    return element(
        "div",
        everything,
        *buttons,
        element("label", "Find a law ", element("input", type="search", id="law-filter")),
        element("span", id="matrix-shown", role="status", class_="small soft"),
        class_="filters",
        data_control="",
        hidden="",
    )


def _row(
    law: Law, operations: Sequence[Operation], starts: set[Operation], summary: Summary
) -> ET.Element:
    cells = {operation: summary.cells.get((law.id, operation)) for operation in operations}
    states = {_class_of(summary.mark(cell)) for cell in cells.values() if cell is not None}
    return element(
        "tr",
        element(
            "th",
            element("a", law.id, href=f"#{law_anchor(law)}"),
            element("span", law.statement),
            scope="row",
        ),
        *(
            element(
                "td",
                _linked(cell, summary) if cell is not None else None,
                class_="kind" if operation in starts else None,
            )
            for operation, cell in cells.items()
        ),
        data_states=" ".join(sorted(states)),
    )


def _linked(cell: Cell, summary: Summary) -> ET.Element:
    mark = summary.mark(cell)
    links: dict[Mark, str] = {
        "violated": violation_anchor(cell.law, cell.operation),
        "accepted": violation_anchor(cell.law, cell.operation),
        "noted": "notes",
        "not exercised": "not-exercised",
    }
    title = cell.reason or plural(len(cell.observations), "observation")
    return _mark(mark, link=links.get(mark), title=f"{mark}: {title}")


def _mark(mark: Mark, link: str | None = None, title: str | None = None) -> ET.Element:
    return element(
        "a" if link else "span",
        element("span", SYMBOLS[mark], aria_hidden="true"),
        element("span", mark, class_="unseen") if title else None,
        class_=f"mark {_class_of(mark)}",
        href=f"#{link}" if link else None,
        title=title,
    )


def _class_of(mark: Mark) -> str:
    return "idle" if mark == "not exercised" else mark
