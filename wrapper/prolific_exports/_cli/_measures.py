"""Facts about a finished file for programs: its checksum and the number of records."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from prolific_exports._archive._lines import blocks
from prolific_exports._errors import ArchiveError

if TYPE_CHECKING:
    from prolific_exports import ExportArchive


def sha256(path: str | os.PathLike[str]) -> str | None:
    """The SHA-256 of a file in hexadecimal; None if it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def count_records(archive: "ExportArchive") -> int | None:
    """The number of records, for a batch by submission; None if they cannot be read."""
    try:
        file = archive.record_file()
        return sum(1 for block in blocks(file.pieces(), file.where, 1) for _ in block.lines())
    except (ArchiveError, OSError):
        return None
