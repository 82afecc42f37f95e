"""Open the workspace of a download, and adopt the partial file of an earlier run."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from prolific_exports._download._claim import TOUCH_INTERVAL, Claim
from prolific_exports._download._names import default_name, is_hidden, part_path
from prolific_exports._download._partial_file import PartialFile
from prolific_exports._download._sidecar import Sidecar
from prolific_exports._download._system import System
from prolific_exports._download._workspace import DownloadWorkspace, explained_as
from prolific_exports._errors import DownloadError
from prolific_exports._files._destinations import check_suffix, expanded
from prolific_exports._files._disk import Disk
from prolific_exports._flows._polling import PendingExport
from prolific_exports._model._only import Only


def open_workspace(
    job: PendingExport,
    path: str | os.PathLike[str] | None,
    system: System,
    now: datetime,
    *,
    overwrite: bool,
    only: Only | None = None,
) -> DownloadWorkspace:
    """Claim the download, and read what an earlier run left.

    Args:
        job: The job to download. Takes the id of the recorded export unless it has one.
        path: A file or a folder. A path that ends in a separator is a folder. None is the
            working directory.
        system: Files and processes.
        now: The date and time, aware.
        overwrite: Whether a file at the destination may be replaced.
        only: Which part of the archive to download; None for everything.

    Raises:
        TargetExistsError: There is a file that may not be replaced.
        TargetInUseError: Another process downloads the same export here.
        UsageError: The file's suffix belongs to another format.
        StorageError: The disk fails.
        DownloadError: The folder does not exist or is not writable, or the file name is reserved.
    """
    disk = system.disk
    given = expanded(path) if path is not None else Path()
    with explained_as(f"Cannot write {given}"):
        given, folder, is_file = _resolved(
            given, path, lambda folder: part_path(folder, job, only), disk, overwrite=overwrite
        )
    target = given if is_file else given / default_name(job, now, only)
    part = part_path(folder, job, only)
    with explained_as(f"Cannot write in {folder}"):
        claim = Claim.take(part.with_suffix(".lock"), target, disk, system.processes, now)
    workspace = DownloadWorkspace(job, target, disk, claim, PartialFile(part, disk))
    try:
        workspace.stop_touching = system.beat(claim.touch, TOUCH_INTERVAL)
        with explained_as(f"Cannot write in {folder}"):
            _read(workspace, is_file=is_file, overwrite=overwrite)
    except BaseException:
        workspace.close()
        raise
    return workspace


def _resolved(
    given: Path,
    path: str | os.PathLike[str] | None,
    part_in: Callable[[Path], Path],
    disk: Disk,
    *,
    overwrite: bool,
) -> tuple[Path, Path, bool]:
    """The file or folder to write, the folder of all files, and whether it is a file."""
    is_file = not disk.is_folder(given)
    folder = given.parent if is_file and not _ends_as_folder(path) else given
    if not disk.is_folder(folder):
        raise DownloadError(
            f"Folder {folder} does not exist: create it first, or choose another path."
        )
    if is_file:
        _check_name(given)
        if not disk.is_same(given, part_in(folder)):
            given = disk.destination(given, overwrite=overwrite)
            folder = given.parent
            _check_name(given)
    return given, folder, is_file


def _read(workspace: DownloadWorkspace, *, is_file: bool, overwrite: bool) -> None:
    """Read what an earlier run left, and adopt it if it is useful."""
    job, disk, file = workspace.job, workspace.disk, workspace.file
    record = disk.read(file.sidecar_path)
    sidecar = Sidecar.load(record, job.kind, job.resource_id, job.filter) if record else None
    output = workspace.target
    if sidecar is not None and not is_file:
        output = file.path.with_name(sidecar.output)
    if disk.is_same(output, file.path):
        # An earlier run ended after it published the archive and before it tidied up.
        export_id = sidecar.export_id if sidecar is not None else None
        if _accepts_any_job(workspace) or (export_id and export_id == job.export_id):
            workspace.target, workspace.finished_export = output, export_id
            workspace.finished = disk.size(file.path)
            workspace.tidy()
            return
        # The archive keeps its final name. The hidden files belong to another job.
        disk.remove(file.path)
        disk.remove(file.sidecar_path)
        record = sidecar = None
    if is_file and not overwrite:
        disk.destination(workspace.target, overwrite=False)
    if sidecar is not None:
        if overwrite or not disk.exists(output):
            workspace.target = output
        _adopt(workspace, sidecar)
    elif record or file.handle.size():
        workspace.reason = "the sidecar of the partial file is missing or damaged"


def _adopt(workspace: DownloadWorkspace, sidecar: Sidecar) -> None:
    job, file = workspace.job, workspace.file
    size = file.handle.size()
    if _accepts_any_job(workspace):
        job.export_id = sidecar.export_id
    if sidecar.good and size < sidecar.good[-1][1]:
        workspace.reason = "the partial file is shorter than recorded"
    elif sidecar.export_id not in (None, job.export_id):
        workspace.reason = "the partial file belongs to another export job"
        # If the id was mistyped, this run receives nothing, and the file is still useful.
        workspace.spares_file = bool(sidecar.good)
    else:
        file.adopt(sidecar)


def _accepts_any_job(workspace: DownloadWorkspace) -> bool:
    """Whether the caller wants the data of whichever job, and none is known yet."""
    return workspace.job.export_id is None and workspace.job.state is None


def _check_name(path: Path) -> None:
    if is_hidden(path.name):
        raise DownloadError(
            f"{path} is a name reserved for the hidden files of downloads. Choose another path."
        )
    check_suffix(path, (".zip",), "a ZIP archive")


def _ends_as_folder(path: str | os.PathLike[str] | None) -> bool:
    # pathlib drops the separator, so the archive would become a file with the folder's name.
    return path is not None and os.fspath(path).endswith(("/", os.sep))
