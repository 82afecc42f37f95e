"""Files and folders that are being written, and what a killed process left of them.

What is written has a hidden name beside the destination until it is complete. The name says
which process is writing, so that a later run knows what nobody will complete, and removes it.
"""

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from prolific_exports._errors import TargetExistsError
from prolific_exports._files._destinations import expanded
from prolific_exports._files._disk import Disk, OsDisk
from prolific_exports._files._process import OsProcesses, Process, Processes
from prolific_exports._files._publishing import publish

_PREFIX: Final = ".prolific-exports-"
_NAME: Final = re.compile(
    rf"{re.escape(_PREFIX)}(?P<space>[0-9a-f]{{12}})-(?P<pid>[0-9]{{1,10}})-"
    r"(?P<started>[0-9A-Za-z]*)-[0-9a-f]{16}\.partial"
)
# A writer on another machine or in another container can't be asked whether it lives. It may
# compute for hours before it writes again.
_FOREIGN_SILENCE: Final = 86400.0
_PROCESSES: Final = OsProcesses()
_DISK: Final = OsDisk()


def new_path(folder: Path, processes: Processes = _PROCESSES) -> Path:
    """A name of our own for something that is being written; removes what a killed one left."""
    current = processes.current()
    remove_leftovers(folder, processes)
    token = os.urandom(8).hex()
    return folder / (f"{_PREFIX}{_space(current)}-{current.pid}-{current.started}-{token}.partial")


def remove_leftovers(folder: Path, processes: Processes = _PROCESSES) -> None:
    """Remove what processes that have ended were writing into a folder. Never raises."""
    current: Process | None = None
    with suppress(OSError, ValueError), os.scandir(folder) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match is None:
                continue
            current = current or processes.current()
            with suppress(OSError):
                if _is_left(entry, match, current, processes):
                    remove(Path(entry.path))


def _is_left(
    entry: "os.DirEntry[str]", match: "re.Match[str]", current: Process, processes: Processes
) -> bool:
    found = entry.stat(follow_symlinks=False)
    if os.name != "nt" and found.st_uid != os.geteuid():
        return False
    ended = None
    if match["space"] == _space(current):
        writer = Process(
            current.host, current.boot, current.namespace, int(match["pid"]), match["started"]
        )
        ended = processes.has_ended(writer)
    return time.time() - found.st_mtime > _FOREIGN_SILENCE if ended is None else ended


def _space(process: Process) -> str:
    """What a process id is valid in, short enough for a name."""
    return hashlib.sha256(f"{process.boot}\n{process.namespace}".encode()).hexdigest()[:12]


@contextmanager
def staged_file(target: Path, *, overwrite: bool, disk: Disk = _DISK) -> Iterator[Path]:
    """A file to write that gets its name when the block ends well, and is gone otherwise.

    Args:
        target: The file's name; a link to a file is followed.
        overwrite: Whether a file of that name may be replaced.
        disk: Where it is.

    Raises:
        TargetExistsError: Something is at ``target`` that may not be replaced.
        OSError: The system refuses.
        ValueError: No file can have the name.
    """
    target = disk.destination(target, overwrite=overwrite)
    temporary = new_path(target.parent)
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        publish(disk, temporary, target, overwrite=overwrite)
    finally:
        # What made it fail is what the caller wants to know.
        with suppress(OSError):
            temporary.unlink()


def vacant(directory: str | os.PathLike[str]) -> Path:
    """The real path of a folder that can be written into: one that is missing, or empty.

    What a killed process left in it doesn't count, and is removed.

    Raises:
        TargetExistsError: There is something at ``directory`` that is not an empty folder.
        OSError: The system refuses.
    """
    try:
        target = Path(os.path.realpath(expanded(directory)))
        remove_leftovers(target)
        taken = target.exists() and not (target.is_dir() and not any(target.iterdir()))
    except ValueError as error:
        # A NUL in it, or what no system can encode.
        raise OSError(errno.EINVAL, str(error)) from error
    if taken:
        raise TargetExistsError(
            f"{directory} exists and is not an empty folder. Nothing was extracted: name a folder "
            "that does not exist yet, or empty this one.",
            path=Path(directory),
        )
    return target


@contextmanager
def staged_folder(directory: str | os.PathLike[str]) -> Iterator[Path]:
    """A folder to write into that becomes ``directory`` when the block ends well.

    Until then it is a hidden folder beside the target (inside it, when the target is an empty
    folder: that one may be a mount point or a working directory, and is kept). When the block
    fails nothing of it is left, missing parents included.

    Raises:
        TargetExistsError: There is something at ``directory`` that is not an empty folder.
        OSError: The system refuses.
    """
    target = vacant(directory)
    exists = target.exists()
    first_missing = _first_missing(target)
    staging = new_path(target if exists else first_missing.parent)
    placed = [staging]
    try:
        inside = staging / target.relative_to(first_missing)
        inside.mkdir(parents=True)
        yield inside
        if exists:
            for child in list(staging.iterdir()):
                moved = child.rename(target / child.name)
                placed.append(moved)
            staging.rmdir()
        else:
            staging.rename(first_missing)
    except BaseException:
        for path in placed:
            remove(path)
        raise


def _first_missing(target: Path) -> Path:
    """The outermost folder on the way to the target that is not there; or the target."""
    missing = target
    for parent in target.parents:
        if parent.exists():
            break
        missing = parent
    return missing


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
