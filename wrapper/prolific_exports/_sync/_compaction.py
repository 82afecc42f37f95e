"""Merge the small files of many runs, and remove what nothing needs any more."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from prolific_exports._errors import StorageError
from prolific_exports._files._failures import explained
from prolific_exports._sync._dataset import Dataset
from prolific_exports._sync._lease import Lease
from prolific_exports._sync._schemas import RESOURCES, TABLES

KEPT: Final = timedelta(days=7)
"""How long replaced files stay: a program may still read the version of a table that has them."""


def compact(dataset: Dataset, lease: Lease, now: datetime) -> None:
    """Merge the files of each table. Remove replaced files, and uploads that no answer names.

    Raises:
        StorageError: The system refuses, or another driver has taken the dataset.
    """
    for table in (*TABLES, RESOURCES):
        lease.confirm()
        dataset.compact(table, KEPT)
    lease.confirm()
    named = dataset.upload_keys()
    root = dataset.root / "uploads"
    with explained(f"The folder {root} cannot be tidied", StorageError):
        for path in _files(root):
            key = path.relative_to(dataset.root).as_posix()
            if key not in named and now.timestamp() - path.stat().st_mtime > KEPT.total_seconds():
                path.unlink()
                with suppress(OSError):
                    # Other files of the submission remain.
                    path.parent.rmdir()


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder, topdown=False):
        yield from (Path(parent, name) for name in names)
