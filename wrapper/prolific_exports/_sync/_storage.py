"""Small files of a dataset that say how far its runs are: plans, receipts, waves, the lease.

The only condition that a write needs is that the key is new. Every folder and object store offers
it; a replacement on condition is missing in folders.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol

from prolific_exports._errors import StorageError, TargetExistsError
from prolific_exports._files._failures import explained
from prolific_exports._files._staging import staged_file


class Storage(Protocol):
    """Files by keys, which have ``/`` between their parts."""

    def get(self, key: str) -> bytes | None:
        """The content of a file; None if there is none."""
        ...

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Write a file, complete or not at all; return False if the key exists."""
        ...

    def list(self, folder: str) -> list[str]:
        """The keys of the files in a folder, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Delete a file, if it exists."""
        ...


class LocalFolder:
    """A folder as a storage.

    Attributes:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where the file of a key is."""
        return self.root.joinpath(*key.split("/"))

    def get(self, key: str) -> bytes | None:
        """The content of a file; None if there is none.

        Raises:
            StorageError: The system refuses.
        """
        with self._explained(key):
            try:
                return self.path(key).read_bytes()
            except FileNotFoundError:
                return None

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Write a file, complete or not at all; return False if the key exists.

        Raises:
            StorageError: The system refuses.
        """
        path = self.path(key)
        with self._explained(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with staged_file(path, overwrite=False) as temporary:
                    temporary.write_bytes(content)
            except TargetExistsError:
                return False
        return True

    def list(self, folder: str) -> list[str]:
        """The keys of the files in a folder, sorted.

        Raises:
            StorageError: The system refuses.
        """
        with self._explained(folder):
            return sorted(f"{folder}/{name}" for name in self._names(folder))

    def delete(self, key: str) -> None:
        """Delete a file, if it exists.

        Raises:
            StorageError: The system refuses.
        """
        with self._explained(key), suppress(FileNotFoundError):
            self.path(key).unlink()

    def _names(self, folder: str) -> Iterator[str]:
        # Names that begin with a dot are files that are being written.
        with suppress(FileNotFoundError), os.scandir(self.path(folder)) as entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_file():
                    yield entry.name

    def _explained(self, key: str) -> AbstractContextManager[None]:
        return explained(f"{self.path(key)} of the dataset is not accessible", StorageError)
