"""Writing an archive's members below a folder."""

import os
from pathlib import Path
from typing import BinaryIO

from prolific_exports._archive._content import chunks
from prolific_exports._archive._directory import Member, opened, reason
from prolific_exports._archive._plan import Plan
from prolific_exports._archive._staging import staged
from prolific_exports._errors import ArchiveError


def extract(path: Path, plan: Plan, directory: str | os.PathLike[str]) -> None:
    """Carry out a plan: all of it, or nothing is left.

    Raises:
        ArchiveError: The archive cannot be read, or the system refuses to write.
        CorruptArchiveError: A member is damaged.
        TargetExistsError: ``directory`` is there and is not an empty folder.
    """
    try:
        with staged(directory) as folder, opened(path) as stream:
            for inner in plan.folders:
                (folder / inner).mkdir(parents=True, exist_ok=True)
            for member, inner in plan.files:
                _write(path, stream, member, folder / inner)
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be extracted to {directory}: {reason(error)}. Nothing was left there."
        ) from error


def _write(path: Path, stream: BinaryIO, member: Member, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        for chunk in chunks(path, stream, member):
            file.write(chunk)
