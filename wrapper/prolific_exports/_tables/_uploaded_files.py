"""Extracts uploaded files beside a table, and replaces their paths in rows."""

import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from attrs import evolve

from prolific_exports._archive import ArchiveReader
from prolific_exports._archive._extract import extract
from prolific_exports._archive._not_downloaded import FILES
from prolific_exports._archive._plan import ExtractLimits, Names, plan_extraction
from prolific_exports._errors import ArchiveError, UsageError
from prolific_exports._files._destinations import expanded
from prolific_exports._files._failures import explained
from prolific_exports._files._staging import vacant
from prolific_exports._tables._sources import Reader, Row
from prolific_exports._tables._values import path_text


def check_uploads_folder(folder: Path, table: Path) -> None:
    """Check that files can be extracted beside a table, before anything is read.

    Raises:
        ArchiveError: The system refuses.
        TargetExistsError: ``folder`` exists and is not an empty folder.
        UsageError: The table would be in the folder, or the folder in the table.
    """
    what = f"The uploaded files cannot be extracted to {folder}"
    with explained(what, ArchiveError, lambda: " Nothing was written."):
        place = vacant(folder)
    beside = Path(os.path.realpath(table))
    if beside in (place, *place.parents) or place in beside.parents:
        raise UsageError(
            f"The folder for the uploaded files ({folder}) and the table ({table}) overlap: "
            "neither may contain the other. Nothing was written: choose another path for one of "
            "them."
        )


@contextmanager
def extract_uploads(archive: ArchiveReader, folder: Path, names: Names) -> Iterator[None]:
    """Extract the uploaded files; remove them and new folders if the block fails.

    Raises:
        ArchiveError: The archive cannot be read, or the system refuses to write.
        UnsafeArchiveError: A member cannot be written safely.
        TargetExistsError: ``folder`` exists and is not an empty folder.
    """
    root = f"{archive.root}/" if archive.root else ""
    plan = plan_extraction(archive.path, archive.members, root, ExtractLimits(), names)
    uploads = tuple(file for file in plan.files if file[0].name.startswith(f"{root}{FILES}"))
    target = Path(os.path.realpath(folder))
    new_folders = [place for place in (target, *target.parents) if not place.exists()]
    extract(archive.path, evolve(plan, folders=(), files=uploads), folder)
    try:
        yield
    except BaseException:
        for top in {place.partition("/")[0] for _, place in uploads}:
            shutil.rmtree(target / top, ignore_errors=True)
        with suppress(OSError):
            for place in new_folders:
                place.rmdir()
        raise


def warn_of_missing_files(archives: Sequence[ArchiveReader], folders: Sequence[Path]) -> None:
    """Warn if a folder lacks uploaded files of its archive, to which a table's paths lead."""
    for archive, folder in zip(archives, folders, strict=False):
        if not all((folder / file.extracted_path).exists() for file in archive.downloaded_files):
            warnings.warn(
                f"{folder} lacks files to which file_path leads: only write() extracts them with "
                f"the table. To extract them now, call extract({str(folder)!r}) of the archive "
                f"{archive.path}.",
                stacklevel=4,
            )


def with_local_paths(
    read: Reader,
    columns: Sequence[int],
    archive: ArchiveReader,
    folder: Path,
    note_missing: Callable[[], object],
) -> Reader:
    """Return a reader that replaces paths with those of extracted files.

    Args:
        read: The reader.
        columns: The columns with a path, or a list of objects with a path.
        archive: The archive of the files.
        folder: The folder of the extracted files.
        note_missing: Called for each path of a file that the archive does not contain.
    """

    def local(value: Any) -> Any:
        if isinstance(value, list):
            return [item and {**item, "path": local(item["path"])} for item in value]
        if value is None:
            return None
        file = archive.find(value)
        if file is None or not file.is_downloaded:
            note_missing()
            return value
        return str(folder / file.extracted_path)

    def rows(record: Any) -> Iterator[Row]:
        for row in read(record):
            yield tuple(
                local(value) if column in columns else value for column, value in enumerate(row)
            )

    return rows


def uploads_folders(files: str | os.PathLike[str] | None, count: int) -> list[Path]:
    """Return the folder of each archive's uploaded files; none without ``files``.

    Raises:
        UsageError: The folder's name is not text.
    """
    if files is None:
        return []
    if (text := path_text(os.fspath(files))) != os.fspath(files):
        raise UsageError(
            f"{text} is not UTF-8 text, so file_path cannot contain it. Nothing was written: "
            "name another folder for the files."
        )
    folder = expanded(files)
    return [folder] if count == 1 else [folder / str(n + 1) for n in range(count)]
