"""Which members of an archive to fetch, and the ranges of bytes that contain them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeAlias

from prolific_exports._archive._directory import LOCAL_HEADER_SIZE, Member
from prolific_exports._archive._member_index import root_of
from prolific_exports._archive._sparse_file import ByteSpan

# A request costs about as much time as this many bytes at 1 MB/s and 60 ms.
_GAP: Final = 64 * 1024
LARGEST_SPAN: Final = 64 * 1024 * 1024
"""Bytes of one request, at most. A broken one continues where it stopped, so large ones cost
nothing, and each request needs a connection of its own."""

# The header of a member ends with a field that the directory does not describe.
_LARGEST_EXTRA: Final = 0xFFFF


def spans_of(wanted: Iterable[Member], members: Sequence[Member], size: int) -> list[ByteSpan]:
    """Return the ranges that contain some members with their headers, in the archive's order.

    A member ends where the next one begins at the latest. Members must not share bytes, as
    ``members_of`` checks.

    Args:
        wanted: Some of the members.
        members: All members.
        size: Bytes of the archive.
    """
    starts = sorted(member.offset for member in members)
    following = dict(zip(starts, [*starts[1:], size], strict=True))
    return sorted(
        (member.offset, min(_latest_end(member), following[member.offset])) for member in wanted
    )


def _latest_end(member: Member) -> int:
    header = LOCAL_HEADER_SIZE + len(member.stored_name) + _LARGEST_EXTRA
    return member.offset + header + member.compressed_size


def coalesce(
    spans: Iterable[ByteSpan], gap: int = _GAP, most: int = LARGEST_SPAN
) -> list[ByteSpan]:
    """Return ranges for few requests: merge those that are close, and split large ones.

    Args:
        spans: Ranges in order, which do not overlap.
        gap: Bytes between two ranges, up to which one request fetches both and the gap.
        most: Bytes of one request, at most.
    """
    merged: list[ByteSpan] = []
    for start, end in spans:
        if merged and start - merged[-1][1] <= gap and end - merged[-1][0] <= most:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return [
        (first, min(first + most, end))
        for start, end in merged
        for first in range(start, end, most)
    ]


MemberIdentity: TypeAlias = tuple[str, int, int]
"""Path below the root folder, CRC-32 and size: files that share them have the same content.

The root folder has another name in each export.
"""


def identified_members(members: Sequence[Member]) -> dict[MemberIdentity, Member]:
    """Map the identities of an archive's files to its members, in their order."""
    root = root_of(members)
    prefix = f"{root}/" if root else ""
    return {
        (member.name.removeprefix(prefix), member.crc, member.size): member
        for member in members
        if not member.is_folder
    }


def new_members(members: Sequence[Member], known: Collection[MemberIdentity]) -> list[Member]:
    """Return the files of an archive whose content is not known, in its order.

    Args:
        members: All members of the archive.
        known: The identities of the files that earlier archives of the same collection or batch
            had. With a set, each look-up takes the same time.
    """
    found = identified_members(members)
    return [member for identity, member in found.items() if identity not in known]
