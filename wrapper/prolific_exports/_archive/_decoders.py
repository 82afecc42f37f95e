"""Compressed bytes to content, a bounded piece at a time.

Exports are deflated. Members that are stored, or compressed as bzip2 or LZMA, cost
little to read and keep archives readable that were packed again. With the ``[fast]``
extra, isal inflates and computes checksums.
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
# Many times more than chunks and pieces take together.
_KEPT_MEMORY = 1 << 22

Decoder: TypeAlias = Callable[[Iterator[bytes]], Iterator[bytes]]

# An LZMA member says how large a dictionary it wants, and may say 4 GiB.
_LZMA_MEMORY = 32 << 20
_LZMA_HEADER_SIZE = 4
_LZMA_PROPERTIES_SIZE = 5
_HAS_END_MARK = 0x2
_UNKNOWN_SIZE = (1 << 64) - 1


class DecodingError(Exception):
    """The compressed bytes are wrong; the message goes on after the member's name."""


@cache
def checksum() -> Callable[[bytes, int], int]:
    """What computes CRC-32: isal where it is installed, else zlib."""
    module: Any = import_module("isal.isal_zlib") if igzip() else zlib
    crc32: Callable[[bytes, int], int] = module.crc32
    return crc32


@cache
def igzip() -> Any:
    """What inflates where isal is installed; None where it is not."""
    return import_module("isal.igzip_lib") if _optional("isal") else None


@cache
def _keep_memory() -> None:
    """Have the process keep the memory of chunks for the next ones.

    glibc returns blocks of 128 KiB to the system when they are freed, until one that is
    larger has been freed (mallopt(3), M_MMAP_THRESHOLD): taking each chunk's memory anew
    costs more than inflating it. The block here is never written to and so never real.
    """
    bytes(_KEPT_MEMORY)


def decoder(method: int, flags: int, size: int) -> Decoder | None:
    """What turns the compressed pieces of a member into its content.

    Args:
        method: Compression method by its number in the ZIP format.
        flags: General purpose flags of the ZIP format.
        size: Bytes of content that the member declares.

    Returns:
        A function over pieces, which raises ``DecodingError`` while it is iterated over;
        None for a method that is not known, or that this Python was built without.
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
    # Not isal's copy of zlib's interface: that one begins with 16 KiB for each chunk, and copies
    # what it has each time that it takes twice as much. This one takes all that a chunk may have,
    # so that a small member gets small chunks; with one byte more it is seen to end.
    isal = igzip()
    decompressor = isal.IgzipDecompressor(isal.DECOMP_DEFLATE)
    return _decoded(pieces, decompressor, isal.error, min(size + 1, CHUNK))


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    compressed = b""
    while not inflate.eof:
        # Nothing to feed is no end: what was fed may hold more than one chunk.
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
    """LZMA as in ZIP: the header of the older .lzma format, but for the size, after two numbers."""
    head = b""
    while len(head) < _LZMA_HEADER_SIZE + _LZMA_PROPERTIES_SIZE:
        piece = next(pieces, b"")
        if not piece:
            raise _cut_off()
        head += piece
    if head[2:_LZMA_HEADER_SIZE] != bytes((_LZMA_PROPERTIES_SIZE, 0)):
        raise DecodingError("is damaged (its LZMA header has another size)")
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
    return DecodingError("is cut off: its compressed data have no end")
