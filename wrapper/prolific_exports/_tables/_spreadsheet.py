"""Writes tables as Excel workbooks, with xlsxwriter."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from attrs import define

from prolific_exports._errors import UsageError
from prolific_exports._tables._content import TableContent
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._output import plain
from prolific_exports._tables._table_summary import TableSummary
from prolific_exports._tables._tidy import TidyContent

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet, with the headings: Excel's limit."""
MOST_COLUMNS: Final = 16_384
"""Columns of a sheet: Excel's limit."""
LONGEST_TEXT: Final = 32_767
"""UTF-16 units of a cell: Excel's limit."""

_SETTINGS: Final = {
    # Rows go to the disk as they come.
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd hh:mm:ss",
    "remove_timezone": True,
}
_WIDTH: Final = 24
_CODEBOOK: Final = (
    "column",
    "label",
    "content",
    "question_id",
    "question_type",
    "categories",
)


def write_excel(path: Path, table: TableContent) -> TableSummary:
    """Write a workbook with the sheets ``data``, ``codebook`` (tidy tables only) and ``summary``.

    Nothing in it is a formula, a link or a guess: texts of digits stay texts. Times are in UTC.

    Raises:
        UsageError: The table has more rows or columns than a sheet, or xlsxwriter is missing.
    """
    names = table.column_names
    if len(names) > MOST_COLUMNS:
        raise UsageError(
            f"The table has {len(names)} columns, and an Excel sheet can have {MOST_COLUMNS}: "
            "write Parquet or CSV instead, or use the long shape."
        )
    workbook = require("xlsxwriter").Workbook(str(path), _SETTINGS)
    try:
        return _write_sheets(workbook, table)
    finally:
        # Also after an error, when the file is discarded: it removes its temporary files.
        workbook.close()


def _write_sheets(workbook: Any, table: TableContent) -> TableSummary:
    bold = workbook.add_format({"bold": True})
    data = _Sheet(workbook.add_worksheet("data"), table.column_names, bold)
    extras = 0
    for row in table.rows():
        if data.row == MOST_ROWS:
            raise UsageError(
                f"The table has more rows than an Excel sheet can have ({MOST_ROWS}): write "
                "Parquet or CSV instead."
            )
        extras += row[-1] is not None
        data.add(row)
    data.finish()
    rows = data.row - 1
    if isinstance(table, TidyContent):
        sheet = _Sheet(workbook.add_worksheet("codebook"), _CODEBOOK, bold)
        for column in table.columns:
            sheet.add(
                (
                    column.name,
                    column.label,
                    column.kind,
                    column.question_id,
                    column.question_type,
                    "\n".join(column.categories) or None,
                )
            )
        sheet.finish()
    summary = _Sheet(workbook.add_worksheet("summary"), ("about", "value"), bold)
    for line in _facts(table, rows):
        summary.add(line)
    return TableSummary(rows=rows, extras=extras, cut=data.cut)


def _facts(table: TableContent, rows: int) -> Iterable[tuple[str, Any]]:
    for archive in table.archives:
        metadata = archive.metadata
        yield "archive", archive.path.name
        yield f"{archive.kind or 'resource'} id", metadata.id
        yield "name", metadata.name
        yield "exported at (UTC)", metadata.exported_at
    yield "shape", table.shape
    yield "rows", rows
    yield "columns", len(table.column_names)
    if isinstance(table, TidyContent):
        yield "answers that the columns do not contain as a whole", table.unfit


@define
class _Sheet:
    """A sheet that is written row by row.

    Attributes:
        sheet: The worksheet of xlsxwriter.
        names: The headings.
        bold: The format of the headings.
        row: The row that comes next.
        cut: Number of texts that were cut at Excel's limit.
    """

    sheet: Any
    names: Sequence[str]
    bold: Any
    row: int = 0
    cut: int = 0

    def __attrs_post_init__(self) -> None:
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_column(0, len(self.names) - 1, _WIDTH)
        for place, name in enumerate(self.names):
            self._text(place, name, self.bold)
        self.row = 1

    def add(self, values: Iterable[Any]) -> None:
        """Add a row."""
        for place, value in enumerate(values):
            match value:
                case None:
                    pass
                case bool():
                    self.sheet.write_boolean(self.row, place, value)
                case int() | float():
                    self.sheet.write_number(self.row, place, value)
                case datetime():
                    self.sheet.write_datetime(self.row, place, value.astimezone(UTC))
                case str():
                    self._text(place, value)
                case _:
                    self._text(place, plain(value))
        self.row += 1

    def finish(self) -> None:
        """Add the filter over all rows."""
        self.sheet.autofilter(0, 0, max(1, self.row - 1), len(self.names) - 1)

    def _text(self, place: int, text: str, style: Any = None) -> None:
        if len(text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
            self.cut += 1
            text = text.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
        # Excel's own `write` would take some texts for something else.
        self.sheet.write_string(self.row, place, text, style)
