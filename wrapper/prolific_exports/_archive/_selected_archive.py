"""Writes the smaller archive of ``only="responses"``: some members of an export, unchanged."""

import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from attrs import define, evolve, field, frozen

from prolific_exports._archive._content import check_readable, chunks, compressed_pieces
from prolific_exports._archive._directory import ByteSource, Member
from prolific_exports._archive._member_index import MemberIndex
from prolific_exports._archive._not_downloaded import (
    FILES,
    NOT_DOWNLOADED,
    AbsentFile,
    lines_of,
)
from prolific_exports._errors import ArchiveError

_COMMENT: Final = (
    b"Only the responses of an export. not-downloaded.jsonl lists the uploaded files that were not "
    b"downloaded."
)
# Sizes follow the data in some archives; here they always precede them.
_HAS_DESCRIPTOR: Final = 0x0008
_DEFLATED: Final = 8
_REGULAR_FILE: Final = 0o100644
_UNIX: Final = 3 << 8
_VERSION, _ZIP64_VERSION = 20, 45
_OVERFLOW: Final = 0xFFFFFFFF
_MANY: Final = 0xFFFF
# 1 January 1980, 0:00: the beginning of time in ZIPs, since the directory's times are not read.
_NO_TIME: Final = 0x0021 << 16


@frozen
class MemberSelection:
    """Which members of an archive to fetch.

    Attributes:
        wanted: The members to fetch, in the archive's order.
        absent: The uploaded files to leave out, in the archive's order.
        prefix: The root folder with its ``/``; ``""`` without one.
    """

    wanted: tuple[Member, ...]
    absent: tuple[AbsentFile, ...]
    prefix: str


def select_responses(path: Path, members: Sequence[Member]) -> MemberSelection:
    """Select all members but the uploaded files.

    Raises:
        ArchiveError: A member has the name of the list of files that were not downloaded.
    """
    index = MemberIndex(path, members)
    if NOT_DOWNLOADED in index:
        raise ArchiveError(
            f"{path} has a file named {NOT_DOWNLOADED}, a name that is reserved for archives "
            "without uploaded files. Download the whole archive, without --only."
        )
    folder = index.prefix + FILES
    uploads = [member for member in members if member.name.startswith(folder)]
    return MemberSelection(
        tuple(member for member in members if not member.name.startswith(folder)),
        tuple(
            AbsentFile(member.name.removeprefix(index.prefix), member.size, member.crc)
            for member in uploads
            if not member.is_folder
        ),
        index.prefix,
    )


def check_members(path: Path, stream: ByteSource, members: Iterable[Member]) -> None:
    """Read members completely, and compare their sizes and checksums.

    Raises:
        ArchiveError: As ``chunks``.
    """
    for member in members:
        for _ in chunks(path, stream, member):
            pass


def write_selection(
    path: Path, stream: ByteSource, selection: MemberSelection, write: Callable[[bytes], object]
) -> int:
    """Write an archive with the selected members, and a list of the others.

    Copies compressed data without changing them, so a member keeps its checksum. Keeps the
    archive's directory and a few pieces of content in memory.

    Args:
        path: The archive, for messages.
        stream: The bytes of the archive.
        selection: What to write.
        write: Called with the bytes, in order.

    Returns:
        Bytes of the new archive.

    Raises:
        ArchiveError: The archive cannot be read.
        CorruptArchiveError: A member is damaged.
        UnreadableMemberError: A member is encrypted, or compressed by an unsupported method.
    """
    target = _ZipWriter(write)
    for member in selection.wanted:
        check_readable(path, stream, member)
        target.add(member, compressed_pieces(path, stream, member))
    target.add(*_list(selection))
    return target.finish()


def _list(selection: MemberSelection) -> tuple[Member, Iterable[bytes]]:
    """Return the list of absent files as a member, with its compressed data."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    pieces, size, crc = [], 0, 0
    for line in lines_of(selection.absent):
        size, crc = size + len(line), zlib.crc32(line, crc)
        pieces.append(compressor.compress(line))
    pieces.append(compressor.flush())
    name = selection.prefix + NOT_DOWNLOADED
    member = Member(
        name=name,
        stored_name=name.encode(),
        size=size,
        compressed_size=sum(map(len, pieces)),
        crc=crc,
        method=_DEFLATED,
        flags=0 if name.isascii() else 0x0800,
        mode=_REGULAR_FILE,
        offset=0,
    )
    return member, pieces


@define(repr=False)
class _ZipWriter:
    """Writes a ZIP from its first byte to its last."""

    write: Callable[[bytes], object]
    _position: int = field(default=0, init=False)
    _members: list[Member] = field(factory=list, init=False)

    def add(self, member: Member, pieces: Iterable[bytes]) -> None:
        """Write a member; its offset and descriptor flag follow from this archive."""
        flags = member.flags & ~_HAS_DESCRIPTOR
        member = evolve(member, flags=flags, offset=self._position)
        self._members.append(member)
        self._put(_local_header(member))
        for piece in pieces:
            self._put(piece)

    def finish(self) -> int:
        """Write the directory; return the bytes of the archive."""
        start = self._position
        for member in self._members:
            self._put(_directory_entry(member))
        self._put(_end(len(self._members), start, self._position - start))
        return self._position

    def _put(self, data: bytes) -> None:
        self.write(data)
        self._position += len(data)


def _local_header(member: Member) -> bytes:
    sizes = (member.compressed_size, member.size)
    is_large = max(sizes) >= _OVERFLOW
    # Here, size comes before compressed size.
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.compressed_size) if is_large else b""
    head = struct.pack(
        "<4sHHHLLLLHH",
        b"PK\x03\x04",
        _ZIP64_VERSION if is_large else _VERSION,
        member.flags,
        member.method,
        _NO_TIME,
        member.crc,
        *((_OVERFLOW, _OVERFLOW) if is_large else sizes),
        len(member.stored_name),
        len(extra),
    )
    return head + member.stored_name + extra


def _directory_entry(member: Member) -> bytes:
    values = (member.compressed_size, member.size, member.offset)
    is_large = max(values) >= _OVERFLOW
    extra = b""
    if is_large:
        extra = struct.pack("<HHQQQ", 1, 24, member.size, member.compressed_size, member.offset)
    compressed_size, size, offset = (_OVERFLOW,) * 3 if is_large else values
    head = struct.pack(
        "<4sHHHHLLLLHHHHHLL",
        b"PK\x01\x02",
        _UNIX | _ZIP64_VERSION,
        _ZIP64_VERSION if is_large else _VERSION,
        member.flags,
        member.method,
        _NO_TIME,
        member.crc,
        compressed_size,
        size,
        len(member.stored_name),
        len(extra),
        0,
        0,
        0,
        member.mode << 16,
        offset,
    )
    return head + member.stored_name + extra


def _end(count: int, start: int, size: int) -> bytes:
    """Return the records that end the archive, with those of ZIP64 if its numbers need them."""
    zip64 = b""
    if count >= _MANY or start >= _OVERFLOW or size >= _OVERFLOW:
        record = struct.pack(
            "<4sQHHLLQQQQ",
            b"PK\x06\x06",
            44,
            _UNIX | _ZIP64_VERSION,
            _ZIP64_VERSION,
            0,
            0,
            count,
            count,
            size,
            start,
        )
        locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
        zip64 = record + locator
    few = min(count, _MANY)
    end = struct.pack(
        "<4sHHHHLLH",
        b"PK\x05\x06",
        0,
        0,
        few,
        few,
        min(size, _OVERFLOW),
        min(start, _OVERFLOW),
        len(_COMMENT),
    )
    return zip64 + end + _COMMENT
