"""The files of one download: the claim, the partial file with its sidecar, the destination."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TypeVar

from attrs import define, field

from prolific_exports._download._claim import Claim, aside_path
from prolific_exports._download._heartbeat import StopBeating
from prolific_exports._download._partial_file import PartialFile
from prolific_exports._errors import DownloadError, ExportsError, StorageError
from prolific_exports._files._disk import Disk
from prolific_exports._files._failures import explained
from prolific_exports._files._publishing import publish
from prolific_exports._flows._polling import PendingExport

T = TypeVar("T")


@define(eq=False)
class DownloadWorkspace:
    """The files of one download, claimed by this process until `close`.

    Made by `_opening.open_workspace`.

    Attributes:
        target: The destination.
        file: The partial file, in the destination's folder, since a rename is atomic only within
            one file system.
        reason: Why the partial file of an earlier run is useless, as half a sentence; None if
            it is not.
        finished: Bytes of the archive if an earlier run published it but did not tidy up.
        finished_export: Id of the job of such an archive, if recorded.
        spares_file: Whether the partial file belongs to another job, and is kept until this run
            has bytes of its own.
    """

    job: PendingExport
    target: Path
    disk: Disk
    claim: Claim
    file: PartialFile
    stop_touching: StopBeating | None = None
    reason: str | None = None
    finished: int | None = None
    finished_export: str | None = None
    spares_file: bool = False
    _published: bool = field(default=False, init=False)

    def begin(self, total: int | None, etag: str | None, *, spans: bool = False) -> None:
        """Start an archive from its first byte.

        Args:
            total: Bytes of the archive; None if unknown.
            etag: Strong entity tag of the archive; None without one.
            spans: Whether only some ranges of the archive will be received.

        Raises:
            StorageError: There is not enough space, or the disk fails.
        """
        with self._writing():
            self._reset(total, etag, spans=spans)
            self.spares_file = False
            self.file.handle.truncate(0)
        self.check_space()

    def forget(self) -> None:
        """Discard the received bytes.

        Raises:
            DownloadError: The disk fails.
        """
        with self._writing():
            self._reset(None, None)
            self.file.handle.truncate(0)

    def _reset(self, total: int | None, etag: str | None, *, spans: bool = False) -> None:
        """Record that no byte is good, before any byte changes."""
        self.file.total, self.file.etag, self.file.spans = total, etag, spans
        self.file.good.clear()
        self._record()

    def check_space(self) -> None:
        """Check that the disk has space for the rest of the archive, if its size is known.

        Raises:
            StorageError: There is not enough space, or the disk fails.
        """
        if self.file.total is None:
            return
        with self._writing():
            needed = self.file.total - self.file.received
            free = self.disk.free(self.file.path.parent)
        if needed > free:
            raise StorageError(
                f"Not enough disk space for {self.target}: {needed} bytes needed, {free} free. "
                f"Free some space, or choose another path.{self.advice()}"
            )

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Write bytes at their position in the archive.

        Raises:
            StorageError: The disk is full or fails.
            DownloadError: The system refuses.
        """
        with self._writing():
            self.file.write(offset, data)

    def checkpoint(self) -> None:
        """Bring the received bytes to the disk, and record them in the sidecar.

        Raises:
            StorageError: The disk is full or fails.
            DownloadError: The system refuses.
            TargetInUseError: Another process has taken over.
        """
        with self._writing():
            self.claim.check()
            self._save()

    def finish(self) -> None:
        """Bring all bytes to the disk.

        Raises:
            StorageError: The disk is full or fails.
            DownloadError: The system refuses.
        """
        with self._writing():
            self.file.handle.sync()
            if self.file.resumable:
                self._record()

    def replace_file(self, write: Callable[[Callable[[bytes], object]], T]) -> T:
        """Replace the partial file with another one.

        Args:
            write: Writes the content; is passed a function that appends bytes.

        Returns:
            What ``write`` returns.

        Raises:
            StorageError: The disk is full or fails.
            DownloadError: The system refuses.
            TargetInUseError: Another process has taken over.
        """
        with self._writing():
            self.claim.check()
            return self.file.replace(write, self.job, self.target.name)

    def publish(self, *, overwrite: bool) -> None:
        """Give the archive its final name, and remove the hidden files.

        Args:
            overwrite: Whether a file at the destination may be replaced.

        Raises:
            TargetExistsError: A file has appeared at the destination and may not be replaced.
            TargetInUseError: Another process has taken over.
            DownloadError: The rename failed.
        """
        with explained_as(f"Cannot create {self.target}"):
            self.claim.check()
            # Windows does not rename an open file.
            self.file.close()
            kept = f" The download is kept in {self.file.path}, and is not fetched again."
            publish(
                self.disk,
                self.file.path,
                self.target,
                overwrite=overwrite,
                more=kept if self.file.resumable else "",
            )
            self.tidy()

    def tidy(self) -> None:
        """Remove the hidden files, except the claim. Failures don't matter any more."""
        self._published = True
        # The partial file goes first: without its sidecar, it would count as damaged.
        paths = (self.file.path, self.file.sidecar_path)
        leftovers = (self.file.new_sidecar_path, self.file.fresh_path)
        for path in (*paths, *leftovers, aside_path(self.claim.path)):
            with suppress(OSError):
                self.disk.remove(path)

    def close(self) -> None:
        """Keep what another run can resume, remove everything else, and give up the claim.

        Never raises for the disk, which would hide why the download ended. In a fork of the
        process, it leaves all files to the parent.
        """
        if self.stop_touching is not None and self.claim.is_of_this_process:
            self.stop_touching()
        try:
            with suppress(OSError, ExportsError):
                if self.claim.is_held and not self._published:
                    self._leave()
        finally:
            with suppress(OSError):
                self.file.close()
            with suppress(OSError):
                self.claim.release()

    def _leave(self) -> None:
        if self.file.resumable:
            self._save()
            self.disk.remove(self.file.fresh_path)
        elif self.file.was_opened and not self.spares_file:
            self.file.close()
            self.tidy()

    def _save(self) -> None:
        # In this order: the sidecar records only bytes that are on the disk.
        self.file.handle.sync()
        self._record()

    def _record(self) -> None:
        self.file.record(self.job, self.target.name)

    def advice(self) -> str:
        """A sentence to append to an error: which bytes are kept, and how to resume."""
        if not self.file.resumable:
            return " Nothing was saved; try again."
        return (
            f" {self.file.received} bytes are kept in {self.file.path}: run the same command "
            "again to resume."
        )

    def _writing(self) -> AbstractContextManager[None]:
        if not self.claim.is_of_this_process:
            # A fork shares open files, and their positions, with its parent.
            self.claim.check()
        return explained(f"Cannot write {self.target}", DownloadError, self.advice)


def explained_as(what: str) -> AbstractContextManager[None]:
    """Raise errors of the system in the block as a `DownloadError` or `StorageError`.

    Args:
        what: What failed, as the beginning of a sentence.
    """
    return explained(what, DownloadError)
