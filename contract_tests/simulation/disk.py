"""A disk in memory that can be full, lose power, and crash a process at any step."""

import errno
from pathlib import Path
from random import Random

from prolific_exports import DownloadError, TargetExistsError


class Crash(BaseException):
    """The process has crashed: none of its code runs any more, not even clean-up."""


class File:
    """The current bytes of a file, and its bytes after a power cut."""

    __slots__ = ("data", "foreign", "names", "safe", "touched")

    def __init__(self, data: bytes, touched: float) -> None:
        self.data = bytearray(data)
        self.safe = b""
        self.touched = touched
        self.names = 1
        self.foreign = False


class MemoryHandle:
    def __init__(self, disk: "MemoryDisk", file: File) -> None:
        self._disk = disk
        self._file = file

    def size(self) -> int:
        self._disk.step()
        return len(self._file.data)

    def read(self, offset: int, size: int) -> bytes:
        self._disk.step()
        return bytes(self._file.data[offset : offset + size])

    def write(self, offset: int, data: bytes | memoryview) -> None:
        self._disk.step()
        file = self._file.data
        end = offset + len(data)
        if end > len(file):
            if end - len(file) > self._disk.free_bytes:
                raise OSError(errno.ENOSPC, "No space left on device")
            self._disk.free_bytes -= end - len(file)
            file.extend(bytes(end - len(file)))
            self._disk.largest = max(self._disk.largest, end)
        file[offset:end] = data

    def truncate(self, size: int) -> None:
        self._disk.step()
        self._disk.free_bytes += len(self._file.data) - size
        del self._file.data[size:]

    def sync(self) -> None:
        self._disk.step()
        self._file.safe = bytes(self._file.data)

    def touch(self) -> None:
        self._file.touched = self._disk.now

    def close(self) -> None:
        self._disk.step()


class MemoryDisk:
    """The files of one folder by name.

    Attributes:
        safe: The files that exist after a power cut.
        free_bytes: Bytes that can still be written to partial files.
        steps: Steps until the process crashes; None if it does not.
        taken: Steps so far.
        largest: Bytes of the largest file so far.
        now: The file system's clock, in seconds.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.files: dict[str, File] = {}
        self.safe: dict[str, File] = {}
        self.free_bytes = 1 << 40
        self.steps: int | None = None
        self.taken = self.largest = 0
        self.now = 0.0
        self.dead = False
        self.links = True

    def step(self) -> None:
        """Count one step of a process, and crash the process at its last step."""
        if self.dead:
            raise Crash
        self.taken += 1
        if self.steps is not None:
            self.steps -= 1
            if self.steps < 0:
                self.kill()

    def kill(self) -> None:
        """Crash the process."""
        self.dead = True
        raise Crash

    def power_cut(self) -> None:
        """Lose all or some of the bytes and names that were not synced."""
        if self.random.random() < 0.5:
            self.files = dict(self.safe)
        there = list(self.files.values())
        for file in self.files.values():
            file.names = there.count(file)
            fate = self.random.random()
            if fate < 0.4:
                file.data = bytearray(file.safe)
            elif fate < 0.7:
                # The file keeps its size and loses its bytes.
                safe = file.safe[: len(file.data)]
                file.data = bytearray(safe + bytes(len(file.data) - len(safe)))

    def is_folder(self, path: Path) -> bool:
        return path.name == "folder"

    def exists(self, path: Path) -> bool:
        return path.name in self.files

    def destination(self, path: Path, *, overwrite: bool) -> Path:
        if not overwrite and self.exists(path):
            raise TargetExistsError(f"{path} exists", path=path)
        return path

    def is_same(self, path: Path, other: Path) -> bool:
        one = self.files.get(path.name)
        return one is not None and one is self.files.get(other.name)

    def size(self, path: Path) -> int:
        return len(self.files[path.name].data)

    def read(self, path: Path) -> bytes | None:
        self.step()
        file = self._own(path)
        return None if file is None else bytes(file.data)

    def _own(self, path: Path) -> File | None:
        file = self.files.get(path.name)
        if file is not None and file.foreign:
            raise DownloadError(f"{path} belongs to another user.")
        return file

    def create(self, path: Path, content: bytes) -> None:
        self.step()
        if path.name in self.files:
            raise FileExistsError
        # The process may crash between creating and writing the file.
        file = self.files[path.name] = File(b"", self.now)
        self.step()
        file.data[:] = content

    def replace_content(self, path: Path, content: bytes) -> None:
        fresh = self.files[f"{path.name}.new"] = File(content[: len(content) // 2], self.now)
        self.step()
        fresh.data[:] = content
        fresh.safe = content
        self.files[path.name] = self.files.pop(f"{path.name}.new")
        self.step()
        self.safe = dict(self.files)

    def open(self, path: Path) -> MemoryHandle:
        self.step()
        file = self._own(path)
        if file is None or file.names > 1:
            file = self.files[path.name] = File(b"", self.now)
        return MemoryHandle(self, file)

    def link(self, path: Path, name: Path) -> None:
        self.step()
        if not self.links:
            raise OSError(errno.EPERM, "no links here")
        if name.name in self.files:
            raise FileExistsError
        file = self.files[name.name] = self.files[path.name]
        file.names += 1

    def rename(self, path: Path, name: Path) -> None:
        self.step()
        if path.name not in self.files:
            raise FileNotFoundError
        self.files[name.name] = self.files.pop(path.name)

    def remove(self, path: Path) -> None:
        self.step()
        file = self.files.pop(path.name, None)
        if file is not None:
            file.names -= 1

    def age(self, path: Path) -> float:
        return self.now - self.files[path.name].touched

    def sync_folder(self, _folder: Path) -> None:
        self.step()
        self.safe = dict(self.files)

    def free(self, _folder: Path) -> int:
        return self.free_bytes
