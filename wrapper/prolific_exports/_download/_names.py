"""Names of archives, and of the hidden files beside them."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from prolific_exports._flows._polling import PendingExport
from prolific_exports._model._only import Only

# Most file systems have room for 255 bytes.
_LONGEST_NAME: Final = 240
_TIME_WIDTH: Final = len("20260320-103000")
_HIDDEN_PREFIX: Final = ".prolific-"
# Some file systems ignore case, and Windows drops dots and spaces at the end.
_HIDDEN: Final = re.compile(
    rf"{re.escape(_HIDDEN_PREFIX)}.*\.(?:part|json|lock)(?:\.new|\.old)?[. ]*",
    re.IGNORECASE | re.DOTALL,
)


def default_name(job: PendingExport, now: datetime, only: Only | None = None) -> str:
    """``<id>-export-<YYYYMMDD-HHMMSS>.zip`` in local time, like Prolific's own command.

    With a filter, its conditions follow the time; then the part of the archive, if not all.
    """
    stem = f"{job.resource_id}-export-{now.astimezone():%Y%m%d-%H%M%S}"
    end = ".zip" if only is None else f"-{only}.zip"
    if job.filter is None:
        return f"{stem}{end}"
    name = f"{stem}-{job.filter.label}{end}"
    return name if len(name) <= _LONGEST_NAME else f"{stem}-filter-{job.filter.key}{end}"


def part_path(folder: Path, job: PendingExport, only: Only | None = None) -> Path:
    """The partial file of a download with this filter. Sidecar and claim differ in suffix."""
    # No id has a "+" in it.
    filtered = "" if job.filter is None else f"+{job.filter.key}"
    selected = "" if only is None else f"+{only}"
    return folder / f"{_HIDDEN_PREFIX}{job.kind}-{job.resource_id}{filtered}{selected}.part"


def filter_path(archive: Path) -> Path:
    """The record of the filter of an archive with a name of the user's choice."""
    return archive.with_name(f"{_HIDDEN_PREFIX}{archive.name}.filter.json")


def default_name_pattern(job: PendingExport, only: Only | None = None) -> re.Pattern[str]:
    """Matches the default names of archives of this export, of any time."""
    start = len(job.resource_id) + len("-export-")
    name = default_name(job, datetime(2000, 1, 1, tzinfo=UTC), only)
    rest = re.escape(name[start + _TIME_WIDTH :])
    return re.compile(rf"{re.escape(name[:start])}\d{{8}}-\d{{6}}{rest}", re.ASCII)


def is_hidden(name: str) -> bool:
    """Whether a name is reserved for the hidden files of downloads.

    A download could overwrite or remove an archive with such a name.
    """
    return _HIDDEN.fullmatch(name) is not None
