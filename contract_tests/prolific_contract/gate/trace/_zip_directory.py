"""Reads the directory of a ZIP file from parts of the file.

An archive can have many gigabytes, but its directory is small and at the end: two range requests
are enough to list its members. The format is in PKWARE's APPNOTE, sections 4.3.12 to 4.3.16.
"""

import struct
from collections.abc import Iterable
from typing import Final, TypeAlias

from attrs import frozen

# The record at the very end may be followed by a comment of up to 65535 bytes.
TAIL: Final = 22 + 65535
"""Bytes at the end of a file that are enough to find the directory."""

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE: Final = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sLQL")
_LOCATOR_SIGNATURE: Final = b"PK\x06\x07"
_END64 = struct.Struct("<4sQ2H2L4Q")
_END64_SIGNATURE: Final = b"PK\x06\x06"
_ENTRY = struct.Struct("<4s6H3L5H2L")
_ENTRY_SIGNATURE: Final = b"PK\x01\x02"
_FLAG_UTF8: Final = 0x800
_FLAG_ENCRYPTED: Final = 0x1
# The "compression method" of members with WinZip's AES encryption.
_METHOD_AES: Final = 99


@frozen
class FilePart:
    """Bytes of a file.

    Attributes:
        start: Offset of the first byte.
    """

    start: int
    data: bytes

    @property
    def stop(self) -> int:
        """Offset after the last byte."""
        return self.start + len(self.data)


@frozen
class DirectoryEntry:
    """An entry of the directory.

    Attributes:
        name: The complete name as stored, with its folders.
        size: Length of the extracted file in bytes; 4294967295 for longer files.
        encrypted: Whether extracting it takes a password.
    """

    name: str
    size: int = 0
    encrypted: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.name.endswith("/")


@frozen
class Directory:
    """The content of an archive.

    Attributes:
        members: All members, including folders, in the directory's order.
    """

    members: tuple[DirectoryEntry, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all members, including folders, in the directory's order."""
        return tuple(member.name for member in self.members)


@frozen
class MissingBytes:
    """The directory can't be read without these bytes.

    Attributes:
        start: Offset of the first byte.
        stop: Offset after the last byte.
    """

    start: int
    stop: int


@frozen
class Damaged:
    """The file is not a ZIP file, or not a complete one.

    Attributes:
        reason: Why, as a clause that continues "the file".
    """

    reason: str


Reading: TypeAlias = Directory | MissingBytes | Damaged


def read_directory(parts: Iterable[FilePart], size: int) -> Reading:
    """Read the directory of a ZIP file.

    Args:
        parts: The known parts of the file, in any order; they may overlap.
        size: Length of the complete file in bytes.
    """
    known = sorted(parts, key=lambda part: (part.start, -part.stop))
    end = _find_end(known, size)
    if not isinstance(end, _End):
        return end
    start = end.stop - end.size
    if start < end.offset:
        return Damaged(f"is {end.offset - start} bytes shorter than its directory says")
    data = _between(known, start, end.stop)
    return MissingBytes(start, end.stop) if data is None else _entries(data)


def directory_start(parts: Iterable[FilePart], size: int) -> int | None:
    """Offset of the directory; None if the end of the file is unknown or damaged.

    If the directory is not at the offset that the end record states, returns the offset of the
    end record: the bytes before it may be anything.

    Args:
        parts: The known parts of the file, in any order; they may overlap.
        size: Length of the complete file in bytes.
    """
    known = sorted(parts, key=lambda part: (part.start, -part.stop))
    end = _find_end(known, size)
    if not isinstance(end, _End):
        return None
    start = end.stop - end.size
    first = _between(known, start, start + len(_ENTRY_SIGNATURE))
    if start < end.offset or first not in (None, _ENTRY_SIGNATURE):
        return end.stop
    return start


@frozen
class _End:
    """The position of the directory.

    Attributes:
        offset: Where it begins according to the end record.
        size: Its length in bytes.
        stop: Where it really ends.
    """

    offset: int
    size: int
    stop: int


def _find_end(known: list[FilePart], size: int) -> _End | MissingBytes | Damaged:
    start = max(0, size - TAIL)
    tail = _suffix(known, size)
    at = tail.rfind(_END_SIGNATURE)
    while at >= 0 and not _ends_at(tail, at):
        at = tail.rfind(_END_SIGNATURE, 0, at)
    if at < 0:
        if len(tail) < size - start:
            return MissingBytes(start, size)
        return Damaged("does not end with the end record of a ZIP file")
    *_, directory_size, offset, _ = _END.unpack_from(tail, at)
    stop = size - len(tail) + at
    locator_at = stop - _LOCATOR.size
    locator = _between(known, locator_at, stop)
    if locator_at >= 0 and locator is None:
        return MissingBytes(locator_at, stop)
    if locator is None or not locator.startswith(_LOCATOR_SIGNATURE):
        return _End(offset, directory_size, stop)
    # Large archives have a second, ZIP64 end record; the locator contains its offset.
    record_at = _LOCATOR.unpack(locator)[2]
    if record_at + _END64.size > locator_at:
        return Damaged("is shorter than its directory says")
    record = _between(known, record_at, record_at + _END64.size)
    if record is None:
        return MissingBytes(record_at, stop)
    if not record.startswith(_END64_SIGNATURE):
        return Damaged("has no ZIP64 record at the stated offset")
    *_, directory_size, offset = _END64.unpack(record)
    return _End(offset, directory_size, record_at)


def _ends_at(tail: bytes, at: int) -> bool:
    """Whether an end record at an offset ends, with its comment, exactly at the end of the file."""
    if at + _END.size > len(tail):
        return False
    comment = _END.unpack_from(tail, at)[-1]
    return bool(at + _END.size + comment == len(tail))


def _entries(data: bytes) -> Directory | Damaged:
    members = []
    at = 0
    while at < len(data):
        if data[at : at + 4] != _ENTRY_SIGNATURE or at + _ENTRY.size > len(data):
            return Damaged("has a directory that can't be read")
        fields = _ENTRY.unpack_from(data, at)
        flags, method, size = fields[3], fields[4], fields[9]
        name_length, extra, comment = fields[10:13]
        at += _ENTRY.size
        name = data[at : at + name_length]
        members.append(
            DirectoryEntry(
                name.decode("utf-8" if flags & _FLAG_UTF8 else "cp437", "replace"),
                size,
                bool(flags & _FLAG_ENCRYPTED) or method == _METHOD_AES,
            )
        )
        at += name_length + extra + comment
    return Directory(tuple(members))


def _suffix(known: list[FilePart], size: int) -> bytes:
    """The known bytes up to the end of the file, without a gap."""
    start = size
    for part in reversed(known):
        if part.start < start <= part.stop:
            start = part.start
    return _between(known, start, size) or b""


def _between(known: list[FilePart], start: int, stop: int) -> bytes | None:
    """The bytes of a range; None if some of them are unknown."""
    if start < 0:
        return None
    found = bytearray()
    for part in known:
        at = start + len(found)
        if part.start <= at < part.stop:
            found += part.data[at - part.start : stop - part.start]
    return bytes(found) if len(found) >= stop - start else None
