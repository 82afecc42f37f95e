"""What a ZIP says that it holds: its central directory as plain values."""

import os
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from prolific_exports._errors import ArchiveError, CorruptArchiveError
from prolific_exports._files._failures import failure, is_of_storage, reason

LOCAL_HEADER_SIZE = 30
_END_SIZE = 22
_ZIP64_END_SIZE = 56 + 20  # the record and, after it, its locator
_UTF8_NAME = 0x800


@frozen
class Member:
    """One entry of a ZIP, as its central directory describes it.

    Attributes:
        name: The name, with ``/`` between folders; ends in ``/`` for a folder.
        size: Bytes of the content.
        compressed_size: Bytes that the content takes in the ZIP.
        crc: CRC-32 of the content.
        method: Compression method by its number in the ZIP format (0 stored, 8 deflated).
        flags: General purpose flags of the ZIP format.
        mode: Unix file mode with its type bits; 0 where the ZIP has none.
        offset: Where the member begins, in bytes from the start of the file.
        stored_name: The name in the bytes that the ZIP has for it.
    """

    name: str
    size: int
    compressed_size: int
    crc: int
    method: int
    flags: int
    mode: int
    offset: int
    stored_name: bytes

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder's own entry, which has no content."""
        return self.name.endswith("/")


@contextmanager
def open_binary(path: Path, *, buffering: int = -1) -> Iterator[BinaryIO]:
    """The file, open for reading.

    Args:
        path: The file.
        buffering: As for ``open``: 0 when every read has a size that suits it.

    Raises:
        ArchiveError: It cannot be opened.
    """
    try:
        stream = path.open("rb", buffering=buffering)
    except (OSError, ValueError) as error:
        raise failure(f"{path} cannot be opened", error, ArchiveError) from error
    with stream:
        yield stream


def read_members(path: Path) -> tuple[Member, ...]:
    """The members of a ZIP in the order of its directory; no content is read.

    Raises:
        ArchiveError: The file cannot be opened.
        CorruptArchiveError: It is not a ZIP, is cut off, has no members, or its directory is
            damaged.
    """
    with open_binary(path) as stream:
        try:
            with zipfile.ZipFile(stream) as directory:
                members = tuple(_member(info) for info in directory.infolist())
            _check_count(path, members, _declared_count(stream))
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            OSError,
            OverflowError,
            ValueError,
            struct.error,
        ) as error:
            if is_of_storage(error):
                raise failure(f"{path} cannot be read", error, ArchiveError) from error
            raise CorruptArchiveError(_not_a_zip(path, stream, error)) from error
        _check_extents(path, members, os.fstat(stream.fileno()).st_size)
    if not members:
        raise CorruptArchiveError(
            f"{path} is a ZIP without members, not an export. Request a new export."
        )
    return members


def _names(info: zipfile.ZipInfo) -> tuple[str, bytes]:
    """A member's name, and the bytes that the ZIP has for it."""
    # filename is cut at NUL and changed on Windows: the checks need what is there.
    name = info.orig_filename
    # ASCII is the same in both encodings, and a character map is slow.
    if info.flag_bits & _UTF8_NAME or name.isascii():
        return name, name.encode()
    stored = name.encode("cp437")
    try:
        # Some programs write UTF-8 and leave the flag out.
        return stored.decode(), stored
    except UnicodeDecodeError:
        return name, stored


def _member(info: zipfile.ZipInfo) -> Member:
    name, stored = _names(info)
    return Member(
        name=name,
        stored_name=stored,
        size=info.file_size,
        compressed_size=info.compress_size,
        crc=info.CRC,
        method=info.compress_type,
        flags=info.flag_bits,
        mode=info.external_attr >> 16,
        offset=info.header_offset,
    )


def _declared_count(stream: BinaryIO) -> int:
    """How many members the record at the end of the ZIP says there are.

    zipfile reads that number and makes no use of it: one damaged length in the
    directory, and it takes the following members for a comment.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _ZIP64_END_SIZE - _END_SIZE - 0xFFFF))
    tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    zip64 = tail[:end][-_ZIP64_END_SIZE:]
    if zip64.startswith(b"PK\x06\x06"):
        return int(struct.unpack_from("<Q", zip64, 32)[0])
    return int(struct.unpack_from("<H", tail, end + 10)[0])


def _check_count(path: Path, members: tuple[Member, ...], declared: int) -> None:
    # The lower 16 bits, because writers without ZIP64 let the number overflow.
    if (len(members) ^ declared) & 0xFFFF:
        raise CorruptArchiveError(
            f"{path}: the archive's directory names {len(members)} members and should name "
            f"{declared}: it is damaged. Download the archive again."
        )


def _not_a_zip(path: Path, stream: BinaryIO, error: Exception) -> str:
    stream.seek(0)
    beginning = stream.read(4)
    if not beginning:
        return f"{path} is empty. Download the archive again."
    if beginning != b"PK\x03\x04":
        return f"{path} is not a ZIP archive ({reason(error)}). Download the archive again."
    return (
        f"{path} is cut off or damaged: its directory, at the end, cannot be read "
        f"({reason(error)}). Download the archive again."
    )


def _check_extents(path: Path, members: tuple[Member, ...], file_size: int) -> None:
    ordered = sorted(members, key=lambda member: member.offset)
    ends = [
        member.offset + LOCAL_HEADER_SIZE + len(member.stored_name) + member.compressed_size
        for member in ordered
    ]
    for member, end in zip(ordered, ends, strict=True):
        if member.offset < 0 or end > file_size:
            raise CorruptArchiveError(
                f"{path}: {member.name!r} lies outside the file, by the archive's directory: "
                "the file is cut off or damaged. Download the archive again."
            )
    for (member, following), end in zip(pairwise(ordered), ends, strict=False):
        # Members that share their bytes are how a small ZIP becomes petabytes.
        if end > following.offset:
            raise CorruptArchiveError(
                f"{path}: {member.name!r} and {following.name!r} claim the same bytes: the "
                "archive's directory is damaged or made up. Download the archive again."
            )
