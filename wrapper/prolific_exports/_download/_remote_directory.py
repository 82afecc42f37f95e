"""Reads the directory of an archive in the store, from the archive's end."""

from functools import partial
from pathlib import Path
from typing import Final

from attrs import frozen

from prolific_exports._archive._directory import Member, members_of
from prolific_exports._archive._sparse_file import MissingBytesError, SparseFile
from prolific_exports._download._range_reader import RangeReader
from prolific_exports._errors import UnsafeArchiveError
from prolific_exports._flows._effects import Flow, Run

# Has the end of every ZIP (22 bytes, with a comment of up to 65,535), and the directory of about
# 800 members.
TAIL: Final = 128 * 1024
# In bytes: the directory of a million members has about 150 MB.
LARGEST_DIRECTORY: Final = 256 * 1024 * 1024


@frozen
class RemoteDirectory:
    """The directory of an archive in the store.

    Attributes:
        members: All members, in the directory's order.
        known: The bytes of the archive that were read.
    """

    members: tuple[Member, ...]
    known: SparseFile


def read_directory(reader: RangeReader, path: Path) -> Flow[RemoteDirectory]:
    """Read the directory in one request if it is small, otherwise in two or three.

    Args:
        reader: Reads the archive.
        path: How messages refer to it.

    Raises:
        CorruptArchiveError: It is not a ZIP, or its directory is damaged.
        UnsafeArchiveError: The directory is too large.
        ExportsError: As `RangeReader`, like its other exceptions.
    """
    start, data = yield from reader.open(TAIL)
    known = SparseFile(reader.total or 0)
    known.add(start, data)
    received = len(data)
    while True:
        # The parser asks for what it misses, so this knows nothing of the format.
        found = yield Run(partial(_members, path, known), reads_only=True)
        if not isinstance(found, MissingBytesError):
            return RemoteDirectory(found, known)
        received += found.end - found.start
        if received > LARGEST_DIRECTORY:
            raise UnsafeArchiveError(
                f"{path} has a directory of more than {LARGEST_DIRECTORY >> 20} MiB: this looks "
                "like a ZIP bomb."
            )
        known.add(found.start, (yield from reader.read(found.start, found.end)))


def _members(path: Path, known: SparseFile) -> tuple[Member, ...] | MissingBytesError:
    try:
        return members_of(path, known)
    except MissingBytesError as missing:
        return missing
