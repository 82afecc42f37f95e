"""The few things that are done with files."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from prolific_exports._files._destinations import destination
from prolific_exports._files._trust import check_own, open_own, read_own

# Bytes. A sidecar with a thousand holes has 30,000.
LARGEST_HIDDEN_FILE: Final = 1 << 20


class Handle(Protocol):
    """A file that is open for writing anywhere in it."""

    def size(self) -> int:
        """Bytes of the file."""
        ...

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Write all of the data at a position."""
        ...

    def truncate(self, size: int) -> None:
        """Cut the file off."""
        ...

    def sync(self) -> None:
        """Bring all bytes to the disk."""
        ...

    def touch(self) -> None:
        """Set the time at which the file was modified to now."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


class Disk(Protocol):
    """A file system. Everything raises `OSError` where the system refuses."""

    def is_folder(self, path: Path) -> bool:
        """Whether there is a folder."""
        ...

    def exists(self, path: Path) -> bool:
        """Whether the name is taken, if only by a link that leads nowhere."""
        ...

    def destination(self, path: Path, *, overwrite: bool) -> Path:
        """Where to write a file, or raise `TargetExistsError`: see `_destinations`."""
        ...

    def is_same(self, path: Path, other: Path) -> bool:
        """Whether both are names of one file. A symbolic link is a file of its own."""
        ...

    def size(self, path: Path) -> int:
        """Bytes of a file."""
        ...

    def read(self, path: Path) -> bytes | None:
        """The content of a small hidden file of this user; None if there is no such file.

        Raises:
            DownloadError: What is there is something else, or another user's.
        """
        ...

    def create(self, path: Path, content: bytes) -> None:
        """Make a file, or raise `FileExistsError`."""
        ...

    def replace_content(self, path: Path, content: bytes) -> None:
        """Give a file new content in one step, and have it on the disk."""
        ...

    def open(self, path: Path) -> Handle:
        """Open a hidden file of this user that has no other name, created if need be.

        Raises:
            DownloadError: What is there is something else, or another user's.
        """
        ...

    def link(self, path: Path, name: Path) -> None:
        """Give a file a second name, or raise `FileExistsError`."""
        ...

    def rename(self, path: Path, name: Path) -> None:
        """Give a file another name, instead of whatever had it."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        ...

    def age(self, path: Path) -> float:
        """Seconds since a file was touched, by the file system's own clock."""
        ...

    def sync_folder(self, folder: Path) -> None:
        """Bring names to the disk, where that can be done."""
        ...

    def free(self, folder: Path) -> int:
        """Bytes that can still be written."""
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

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Write all of the data at a position."""
        self._file.seek(offset)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def truncate(self, size: int) -> None:
        """Cut the file off."""
        self._file.truncate(size)

    def sync(self) -> None:
        """Bring all bytes to the disk."""
        os.fsync(self._file.fileno())

    def touch(self) -> None:
        """Set the time at which the file was modified to now."""
        # By its descriptor, since another file may have its name by now. Windows can't, but
        # there no file gets another name while it is open.
        os.utime(self._file.fileno() if os.utime in os.supports_fd else self._path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class OsDisk:
    """The operating system's files."""

    def is_folder(self, path: Path) -> bool:
        """Whether there is a folder."""
        return path.is_dir()

    def exists(self, path: Path) -> bool:
        """Whether the name is taken, if only by a link that leads nowhere."""
        return os.path.lexists(path)

    def destination(self, path: Path, *, overwrite: bool) -> Path:
        """Where to write a file, or raise `TargetExistsError`: see `_destinations`."""
        return destination(path, overwrite=overwrite)

    def is_same(self, path: Path, other: Path) -> bool:
        """Whether both are names of one file. A symbolic link is a file of its own."""
        try:
            one, two = os.lstat(path), os.lstat(other)
        except OSError:
            return False
        # Windows has 0 for every file whose number it cannot learn.
        return one.st_ino != 0 and os.path.samestat(one, two)

    def size(self, path: Path) -> int:
        """Bytes of a file."""
        return path.stat().st_size

    def read(self, path: Path) -> bytes | None:
        """The content of a small hidden file of this user; None if there is no such file."""
        return read_own(path, LARGEST_HIDDEN_FILE)

    def create(self, path: Path, content: bytes) -> None:
        """Make a file, or raise `FileExistsError`."""
        descriptor = open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except BaseException:
            with suppress(OSError):
                self.remove(path)
            raise

    def replace_content(self, path: Path, content: bytes) -> None:
        """Give a file new content in one step, and have it on the disk."""
        # One name for it, so that a crash does not leave one more each time.
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
        """Open a hidden file of this user that has no other name, created if need be."""
        descriptor = open_own(path, os.O_RDWR | os.O_CREAT)
        # An archive that was published by a second name must not be written to.
        if os.fstat(descriptor).st_nlink > 1:
            os.close(descriptor)
            self.remove(path)
            descriptor = open_own(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        return OsHandle(descriptor, path)

    def link(self, path: Path, name: Path) -> None:
        """Give a file a second name, or raise `FileExistsError`."""
        os.link(path, name)

    def rename(self, path: Path, name: Path) -> None:
        """Give a file another name, instead of whatever had it."""
        path.replace(name)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        path.unlink(missing_ok=True)

    def age(self, path: Path) -> float:
        """Seconds since a file was touched, by the file system's own clock."""
        # On a network, the server's clock: the one here may be wrong.
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
        """Bring names to the disk, where that can be done (not on Windows)."""
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
        """Bytes that can still be written."""
        return shutil.disk_usage(folder).free
