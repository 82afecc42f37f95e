"""A file gets its name once it is complete, or not at all."""

from pathlib import Path

from prolific_exports._files._destinations import target_exists
from prolific_exports._files._disk import Disk


def publish(disk: Disk, source: Path, target: Path, *, overwrite: bool, more: str = "") -> None:
    """Give a complete file its name, in one step. The name it had may be left to be removed.

    Args:
        disk: Where both are.
        source: The file.
        target: Its name, as `destination` has it.
        overwrite: Whether a file of that name may be replaced.
        more: Sentences for the message of a `TargetExistsError`.

    Raises:
        TargetExistsError: Something has the name by now that may not be replaced.
        OSError: The system refuses.
    """
    if overwrite:
        # A pipe or a link may have appeared since.
        if disk.destination(target, overwrite=True) != target:
            raise target_exists(target, more)
        disk.rename(source, target)
    else:
        _link(disk, source, target, more)
    disk.sync_folder(target.parent)


def _link(disk: Disk, source: Path, target: Path, more: str) -> None:
    # A hard link fails when the name is taken, in one step; a rename would replace a file that
    # appeared since it was looked for.
    try:
        disk.link(source, target)
    except FileExistsError:
        raise target_exists(target, more) from None
    except OSError:
        # File systems without hard links (FAT, some network ones).
        if disk.exists(target):
            raise target_exists(target, more) from None
        disk.rename(source, target)
