"""The records of one archive, as rows or as Arrow batches."""

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
"""What makes rows, without the source column, of the JSON of a record."""

SMALL: Final = 1 << 17
"""Bytes of records below which the plain reader is done before the fast one has begun."""
BLOCK: Final = 4 << 20
"""Bytes of records that are made into one batch."""
_ODD: Final = 1 << 16
"""Bytes around an odd record that the plain reader reads."""
_MOST_TEXT: Final = 1 << 24
"""Characters of texts, repeated ones too, that the plain reader makes into one batch."""
_CELL: Final = 16
"""Characters that a cell counts for beside its text."""
_MOST_WORKERS: Final = 8
"""Threads that read blocks, each of which can be as large as a line."""


@frozen
class Source:
    """The records of one archive.

    Attributes:
        archive: The archive.
        by: Which of a batch's files.
        block_size: Bytes of records that are made into one batch.
    """

    archive: ArchiveReader
    by: By
    block_size: int = BLOCK

    @property
    def is_small(self) -> bool:
        """Whether plain Python is the fastest reader."""
        return self.archive.record_file(self.by).member.size < SMALL

    def records(self) -> Iterator[Any]:
        """The JSON of each record; numbers are ``Number``."""
        for block in self.blocks():
            yield from self._records_of(block)

    def blocks(self) -> Iterator[Block]:
        """The file in blocks of lines."""
        file = self.archive.record_file(self.by)
        return blocks(file.pieces(), file.where, self.block_size)

    def odd_records(self, reader: FastReader | None) -> Iterator[Any]:
        """The records of the neighbourhoods that a fast reader refuses; all, without one."""
        for block in self.blocks():
            for piece, batch in _split(block, reader):
                if batch is None:
                    yield from self._records_of(piece)

    def batches(
        self,
        rows_of: Reader,
        schema: Any,
        plain: Any,
        reader: FastReader | None,
        *,
        name: str | None,
    ) -> Iterator[Any]:
        """Arrow batches in the records' order.

        Args:
            rows_of: The plain reader, for rows without the source column.
            schema: The schema that batches are to have: the table's, with or without dictionaries.
            plain: The table's schema.
            reader: The fast reader, where there is one.
            name: The value of the source column; None when the table has none.
        """

        def convert(block: Block) -> list[Any]:
            converted = []
            for piece, batch in _split(block, reader):
                if batch is None:
                    front = () if name is None else (name,)
                    rows = (front + row for r in self._records_of(piece) for row in rows_of(r))
                    batches = (batch_from_rows(some, plain) for some in _bounded_lists(rows))
                    with plain_reader:
                        converted += [_with_source(batch, schema, None) for batch in batches]
                else:
                    converted.append(_with_source(batch, schema, name))
            return converted

        workers = min(os.cpu_count() or 1, _MOST_WORKERS)
        # Plain Python gains nothing from threads, and an odd line can take much memory.
        plain_reader = Lock()
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
    """The block, or its parts, each with its batch; None where the plain reader is needed."""
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


def _bounded_lists(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in lists that fit into a batch: a long text, or many columns, may be in each row."""
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
