"""The responses of archives as a table, to be handed to whatever somebody works with."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, get_args

from attrs import evolve

from prolific_exports._archive import ExportArchive
from prolific_exports._archive._limits import (
    MAX_INSTRUCTIONS,
    TOO_MANY_INSTRUCTIONS,
    beyond_limit,
)
from prolific_exports._archive._plan import Names, check_names
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import check_suffix, expanded
from prolific_exports._tables import _output as output
from prolific_exports._tables._arrow import dictionary_schema, long_schema, wide_schema
from prolific_exports._tables._column_names import IDENTITY, LONG, SOURCE, Shape
from prolific_exports._tables._fast import FastLong, FastReader, FastWide
from prolific_exports._tables._long import long_rows
from prolific_exports._tables._optional_libraries import is_installed, require
from prolific_exports._tables._record_parts import record_parts
from prolific_exports._tables._sources import By, Reader, Row, Source
from prolific_exports._tables._table_summary import TableSummary
from prolific_exports._tables._uploaded_files import (
    check_uploads_folder,
    extract_uploads,
    with_local_paths,
)
from prolific_exports._tables._wide import Column, columns, wide_rows

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl

FORMATS: Final = (".parquet", ".csv", ".jsonl", ".arrow")
"""What ``write`` can write, by the end of the file's name."""
_NAMES: Final = MappingProxyType(
    {".parquet": "Parquet", ".csv": "CSV", ".jsonl": "JSON Lines", ".arrow": "an Arrow file"}
)


