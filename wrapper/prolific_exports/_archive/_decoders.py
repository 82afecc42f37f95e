"""Decompresses members, a bounded piece at a time.

Exports are deflated. Stored, bzip2 and LZMA members are supported too, because they cost
little and occur in archives that were packed again. With the extra ``[fast]``, isal
inflates and computes checksums.
"""

import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from typing import Any, TypeAlias

CHUNK = 1 << 18
"""Bytes of content held at a time."""
PIECE = 1 << 18
"""Compressed bytes held at a time."""
# Many times the size of chunks and pieces together.
_KEPT_MEMORY = 1 << 22

PieceDecoder: TypeAlias = Callable[[Iterator[bytes]], Iterator[bytes]]

# An LZMA member declares the size of its dictionary, which can be 4 GiB.
_LZMA_MEMORY = 32 << 20
_LZMA_HEADER_SIZE = 4
_LZMA_PROPERTIES_SIZE = 5
_HAS_END_MARK = 0x2
_UNKNOWN_SIZE = (1 << 64) - 1


class DecodingError(Exception):
    """The compressed bytes are invalid; the message continues a sentence about the member."""


@cache
def checksum() -> Callable[[bytes, int], int]:
    """Return the CRC-32 function: isal's if it is installed, else zlib's."""
    module: Any = import_module("isal.isal_zlib") if igzip() else zlib
    crc32: Callable[[bytes, int], int] = module.crc32
    return crc32


@cache
def igzip() -> Any:
    """Return isal's module for inflating; None if it is not installed."""
    return import_module("isal.igzip_lib") if _optional("isal") else None


@cache
def _keep_memory() -> None:
    """Make the process keep the memory of chunks for the following chunks.

    glibc returns freed blocks of 128 KiB to the system until a larger block has been freed
    (mallopt(3), M_MMAP_THRESHOLD), and allocating each chunk anew costs more than inflating
    it. The block here is never written to, so it takes no memory.
    """
    bytes(_KEPT_MEMORY)


def decoder(method: int, flags: int, size: int) -> PieceDecoder | None:
    """Return the function that decompresses the pieces of a member.

    Args:
        method: Compression method by its number in the ZIP format.
        flags: General purpose flags of the ZIP format.
        size: Bytes of content that the member declares.

    Returns:
        A function over pieces, whose iterator may raise ``DecodingError``; None if the method
        is unknown, or this Python was built without it.
    """
    _keep_memory()
    match method:
        case 0:
            return iter
        case 8:
            return partial(_inflated_by_isal, size=size) if igzip() else _inflated
        case 12 if bz2 := _optional("bz2"):
            return lambda pieces: _decoded(pieces, bz2.BZ2Decompressor(), OSError)
        case 14 if lzma := _optional("lzma"):
            stored_size = _UNKNOWN_SIZE if flags & _HAS_END_MARK else size
            return lambda pieces: _from_lzma(pieces, lzma, stored_size)
    return None


def _optional(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


def _inflated_by_isal(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    # isal's zlib interface begins with 16 KiB for each chunk, and copies the chunk whenever it
    # doubles that. This interface allocates the given size at once, so limit it to the member's
    # size for small members; the additional byte lets the decompressor reach the end.
    isal = igzip()
    decompressor = isal.IgzipDecompressor(isal.DECOMP_DEFLATE)
    return _decoded(pieces, decompressor, isal.error, min(size + 1, CHUNK))


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    compressed = b""
    while not inflate.eof:
        # Without new input there can still be output: the last input may hold several chunks.
        compressed = compressed or next(pieces, b"")
        try:
            chunk = inflate.decompress(compressed, CHUNK)
        except zlib.error as error:
            raise DecodingError(f"is damaged ({error})") from error
        if chunk:
            yield chunk
        elif not compressed:
            raise _cut_off()
        compressed = inflate.unconsumed_tail
    _expect_end(inflate.unused_data, pieces)


def _from_lzma(pieces: Iterator[bytes], lzma: Any, size: int) -> Iterator[bytes]:
    """Decode LZMA in ZIP: two numbers, then the header of the .lzma format without its size."""
    head = b""
    while len(head) < _LZMA_HEADER_SIZE + _LZMA_PROPERTIES_SIZE:
        piece = next(pieces, b"")
        if not piece:
            raise _cut_off()
        head += piece
    if head[2:_LZMA_HEADER_SIZE] != bytes((_LZMA_PROPERTIES_SIZE, 0)):
        raise DecodingError("is damaged (its LZMA header has a wrong size)")
    properties = head[_LZMA_HEADER_SIZE:][:_LZMA_PROPERTIES_SIZE]
    rest = head[_LZMA_HEADER_SIZE + _LZMA_PROPERTIES_SIZE :]
    decompressor = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_LZMA_MEMORY)

    def refitted() -> Iterator[bytes]:
        yield properties + size.to_bytes(8, "little") + rest
        yield from pieces

    yield from _decoded(refitted(), decompressor, lzma.LZMAError)


def _decoded(
    pieces: Iterator[bytes], decompressor: Any, failure: type[Exception], most: int = CHUNK
) -> Iterator[bytes]:
    while not decompressor.eof:
        hungry = decompressor.needs_input
        compressed = next(pieces, b"") if hungry else b""
        try:
            chunk = decompressor.decompress(compressed, most)
        except failure as error:
            raise DecodingError(f"is damaged ({error})") from error
        if chunk:
            yield chunk
        elif hungry and not compressed:
            raise _cut_off()
    _expect_end(decompressor.unused_data, pieces)


def _expect_end(unused: bytes, pieces: Iterator[bytes]) -> None:
    if unused or next(pieces, b""):
        raise DecodingError("has bytes after the end of its compressed data")


def _cut_off() -> DecodingError:
    return DecodingError("is incomplete: its compressed data end too early")
