"""Find an archive at the destination that can be used in place of a new export."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen

from prolific_exports._download._names import default_name_pattern, filter_path
from prolific_exports._errors import DownloadError, ExportsError
from prolific_exports._files._destinations import expanded
from prolific_exports._files._disk import Disk
from prolific_exports._flows._polling import PendingExport
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._only import Only
from prolific_exports._model._reuse import Reuse

Inspect = Callable[[Path], datetime | None]
"""Returns when an archive was exported, if it says so.

Raises an `ExportsError` unless it is the complete archive of the right collection or batch.
"""


@frozen
class FoundFile:
    """An archive at the destination, or why there is none.

    Attributes:
        path: The archive; None if there is none that can be used again.
        size: Its bytes.
        refusal: Why the file at the destination cannot be used, as a sentence; empty if there
            is no file.
    """

    path: Path | None = None
    size: int = 0
    refusal: str = ""


def find_file(
    job: PendingExport,
    path: str | os.PathLike[str] | None,
    reuse: Reuse,
    *,
    inspect: Inspect,
    disk: Disk,
    now: datetime,
    only: Only | None = None,
) -> FoundFile:
    """Look for an archive of an export at its destination, and check it.

    In a folder, that is the newest one with a default name of this export.

    Args:
        job: The export.
        path: The destination, as for a download.
        reuse: How old the archive may be.
        inspect: Checks an archive.
        disk: The file system.
        now: The date and time, aware.
        only: Which part of the archive to download; None for everything.
    """
    given = expanded(path) if path is not None else Path()
    try:
        file = _newest(job, given, only) if disk.is_folder(given) else given
        if file is None or not file.is_file():
            return FoundFile()
        if file is given and not _has_filter(file, job.filter, disk):
            return FoundFile(refusal="It was exported with another filter.")
        exported_at = inspect(file)
        status = file.stat()
    except (ExportsError, OSError, ValueError) as error:
        return FoundFile(refusal=str(error))
    moment = exported_at or datetime.fromtimestamp(status.st_mtime, UTC)
    if not reuse.accepts(moment, now):
        return FoundFile(refusal=f"It is older than {reuse.max_age}.")
    return FoundFile(file, status.st_size)


def _newest(job: PendingExport, folder: Path, only: Only | None) -> Path | None:
    if job.filter is not None and job.filter.has_fractions:
        # A file's name has no fractions of a second.
        return None
    pattern = default_name_pattern(job, only)
    found = [file for file in folder.iterdir() if pattern.fullmatch(file.name)]
    return max(found, key=lambda file: file.name, default=None)


def _has_filter(file: Path, wanted: ExportFilter | None, disk: Disk) -> bool:
    """Whether an archive with a name of the user's choice has a filter, as far as is known."""
    record = disk.read(filter_path(file))
    return (record or b"") == _record(wanted)


def note_filter(file: Path, job: PendingExport, disk: Disk, only: Only | None = None) -> None:
    """Record the filter of a saved archive beside it, unless its name has the filter.

    An archive without a filter has no record. A failure does not matter: without its record, an
    archive is not used again for its filter.
    """
    if default_name_pattern(job, only).fullmatch(file.name):
        return
    path = filter_path(file)
    with suppress(OSError, DownloadError):
        if job.filter is None:
            disk.remove(path)
        else:
            disk.replace_content(path, _record(job.filter))


def _record(filter_: ExportFilter | None) -> bytes:
    return b"" if filter_ is None else filter_.key.encode()
