"""The content of one member, checked while it is read.

An own reader over zipfile's directory: zipfile's own stops at the declared size
without looking whether the data end there, takes less than the declared size
for an end, and has eight kinds of errors for damage. Here every byte is counted
before it is handed on, and the checksum is compared after the last one.
"""

import io
import struct
import zlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import BinaryIO

from prolific_exports._archive._directory import LOCAL_HEADER_SIZE, Member, opened, reason
from prolific_exports._errors import ArchiveError, CorruptArchiveError

CHUNK = 1 << 18
"""Bytes held at a time, both compressed and not."""

_STORED = 0
_DEFLATED = 8
# Encrypted, compressed patched data, strong encryption, masked local headers.
_UNREADABLE_FLAGS = 0x0001 | 0x0020 | 0x0040 | 0x2000


def member_chunks(path: Path, member: Member) -> Generator[bytes, None, None]:
    """The content of a member in pieces; opens the file and closes it at the end.

    Raises:
        ArchiveError: The file cannot be read.
        CorruptArchiveError: The member is damaged, or its size is not the declared one.
    """
    with opened(path) as stream:
        yield from chunks(path, stream, member)


def chunks(path: Path, stream: BinaryIO, member: Member) -> Iterator[bytes]:
    """As ``member_chunks``, from a file that is open already; ``path`` is for messages."""
    decode = _decoder(path, member)
    _go_to_data(path, stream, member)
    size = crc = 0
    for chunk in decode(_compressed(path, stream, member)):
        size += len(chunk)
        if size > member.size:
            raise _damaged(path, member, f"has more than the {member.size} bytes it declares")
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if size != member.size:
        raise _damaged(path, member, f"has {size} bytes and declares {member.size}")
    if crc != member.crc:
        raise _damaged(path, member, "does not match its checksum (CRC-32)")


def open_member(path: Path, member: Member) -> io.BufferedReader:
    """The content of a member as a binary file, which cannot seek."""
    return io.BufferedReader(_MemberStream(member_chunks(path, member)))


class _MemberStream(io.RawIOBase):
    def __init__(self, pieces: Generator[bytes, None, None]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]  # typeshed: any writable buffer; io gives memoryviews
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        self._pieces.close()
        super().close()


_Decoder = Callable[[Iterator[bytes]], Iterator[bytes]]


def _decoder(path: Path, member: Member) -> _Decoder:
    if member.flags & _UNREADABLE_FLAGS:
        raise _damaged(path, member, "is encrypted or patched, which exports never are")
    if member.method == _STORED:
        return iter
    if member.method == _DEFLATED:
        return lambda pieces: _inflated(path, member, pieces)
    raise _damaged(
        path,
        member,
        f"uses compression method {member.method}; this package reads stored and deflated ones",
    )


def _inflated(path: Path, member: Member, pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    compressed = b""
    while not inflate.eof:
        # Nothing to feed is no end: what was fed may hold more than one chunk.
        compressed = compressed or next(pieces, b"")
        try:
            chunk = inflate.decompress(compressed, CHUNK)
        except zlib.error as error:
            raise _damaged(path, member, f"is damaged ({error})") from error
        if chunk:
            yield chunk
        elif not compressed:
            raise _damaged(path, member, "is cut off: its compressed data have no end")
        compressed = inflate.unconsumed_tail
    if inflate.unused_data or next(pieces, b""):
        raise _damaged(path, member, "has bytes after the end of its compressed data")


def _compressed(path: Path, stream: BinaryIO, member: Member) -> Iterator[bytes]:
    left = member.compressed_size
    while left:
        piece = _read(path, stream, min(left, CHUNK))
        if not piece:
            raise _damaged(path, member, "is cut off: the file ends within it")
        left -= len(piece)
        yield piece


def _go_to_data(path: Path, stream: BinaryIO, member: Member) -> None:
    """Pass the member's own header, which must be that of the member in the directory."""
    # Seeking beyond the end is allowed: a file that was replaced by a shorter one
    # since its directory was read ends the next read, not this call.
    stream.seek(member.offset)
    header = _read(path, stream, LOCAL_HEADER_SIZE)
    if len(header) < LOCAL_HEADER_SIZE or not header.startswith(b"PK\x03\x04"):
        raise _damaged(path, member, "is not where the archive's directory says")
    name_size, extra_size = struct.unpack("<HH", header[26:])
    if _read(path, stream, name_size) != member.stored_name:
        raise _damaged(path, member, "has another name in the archive's directory")
    stream.seek(extra_size, io.SEEK_CUR)


def _read(path: Path, stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {reason(error)}.") from error


def _damaged(path: Path, member: Member, what: str) -> CorruptArchiveError:
    return CorruptArchiveError(f"{path}: {member.name!r} {what}. Download the archive again.")
