"""The content of a table: its columns, rows and Arrow batches."""

import os
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, get_args

from prolific_exports._archive import ArchiveReader
from prolific_exports._archive._plan import Names, check_names
from prolific_exports._errors import UsageError
from prolific_exports._tables._arrow import long_schema, wide_schema
from prolific_exports._tables._column_names import IDENTITY, LONG, LONG_WITH_MISSING, SOURCE, Shape
from prolific_exports._tables._fast import FastLong, FastReader, FastWide, is_plain
from prolific_exports._tables._instructions import all_columns, described_instructions
from prolific_exports._tables._long import long_rows, long_rows_with_missing
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._sources import By, Reader, Row, Source, source_names
from prolific_exports._tables._uploaded_files import uploads_folders, with_local_paths
from prolific_exports._tables._wide import Column, columns, wide_rows

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl


class TableContent:
    """Everything of ``ResponseTable`` but its files.

    Attributes:
        archives: The archives.
        shape: ``"long"``, ``"wide"`` or ``"tidy"``.
        sources: The records of each archive.
        folders: The folder of each archive's uploaded files; empty without ``files``.
        names: How to treat file names that some system cannot store.
        missing: Whether the long shape also has a row for each question without an entry.
        missing_files: Number of paths, in the rows read since it was set to 0, of files that the
            archives do not contain; counted if there are folders.
    """

    def __init__(
        self,
        archives: Sequence[ArchiveReader],
        *,
        shape: Shape,
        by: By,
        files: str | os.PathLike[str] | None,
        names: Names,
        missing: bool,
    ) -> None:
        """Describe a table: see ``ResponseTable``."""
        if shape not in get_args(Shape):
            raise UsageError(f"Unknown shape {shape!r}: use 'long', 'wide' or 'tidy'.")
        if not archives:
            raise UsageError("The table has no archive: pass at least one.")
        if by not in get_args(By):
            raise UsageError(f"Unknown by={by!r}: use 'submission' or 'task'.")
        check_names(names)
        if missing and shape != "long":
            raise UsageError(
                f"missing (--missing) is for the long shape: in the {shape} shape, an unanswered "
                "question is null. Leave it out, or use shape='long'."
            )
        self.archives = archives
        self.shape = shape
        self.sources = [Source(archive, by) for archive in archives]
        self.folders = uploads_folders(files, len(archives))
        self.names: Names = names
        self.missing = missing
        self._questions: dict[int, tuple[Column, ...]] = {}
        self.missing_files = 0

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        names: tuple[str, ...] = LONG_WITH_MISSING if self.missing else LONG
        if self.shape == "wide":
            names = (*IDENTITY, *(column.name for column in self._columns), "extra")
        return (*(SOURCE,) * self._has_source, *names)

    @property
    def schema(self) -> Any:
        """The Arrow schema.

        Raises:
            UsageError: pyarrow is not installed.
        """
        if self.shape == "long":
            return long_schema(source=self._has_source, missing=self.missing)
        return wide_schema(self._columns, source=self._has_source)

    def rows(self) -> Iterator[Row]:
        """Yield the rows, read by the reference reader."""
        for number, source in enumerate(self.sources):
            read = self.reference_reader(number)
            front = (self._source_names[number],) if self._has_source else ()
            for record in source.records():
                for row in read(record):
                    yield front + row

    def batches(self, schema: Any = None) -> Iterator[Any]:
        """Yield record batches.

        Args:
            schema: Their schema, if it is the table's with dictionaries for some texts.

        Raises:
            UsageError: pyarrow is not installed.
        """
        table_schema = self.schema
        for number, source in enumerate(self.sources):
            yield from source.batches(
                self.reference_reader(number),
                schema or table_schema,
                table_schema,
                None if source.is_small or self.folders else self._fast_reader(number),
                name=self._source_names[number] if self._has_source else None,
            )

    def to_arrow(self) -> Any:
        """Return a ``pyarrow.Table``."""
        return require("pyarrow").Table.from_batches(self.batches(), self.schema)

    def to_polars(self) -> "pl.DataFrame":
        """Return a ``polars.DataFrame``."""
        polars = require("polars")
        frame: pl.DataFrame = polars.from_arrow(self.to_arrow())
        return frame

    def to_pandas(self) -> "pd.DataFrame":
        """Return a ``pandas.DataFrame`` with Arrow types."""
        pandas = require("pandas")
        frame: pd.DataFrame = self.to_arrow().to_pandas(types_mapper=pandas.ArrowDtype)
        return frame

    def to_duckdb(
        self, connection: "duckdb.DuckDBPyConnection | None"
    ) -> "duckdb.DuckDBPyRelation":
        """Return a DuckDB relation."""
        duck = connection or require("duckdb")
        relation: duckdb.DuckDBPyRelation = duck.from_arrow(self.to_arrow())
        return relation

    def reference_reader(self, number: int) -> Reader:
        """Return the reference reader for the records of an archive."""
        if self.missing:
            read: Reader = partial(long_rows_with_missing, questions=self._questions_of(number))
        elif self.shape == "long":
            read = long_rows
        else:
            read = partial(wide_rows, columns=self._columns)
        if not self.folders:
            return read
        return with_local_paths(
            read,
            self._file_columns(),
            self.archives[number],
            self.folders[number],
            self._count_missing,
        )

    def _fast_reader(self, number: int) -> FastReader | None:
        if self.shape == "wide":
            return FastWide(self._columns)
        described = columns(described_instructions(self.sources[number]))
        if not self.missing:
            return FastLong(described)
        questions = self._questions_of(number)
        return FastLong(described, questions) if all(map(is_plain, questions)) else None

    def _questions_of(self, number: int) -> tuple[Column, ...]:
        """Return the questions of one archive: its submissions were not asked those of others."""
        if number not in self._questions:
            self._questions[number] = all_columns([self.sources[number]])
        return self._questions[number]

    def _count_missing(self) -> None:
        self.missing_files += 1

    def _file_columns(self) -> list[int]:
        """Return the columns that contain paths of files, counted without ``source``."""
        if self.shape == "long":
            return [LONG.index("file_path")]
        shapes = [column.shape for column in self._columns]
        return [len(IDENTITY) + n for n, shape in enumerate(shapes) if shape and shape.file_list]

    @cached_property
    def _columns(self) -> tuple[Column, ...]:
        return all_columns(self.sources)

    @property
    def _has_source(self) -> bool:
        return len(self.archives) > 1

    @cached_property
    def _source_names(self) -> tuple[str, ...]:
        return source_names([archive.path for archive in self.archives])
