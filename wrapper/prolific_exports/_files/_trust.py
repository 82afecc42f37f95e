"""Open hidden files only if this user created them.

Their names are predictable, and a folder may be shared. Another user could create a pipe that
blocks, a link to another file, or a file that this user writes and the other may change.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from prolific_exports._errors import DownloadError
from prolific_exports._files._destinations import kind_of

_FLAGS: Final = (
    getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    # Otherwise opening a pipe waits for its other end.
    | getattr(os, "O_NONBLOCK", 0)
)
_ADVICE: Final = "Delete it, or download to another folder."


def open_own(path: Path, flags: int) -> int:
    """Open a regular file of this user without following a link, and return its descriptor.

    Args:
        path: The file.
        flags: As for `os.open`. A new file gets the default mode.

    Raises:
        DownloadError: It is not a regular file, or belongs to another user.
        OSError: The system refuses.
    """
    # Also before opening: opening a device has effects, and a socket cannot be opened.
    check_own(path)
    descriptor = os.open(path, flags | _FLAGS, 0o666)
    try:
        _check(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_own(path: Path, limit: int) -> bytes | None:
    """The content of a small file of this user; None if there is no such file.

    Args:
        path: The file.
        limit: The most bytes that it may have.

    Raises:
        DownloadError: It is not a regular file, belongs to another user, or is too large.
        OSError: The system refuses.
    """
    try:
        descriptor = open_own(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        # Not by its size, which may be wrong or change.
        content = file.read(limit + 1)
    if len(content) > limit:
        raise DownloadError(
            f"{path} was not written by a download: it is larger than {limit} bytes. {_ADVICE}"
        )
    return content


def check_own(path: Path) -> None:
    """Check that the path is a regular file of this user, or missing.

    Raises:
        DownloadError: It is not a regular file, or belongs to another user.
        OSError: The system refuses.
    """
    with suppress(FileNotFoundError):
        _check(path, os.lstat(path))


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a link" if stat.S_ISLNK(found.st_mode) else kind_of(found.st_mode)
        raise DownloadError(
            f"{path} is {kind}, but a download needs a regular file there. {_ADVICE}"
        )
    if _is_foreign(path, found):
        raise DownloadError(
            f"{path} belongs to another user (uid {found.st_uid}), so it is not trusted. {_ADVICE}"
        )


def _is_foreign(path: Path, found: os.stat_result) -> bool:
    if os.name == "nt" or found.st_uid == os.geteuid():
        return False
    # Some file systems (FAT, network shares) give every file another owner.
    import tempfile  # noqa: PLC0415 - start-up time; rarely used

    with tempfile.TemporaryFile(dir=path.parent) as own:
        return os.fstat(own.fileno()).st_uid != found.st_uid
