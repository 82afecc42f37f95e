"""Whether a downloaded archive is whole."""

import os
from pathlib import Path

from attrs import frozen

from prolific_exports._archive._content import chunks
from prolific_exports._archive._directory import opened, read_members


@frozen
class ZipSummary:
    """What a ZIP that was verified holds.

    Attributes:
        members: Number of members, folders' own entries included.
        size: Bytes of all contents together.
        compressed_size: Bytes that the contents take in the ZIP.
    """

    members: int
    size: int
    compressed_size: int


def verify_zip(path: str | os.PathLike[str]) -> ZipSummary:
    """Read every member of a ZIP and compare its size and checksum.

    Takes memory for the ZIP's directory and one piece of content, whatever its size.

    Raises:
        ArchiveError: The file cannot be opened or read.
        CorruptArchiveError: It is no ZIP, is cut off, or a member is damaged,
            encrypted or compressed in a way that this package does not read; the
            message names the first such member.
    """
    path = Path(path)
    members = read_members(path)
    with opened(path) as stream:
        for member in members:
            for _ in chunks(path, stream, member):
                pass
    return ZipSummary(
        members=len(members),
        size=sum(member.size for member in members),
        compressed_size=sum(member.compressed_size for member in members),
    )
