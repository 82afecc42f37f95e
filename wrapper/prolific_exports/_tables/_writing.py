"""Writes a table to a file, and extracts the uploaded files beside it."""

import os
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Final, get_args

from attrs import evolve

from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import check_suffix
from prolific_exports._tables import _output as output
from prolific_exports._tables._arrow import dictionary_schema
from prolific_exports._tables._column_names import Shape
from prolific_exports._tables._content import TableContent
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._spreadsheet import write_excel
from prolific_exports._tables._statistics import write_statistics
from prolific_exports._tables._table_summary import TableSummary
from prolific_exports._tables._tidy import TidyContent
from prolific_exports._tables._uploaded_files import check_uploads_folder, extract_uploads

FORMATS: Final = MappingProxyType(
    {
        ".parquet": "Parquet",
        ".csv": "CSV",
        ".jsonl": "JSON Lines",
        ".arrow": "an Arrow file",
        ".xlsx": "an Excel workbook",
        ".sav": "an SPSS file",
        ".dta": "a Stata file",
    }
)
"""The formats that can be written, by suffix."""

_LIBRARIES: Final = MappingProxyType(
    {
        ".parquet": ("pyarrow",),
        ".arrow": ("pyarrow",),
        ".xlsx": ("xlsxwriter",),
        ".sav": ("pyreadstat", "pandas", "pyarrow"),
        ".dta": ("pyreadstat", "pandas", "pyarrow"),
    }
)
"""The libraries that a format needs."""


def write_table(
    table: TableContent,
    path: Path,
    format_: str | None,
    *,
    overwrite: bool,
    formulas: output.Formulas,
) -> TableSummary:
    """Write a table, and its uploaded files if it has folders for them.

    Args:
        table: The table.
        path: The file to write.
        format_: A suffix of ``FORMATS``; None for the suffix of ``path``.
        overwrite: Whether an existing file may be replaced.
        formulas: How CSV treats texts that spreadsheets would run.

    Raises:
        UsageError: An argument has another value, a library is missing, or ``path`` is one of the
            archives.
        TargetExistsError: ``path`` exists and may not be replaced, or a folder is not empty.
        StorageError: The disk is full, read-only, over quota or gone.
        ArchiveError: The system refuses to write for another reason.
    """
    format_ = format_ or format_of(path)
    _check_library(format_)
    if formulas not in get_args(output.Formulas):
        raise UsageError(f"Unknown formulas={formulas!r}: use 'escape' or 'keep'.")
    if any(_is_same(path, archive.path) for archive in table.archives):
        raise UsageError(
            f"{path} is an archive that the table is made from, and may be the only copy of its "
            "data. Nothing was written: name another file."
        )
    check_suffix(path, (format_,), FORMATS[format_])
    # The outer block removes the uploaded files if renaming the table fails at the end.
    with ExitStack() as extracted, output.staged_table(path, overwrite=overwrite) as temporary:
        for folder in table.folders:
            check_uploads_folder(folder, path)
        table.missing_files = 0
        summary = _write(table, temporary, format_, formulas)
        for archive, folder in zip(table.archives, table.folders, strict=False):
            extracted.enter_context(extract_uploads(archive, folder, table.names))
    if not table.folders:
        return summary
    renamed = sum(
        file.path != file.extracted_path
        for archive in table.archives
        for file in archive.downloaded_files
    )
    return evolve(summary, missing_files=table.missing_files, renamed_files=renamed)


def default_shape(path: str | os.PathLike[str]) -> Shape:
    """Return the shape for a file if the user names none: the one that its format has room for."""
    return "tidy" if os.fspath(path).lower().endswith((".sav", ".dta")) else "long"


def format_of(path: str | os.PathLike[str]) -> str:
    """Return the format of a file name, one of ``FORMATS``.

    Raises:
        UsageError: Its suffix is none of them.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise UsageError(
            f"Unknown table format of {os.fspath(path)!r}: use a name that ends in "
            f"{', '.join(FORMATS)}."
        )
    return suffix


def check_format(path: str | os.PathLike[str]) -> None:
    """Check that a file of this name can be written.

    Raises:
        UsageError: Its suffix is unknown, or a library is missing.
    """
    _check_library(format_of(path))


def _check_library(format_: str) -> None:
    for library in _LIBRARIES.get(format_, ()):
        require(library)


def _is_same(path: Path, archive: Path) -> bool:
    try:
        return path.samefile(archive)
    except (OSError, ValueError):
        # One of them does not exist, so nothing can be lost.
        return False


def _write(
    table: TableContent, path: Path, format_: str, formulas: output.Formulas
) -> TableSummary:
    if not isinstance(table, TidyContent):
        return _write_rows(table, path, format_, formulas)
    table.unfit = 0
    summary = _write_rows(table, path, format_, formulas)
    # It has no column ``extra``.
    return evolve(summary, extras=0, unfit=table.unfit)


def _write_rows(
    table: TableContent, path: Path, format_: str, formulas: output.Formulas
) -> TableSummary:
    match format_:
        case ".parquet":
            schema = table.schema
            if table.shape == "long" and not all(source.is_small for source in table.sources):
                schema = dictionary_schema(schema)
            return output.write_parquet(path, schema, table.batches(schema))
        case ".arrow":
            return output.write_arrow(path, table.schema, table.batches())
        case ".csv":
            return output.write_csv(path, table.column_names, table.rows(), formulas)
        case ".xlsx":
            return write_excel(path, table)
        case ".sav" | ".dta":
            return write_statistics(path, format_, table)
    return output.write_jsonl(path, table.column_names, table.rows())
