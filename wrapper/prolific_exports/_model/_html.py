"""HTML tables for notebooks, without colours and scripts: they follow the notebook's theme."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final, TypeAlias

TableValue: TypeAlias = str | int | float | datetime | None

_MOST_ROWS: Final = 100
_LONGEST: Final = 300
# Notebooks align cells to the right, as for numbers.
_LEFT: Final = 'style="text-align: left"'
# Control characters except the line feed, and lone surrogates, which UTF-8 cannot encode.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def facts_table(caption: str, facts: Iterable[tuple[str, TableValue]]) -> str:
    """Return a table with a name and a value in each row; facts without a value are left out."""
    rows = [
        f'<tr><th scope="row" {_LEFT}>{_text(name)}</th>{_cell(value)}</tr>'
        for name, value in facts
        if value is not None
    ]
    return _table(caption, rows)


def records_table(
    caption: str, header: Sequence[str], records: Sequence[Sequence[TableValue]]
) -> str:
    """Return a table with a header; at most 100 rows, and a line with the number of the others."""
    names = "".join(f'<th scope="col" {_LEFT}>{_text(name)}</th>' for name in header)
    rows = [f"<tr>{names}</tr>"]
    rows += [f"<tr>{''.join(map(_cell, record))}</tr>" for record in records[:_MOST_ROWS]]
    more = len(records) - _MOST_ROWS
    if more > 0:
        rows.append(f'<tr><td colspan="{len(header)}">and {more:,} more</td></tr>')
    return _table(caption, rows)


def _table(caption: str, rows: Iterable[str]) -> str:
    return f'<table><caption dir="auto">{_text(caption)}</caption>{"".join(rows)}</table>'


def _cell(value: TableValue) -> str:
    if isinstance(value, str):
        # Texts in other directions of writing must not reorder the cells beside them.
        return f'<td dir="auto" {_LEFT}>{_text(value)}</td>'
    if isinstance(value, datetime):
        return f"<td {_LEFT}>{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC</td>"
    return f"<td {_LEFT}>{'' if value is None else format(value, ',')}</td>"


def _text(text: str) -> str:
    # A long text is cut before it is processed.
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return escape(_UNPRINTABLE.sub("\ufffd", short))
