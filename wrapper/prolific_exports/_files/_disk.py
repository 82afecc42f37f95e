"""The file operations of downloads, which a simulation replaces."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from prolific_exports._files._destinations import destination
from prolific_exports._files._trust import check_own, open_own, read_own

# In bytes. A sidecar with a thousand missing ranges has 30,000.
LARGEST_HIDDEN_FILE: Final = 1 << 20


class Handle(Protocol):
    """A file open for reading and writing at any position."""

    def size(self) -> int:
        """Bytes of the file."""
        ...

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes from an offset on: fewer than ``size`` only at the end of the file."""
        ...

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Write all of the data at an offset."""
        ...

    def truncate(self, size: int) -> None:
        """Cut the file to a size."""
        ...

    def sync(self) -> None:
        """Bring all bytes to the disk."""
        ...

    def touch(self) -> None:
        """Set the modification time to now."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


class Disk(Protocol):
    """A file system. Every method raises `OSError` if the system refuses."""

    def is_folder(self, path: Path) -> bool:
        """Whether a folder exists at the path."""
        ...

    def exists(self, path: Path) -> bool:
        """Whether anything exists at the path, even a broken link."""
        ...

    def destination(self, path: Path, *, overwrite: bool) -> Path:
        """Where to write a file, or raise `TargetExistsError`: see `_destinations`."""
        ...

    def is_same(self, path: Path, other: Path) -> bool:
        """Whether both paths are names of one file. A symbolic link is a file of its own."""
        ...

    def size(self, path: Path) -> int:
        """Bytes of a file."""
        ...

    def read(self, path: Path) -> bytes | None:
        """The content of a small hidden file of this user; None if there is no such file.

        Raises:
            DownloadError: It is not a regular file, or belongs to another user.
        """
        ...

    def create(self, path: Path, content: bytes) -> None:
        """Create a file, or raise `FileExistsError`."""
        ...

    def replace_content(self, path: Path, content: bytes) -> None:
        """Replace the content of a file in one step, and bring it to the disk."""
        ...

    def open(self, path: Path) -> Handle:
        """Open a hidden file of this user that has no other name; create it if missing.

        Raises:
            DownloadError: It is not a regular file, or belongs to another user.
        """
        ...

    def link(self, path: Path, name: Path) -> None:
        """Give a file a second name, or raise `FileExistsError`."""
        ...

    def rename(self, path: Path, name: Path) -> None:
        """Rename a file, replacing any file with that name."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file, if it exists."""
        ...

    def age(self, path: Path) -> float:
        """Seconds since a file was modified, by the file system's own clock."""
        ...

    def sync_folder(self, folder: Path) -> None:
        """Bring file names to the disk, where the system supports it."""
        ...

    def free(self, folder: Path) -> int:
        """Free space in bytes."""
        ...


class OsHandle:
    """A file of the operating system."""

    def __init__(self, descriptor: int, path: Path) -> None:
        """Take over a descriptor."""
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        self._path = path

    def size(self) -> int:
        """Bytes of the file."""
        return os.fstat(self._file.fileno()).st_size

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes from an offset on: fewer than ``size`` only at the end of the file."""
        self._file.seek(offset)
        pieces = []
        while size and (piece := self._file.read(size)):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Write all of the data at an offset."""
        self._file.seek(offset)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def truncate(self, size: int) -> None:
        """Cut the file to a size."""
        self._file.truncate(size)

    def sync(self) -> None:
        """Bring all bytes to the disk."""
        os.fsync(self._file.fileno())

    def touch(self) -> None:
        """Set the modification time to now."""
        # By descriptor, since another file may have the name by now. Windows supports paths only,
        # but does not rename an open file.
        os.utime(self._file.fileno() if os.utime in os.supports_fd else self._path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class OsDisk:
    """The operating system's files."""

    def is_folder(self, path: Path) -> bool:
        """Whether a folder exists at the path."""
        return path.is_dir()

    def exists(self, path: Path) -> bool:
        """Whether anything exists at the path, even a broken link."""
        return os.path.lexists(path)

    def destination(self, path: Path, *, overwrite: bool) -> Path:
        """Where to write a file, or raise `TargetExistsError`: see `_destinations`."""
        return destination(path, overwrite=overwrite)

    def is_same(self, path: Path, other: Path) -> bool:
        """Whether both paths are names of one file. A symbolic link is a file of its own."""
        try:
            one, two = os.lstat(path), os.lstat(other)
        except OSError:
            return False
        # On Windows, 0 means an unknown file number.
        return one.st_ino != 0 and os.path.samestat(one, two)

    def size(self, path: Path) -> int:
        """Bytes of a file."""
        return path.stat().st_size

    def read(self, path: Path) -> bytes | None:
        """The content of a small hidden file of this user; None if there is no such file."""
        return read_own(path, LARGEST_HIDDEN_FILE)

    def create(self, path: Path, content: bytes) -> None:
        """Create a file, or raise `FileExistsError`."""
        descriptor = open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except BaseException:
            with suppress(OSError):
                self.remove(path)
            raise

    def replace_content(self, path: Path, content: bytes) -> None:
        """Replace the content of a file in one step, and bring it to the disk."""
        # Always the same name, so that crashes leave at most one such file.
        fresh = path.with_name(f"{path.name}.new")
        check_own(fresh)
        self.remove(fresh)
        descriptor = open_own(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(path)
        self.sync_folder(path.parent)

    def open(self, path: Path) -> Handle:
        """Open a hidden file of this user that has no other name; create it if missing."""
        descriptor = open_own(path, os.O_RDWR | os.O_CREAT)
        # A second name is that of a published archive, which must not be written to.
        if os.fstat(descriptor).st_nlink > 1:
            os.close(descriptor)
            self.remove(path)
            descriptor = open_own(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        return OsHandle(descriptor, path)

    def link(self, path: Path, name: Path) -> None:
        """Give a file a second name, or raise `FileExistsError`."""
        os.link(path, name)

    def rename(self, path: Path, name: Path) -> None:
        """Rename a file, replacing any file with that name."""
        path.replace(name)

    def remove(self, path: Path) -> None:
        """Remove a file, if it exists."""
        path.unlink(missing_ok=True)

    def age(self, path: Path) -> float:
        """Seconds since a file was modified, by the file system's own clock."""
        # On a network share, that is the server's clock; the local one may be wrong.
        probe = path.with_name(f"{path.name}.new")
        descriptor = open_own(probe, os.O_WRONLY | os.O_CREAT)
        try:
            os.write(descriptor, b".")
            now = os.fstat(descriptor).st_mtime
        finally:
            os.close(descriptor)
            with suppress(OSError):
                self.remove(probe)
        return now - path.stat().st_mtime

    def sync_folder(self, folder: Path) -> None:
        """Bring file names to the disk, where the system supports it (not Windows)."""
        flags = getattr(os, "O_DIRECTORY", None)
        if flags is None:
            return
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | flags)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def free(self, folder: Path) -> int:
        """Free space in bytes."""
        return shutil.disk_usage(folder).free
