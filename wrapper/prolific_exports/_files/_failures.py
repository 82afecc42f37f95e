"""What the system refuses, as errors of this package."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from prolific_exports._errors import ExportsError, StorageError

_MAKE_ROOM: Final = "Free some space, or choose another path."
_ELSEWHERE: Final = "Choose another path."
_LOOK_AFTER_IT: Final = "Check the disk or network share, then try again."
# By name, since not every system has all of them.
_NEXT_STEPS: Final = MappingProxyType(
    {
        getattr(errno, name): step
        for name, step in {
            "ENOSPC": _MAKE_ROOM,
            "EDQUOT": _MAKE_ROOM,
            "EFBIG": "The file system or a limit (ulimit -f) allows no larger file: choose another "
            "path.",
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
# Windows has more kinds of errors than numbers of POSIX: write-protected, not ready, full (two
# ways), network name gone, quota.
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
    """What the system said, without the number and the path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def is_of_storage(error: BaseException) -> bool:
    """Whether something is wrong with the disk, and not with the path or the file."""
    return _next_step(error) is not None


def failure(
    what: str,
    error: Exception,
    otherwise: type[ExportsError],
    after: str = "",
) -> ExportsError:
    """The error to raise for one of the system.

    Args:
        what: What could not be done, as the beginning of a sentence.
        error: What the system said; a `ValueError` is a name that no file can have.
        otherwise: The error's class, unless something is wrong with the disk.
        after: Sentences to append.

    Returns:
        A `StorageError` with the next step, or one of the class ``otherwise``.
    """
    step = _next_step(error)
    if step is None:
        return otherwise(f"{what}: {reason(error)}.{after}")
    return StorageError(f"{what}: {reason(error)}. {step}{after}")


@contextmanager
def explained(
    what: str, otherwise: type[ExportsError], after: Callable[[], str] = str
) -> Iterator[None]:
    """Raise what the system refuses in the block as `failure` has it.

    Raises:
        StorageError: Something is wrong with the disk.
        ExportsError: Of the class ``otherwise``: the system refuses for another reason.
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