class ResponseTable:
    """Every response of one or more archives, typed. Nothing is read before it is asked for.

    In the ``long`` shape each value is a row, in the order of the file. An empty list, an answer
    without a value and a submission without answers are a row too. Its columns are texts, never
    dictionaries or categories, but for ``created_at`` (microseconds, UTC) and ``position`` (32-bit
    integers). In the ``wide`` shape each submission is a row, and each instruction a column, named
    by its description. A table of several archives begins with the column ``source``: the
    archive's file name, or its path as it was given where several have that name.

    What is not documented, or not of the documented type, is in ``extra`` as its original JSON: an
    object by the place it was found in (``record``, ``part``, ``answer``, ``item``,
    ``instruction_id``; ``responses`` in the wide shape). A null counts as nothing. Texts that hold
    surrogates which stand alone have U+FFFD for them, and are in ``extra`` as they came.

    Errors while reading are those of ``ExportArchive.responses``.

    Attributes:
        archives: The archives.
        shape: ``"long"`` or ``"wide"``.
    """

    def __init__(
        self,
        archives: ExportArchive | Sequence[ExportArchive],
        *,
        shape: Shape = "long",
        by: By = "submission",
        files: str | os.PathLike[str] | None = None,
        names: Names = "safe",
    ) -> None:
        """Describe a table.

        Args:
            archives: One archive, or several.
            shape: How it is laid out.
            by: Which of a batch's files to read.
            files: A folder that uploaded files will be in; ``file_path`` then points into it
                for each file that the archive has. With several archives each has its own
                folder there, by number: ``1``, ``2``, ... ``write`` extracts them.
            names: What becomes of their names that not every system can hold: see
                ``ExportArchive.extract``.

        Raises:
            UsageError: ``shape`` or ``by`` is something else, there is no archive, or the name of
                the folder is no text (on Linux it may be any bytes), so that no table can hold it.
        """
        if shape not in get_args(Shape):
            raise UsageError(f"shape={shape!r}: a table is 'long' or 'wide'.")
        self.archives: tuple[ExportArchive, ...] = (
            (archives,) if isinstance(archives, ExportArchive) else tuple(archives)
        )
        if not self.archives:
            raise UsageError("There is no archive to make a table of.")
        if by not in get_args(By):
            raise UsageError(f"by={by!r}: records come by 'submission' or by 'task'.")
        self.shape = shape
        self._sources = [Source(archive, by) for archive in self.archives]
        check_names(names)
        self._folders = _folders(files, len(self.archives))
        self._policy: Names = names
        self._missing = 0

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns in their order."""
        names: tuple[str, ...] = LONG
        if self.shape == "wide":
            names = (*IDENTITY, *(column.name for column in self._columns), "extra")
        return (*(SOURCE,) * (len(self.archives) > 1), *names)

    @property
    def schema(self) -> Any:
        """The Arrow schema (``pyarrow.Schema``).

        Raises:
            UsageError: pyarrow is not installed.
        """
        source = len(self.archives) > 1
        if self.shape == "long":
            return long_schema(source=source)
        return wide_schema(self._columns, source=source)

    def rows(self) -> Iterator[Row]:
        """The rows as tuples, in the order of ``column_names``; no library is needed."""
        for number, source in enumerate(self._sources):
            read = self._reader(number)
            front = self._front(number)
            for record in source.records():
                for row in read(record):
                    yield front + row

    def iter_batches(self) -> Iterator[Any]:
        """The table as ``pyarrow.RecordBatch``, in bounded memory.

        Raises:
            UsageError: pyarrow is not installed.
        """
        schema = self.schema
        yield from self._batches(schema, schema)

    def _batches(self, schema: Any, plain: Any) -> Iterator[Any]:
        for number, source in enumerate(self._sources):
            name = (self._front(number) or (None,))[0]
            fast = None if source.is_small or self._folders else self._fast(source)
            yield from source.batches(self._reader(number), schema, plain, fast, name=name)

    def to_arrow(self) -> Any:
        """The table as a ``pyarrow.Table``.

        Raises:
            UsageError: pyarrow is not installed.
        """
        return require("pyarrow").Table.from_batches(self.iter_batches(), self.schema)

    def to_polars(self) -> "pl.DataFrame":
        """The table as a ``polars.DataFrame``.

        Raises:
            UsageError: polars is not installed.
        """
        polars = require("polars")
        frame: pl.DataFrame = polars.from_arrow(self.to_arrow())
        return frame

    def to_pandas(self) -> "pd.DataFrame":
        """The table as a ``pandas.DataFrame``, whose columns keep their Arrow types.

        Raises:
            UsageError: pandas is not installed.
        """
        pandas = require("pandas")
        frame: pd.DataFrame = self.to_arrow().to_pandas(types_mapper=pandas.ArrowDtype)
        return frame

    def to_duckdb(
        self, connection: "duckdb.DuckDBPyConnection | None" = None
    ) -> "duckdb.DuckDBPyRelation":
        """The table as a relation of DuckDB.

        Args:
            connection: Where to; DuckDB's default connection if it is not given.

        Raises:
            UsageError: duckdb is not installed.
        """
        relation: duckdb.DuckDBPyRelation = (connection or require("duckdb")).from_arrow(
            self.to_arrow()
        )
        return relation

    def to_parquet(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> TableSummary:
        """Write Parquet; the memory that it takes does not grow with the archive.

        Raises:
            UsageError: pyarrow is not installed, ``path`` is one of the archives, or its name is
                that of another format.
            TargetExistsError: Something is at ``path`` that may not be replaced.
        """
        return self._write(expanded(path), ".parquet", overwrite=overwrite)

    def to_csv(
        self,
        path: str | os.PathLike[str],
        *,
        formulas: output.Formulas = "escape",
        overwrite: bool = False,
    ) -> TableSummary:
        """Write CSV: UTF-8, nulls as nothing, texts in quotes, lists and structs as JSON.

        Args:
            path: Where to.
            formulas: Answers are written by strangers, and spreadsheets run cells that
                begin with ``=``, ``+``, ``-`` or ``@``, or with a control character before
                one. ``"escape"`` puts an apostrophe before those that are not plain numbers,
                and counts them: people who open a CSV file in a spreadsheet do not know what
                is in it. The file begins with a byte order mark, which Excel needs.
                ``"keep"`` changes nothing and writes no mark: for programs.
            overwrite: Whether a file that is there may be replaced.

        Raises:
            UsageError: ``path`` is one of the archives, its name is that of another format, or
                ``formulas`` is something else.
            TargetExistsError: Something is at ``path`` that may not be replaced.
        """
        return self._write(expanded(path), ".csv", overwrite=overwrite, formulas=formulas)

    def write(
        self,
        path: str | os.PathLike[str],
        *,
        formulas: output.Formulas = "escape",
        overwrite: bool = False,
    ) -> TableSummary:
        """Write a file of the format that its name ends in: see ``FORMATS``.

        With ``files``, the uploaded files are extracted, too; that folder must not exist, or be
        empty, and the table cannot be in it. The table is at its place when everything is whole,
        and not before.

        Args:
            path: Where to: ``.parquet``, ``.csv``, ``.jsonl`` or ``.arrow``.
            formulas: See ``to_csv``.
            overwrite: Whether a file that is there may be replaced.

        Raises:
            UsageError: The format is not known, or needs pyarrow, which is not installed;
                ``formulas`` is something else; or ``path`` is one of the archives, whatever
                ``overwrite`` says, or is where the uploaded files are to be.
            TargetExistsError: There is a file at ``path``, and ``overwrite`` is False; or the
                folder for the files is not empty.
            StorageError: The disk is full, read-only, over quota or gone.
            ArchiveError: The system refuses to write for another reason.
        """
        path = expanded(path)
        return self._write(path, format_of(path), overwrite=overwrite, formulas=formulas)

    def _write(
        self, path: Path, format_: str, *, overwrite: bool, formulas: output.Formulas = "escape"
    ) -> TableSummary:
        _check_library(format_)
        if formulas not in get_args(output.Formulas):
            raise UsageError(f"formulas={formulas!r}: it is 'escape' or 'keep'.")
        if any(_is_same(path, archive.path) for archive in self.archives):
            raise UsageError(
                f"{path} is an archive that the table is made of, and may be the only copy of its "
                "data. Nothing was written: name another file."
            )
        check_suffix(path, (format_,), _NAMES[format_])
        # The uploads are outermost: they go too if the table does not get its name at last.
        with ExitStack() as extracted, output.staged_table(path, overwrite=overwrite) as temporary:
            for folder in self._folders:
                check_uploads_folder(folder, path)
            self._missing = 0
            summary = self._written(temporary, format_, formulas)
            for archive, folder in zip(self.archives, self._folders, strict=False):
                extracted.enter_context(extract_uploads(archive, folder, self._policy))
        if not self._folders:
            return summary
        renamed = sum(
            file.path != file.extracted_path for one in self.archives for file in one.files
        )
        return evolve(summary, missing_files=self._missing, renamed_files=renamed)

    def _note_missing(self) -> None:
        self._missing += 1

    def _written(self, path: Path, format_: str, formulas: output.Formulas) -> TableSummary:
        match format_:
            case ".parquet":
                schema = self.schema
                few = self.shape == "long" and not all(one.is_small for one in self._sources)
                written = dictionary_schema(schema) if few else schema
                return output.write_parquet(path, written, self._batches(written, schema))
            case ".arrow":
                return output.write_arrow(path, self.schema, self.iter_batches())
            case ".csv":
                return output.write_csv(path, self.column_names, self.rows(), formulas)
        return output.write_jsonl(path, self.column_names, self.rows())

    @cached_property
    def _columns(self) -> tuple[Column, ...]:
        """The columns of the wide shape; instructions that only records name come last."""
        known = columns(
            instruction
            for source in self._sources
            for instruction in _described_instructions(source)
        )
        others: list[tuple[str, str | None, str | None]] = []
        ids = {column.id for column in known}
        for source in self._sources:
            reader = None if source.is_small or not is_installed("pyarrow") else FastWide(known)
            for record in source.odd_records(reader):
                for part in record_parts(record):
                    for id_, raw in (part.responses or {}).items():
                        if id_ in ids:
                            continue
                        ids.add(id_)
                        others.append(_instruction_of(id_, raw))
                        if len(ids) > MAX_INSTRUCTIONS:
                            where = source.archive.record_file(source.by).where
                            raise beyond_limit(where, TOO_MANY_INSTRUCTIONS)
        return columns([*((one.id, one.type, one.description) for one in known), *others])

    def _fast(self, source: Source) -> FastReader:
        if self.shape == "wide":
            return FastWide(self._columns)
        return FastLong(columns(_described_instructions(source)))

    def _reader(self, number: int) -> Reader:
        source = self._sources[number]
        if self.shape == "long":
            read: Reader = long_rows
        else:
            of_wide = self._columns
            read = partial(wide_rows, columns=of_wide)
        if not self._folders:
            return read
        return with_local_paths(
            read,
            self._file_columns(),
            source.archive,
            self._folders[number],
            self._note_missing,
        )

    def _file_columns(self) -> list[int]:
        """Which columns of a row, without ``source``, tell where files are."""
        if self.shape == "long":
            return [LONG.index("file_path")]
        shapes = [column.shape for column in self._columns]
        return [len(IDENTITY) + n for n, shape in enumerate(shapes) if shape and shape.file_list]

    def _front(self, number: int) -> tuple[str, ...]:
        """What the rows of an archive begin with."""
        return (self._names[number],) if len(self.archives) > 1 else ()

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """What the archives are called in ``source``."""
        of_name: dict[str, set[Path]] = {}
        for archive in self.archives:
            of_name.setdefault(archive.path.name, set()).add(archive.path)
        return tuple(
            _shown(path.name if len(of_name[path.name]) == 1 else str(path))
            for path in (archive.path for archive in self.archives)
        )


def format_of(path: str | os.PathLike[str]) -> str:
    """The format that a file's name ends in, one of ``FORMATS``.

    Raises:
        UsageError: It is none of them.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise UsageError(
            f"{os.fspath(path)!r} does not say what to write: let it end in {', '.join(FORMATS)}."
        )
    return suffix


