"""Verifies that a downloaded archive is complete and undamaged."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from attrs import frozen

from prolific_exports._archive._content import chunks
from prolific_exports._archive._directory import Member, read_members
from prolific_exports._archive._member_index import MemberIndex
from prolific_exports._archive._parallel import run_in_threads, thread_count
from prolific_exports._errors import CorruptArchiveError
from prolific_exports._files._destinations import expanded

if TYPE_CHECKING:
    from prolific_exports._model._references import Kind


@frozen
class ZipSummary:
    """The size of a verified ZIP.

    Attributes:
        members: Number of members, including entries of folders.
        size: Bytes of all contents together.
        compressed_size: Bytes of all compressed contents together.
    """

    members: int
    size: int
    compressed_size: int


def verify_zip(path: str | os.PathLike[str]) -> ZipSummary:
    """Read every member of a ZIP and compare its size and checksum.

    Reads members in a few threads, and keeps the ZIP's directory and a few pieces of content in
    memory.

    Raises:
        ArchiveError: The file cannot be opened or read.
        CorruptArchiveError: It is not a ZIP, is incomplete, has no members, or a member is
            damaged; the message names the first one.
        UnreadableMemberError: A member is encrypted, or compressed by an unsupported method.
    """
    path = expanded(path)
    members = read_members(path)
    size = sum(member.size for member in members)

    def read(stream: BinaryIO, member: Member) -> Iterator[bytes]:
        return chunks(path, stream, member)

    run_in_threads(path, members, read, threads=thread_count(len(members), size))
    return ZipSummary(
        members=len(members),
        size=size,
        compressed_size=sum(member.compressed_size for member in members),
    )


def verify_export(path: Path, kind: "Kind") -> None:
    """Check that a downloaded file is a complete ZIP, and not an export of the other kind.

    Members that fit neither kind are accepted, since the layout of batch archives is documented
    only in part.

    Raises:
        ArchiveError: The file cannot be opened or read.
        CorruptArchiveError: It is not a complete ZIP, or is an archive of the other kind.
    """
    verify_zip(path)
    check_kind(path, read_members(path), kind)


def check_kind(path: Path, members: Sequence[Member], kind: "Kind") -> None:
    """Check that an archive is not an export of the other kind.

    Raises:
        CorruptArchiveError: It is.
    """
    found = MemberIndex(path, members).kind
    if found not in (kind, None):
        raise CorruptArchiveError(f"{path} is the archive of a {found}, not of a {kind}.")
