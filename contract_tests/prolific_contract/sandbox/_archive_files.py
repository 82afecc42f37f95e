"""The archives of a sandbox, as temporary files."""

import hashlib
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from prolific_contract.sandbox._archive import ArchiveSpec, write_archive
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._settings import SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Callable


@frozen
class StoredObject:
    """An archive on disk.

    Attributes:
        size: In bytes.
        etag: The strong ETag, with quotes. As in S3 for objects that were uploaded in one
            part, it is the MD5 of the bytes.
    """

    path: Path
    size: int
    etag: str


class ArchiveFiles:
    """Builds each job's archive on first use. Safe to use from several threads."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._objects: dict[str, StoredObject] = {}
        self._remove_folders: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    def stored_object(self, job: SandboxJob) -> StoredObject:
        """A job's archive; built on first use."""
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

    def _build(self, job: SandboxJob) -> StoredObject:
        spec = ArchiveSpec(
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
            write_archive(spec, file)
            size = file.tell()
            file.seek(0)
            digest = hashlib.file_digest(file, _md5)
        return StoredObject(path, size, f'"{digest.hexdigest()}"')

    def _new_folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="prolific-sandbox-"))
        # An in-process application gets no shutdown event, so a finalizer deletes its files.
        # Errors are ignored, because Windows can't delete a file that is being sent.
        remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._remove_folders.append(remove)
        return folder


def _md5() -> "hashlib._Hash":
    return hashlib.md5(usedforsecurity=False)
