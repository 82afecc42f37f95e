"""The central directory of a ZIP as plain values."""

import os
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Protocol

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
        mode: Unix file mode with its type bits; 0 if the ZIP has none.
        offset: Where the member begins, in bytes from the start of the file.
        stored_name: The name as bytes, as stored in the ZIP.
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
        """Whether it is the entry of a folder, which has no content."""
        return self.name.endswith("/")


class ByteSource(Protocol):
    """The bytes of a file, or of a file of which only some ranges are known."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Set the position of the next byte, and return it."""
        ...

    def tell(self) -> int:
        """Return the position of the next byte."""
        ...

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes: fewer than ``size`` only at the end of the file."""
        ...


@contextmanager
def open_binary(path: Path, *, buffering: int = -1) -> Iterator[BinaryIO]:
    """Open a file for reading.

    Args:
        path: The file.
        buffering: As for ``open``: 0 if every read already has a suitable size.

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
    """Read the members of a ZIP, in the order of its directory, without their content.

    Raises:
        ArchiveError: The file cannot be opened.
        CorruptArchiveError: It is not a ZIP, is incomplete, has no members, or its directory is
            damaged.
    """
    with open_binary(path) as stream:
        return members_of(path, stream)


def members_of(path: Path, stream: ByteSource) -> tuple[Member, ...]:
    """Read the members like ``read_members``, from an open file; ``path`` is for messages.

    Raises:
        ArchiveError: The file cannot be read.
        CorruptArchiveError: As ``read_members``.
    """
    try:
        with zipfile.ZipFile(stream) as directory:
            members = tuple(_member(info) for info in directory.infolist())
        _check_count(path, members, _declared_count(stream))
        size = stream.seek(0, os.SEEK_END)
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
    _check_extents(path, members, size)
    if not members:
        raise CorruptArchiveError(
            f"{path} is a ZIP without members, not an export. Request a new export."
        )
    return members


def _names(info: zipfile.ZipInfo) -> tuple[str, bytes]:
    """Return a member's name, and its bytes in the ZIP."""
    # zipfile cuts `filename` at NUL and changes it on Windows; the checks need the original.
    name = info.orig_filename
    # ASCII is the same in both encodings, and a character map is slow.
    if info.flag_bits & _UTF8_NAME or name.isascii():
        return name, name.encode()
    stored = name.encode("cp437")
    try:
        # Some programs write UTF-8 without the flag.
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


def _declared_count(stream: ByteSource) -> int:
    """Return the number of members that the record at the end of the ZIP declares.

    zipfile ignores this number: if one length in the directory is damaged, it takes the
    following members for a comment.
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
            f"{path} is damaged: its directory lists {len(members)} members instead of {declared}. "
            "Download the archive again."
        )


def _not_a_zip(path: Path, stream: ByteSource, error: Exception) -> str:
    stream.seek(0)
    beginning = stream.read(4)
    if not beginning:
        return f"{path} is empty. Download the archive again."
    if beginning != b"PK\x03\x04":
        return f"{path} is not a ZIP archive ({reason(error)}). Download the archive again."
    return (
        f"{path} is incomplete or damaged: the directory at its end cannot be read "
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
                f"{path} is incomplete or damaged: its directory places {member.name!r} outside "
                "the file. Download the archive again."
            )
    for (member, following), end in zip(pairwise(ordered), ends, strict=False):
        # A ZIP bomb expands to petabytes by members that share their bytes.
        if end > following.offset:
            raise CorruptArchiveError(
                f"{path} is damaged or forged: its directory gives {member.name!r} and "
                f"{following.name!r} the same bytes. Download the archive again."
            )
