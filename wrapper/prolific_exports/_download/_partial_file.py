"""The partial file of a download, and the sidecar that records its content."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from attrs import define, field

from prolific_exports._download._ranges import Ranges
from prolific_exports._download._sidecar import Sidecar
from prolific_exports._files._disk import Disk, Handle
from prolific_exports._flows._polling import PendingExport

T = TypeVar("T")


@define(eq=False)
class PartialFile:
    """The bytes of an archive that have arrived. Everything raises `OSError` like the disk.

    Attributes:
        path: The partial file.
        disk: The file system.
        total: Bytes of the archive; None if unknown.
        etag: Strong entity tag of the archive; None without one.
        good: Ranges of the archive that are in the file.
        spans: Whether the file has only the wanted ranges of the archive, one after the other.
            ``total`` and ``good`` then count bytes of these.
        was_opened: Whether this run has opened the file, and so may have created it.
    """

    path: Path
    disk: Disk
    total: int | None = None
    etag: str | None = None
    good: Ranges = field(factory=Ranges)
    spans: bool = False
    was_opened: bool = field(default=False, init=False)
    _handle: Handle | None = field(default=None, init=False)

    @property
    def sidecar_path(self) -> Path:
        """The file of the record."""
        return self.path.with_suffix(".json")

    @property
    def new_sidecar_path(self) -> Path:
        """The file that a crash leaves while the record is replaced."""
        return self.sidecar_path.with_name(f"{self.sidecar_path.name}.new")

    @property
    def fresh_path(self) -> Path:
        """The file that a crash leaves while the partial file is replaced."""
        return self.path.with_name(f"{self.path.name}.new")

    @property
    def received(self) -> int:
        """Bytes that have arrived."""
        return self.good.size

    @property
    def resumable(self) -> bool:
        """Whether another run can resume from this file."""
        return self.good.size > 0 and self.etag is not None

    @property
    def handle(self) -> Handle:
        """The open file. Opened on first use, when it is known not to be a published archive."""
        if self._handle is None:
            self._handle = self.disk.open(self.path)
            self.was_opened = True
        return self._handle

    def adopt(self, sidecar: Sidecar) -> None:
        """Take over what an earlier run recorded."""
        self.total, self.etag, self.good = sidecar.total, sidecar.etag, Ranges(sidecar.good)
        self.spans = sidecar.spans
        if not self.good.holes(self.total):
            self.confirm_size()
        # The sidecar does not cover the bytes after the last good range.
        self.handle.truncate(self.good.end)

    def confirm_size(self) -> None:
        """Take the received bytes for the whole archive, but request the last byte again.

        A response that there are no more bytes has no entity tag, and may be about another
        archive. The response with the last byte has one.
        """
        self.total = self.good.end
        self.good.cut(self.total - 1)

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Write bytes at their position in the archive."""
        self.handle.write(offset, data)
        self.good.add(offset, offset + len(data))

    def replace(
        self, write: Callable[[Callable[[bytes], object]], T], job: PendingExport, output: str
    ) -> T:
        """Replace the file with another one. None of its bytes can be resumed.

        Args:
            write: Writes the content; is passed a function that appends bytes.
            job: The job that the bytes belong to.
            output: File name of the finished archive.

        Returns:
            What ``write`` returns.
        """
        position = 0

        def append(data: bytes) -> None:
            nonlocal position
            handle.write(position, data)
            position += len(data)

        handle = self.disk.open(self.fresh_path)
        try:
            handle.truncate(0)
            result = write(append)
            handle.sync()
        finally:
            handle.close()
        # The record is emptied first: it must never describe the bytes of another file.
        self.total, self.etag, self.spans = None, None, False
        self.good.clear()
        self.record(job, output)
        self.close()
        self.disk.rename(self.fresh_path, self.path)
        return result

    def record(self, job: PendingExport, output: str) -> None:
        """Write the sidecar.

        Args:
            job: The job that the bytes belong to.
            output: File name of the finished archive.
        """
        sidecar = Sidecar(
            kind=job.kind,
            resource_id=job.resource_id,
            export_id=job.export_id,
            output=output,
            total=self.total,
            etag=self.etag,
            good=tuple(self.good.as_list()) if self.etag is not None else (),
            filter=job.filter,
            spans=self.spans,
        )
        self.disk.replace_content(self.sidecar_path, sidecar.dump())

    def close(self) -> None:
        """Close the file, if it is open."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()
