"""Everything that a download has on the disk: the partial file, its sidecar, the claim."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from prolific_exports._download._claim import TOUCH_INTERVAL, Claim, aside_path
from prolific_exports._download._heartbeat import Stop, beat
from prolific_exports._download._names import default_name, is_hidden, part_path
from prolific_exports._download._ranges import Ranges
from prolific_exports._download._sidecar import Sidecar
from prolific_exports._errors import DownloadError, ExportsError, StorageError
from prolific_exports._files._destinations import check_suffix, expanded
from prolific_exports._files._disk import Disk, Handle, OsDisk
from prolific_exports._files._failures import explained
from prolific_exports._files._process import OsProcesses, Processes
from prolific_exports._files._publishing import publish
from prolific_exports._flows._polling import PendingExport

# What is lost at most when the process is killed; each time, the disk is waited for.
CHECKPOINT_INTERVAL: Final = 5.0


@frozen
class System:
    """What a download needs of the operating system.

    Attributes:
        disk: Its files.
        processes: Its processes.
        beat: Does something every so many seconds in the background, until it is stopped.
    """

    disk: Disk = field(factory=OsDisk)
    processes: Processes = field(factory=OsProcesses)
    beat: Callable[[Callable[[], object], float], Stop] = beat


@define(eq=False)
class Workspace:
    """The files of one download, claimed by this process until `close`.

    Attributes:
        job: What is downloaded.
        target: Where the archive goes.
        folder: Where all files are. A rename is atomic only within one file system.
        disk: What the folder is on.
        claim: What keeps other processes out.
        part: The partial file.
        reason: Why what was there is of no use, in half a sentence; None if it is.
        total: Bytes of the archive, None where that is not known.
        etag: Its strong entity tag, None without one.
        good: Bytes that are in the partial file.
        finished: Bytes of the archive if an earlier run had only not tidied up.
        finished_export: Id of the job that such an archive is of, where it is recorded.
    """

    job: PendingExport
    target: Path
    folder: Path
    disk: Disk
    claim: Claim
    part: Path
    reason: str | None = None
    total: int | None = None
    etag: str | None = None
    good: Ranges = field(factory=Ranges)
    finished: int | None = None
    finished_export: str | None = None
    _handle: Handle | None = None
    _stop_touching: Stop | None = None
    _sidecar_path: Path = field(init=False)
    _opened: bool = False
    _spares: bool = False
    _published: bool = False

    def __attrs_post_init__(self) -> None:
        self._sidecar_path = self.part.with_suffix(".json")

    @classmethod
    def open(
        cls,
        job: PendingExport,
        path: str | os.PathLike[str] | None,
        system: System,
        now: datetime,
        *,
        overwrite: bool,
    ) -> "Workspace":
        """Claim the download, and read what an earlier run left.

        Args:
            job: What is downloaded; it takes the recorded export's id, unless it has one.
            path: A file, or a folder to put it in, which it is also if it ends in a separator;
                None is the working directory.
            system: Files and processes.
            now: The date and time, aware.
            overwrite: Whether a file at the target may be replaced.

        Raises:
            TargetExistsError: There is a file, and it may not be replaced.
            TargetInUseError: Another process downloads it.
            UsageError: The file's name says that it is no ZIP archive.
            StorageError: Something is wrong with the disk.
            DownloadError: There is no such folder, or it cannot be written in; or the file
                is one of a download's own.
        """
        disk = system.disk
        given = expanded(path) if path is not None else Path()
        with _explained(f"cannot write {given}"):
            named = not disk.is_folder(given)
            folder = given.parent if named and not _ends_as_folder(path) else given
            if not disk.is_folder(folder):
                raise DownloadError(f"There is no folder {folder}: create it first.")
            if named:
                _check_name(given)
            if named and not disk.is_same(given, part_path(folder, job)):
                given = disk.destination(given, overwrite=overwrite)
                folder = given.parent
                _check_name(given)
            part = part_path(folder, job)
        target = given if named else given / default_name(job, now)
        with _explained(f"cannot write in {folder}"):
            claim = Claim.take(part.with_suffix(".lock"), target, disk, system.processes, now)
        room = cls(job, target, folder, disk, claim, part)
        try:
            room._stop_touching = system.beat(claim.touch, TOUCH_INTERVAL)
            with _explained(f"cannot write in {folder}"):
                room._read(named=named, overwrite=overwrite)
        except BaseException:
            room.close()
            raise
        return room

    @property
    def received(self) -> int:
        """Bytes that are there."""
        return self.good.size

    @property
    def resumable(self) -> bool:
        """Whether another run can go on with what is there."""
        return self.good.size > 0 and self.etag is not None

    def _read(self, *, named: bool, overwrite: bool) -> None:
        record = self.disk.read(self._sidecar_path)
        job = self.job
        sidecar = Sidecar.load(record, job.kind, job.resource_id, job.filter) if record else None
        output = self.target if named or sidecar is None else self.folder / sidecar.output
        if self.disk.is_same(output, self.part):
            # An earlier run was stopped between giving the archive its name and tidying up.
            export_id = sidecar.export_id if sidecar is not None else None
            if self._is_any_welcome or (export_id and export_id == job.export_id):
                self.target, self.finished_export = output, export_id
                self.finished = self.disk.size(self.part)
                self._tidy()
                return
            # The archive keeps its name; what led to it says nothing of this job.
            self.disk.remove(self.part)
            self.disk.remove(self._sidecar_path)
            record = sidecar = None
        if named and not overwrite:
            self.disk.destination(self.target, overwrite=False)
        if sidecar is not None:
            if overwrite or not self.disk.exists(output):
                self.target = output
            self._adopt(sidecar)
        elif record or self._file.size():
            self.reason = "the record of what is there is missing or damaged"

    @property
    def _is_any_welcome(self) -> bool:
        """Whether the caller wants the data, and not that of a job which is known by now."""
        return self.job.export_id is None and self.job.state is None

    def _adopt(self, sidecar: Sidecar) -> None:
        there = self._file.size()
        if self._is_any_welcome:
            self.job.export_id = sidecar.export_id
        if sidecar.good and there < sidecar.good[-1][1]:
            self.reason = "the partial file is shorter than recorded"
            return
        if sidecar.export_id not in (None, self.job.export_id):
            self.reason = "what is there is of another export job"
            # It makes room for bytes, not for an id that was mistyped.
            self._spares = bool(sidecar.good)
            return
        self.total, self.etag, self.good = sidecar.total, sidecar.etag, Ranges(sidecar.good)
        if not self.good.holes(self.total):
            self.confirm_size()
        # Nothing is known of what is behind.
        self._file.truncate(self.good.end)

    def begin(self, total: int | None, etag: str | None) -> None:
        """Start with an archive from its first byte.

        Raises:
            StorageError: There is no room for it, or the disk fails.
        """
        with self._writing():
            self.total, self.etag = total, etag
            self.good.clear()
            # Before any byte changes, nothing may vouch for the old ones.
            self._record()
            self._spares = False
            self._file.truncate(0)
        self.check_space()

    def check_space(self) -> None:
        """Find out whether the disk takes the rest, where its size is known.

        Raises:
            StorageError: It does not, or cannot be asked.
        """
        if self.total is None:
            return
        with self._writing():
            needed, free = self.total - self.received, self.disk.free(self.folder)
        if needed > free:
            raise StorageError(
                f"There is not enough room for {self.target}: {needed} bytes are needed, "
                f"{free} are free. Make room, or choose another path.{self.advice()}"
            )

    def confirm_size(self) -> None:
        """Take what is there for everything, if the store sends the last byte once more.

        "No more bytes" comes without an entity tag, and may be said of another archive.
        """
        self.total = self.good.end
        self.good.cut(self.total - 1)

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Put bytes where they belong.

        Raises:
            StorageError: The disk is full or fails.
            DownloadError: The system refuses.
        """
        with self._writing():
            self._file.write(offset, data)
        self.good.add(offset, offset + len(data))

    def checkpoint(self) -> None:
        """Vouch for what is there: bring it to the disk and record it.

        Raises:
            StorageError: The disk is full or fails.
            DownloadError: The system refuses.
            TargetInUseError: Another process has taken over.
        """
        with self._writing():
            self.claim.check()
            self._file.sync()
            self._record()

    def forget(self) -> None:
        """Take back what is there.

        Raises:
            DownloadError: The disk fails.
        """
        with self._writing():
            self.total = self.etag = None
            self.good.clear()
            self._record()
            self._file.truncate(0)

    def finish(self) -> None:
        """Bring all bytes to the disk.

        Raises:
            StorageError: The disk is full or fails.
            DownloadError: The system refuses.
        """
        with self._writing():
            self._file.sync()
            if self.resumable:
                self._record()

    def publish(self, *, overwrite: bool) -> None:
        """Give the archive its name and remove everything else.

        Raises:
            TargetExistsError: There is a file by now, and it may not be replaced.
            TargetInUseError: Another process has taken over.
            DownloadError: The rename failed.
        """
        with _explained(f"cannot create {self.target}"):
            self.claim.check()
            # Windows renames no file that is open.
            self._close_file()
            publish(self.disk, self.part, self.target, overwrite=overwrite, more=self._kept())
            self._tidy()

    def _tidy(self) -> None:
        # The archive has its name: what is left over is not a failure. The partial goes
        # first, since without its sidecar it would be taken for a damaged one.
        self._published = True
        leftovers = (aside_path(self.claim.path), self._fresh_path)
        for path in (self.part, self._sidecar_path, *leftovers):
            with suppress(OSError):
                self.disk.remove(path)

    @property
    def _fresh_path(self) -> Path:
        return self._sidecar_path.with_name(f"{self._sidecar_path.name}.new")

    def close(self) -> None:
        """Keep what another run can go on with, remove everything else, give up the claim.

        Never raises for the disk: what made the download end is what the caller wants to know.
        In a fork of the process, it leaves everything to the parent.
        """
        if self._stop_touching is not None and self.claim.is_of_this_process:
            self._stop_touching()
        try:
            with suppress(OSError, ExportsError):
                if self.claim.is_held and not self._published:
                    self._leave()
        finally:
            with suppress(OSError):
                self._close_file()
            with suppress(OSError):
                self.claim.release()

    def _leave(self) -> None:
        if self.resumable:
            self._file.sync()
            self._record()
            return
        if self._opened and not self._spares:
            self._close_file()
            self._tidy()

    def _close_file(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def advice(self) -> str:
        """What is kept and how to go on with it, as a sentence to append."""
        if not self.resumable:
            return " Nothing was saved; try again."
        return (
            f" {self.received} bytes are kept in {self.part}: "
            "do the same again to go on behind them."
        )

    def _kept(self) -> str:
        if not self.resumable:
            return ""
        return f" What was downloaded is kept in {self.part}, and is not fetched again then."

    def _record(self) -> None:
        sidecar = Sidecar(
            kind=self.job.kind,
            resource_id=self.job.resource_id,
            export_id=self.job.export_id,
            output=self.target.name,
            total=self.total,
            etag=self.etag,
            good=tuple(self.good.as_list()) if self.etag is not None else (),
            filter=self.job.filter,
        )
        self.disk.replace_content(self._sidecar_path, sidecar.dump())

    @property
    def _file(self) -> Handle:
        # Not before it is known not to be an archive that has its name already.
        if self._handle is None:
            self._handle = self.disk.open(self.part)
            self._opened = True
        return self._handle

    def _writing(self) -> AbstractContextManager[None]:
        if not self.claim.is_of_this_process:
            # A fork shares the open files with its parent, and their positions.
            self.claim.check()
        return _explained(f"cannot write {self.target}", self.advice)


def _check_name(path: Path) -> None:
    if is_hidden(path.name):
        raise DownloadError(
            f"{path} has a name of the files in which downloads keep what has arrived. "
            "Choose another path."
        )
    check_suffix(path, (".zip",), "a ZIP archive")


def _ends_as_folder(path: str | os.PathLike[str] | None) -> bool:
    # pathlib drops the separator, and the archive would be a file called like the folder.
    return path is not None and os.fspath(path).endswith(("/", os.sep))


def _explained(what: str, more: Callable[[], str] = str) -> AbstractContextManager[None]:
    return explained(f"{what[0].upper()}{what[1:]}", DownloadError, more)
