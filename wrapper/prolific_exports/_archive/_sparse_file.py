"""A file of which only some ranges are known, readable like a file."""

import errno
import os
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from attrs import define, field

ByteSpan: TypeAlias = tuple[int, int]
"""A range of bytes: the position of its first byte, and that after its last."""

ReadAt: TypeAlias = Callable[[int, int], bytes]
"""Returns bytes: takes the position of the first one and their number."""

_NEGATIVE: Final = "negative position"


def without(spans: Iterable[ByteSpan], known: Iterable[ByteSpan]) -> list[ByteSpan]:
    """Return the parts of ranges that are not in known ranges. The ranges do not overlap."""
    left = list(spans)
    for start, end in known:
        left = [
            part
            for first, last in left
            for part in ((first, min(last, start)), (max(first, end), last))
            if part[0] < part[1]
        ]
    return left


class MissingBytesError(Exception):
    """A read needs bytes that are not known.

    Attributes:
        start: Position of the first missing byte.
        end: Position after the last missing byte that the read needs.
    """

    def __init__(self, start: int, end: int) -> None:
        """Create the error for a range."""
        super().__init__(f"bytes {start} to {end} are not known")
        self.start = start
        self.end = end


@define
class SparseFile:
    """The known ranges of a file, from memory or from another file.

    Attributes:
        size: Bytes of the file.
        is_final: Whether no ranges will be added: a read then ends at a gap as at the end of a
            file, instead of raising `MissingBytesError`.
    """

    size: int
    is_final: bool = False
    _position: int = field(default=0, init=False)
    _starts: list[int] = field(factory=list, init=False)
    _ends: list[int] = field(factory=list, init=False)
    _readers: list[ReadAt] = field(factory=list, init=False, repr=False)

    def add(self, start: int, data: bytes) -> None:
        """Add bytes in memory."""
        self.add_range(start, start + len(data), lambda at, size: data[at : at + size])

    def add_range(self, start: int, end: int, read: ReadAt) -> None:
        """Add a range, except for the bytes in it that are known already.

        Args:
            start: Position of its first byte.
            end: Position after its last byte.
            read: Returns bytes of the range, by their positions within it.
        """
        for first, last in without([(start, end)], self.known()):
            index = bisect_right(self._starts, first)
            self._starts.insert(index, first)
            self._ends.insert(index, last)
            self._readers.insert(index, _shifted(read, first - start))

    def known(self) -> list[ByteSpan]:
        """The known ranges, in order."""
        return list(zip(self._starts, self._ends, strict=True))

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Set the position of the next byte, and return it.

        Raises:
            OSError: It is negative.
        """
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, _NEGATIVE)
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Return the position of the next byte."""
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes: all that were asked for, except at the end.

        Raises:
            MissingBytesError: They are not all known.
        """
        end = self.size if size < 0 else min(self._position + size, self.size)
        position, pieces = self._position, []
        while position < end:
            index = bisect_right(self._starts, position) - 1
            if index < 0 or self._ends[index] <= position:
                if self.is_final:
                    break
                following = self._starts[index + 1] if index + 1 < len(self._starts) else end
                raise MissingBytesError(position, min(following, end))
            stop = min(self._ends[index], end)
            piece = self._readers[index](position - self._starts[index], stop - position)
            pieces.append(piece)
            position = stop
        self._position = position
        return b"".join(pieces)


def _shifted(read: ReadAt, by: int) -> ReadAt:
    return lambda at, size: read(at + by, size)
