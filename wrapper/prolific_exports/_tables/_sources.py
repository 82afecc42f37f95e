"""Reads the records of one archive, as rows or Arrow batches."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from prolific_exports._archive import ArchiveReader
from prolific_exports._archive._json import values_of
from prolific_exports._archive._lines import Block, blocks
from prolific_exports._tables._arrow import batch_from_rows, texts, with_dictionary_of
from prolific_exports._tables._fast import FastReader
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._values import loads, path_text

By: TypeAlias = Literal["submission", "task"]
Row: TypeAlias = tuple[Any, ...]
Reader: TypeAlias = Callable[[Any], Iterable[Row]]
"""Makes rows, without the column ``source``, of a record's JSON."""

SMALL: Final = 1 << 17
"""Bytes of records below which the reference reader takes less time than starting the fast one."""
BLOCK: Final = 4 << 20
"""Bytes of records in one batch."""
_ODD: Final = 1 << 16
"""Bytes around an unusual record that the reference reader reads."""
_MOST_TEXT: Final = 1 << 24
"""Characters in one batch of the reference reader, counting repeated texts."""
_CELL: Final = 16
"""Characters that each cell counts as, in addition to its text."""
_MOST_WORKERS: Final = 8
"""Threads that read blocks; a block can be as large as the longest line."""


@frozen
class Source:
    """The records of one archive.

    Attributes:
        archive: The archive.
        by: Which of a batch's files to read.
        block_size: Bytes of records in one batch.
    """

    archive: ArchiveReader
    by: By
    block_size: int = BLOCK

    @property
    def is_small(self) -> bool:
        """Whether the reference reader takes less time than the fast one."""
        return self.archive.record_file(self.by).member.size < SMALL

    def records(self) -> Iterator[Any]:
        """Yield the JSON of each record; numbers are ``Number``."""
        for block in self.blocks():
            yield from self._records_of(block)

    def blocks(self) -> Iterator[Block]:
        """Yield the file in blocks of lines."""
        file = self.archive.record_file(self.by)
        return blocks(file.pieces(), file.where, self.block_size)

    def odd_records(self, reader: FastReader | None) -> Iterator[Any]:
        """Yield the records in blocks that a fast reader refuses; all records without a reader."""
        for block in self.blocks():
            for piece, batch in _split(block, reader):
                if batch is None:
                    yield from self._records_of(piece)

    def batches(
        self,
        rows_of: Reader,
        schema: Any,
        table_schema: Any,
        reader: FastReader | None,
        *,
        name: str | None,
    ) -> Iterator[Any]:
        """Yield Arrow batches in the records' order.

        Args:
            rows_of: The reference reader, for rows without the column ``source``.
            schema: The schema of the batches: the table's, with or without dictionaries.
            table_schema: The table's schema.
            reader: The fast reader, if there is one.
            name: The value of the column ``source``; None if the table has none.
        """

        def convert(block: Block) -> list[Any]:
            converted = []
            for piece, batch in _split(block, reader):
                if batch is None:
                    front = () if name is None else (name,)
                    rows = (front + row for r in self._records_of(piece) for row in rows_of(r))
                    batches = (batch_from_rows(some, table_schema) for some in bounded_lists(rows))
                    with one_at_a_time:
                        converted += [_with_source(batch, schema, None) for batch in batches]
                else:
                    converted.append(_with_source(batch, schema, name))
            return converted

        workers = min(os.cpu_count() or 1, _MOST_WORKERS)
        # Threads do not speed up Python code, and an unusual line can take much memory.
        one_at_a_time = Lock()
        waiting: deque[Future[list[Any]]] = deque()
        with ThreadPoolExecutor(workers) as pool:
            try:
                for block in self.blocks():
                    waiting.append(pool.submit(convert, block))
                    if len(waiting) > workers:
                        yield from waiting.popleft().result()
                while waiting:
                    yield from waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _records_of(self, block: Block) -> Iterator[Any]:
        return values_of(block, self.archive.record_file(self.by).where, loads)


def _split(block: Block, reader: FastReader | None) -> Iterator[tuple[Block, Any]]:
    """Yield the block, or its parts, with their batches; None for the reference reader."""
    if reader is None or block.is_blank:
        yield block, None
        return
    batch = reader.read(block.text)
    halves = block.halves() if batch is None and len(block.text) > _ODD else None
    if halves is None:
        yield block, batch
        return
    for half in halves:
        yield from _split(half, reader)


def bounded_lists(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield lists of rows that fit into a batch, even with long texts or many columns."""
    held: list[Row] = []
    size = 0
    for row in rows:
        held.append(row)
        size += _CELL * len(row) + sum(len(value) for value in row if isinstance(value, str))
        if size >= _MOST_TEXT:
            yield held
            held, size = [], 0
    if held:
        yield held


def _with_source(batch: Any, schema: Any, name: str | None) -> Any:
    pa = require("pyarrow")
    arrays = list(batch.columns)
    if name is not None:
        arrays.insert(0, pa.repeat(texts([name])[0], batch.num_rows))
    return pa.RecordBatch.from_arrays(
        list(map(with_dictionary_of, arrays, schema.types)), schema=schema
    )


def source_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the values of ``source``: file names, or the paths of files with the same name."""
    paths_of: dict[str, set[Path]] = {}
    for path in paths:
        paths_of.setdefault(path.name, set()).add(path)
    return tuple(
        path_text(path.name if len(paths_of[path.name]) == 1 else str(path)) for path in paths
    )
