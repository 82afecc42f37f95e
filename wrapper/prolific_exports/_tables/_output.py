"""Writes tables to files, which are complete or do not exist."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, TextIO, TypeAlias

from prolific_exports._errors import ArchiveError
from prolific_exports._files._destinations import destination
from prolific_exports._files._failures import explained
from prolific_exports._files._staging import staged_file
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._table_summary import TableSummary

Formulas: TypeAlias = Literal["escape", "keep"]
"""How CSV treats texts that spreadsheets would run: escape them, or keep them unchanged."""

ROW_GROUP: Final = 1 << 18
"""Rows of a Parquet row group: about 50 MB of a long table."""
GROUP_SIZE: Final = 1 << 27
"""Bytes of batches that make a row group with fewer rows, since answers can be long."""

# The beginning of a formula, including full-width forms. Some spreadsheets skip control characters
# or a byte order mark before it.
_FORMULA: Final = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20\x00-\x1f\x7f-\x9f\ufeff]")
_NUMERIC: Final = frozenset("0123456789.,")
# JSON allows these in a text without escapes.
_LINE_BREAKS: Final = {ord(one): f"\\u{ord(one):04x}" for one in "\x85\u2028\u2029"}


@contextmanager
def staged_table(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield a temporary file, renamed if the block succeeds and removed if it fails.

    Raises:
        ArchiveError: The system refuses to write.
        StorageError: The disk is full, read-only, over quota or gone.
        TargetExistsError: ``path`` exists and may not be replaced.
    """
    with _explained(path), staged_file(path, overwrite=overwrite) as temporary:
        yield temporary


def check_target(target: Path, *, overwrite: bool) -> None:
    """Check that a file may be written.

    Raises:
        ArchiveError: The system refuses the path.
        StorageError: The disk is full, read-only, over quota or gone.
        TargetExistsError: ``target`` exists and may not be replaced.
    """
    with _explained(target):
        destination(target, overwrite=overwrite)


def _explained(target: Path) -> AbstractContextManager[None]:
    what = f"The table cannot be written to {target}"
    return explained(what, ArchiveError, lambda: " No partial file remains.")


def write_parquet(path: Path, schema: Any, batches: Iterable[Any]) -> TableSummary:
    """Write batches as Parquet, in row groups of at least ``ROW_GROUP`` rows unless rows are long.

    The schema in the file has no dictionaries: those of the batches are like Parquet's own.
    """
    pa, pq = require("pyarrow"), require("pyarrow.parquet")
    counted = _Counted(batches)
    plain = not any(map(pa.types.is_dictionary, schema.types))

    def write(group: list[Any]) -> None:
        table = pa.Table.from_batches(group, schema).unify_dictionaries()
        groups = max(1, table.num_rows // ROW_GROUP)
        writer.write_table(table, row_group_size=max(1, -(-table.num_rows // groups)))

    # Read the next row group while one is written. Open the file here, because pyarrow takes some
    # paths for URIs, and refuses paths that are not UTF-8.
    with (
        path.open("xb") as sink,
        pq.ParquetWriter(sink, schema, store_schema=plain) as writer,
        ThreadPoolExecutor(1) as thread,
    ):
        writing: Future[None] | None = None
        for group in _groups(counted):
            if writing is not None:
                writing.result()
            writing = thread.submit(write, group)
        if writing is not None:
            writing.result()
    return counted.summary()


def write_arrow(path: Path, schema: Any, batches: Iterable[Any]) -> TableSummary:
    """Write batches as an Arrow IPC file."""
    ipc = require("pyarrow.ipc")
    counted = _Counted(batches)
    # Open the file here, as in write_parquet; pyarrow's would also stay open after an error.
    with path.open("xb") as sink, ipc.new_file(sink, schema) as writer:
        for batch in counted:
            writer.write_batch(batch)
    return counted.summary()


def write_csv(
    path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], formulas: Formulas
) -> TableSummary:
    """Write rows as CSV in UTF-8 (RFC 4180), with quoted texts, so that null and empty differ.

    For spreadsheets the file begins with a byte order mark, without which Excel assumes another
    encoding.
    """
    mark = "\ufeff" if formulas == "escape" else ""
    escaped = 0

    def cell(value: Any) -> str:
        nonlocal escaped
        if value is None:
            return ""
        if isinstance(value, int):
            return str(value).lower()
        text = value if isinstance(value, str) else plain(value)
        if formulas == "escape" and is_formula(text):
            escaped += 1
            text = f"'{text}"
        return '"' + text.replace('"', '""') + '"'

    def line(row: Sequence[Any]) -> str:
        return ",".join(map(cell, row)) + "\r\n"

    counts = _write_lines(path, rows, line, heading=mark + line(names))
    return TableSummary(rows=counts[0], extras=counts[1], escaped=escaped)


def write_jsonl(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> TableSummary:
    """Write rows as JSON Lines: an object per row, with all columns."""
    encode = json.JSONEncoder(ensure_ascii=False, default=_moment).encode

    def line(row: Sequence[Any]) -> str:
        text = encode(dict(zip(names, row, strict=True)))
        # These occur only in texts, and many readers take them for the end of a line.
        return text.translate(_LINE_BREAKS) + "\n"

    counts = _write_lines(path, rows, line, heading="")
    return TableSummary(rows=counts[0], extras=counts[1])


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet may run a text; it does not run a number with a sign."""
    number = text[:1] in ("+", "-") and text[1:] and _NUMERIC.issuperset(text[1:])
    return _FORMULA.match(text) is not None and not number


def _write_lines(
    path: Path, rows: Iterable[Sequence[Any]], line: Callable[[Sequence[Any]], str], heading: str
) -> tuple[int, int]:
    count = extras = 0
    stream: TextIO
    with path.open("x", encoding="utf-8", newline="") as stream:
        stream.write(heading)
        for row in rows:
            stream.write(line(row))
            count += 1
            extras += row[-1] is not None
    return count, extras


def plain(value: Any) -> str:
    """Return a value as text: times in RFC 3339, lists and objects as JSON."""
    if isinstance(value, datetime):
        return _moment(value)
    return json.dumps(value, ensure_ascii=False)


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


class _Counted:
    def __init__(self, batches: Iterable[Any]) -> None:
        self._batches = batches
        self._rows = self._extras = 0

    def __iter__(self) -> Iterator[Any]:
        for batch in self._batches:
            extra = batch.column(batch.num_columns - 1)
            self._rows += batch.num_rows
            self._extras += batch.num_rows - extra.null_count
            yield batch

    def summary(self) -> TableSummary:
        return TableSummary(rows=self._rows, extras=self._extras)


def _groups(batches: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield lists of batches with at least the rows or bytes of a row group."""
    held: list[Any] = []
    rows = size = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        if rows >= ROW_GROUP or size >= GROUP_SIZE:
            yield held
            held, rows, size = [], 0, 0
    if held:
        yield held
