"""An export archive and its table: the two classes that users hold.

They are in one module because each refers to the other. The room of the tables is imported when a
table is made: downloading and verifying archives needs none of it.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING, Any, Final, Literal

from prolific_exports._archive import ArchiveReader
from prolific_exports._archive._codebook_file import read_codebook
from prolific_exports._archive._plan import Names
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import expanded
from prolific_exports._model._codebook import Codebook

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl

    from prolific_exports._page import PageSummary
    from prolific_exports._tables import Formulas, Row, Shape, TableContent, TableSummary


# Bytes of uploaded files in a page that a notebook stores.
_NOTEBOOK_LIMIT: Final = 2_000_000


class ExportArchive(ArchiveReader):
    """A downloaded export: its records, files, description and table.

    ``ExportArchive.open`` reads the ZIP's directory. Other methods read content in pieces and
    compare it with its checksum. The file is not held open between calls, so there is nothing to
    close.

    Attributes:
        path: The ZIP, as given to ``open``.
        kind: ``"collection"`` or ``"batch"``, derived from the members; None if they fit neither,
            or both.
        root: The folder that contains all members, except for a ``__MACOSX`` folder added by
            macOS; ``""`` if there is none.
        members: All members of the ZIP, in its order.
    """

    def table(
        self,
        *,
        shape: "Shape" = "long",
        by: Literal["submission", "task"] = "submission",
        files: str | os.PathLike[str] | None = None,
        names: Names = "safe",
        missing: bool = False,
    ) -> "ResponseTable":
        """Return the responses as a table. ``ResponseTable`` also accepts several archives.

        Args:
            shape: ``"long"`` for one row per value, ``"wide"`` for one row per submission,
                ``"tidy"`` for one row per submission with columns for analysis.
            by: Which of a batch's files to read.
            files: The folder of the uploaded files, for the paths in ``file_path``.
            names: As for ``extract``.
            missing: Whether the long shape also has a row for each unanswered question.

        Raises:
            UsageError: An argument has another value.
        """
        return ResponseTable(self, shape=shape, by=by, files=files, names=names, missing=missing)

    def codebook(self) -> Codebook:
        """What was asked.

        The codebook beside the archive, ``data.codebook.json`` for ``data.zip``, if there is one:
        downloads store it. Otherwise it is derived from the answers: then
        ``is_derived`` is true, and options that were never chosen are missing.

        Raises:
            ArchiveError: The archive or the codebook cannot be read.
        """
        stored = read_codebook(self.path)
        if stored is not None:
            return stored
        from prolific_exports._tables import derived_codebook  # noqa: PLC0415 - start-up time

        return derived_codebook(self)

    def to_html(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        embed_limit: int = 20_000_000,
        copy_files: bool = True,
    ) -> "PageSummary":
        """Write a page to look at the answers: charts, filters, a table, all submissions.

        The page loads nothing from the network. It contains the uploaded files if they are small
        together; otherwise they are in a folder beside it, ``data_files`` for ``data.html``, and
        the page has thumbnails of pictures (with the extra ``media``).

        Args:
            path: The file to write, ``.html``.
            overwrite: Whether an earlier page may be replaced, with its folder.
            embed_limit: The page contains the uploaded files if the archive has at most so many
                bytes of them.
            copy_files: Whether larger files are stored beside the page. Otherwise only their names
                and thumbnails are shown.

        Raises:
            UsageError: ``path`` is the archive, or its suffix belongs to another format.
            TargetExistsError: ``path`` or the folder exists and may not be replaced.
            StorageError: The disk is full, read-only, over quota or gone.
            ArchiveError: The archive cannot be read, or the system refuses to write.
        """
        from prolific_exports._page import write_page  # noqa: PLC0415 - start-up time

        return write_page(
            [self],
            expanded(path),
            overwrite=overwrite,
            embed_limit=embed_limit,
            copy_files=copy_files,
        )

    def show(self, *, open_page: Callable[[str], bool] | None = None) -> None:
        """Show the page of ``to_html``: below the cell of a notebook, elsewhere in your browser.

        In a notebook, the page has uploaded files of up to 2 MB together, since the notebook
        stores it, and otherwise thumbnails. Elsewhere it is written to a new temporary folder.

        Args:
            open_page: Opens an address and returns whether it could; by default
                ``webbrowser.open``.

        Raises:
            UsageError: There is no browser.
            ExportsError: As for ``to_html``.
        """
        from prolific_exports._console._notebook import in_notebook, show_page  # noqa: PLC0415

        if in_notebook():
            with TemporaryDirectory() as folder:
                path = Path(folder, "page.html")
                self.to_html(path, embed_limit=_NOTEBOOK_LIMIT, copy_files=False)
                show_page(path.read_text(encoding="utf-8"), f"Answers in {self.path}")
            return
        import webbrowser  # noqa: PLC0415 - rarely needed

        # It stays: the browser reads it after this method has returned.
        path = Path(mkdtemp(prefix="prolific-"), f"{self.path.stem}.html")
        self.to_html(path)
        if not (open_page or webbrowser.open)(path.as_uri()):
            raise UsageError(f"No browser could be opened: open {path} yourself.")

    def iter_batches(self, *, shape: "Shape" = "long", missing: bool = False) -> Iterator[Any]:
        """Call ``ResponseTable.iter_batches``."""
        return self.table(shape=shape, missing=missing).iter_batches()

    def to_arrow(self, *, shape: "Shape" = "long", missing: bool = False) -> Any:
        """Call ``ResponseTable.to_arrow``."""
        return self.table(shape=shape, missing=missing).to_arrow()

    def to_polars(self, *, shape: "Shape" = "long", missing: bool = False) -> "pl.DataFrame":
        """Call ``ResponseTable.to_polars``."""
        return self.table(shape=shape, missing=missing).to_polars()

    def to_pandas(self, *, shape: "Shape" = "long", missing: bool = False) -> "pd.DataFrame":
        """Call ``ResponseTable.to_pandas``."""
        return self.table(shape=shape, missing=missing).to_pandas()

    def to_duckdb(
        self,
        connection: "duckdb.DuckDBPyConnection | None" = None,
        *,
        shape: "Shape" = "long",
        missing: bool = False,
    ) -> "duckdb.DuckDBPyRelation":
        """Call ``ResponseTable.to_duckdb``."""
        return self.table(shape=shape, missing=missing).to_duckdb(connection)

    def to_parquet(
        self,
        path: str | os.PathLike[str],
        *,
        shape: "Shape" = "long",
        missing: bool = False,
        overwrite: bool = False,
    ) -> "TableSummary":
        """Call ``ResponseTable.to_parquet``."""
        return self.table(shape=shape, missing=missing).to_parquet(path, overwrite=overwrite)

    def to_csv(
        self,
        path: str | os.PathLike[str],
        *,
        shape: "Shape" = "long",
        missing: bool = False,
        formulas: "Formulas" = "escape",
        overwrite: bool = False,
    ) -> "TableSummary":
        """Call ``ResponseTable.to_csv``."""
        return self.table(shape=shape, missing=missing).to_csv(
            path, formulas=formulas, overwrite=overwrite
        )


class ResponseTable:
    """All responses of one or more archives. Nothing is read until you ask for it.

    The ``long`` shape has one row per value, in the order of the file. An empty list, an answer
    without a value and a submission without answers have one row each. The columns are texts,
    never dictionaries or categories, except ``created_at`` (microseconds, UTC) and ``position``
    (32-bit integer). The ``wide`` shape has one row per submission and one column per
    instruction, named by its wording. The ``tidy`` shape has one row per submission too, and one
    value in each cell, for analysis: see docs/tables.md. A table of several archives begins with
    the column ``source``: the archive's file name, or its path if several archives have the same
    name.

    The column ``extra`` keeps content that is not documented, or not of the documented type, as
    its original JSON: an object whose names say where the content was (``record``, ``part``,
    ``answer``, ``item``, ``instruction_id``; ``responses`` in the wide shape). A null counts as
    missing. A text with lone surrogates has U+FFFD in their place, and its original in ``extra``.

    Methods that read raise the errors of ``ExportArchive.responses``. They extract no files: with
    ``files``, they warn if the folder lacks the files.

    Attributes:
        archives: The archives.
        shape: ``"long"``, ``"wide"`` or ``"tidy"``.
    """

    def __init__(
        self,
        archives: ExportArchive | Sequence[ExportArchive],
        *,
        shape: "Shape" = "long",
        by: Literal["submission", "task"] = "submission",
        files: str | os.PathLike[str] | None = None,
        names: Names = "safe",
        missing: bool = False,
    ) -> None:
        """Describe a table.

        Args:
            archives: One archive, or several.
            shape: The layout of the rows.
            by: Which of a batch's files to read.
            files: The folder of the uploaded files. ``file_path`` then points into it, for files
                that the archive contains; ``write`` extracts them there. With several archives,
                each has its own folder in it: ``1``, ``2``, ...
            names: How to treat file names that some system cannot store: see
                ``ExportArchive.extract``.
            missing: Whether the long shape also has a row for each question that a submission has
                no entry for. The column ``missing`` is true in these rows. They follow the other
                rows of the submission, in the order of the questions.

        Raises:
            UsageError: ``shape``, ``by`` or ``names`` has another value, ``missing`` is not for
                the shape, there is no archive, or the folder's name is not text (Linux allows any
                bytes).
        """
        self.archives: tuple[ExportArchive, ...] = (
            (archives,) if isinstance(archives, ExportArchive) else tuple(archives)
        )
        self.shape = shape
        self._content = _content_of(
            self.archives, shape=shape, by=by, files=files, names=names, missing=missing
        )

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return self._content.column_names

    @property
    def schema(self) -> Any:
        """The Arrow schema (``pyarrow.Schema``).

        Raises:
            UsageError: pyarrow is not installed.
        """
        return self._content.schema

    def rows(self) -> "Iterator[Row]":
        """Yield the rows as tuples, in the order of ``column_names``. Needs no library."""
        return self._content_to_read().rows()

    def iter_batches(self) -> Iterator[Any]:
        """Yield the table as ``pyarrow.RecordBatch`` objects, in bounded memory.

        Raises:
            UsageError: pyarrow is not installed.
        """
        return self._content_to_read().batches()

    def to_arrow(self) -> Any:
        """Return the table as a ``pyarrow.Table``.

        Raises:
            UsageError: pyarrow is not installed.
        """
        return self._content_to_read().to_arrow()

    def to_polars(self) -> "pl.DataFrame":
        """Return the table as a ``polars.DataFrame``.

        Raises:
            UsageError: polars is not installed.
        """
        return self._content_to_read().to_polars()

    def to_pandas(self) -> "pd.DataFrame":
        """Return the table as a ``pandas.DataFrame`` whose columns keep their Arrow types.

        The tidy shape has pandas' own types: categories, nullable integers, floats, texts.

        Raises:
            UsageError: pandas is not installed.
        """
        return self._content_to_read().to_pandas()

    def to_duckdb(
        self, connection: "duckdb.DuckDBPyConnection | None" = None
    ) -> "duckdb.DuckDBPyRelation":
        """Return the table as a DuckDB relation.

        Args:
            connection: The connection to use; DuckDB's default connection if None.

        Raises:
            UsageError: duckdb is not installed.
        """
        return self._content_to_read().to_duckdb(connection)

    def to_parquet(
        self, path: str | os.PathLike[str], *, overwrite: bool = False
    ) -> "TableSummary":
        """Write Parquet, in memory that does not grow with the archive.

        Raises:
            UsageError: pyarrow is not installed, ``path`` is one of the archives, or its suffix
                belongs to another format.
            TargetExistsError: ``path`` exists and may not be replaced.
        """
        return self._write(path, ".parquet", overwrite=overwrite)

    def to_csv(
        self,
        path: str | os.PathLike[str],
        *,
        formulas: "Formulas" = "escape",
        overwrite: bool = False,
    ) -> "TableSummary":
        """Write CSV in UTF-8: nulls are empty, texts are quoted, lists and objects are JSON.

        Args:
            path: The file to write.
            formulas: Spreadsheets run cells that begin with ``=``, ``+``, ``-`` or ``@``, or with
                a control character before one, and answers come from strangers. ``"escape"``
                puts an apostrophe before such texts, except plain numbers, and counts them; the
                file begins with a byte order mark, which Excel needs. ``"keep"`` changes nothing
                and writes no mark; use it for files that programs read.
            overwrite: Whether an existing file may be replaced.

        Raises:
            UsageError: ``path`` is one of the archives, its suffix belongs to another format, or
                ``formulas`` has another value.
            TargetExistsError: ``path`` exists and may not be replaced.
        """
        return self._write(path, ".csv", overwrite=overwrite, formulas=formulas)

    def write(
        self,
        path: str | os.PathLike[str],
        *,
        formulas: "Formulas" = "escape",
        overwrite: bool = False,
    ) -> "TableSummary":
        """Write a file in the format of its suffix.

        With ``files``, also extracts the uploaded files to that folder, which must be empty or not
        exist, and must not contain the table. The table appears when all files are complete.

        Args:
            path: The file to write: ``.parquet``, ``.csv``, ``.jsonl``, ``.arrow``, ``.xlsx``,
                ``.sav`` (SPSS) or ``.dta`` (Stata). The last two need the tidy shape.
            formulas: See ``to_csv``.
            overwrite: Whether an existing file may be replaced.

        Raises:
            UsageError: The format is unknown, needs a library that is not installed, or has no
                room for the table;
                ``formulas`` has another value; ``path`` is one of the archives (even with
                ``overwrite``); or the table would be in the folder of the uploaded files.
            TargetExistsError: ``path`` exists and ``overwrite`` is False, or the folder for the
                uploaded files is not empty.
            StorageError: The disk is full, read-only, over quota or gone.
            ArchiveError: The system refuses to write for another reason.
        """
        return self._write(path, None, overwrite=overwrite, formulas=formulas)

    def _content_to_read(self) -> "TableContent":
        """Return the content, for methods that extract no files."""
        from prolific_exports._tables import warn_of_missing_files  # noqa: PLC0415 - start-up time

        warn_of_missing_files(self.archives, self._content.folders)
        return self._content

    def _write(
        self,
        path: str | os.PathLike[str],
        format_: str | None,
        *,
        overwrite: bool,
        formulas: "Formulas" = "escape",
    ) -> "TableSummary":
        from prolific_exports._tables import write_table  # noqa: PLC0415 - start-up time

        return write_table(
            self._content, expanded(path), format_, overwrite=overwrite, formulas=formulas
        )


def _content_of(
    archives: Sequence[ExportArchive], *, shape: "Shape", **options: Any
) -> "TableContent":
    from prolific_exports._tables import TableContent, TidyContent  # noqa: PLC0415 - start-up time

    if shape != "tidy":
        return TableContent(archives, shape=shape, **options)
    stored = (read_codebook(archive.path) for archive in archives)
    codebooks = [one for one in stored if one is not None]
    return TidyContent(archives, shape=shape, codebooks=codebooks, **options)
