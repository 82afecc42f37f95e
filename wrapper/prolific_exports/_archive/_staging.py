"""A folder that appears whole or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prolific_exports._errors import TargetExistsError


def vacant(directory: str | os.PathLike[str]) -> Path:
    """The real path of a folder that can be written into: one that is missing, or empty.

    Raises:
        TargetExistsError: There is something at ``directory`` that is not an empty folder.
        OSError: The system refuses.
    """
    try:
        target = Path(os.path.realpath(directory))
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
def staged(directory: str | os.PathLike[str]) -> Iterator[Path]:
    """A folder to write into that becomes ``directory`` when the block ends well.

    Until then it is a hidden folder beside the target (inside it, when the target is
    an empty folder: that one may be a mount point or somebody's working directory and
    is kept). When the block fails nothing of it is left, missing parents included.

    Raises:
        TargetExistsError: There is something at ``directory`` that is not an empty folder.
        OSError: The system refuses.
    """
    target = vacant(directory)
    exists = target.exists()
    first_missing = _first_missing(target)
    token = f".prolific-exports-{os.urandom(8).hex()}.partial"
    staging = (target if exists else first_missing.parent) / token
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
            _remove(path)
        raise


def _first_missing(target: Path) -> Path:
    """The outermost folder on the way to the target that is not there; or the target."""
    missing = target
    for parent in target.parents:
        if parent.exists():
            break
        missing = parent
    return missing


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
