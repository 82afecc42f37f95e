"""The content of one member, checked while it is read.

zipfile reads the directory, but not the content: its reader stops at the declared size
without checking that the data end there, accepts content that is shorter, has eight
kinds of errors for damage, and reads 4 KiB at a time. This reader counts every byte
before it yields it, and compares the checksum after the last one.
"""

import io
import struct
from collections.abc import Generator, Iterator
from pathlib import Path

from prolific_exports._archive._decoders import (
    PIECE,
    DecodingError,
    PieceDecoder,
    checksum,
    decoder,
)
from prolific_exports._archive._directory import (
    LOCAL_HEADER_SIZE,
    ByteSource,
    Member,
    open_binary,
)
from prolific_exports._errors import ArchiveError, CorruptArchiveError, UnreadableMemberError
from prolific_exports._files._failures import explained, failure

# Encrypted, strong encryption, masked local headers.
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_PATCHED = 0x0020
# As APPNOTE.TXT (4.4.5) and programs call them.
_METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    12: "bzip2",
    14: "LZMA",
    93: "Zstandard",
    95: "XZ",
    98: "PPMd",
    99: "AES encryption",
}
# Writers put timestamps and numeric owners there; a larger one costs another read.
_USUAL_EXTRA_SIZE = 64


def member_chunks(path: Path, member: Member) -> Generator[bytes, None, None]:
    """Yield the content of a member in pieces; opens and closes the file.

    Raises:
        ArchiveError: The file cannot be read.
        CorruptArchiveError: The member is damaged, or its size is not the declared one.
        UnreadableMemberError: It is encrypted, or compressed by an unsupported method.
    """
    with open_binary(path, buffering=0) as stream:
        yield from chunks(path, stream, member)


def chunks(path: Path, stream: ByteSource, member: Member) -> Iterator[bytes]:
    """Yield the content like ``member_chunks``, from an open file; ``path`` is for messages.

    Open the file without a buffer, since every read already has a suitable size.
    """
    decode = _decoder(path, stream, member)
    crc32 = checksum()
    size = crc = 0
    try:
        for chunk in decode(compressed_pieces(path, stream, member)):
            size += len(chunk)
            if size > member.size:
                raise _damaged(path, member, f"has more than the {member.size} bytes it declares")
            crc = crc32(chunk, crc)
            yield chunk
    except DecodingError as error:
        raise _damaged(path, member, str(error)) from error
    if size != member.size:
        raise _damaged(path, member, f"has {size} bytes and declares {member.size}")
    if crc != member.crc:
        raise _damaged(path, member, "does not match its checksum (CRC-32)")


def check_readable(path: Path, stream: ByteSource, member: Member) -> None:
    """Check that the member's content can be read, before reading it.

    Raises:
        ArchiveError: The file cannot be read.
        CorruptArchiveError: The directory contradicts the member's own header.
        UnreadableMemberError: It is encrypted, or compressed by an unsupported method.
    """
    _decoder(path, stream, member)


def open_member(path: Path, member: Member) -> io.BufferedReader:
    """Return the content of a member as a binary file, which cannot seek."""
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


def _decoder(path: Path, stream: ByteSource, member: Member) -> PieceDecoder:
    if member.flags & _ENCRYPTED:
        what, reader = "is encrypted", "a program that asks for its password"
    elif member.flags & _PATCHED:
        what, reader = "is a patch (PKZIP)", "the program that created it"
    elif decode := decoder(member.method, member.flags, member.size):
        return decode
    else:
        name = _METHODS.get(member.method, "an unknown method")
        what = f"is compressed with {name} (method {member.method})"
        reader = "a program that supports it, such as 7-Zip"
    # One damaged bit can look like this too, but not in the local header and the directory.
    _seek(path, stream, member.offset)
    head = _read(path, stream, LOCAL_HEADER_SIZE)
    if head[6:10] != struct.pack("<HH", member.flags, member.method):
        raise _damaged(
            path, member, f"{what} in the archive's directory, but not in its own header"
        )
    raise UnreadableMemberError(
        f"{path}: {member.name!r} {what}, which this package cannot read. The archive may be "
        f"intact: open it with {reader}. To download such an archive, use --no-verify "
        "(verify=False)."
    )


def compressed_pieces(path: Path, stream: ByteSource, member: Member) -> Iterator[bytes]:
    """Yield the compressed data, after checking the local header against the directory.

    Raises:
        ArchiveError: The file cannot be read.
        CorruptArchiveError: The member is not where the directory says, or incomplete.
    """
    # Seeking beyond the end is allowed: if a shorter file has replaced this one since its
    # directory was read, the next read ends early.
    _seek(path, stream, member.offset)
    name_end = LOCAL_HEADER_SIZE + len(member.stored_name)
    # Read the header together with the data of most members: with many files, calls add up.
    usual = name_end + _USUAL_EXTRA_SIZE + member.compressed_size
    head = _read(path, stream, min(usual, max(PIECE, name_end)))
    if len(head) < LOCAL_HEADER_SIZE or not head.startswith(b"PK\x03\x04"):
        raise _damaged(path, member, "is not where the archive's directory says")
    name_size, extra_size = struct.unpack_from("<HH", head, 26)
    if head[LOCAL_HEADER_SIZE : LOCAL_HEADER_SIZE + name_size] != member.stored_name:
        raise _damaged(path, member, "has a different name in the archive's directory")
    start = name_end + extra_size
    left = member.compressed_size
    piece = head[start : start + left]
    if not piece:
        _seek(path, stream, member.offset + start)
    while left:
        piece = piece or _read(path, stream, min(left, PIECE))
        if not piece:
            raise _damaged(path, member, "is incomplete: the file ends within it")
        left -= len(piece)
        yield piece
        piece = b""


def _seek(path: Path, stream: ByteSource, offset: int) -> None:
    with explained(f"{path} cannot be read", ArchiveError):
        stream.seek(offset)


def _read(path: Path, stream: ByteSource, size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise failure(f"{path} cannot be read", error, ArchiveError) from error


def _damaged(path: Path, member: Member, what: str) -> CorruptArchiveError:
    return CorruptArchiveError(f"{path}: {member.name!r} {what}. Download the archive again.")
