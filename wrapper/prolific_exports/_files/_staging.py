"""Write files and folders under a hidden name until they are complete.

The hidden name is beside the destination and identifies the writing process. A later run
recognizes leftovers of processes that have ended, and removes them.
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
# In seconds. A writer on another machine or in another container can't be checked, and may compute
# for hours before it writes again.
_FOREIGN_SILENCE: Final = 86400.0
_PROCESSES: Final = OsProcesses()
_DISK: Final = OsDisk()


def new_path(folder: Path, processes: Processes = _PROCESSES) -> Path:
    """A unique hidden path for output in progress. Removes leftovers of killed processes."""
    current = processes.current()
    remove_leftovers(folder, processes)
    token = os.urandom(8).hex()
    return folder / (f"{_PREFIX}{_space(current)}-{current.pid}-{current.started}-{token}.partial")


def remove_leftovers(folder: Path, processes: Processes = _PROCESSES) -> None:
    """Remove the unfinished output of ended processes from a folder. Never raises."""
    current: Process | None = None
    with suppress(OSError, ValueError), os.scandir(folder) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match is None:
                continue
            current = current or processes.current()
            with suppress(OSError):
                if _is_leftover(entry, match, current, processes):
                    remove(Path(entry.path))


def _is_leftover(
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
    """A short name for the space in which a process id is valid."""
    return hashlib.sha256(f"{process.boot}\n{process.namespace}".encode()).hexdigest()[:12]


@contextmanager
def staged_file(target: Path, *, overwrite: bool, disk: Disk = _DISK) -> Iterator[Path]:
    """A file to write. It gets its final name if the block succeeds, and is removed otherwise.

    Args:
        target: The final name; a link to a file is followed.
        overwrite: Whether an existing file may be recreated.
        disk: The file system.

    Raises:
        TargetExistsError: Something exists at ``target`` that may not be recreated.
        OSError: The system refuses.
        ValueError: The name is not valid for a file.
    """
    target = disk.destination(target, overwrite=overwrite)
    temporary = new_path(target.parent)
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        publish(disk, temporary, target, overwrite=overwrite)
    finally:
        # A failure to remove it would hide the first error.
        with suppress(OSError):
            temporary.unlink()


def vacant(directory: str | os.PathLike[str]) -> Path:
    """The real path of a folder to write into, which must be missing or empty.

    Removes leftovers of killed processes first.

    Raises:
        TargetExistsError: ``directory`` exists and is not an empty folder.
        OSError: The system refuses.
    """
    try:
        target = Path(os.path.realpath(expanded(directory)))
        remove_leftovers(target)
        taken = target.exists() and not (target.is_dir() and not any(target.iterdir()))
    except ValueError as error:
        # A NUL, or characters that the system cannot encode.
        raise OSError(errno.EINVAL, str(error)) from error
    if taken:
        raise TargetExistsError(
            f"{directory} exists and is not an empty folder. Nothing was extracted. Choose a new "
            "folder, or empty this one.",
            path=Path(directory),
        )
    return target


@contextmanager
def staged_folder(directory: str | os.PathLike[str]) -> Iterator[Path]:
    """A folder to write into. It becomes ``directory`` if the block succeeds.

    Until then it is a hidden folder beside the target. If the target is an empty folder, it is
    inside, because an existing folder may be a mount point or a working directory. If the block
    fails, everything is removed, including new parent folders.

    Raises:
        TargetExistsError: ``directory`` exists and is not an empty folder.
        OSError: The system refuses.
    """
    target = vacant(directory)
    exists = target.exists()
    first_missing = _first_missing(target)
    staging = new_path(target if exists else first_missing.parent)
    created = [staging]
    try:
        inside = staging / target.relative_to(first_missing)
        inside.mkdir(parents=True)
        yield inside
        if exists:
            for child in list(staging.iterdir()):
                moved = child.rename(target / child.name)
                created.append(moved)
            staging.rmdir()
        else:
            staging.rename(first_missing)
    except BaseException:
        for path in created:
            remove(path)
        raise


def _first_missing(target: Path) -> Path:
    """The outermost missing parent folder of the target, or the target itself."""
    missing = target
    for parent in target.parents:
        if parent.exists():
            break
        missing = parent
    return missing


def remove(path: Path) -> None:
    """Remove a file, or a folder with its content."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
