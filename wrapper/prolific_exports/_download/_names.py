"""Names of archives, and of the hidden files beside them."""

import re
from datetime import datetime
from pathlib import Path
from typing import Final

from prolific_exports._flows._polling import PendingExport

# Most file systems have room for 255 bytes.
_LONGEST_NAME: Final = 240
_HIDDEN_PREFIX: Final = ".prolific-"
# Some file systems take letters of either case for the same, Windows drops dots and spaces
# at the end.
_HIDDEN: Final = re.compile(
    rf"{re.escape(_HIDDEN_PREFIX)}.*\.(?:part|json|lock)(?:\.new|\.old)?[. ]*",
    re.IGNORECASE | re.DOTALL,
)


def default_name(job: PendingExport, now: datetime) -> str:
    """``<id>-export-<YYYYMMDD-HHMMSS>.zip`` in local time, as Prolific's own command has it.

    With a filter, its conditions follow the time.
    """
    stem = f"{job.resource_id}-export-{now.astimezone():%Y%m%d-%H%M%S}"
    if job.filter is None:
        return f"{stem}.zip"
    name = f"{stem}-{job.filter.label}.zip"
    return name if len(name) <= _LONGEST_NAME else f"{stem}-filter-{job.filter.key}.zip"


def part_path(folder: Path, job: PendingExport) -> Path:
    """The partial file of a download, one for each filter. Other files are named like it."""
    # No id has a "+" in it.
    filtered = "" if job.filter is None else f"+{job.filter.key}"
    return folder / f"{_HIDDEN_PREFIX}{job.kind}-{job.resource_id}{filtered}.part"


def is_hidden(name: str) -> bool:
    """Whether a file of the name is taken for one of a download under way, this or another.

    An archive of such a name would be overwritten or tidied away.
    """
    return _HIDDEN.fullmatch(name) is not None
