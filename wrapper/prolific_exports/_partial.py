"""The file that an archive is written to before it gets its name."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from prolific_exports._errors import DownloadError, TargetExistsError


class PartialFile:
    """A file beside the target, which takes the target's place only when told to.

    Beside it, because a rename is atomic only within one file system.
    """

    def __init__(self, target: Path) -> None:
        """Create the file.

        Raises:
            DownloadError: It cannot be created (no such folder, read-only, …).
        """
        self.target = target
        # Names have 255 bytes on most file systems; 60 characters are 240 at most.
        self.path = target.with_name(f".{target.name[:60]}.{secrets.token_hex(4)}.part")
        self.size = 0
        with _explained(f"cannot write in {target.parent}"):
            self._file: BinaryIO = self.path.open("xb")

    def write(self, data: bytes) -> None:
        """Append bytes.

        Raises:
            DownloadError: The disk is full or fails.
        """
        with _explained(f"cannot write {self.target}"):
            self._file.write(data)
        self.size += len(data)

    def restart(self) -> None:
        """Forget all bytes.

        Raises:
            DownloadError: The disk fails.
        """
        with _explained(f"cannot write {self.target}"):
            self._file.seek(0)
            self._file.truncate()
        self.size = 0

    def finish(self) -> None:
        """Bring all bytes to the disk.

        Raises:
            DownloadError: The disk is full or fails.
        """
        with _explained(f"cannot write {self.target}"):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def publish(self, *, overwrite: bool) -> None:
        """Give the file its name.

        Raises:
            TargetExistsError: There is a file by now, and it may not be replaced.
            DownloadError: The rename failed.
        """
        with _explained(f"cannot create {self.target}"):
            if overwrite:
                self.path.replace(self.target)
            else:
                self._publish_new()
            _sync_folder(self.target.parent)

    def _publish_new(self) -> None:
        # A hard link fails when the name is taken, in one step; a rename would
        # replace a file that appeared since it was looked for.
        try:
            os.link(self.path, self.target)
        except FileExistsError:
            raise target_exists(self.target) from None
        except OSError:
            # File systems without hard links (FAT, some network ones).
            if os.path.lexists(self.target):
                raise target_exists(self.target) from None
            self.path.replace(self.target)
        else:
            # The archive has its name: a second one, left over, is not a failure.
            with suppress(OSError):
                self.path.unlink()

    def discard(self) -> None:
        """Close the file and remove it, if it still has its own name."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def check_target(target: Path, *, overwrite: bool) -> None:
    """Whether a file can be created or replaced there, before anything is sent.

    Raises:
        TargetExistsError: There is a file, and it may not be replaced.
        DownloadError: There is no such folder, or the path cannot be looked at.
    """
    with _explained(f"cannot write {target}"):
        # A link that leads nowhere is in the way, too, and better noticed before the download.
        if not overwrite and (target.exists() or target.is_symlink()):
            raise target_exists(target)
        if not target.parent.is_dir():
            raise DownloadError(f"There is no folder {target.parent}: create it first.")


def target_exists(path: Path) -> TargetExistsError:
    """The error for a target that is taken."""
    return TargetExistsError(
        f"{path} exists already and was left as it is. "
        "Choose another path, or allow it to be overwritten.",
        path=path,
    )


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        # ValueError: a name that no file can have, such as one with a NUL.
        reason = getattr(error, "strerror", None) or str(error)
        raise DownloadError(f"{what[0].upper()}{what[1:]}: {reason}.") from error


def _sync_folder(folder: Path) -> None:
    """Bring the rename itself to the disk, where folders can be opened (not on Windows)."""
    flags = getattr(os, "O_DIRECTORY", None)
    if flags is None:
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
