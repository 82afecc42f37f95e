"""Writes tidy tables for SPSS and Stata, with pyreadstat."""

from pathlib import Path
from typing import Any, Final

from attrs import frozen

from prolific_exports._errors import UsageError
from prolific_exports._tables._content import TableContent
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._table_summary import TableSummary
from prolific_exports._tables._tidy import TidyContent
from prolific_exports._tables._tidy_columns import ColumnKind, TidyColumn


@frozen
class _Limits:
    """Bytes of UTF-8 that a format has room for.

    Attributes:
        text: A value.
        label: The label of a column.
        value_label: The label of a value.
    """

    text: int
    label: int
    value_label: int


# Stata counts 80 characters; bytes are never more characters.
_LIMITS: Final = {
    ".sav": _Limits(text=32_767, label=255, value_label=120),
    ".dta": _Limits(text=2_045, label=80, value_label=32_000),
}
_MEASURES: Final[dict[ColumnKind, str]] = {
    "text": "nominal",
    "time": "scale",
    "category": "nominal",
    "flag": "nominal",
    "integer": "ordinal",
    "number": "scale",
}
_YES_NO: Final = {0: "no", 1: "yes"}


def write_statistics(path: Path, format_: str, table: TableContent) -> TableSummary:
    """Write a tidy table for SPSS (``.sav``) or Stata (``.dta``).

    Choices and flags are numbers with value labels; an unanswered one is missing. Texts cannot
    be missing in these formats: an unanswered text is empty. Times are in UTC.

    Raises:
        UsageError: The table has another shape, or a library is missing.
    """
    if not isinstance(table, TidyContent):
        raise UsageError(
            f"A {format_} file has one value in each cell, and the {table.shape} shape does not: "
            "use shape='tidy' (--shape tidy)."
        )
    limits = _LIMITS[format_]
    library = require("pyreadstat")
    frame = table.frame()
    cut = 0
    for column in table.columns:
        values = frame[column.name]
        match column.kind:
            case "text":
                texts, shortened = _shortened(values, limits.text)
                cut += shortened
                frame[column.name] = texts
            case "category":
                codes = values.cat.codes.astype("float64")
                frame[column.name] = codes.where(codes >= 0) + 1
            case "flag" | "integer":
                frame[column.name] = values.astype("float64")
            case _:
                # Times and numbers are what they have to be.
                pass
    options: dict[str, Any] = {
        "column_labels": {
            column.name: _cut(column.label, limits.label) for column in table.columns
        },
        "variable_value_labels": {
            column.name: _value_labels(column, limits.value_label)
            for column in table.columns
            if column.kind in ("category", "flag")
        },
    }
    if format_ == ".sav":
        measures = {column.name: _MEASURES[column.kind] for column in table.columns}
        library.write_sav(frame, path, variable_measure=measures, row_compress=True, **options)
    else:
        library.write_dta(frame, path, version=15, **options)
    return TableSummary(rows=len(frame), extras=0, cut=cut)


def _value_labels(column: TidyColumn, size: int) -> dict[int | float, str]:
    if column.kind == "flag":
        return {float(value): label for value, label in _YES_NO.items()}
    return {float(code): _cut(category, size) for code, category in enumerate(column.categories, 1)}


def _shortened(values: Any, size: int) -> tuple[Any, int]:
    """Return texts without those parts that have no room, and how many were cut."""
    pandas = require("pandas")
    texts = ["" if pandas.isna(value) else str(value) for value in values]
    kept = [_cut(text, size) for text in texts]
    cut = sum(old != new for old, new in zip(texts, kept, strict=True))
    return pandas.Series(kept, index=values.index, dtype="object"), cut


def _cut(text: str, size: int) -> str:
    data = text.encode("utf-8", "replace")
    # A NUL ends a text in these formats.
    return data[:size].decode("utf-8", "ignore").replace("\0", "\ufffd")
