"""Built archives, kept as files until the sandbox ends."""

import hashlib
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from prolific_contract.sandbox._archive import ArchiveOrder, write_archive
from prolific_contract.sandbox._jobs import Job
from prolific_contract.sandbox._settings import SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Callable


@frozen
class StoredObject:
    """An archive on disk.

    Attributes:
        path: Where it is.
        size: In bytes.
        etag: Its strong ETag with the quotes, as S3 makes it of an object that was
            uploaded in one part: the MD5 of its bytes.
    """

    path: Path
    size: int
    etag: str


class ArchiveShelf:
    """Builds each job's archive when it is first asked for. Safe to use from several threads."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._objects: dict[str, StoredObject] = {}
        self._remove_folders: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    def stored_object(self, job: Job) -> StoredObject:
        """A job's archive, built if it is not there yet."""
        with self._lock:
            stored = self._objects.get(job.export_id)
            if stored is None:
                stored = self._objects[job.export_id] = self._build(job)
            return stored

    def close(self) -> None:
        """Delete all archives."""
        with self._lock:
            self._objects.clear()
            while self._remove_folders:
                self._remove_folders.pop()()

    def _build(self, job: Job) -> StoredObject:
        order = ArchiveOrder(
            kind=job.kind,
            resource_id=job.resource_id,
            exported_at=job.requested_at,
            submissions=self._settings.submissions,
            files=self._settings.files,
            seed=self._settings.seed,
            filter=job.filter,
        )
        path = self._new_folder() / f"{job.export_id}.zip"
        with path.open("w+b") as file:
            write_archive(order, file)
            size = file.tell()
            file.seek(0)
            digest = hashlib.file_digest(file, _md5)
        return StoredObject(path, size, f'"{digest.hexdigest()}"')

    def _new_folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="prolific-sandbox-"))
        # An application used in-process is never told to shut down; its files go all the
        # same. Errors are ignored for Windows, where a file being sent can't be deleted.
        remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._remove_folders.append(remove)
        return folder


def _md5() -> "hashlib._Hash":
    return hashlib.md5(usedforsecurity=False)
