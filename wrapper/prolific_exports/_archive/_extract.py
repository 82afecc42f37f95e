"""Writes an archive's members to a folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from prolific_exports._archive._content import chunks
from prolific_exports._archive._directory import Member
from prolific_exports._archive._parallel import run_in_threads, thread_count
from prolific_exports._archive._plan import ExtractionPlan
from prolific_exports._errors import ArchiveError
from prolific_exports._files._failures import explained
from prolific_exports._files._staging import staged_folder


def extract(path: Path, plan: ExtractionPlan, directory: str | os.PathLike[str]) -> None:
    """Carry out a plan completely; a failure leaves nothing.

    Raises:
        ArchiveError: The archive cannot be read, or the system refuses to write.
        StorageError: The disk is full, read-only, over quota or gone.
        CorruptArchiveError: A member is damaged.
        TargetExistsError: ``directory`` exists and is not an empty folder.
    """
    size = sum(member.size for member, _ in plan.files)

    what = f"{path} cannot be extracted to {directory}"
    with (
        explained(what, ArchiveError, lambda: " No partial files remain."),
        staged_folder(directory) as folder,
    ):
        for inner in (*plan.folders, *dict.fromkeys(_parent(name) for _, name in plan.files)):
            (folder / inner).mkdir(parents=True, exist_ok=True)

        def write(stream: BinaryIO, file: tuple[Member, str]) -> Iterator[None]:
            member, inner = file
            with _created(f"{folder}{os.sep}{inner}") as target:
                for chunk in chunks(path, stream, member):
                    _write(target, chunk)
                    yield

        run_in_threads(path, plan.files, write, threads=thread_count(len(plan.files), size))


# File objects cost more time than small files. Modes are not restored, so an archive cannot
# create executable, setuid or setgid files.
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_MODE = 0o666


@contextmanager
def _created(name: str) -> Iterator[int]:
    target = os.open(name, _FLAGS, _MODE)
    try:
        yield target
    finally:
        os.close(target)


def _write(target: int, content: bytes) -> None:
    # The system may write less than it is given, for example when the disk is almost full.
    while content:
        content = content[os.write(target, content) :]


def _parent(name: str) -> str:
    return name.rpartition("/")[0]