def check_format(path: str | os.PathLike[str]) -> None:
    """Find out whether a file of this name can be written.

    Raises:
        UsageError: Its name ends in no known format, or a library is missing.
    """
    _check_library(format_of(path))


def _check_library(format_: str) -> None:
    if format_ in (".parquet", ".arrow"):
        require("pyarrow")


def _is_same(path: Path, archive: Path) -> bool:
    try:
        return path.samefile(archive)
    except (OSError, ValueError):
        # One of them is not there, so that there is nothing to lose.
        return False


def _described_instructions(source: Source) -> Iterator[tuple[str, str | None, str | None]]:
    for one in source.archive.metadata.instructions:
        if one.id is not None:
            yield one.id, one.type, one.description


def _instruction_of(id_: str, raw: Any) -> tuple[str, str | None, str | None]:
    fields = raw if isinstance(raw, dict) else {}
    kind, description = fields.get("type"), fields.get("description")
    return (
        id_,
        kind if type(kind) is str else None,
        description if type(description) is str else None,
    )


def _shown(name: str) -> str:
    r"""A file's name as a text: on Linux it may hold bytes that are none, here ``\udce9``."""
    return name.encode("utf-8", "backslashreplace").decode()


def _folders(files: str | os.PathLike[str] | None, count: int) -> list[Path]:
    if files is None:
        return []
    if (shown := _shown(os.fspath(files))) != os.fspath(files):
        raise UsageError(
            f"{shown} is not UTF-8 text, and the table is to hold it, in file_path. Nothing was "
            "written: name another folder for the files."
        )
    folder = expanded(files)
    return [folder] if count == 1 else [folder / str(n + 1) for n in range(count)]
