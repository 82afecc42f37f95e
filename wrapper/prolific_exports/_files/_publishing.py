"""Give a complete file its final name."""

from pathlib import Path

from prolific_exports._files._destinations import target_exists
from prolific_exports._files._disk import Disk


def publish(disk: Disk, source: Path, target: Path, *, overwrite: bool, more: str = "") -> None:
    """Give a complete file its final name in one step. The old name may remain.

    Args:
        disk: The file system of both.
        source: The complete file.
        target: The final name, as returned by `destination`.
        overwrite: Whether an existing file may be replaced.
        more: Sentences for the message of a `TargetExistsError`.

    Raises:
        TargetExistsError: Something has appeared at the target that may not be replaced.
        OSError: The system refuses.
    """
    if overwrite:
        # A pipe or a link may have appeared since the first check.
        if disk.destination(target, overwrite=True) != target:
            raise target_exists(target, more)
        disk.rename(source, target)
    else:
        _link(disk, source, target, more)
    disk.sync_folder(target.parent)


def _link(disk: Disk, source: Path, target: Path, more: str) -> None:
    # A hard link fails if the name exists, in one step. A rename would replace a file that
    # appeared after the check.
    try:
        disk.link(source, target)
    except FileExistsError:
        raise target_exists(target, more) from None
    except OSError:
        # File systems without hard links (FAT, some network shares).
        if disk.exists(target):
            raise target_exists(target, more) from None
        disk.rename(source, target)
