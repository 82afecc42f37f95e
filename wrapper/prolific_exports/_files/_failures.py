"""Errors of the operating system, as errors of this package."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from prolific_exports._errors import ExportsError, StorageError

_MAKE_ROOM: Final = "Free some space, or choose another path."
_ELSEWHERE: Final = "Choose another path."
_LOOK_AFTER_IT: Final = "Check the disk or network share, then try again."
# By name, since not every system has all of these errors.
_NEXT_STEPS: Final = MappingProxyType(
    {
        getattr(errno, name): step
        for name, step in {
            "ENOSPC": _MAKE_ROOM,
            "EDQUOT": _MAKE_ROOM,
            "EFBIG": "The file system or a limit (ulimit -f) does not allow larger files. Choose "
            "another path.",
            "EROFS": _ELSEWHERE,
            "ESTALE": _LOOK_AFTER_IT,
            "EIO": _LOOK_AFTER_IT,
            "ENODEV": _LOOK_AFTER_IT,
            "ENXIO": _LOOK_AFTER_IT,
            "ENOTCONN": _LOOK_AFTER_IT,
            "EHOSTDOWN": _LOOK_AFTER_IT,
        }.items()
        if hasattr(errno, name)
    }
)
# Windows has errors without a POSIX number: write-protected, not ready, full (two kinds), network
# name gone, quota.
_OF_WINDOWS: Final = MappingProxyType(
    {
        19: _ELSEWHERE,
        21: _LOOK_AFTER_IT,
        39: _MAKE_ROOM,
        64: _LOOK_AFTER_IT,
        112: _MAKE_ROOM,
        1295: _MAKE_ROOM,
    }
)


def reason(error: BaseException) -> str:
    """The system's message, without the error number and the path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def is_of_storage(error: BaseException) -> bool:
    """Whether the disk fails, rather than the path or file being wrong."""
    return _next_step(error) is not None


def failure(
    what: str,
    error: Exception,
    otherwise: type[ExportsError],
    after: str = "",
) -> ExportsError:
    """Turn an error of the system into one of this package.

    Args:
        what: What failed, as the beginning of a sentence.
        error: The system's error. A `ValueError` means an invalid file name.
        otherwise: The class to raise, unless the disk fails.
        after: Sentences to append.

    Returns:
        A `StorageError` with the next step, or one of the class ``otherwise``.
    """
    step = _next_step(error)
    if step is None:
        return otherwise(f"{what}: {reason(error)}.{after}")
    return StorageError(f"{what}: {reason(error)}. {step}{after}", hint=step)


@contextmanager
def explained(
    what: str, otherwise: type[ExportsError], after: Callable[[], str] = str
) -> Iterator[None]:
    """Raise errors of the system in the block as `failure` turns them.

    Raises:
        StorageError: The disk fails.
        ExportsError: The system refuses for another reason; of the class ``otherwise``.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        if isinstance(error, ExportsError):
            raise
        raise failure(what, error, otherwise, after()) from error


def _next_step(error: BaseException) -> str | None:
    if not isinstance(error, OSError):
        return None
    of_windows = _OF_WINDOWS.get(getattr(error, "winerror", None) or 0)
    return of_windows or _NEXT_STEPS.get(error.errno or 0)
