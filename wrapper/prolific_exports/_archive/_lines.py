"""Splits a JSON Lines file into blocks of whole, numbered lines."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from prolific_exports._archive._limits import MAX_TEXT_SIZE, beyond_limit

BOM: Final = b"\xef\xbb\xbf"
"""The byte order mark, with which some programs begin UTF-8 text."""

# Only a line feed ends a line, since JSON strings may contain U+2028 and similar characters. The
# pattern skips blank lines, so that a file of line breaks takes no time.
_LINE: Final = re.compile(rb"[^ \t\r\n][^\n]*")


@frozen
class Block:
    """Whole lines of a file.

    Attributes:
        text: The lines; only the last line of the file may lack its line feed.
        number: The number of the first line, counted from 1.
    """

    text: bytes
    number: int

    @property
    def is_blank(self) -> bool:
        """Whether it contains only white space."""
        return not self.text.strip()

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the offset and the text of each line, from its first visible character."""
        for found in _LINE.finditer(self.text):
            yield found.start(), found[0]

    def number_at(self, place: int) -> int:
        """Return the number of the line at an offset in the text."""
        return self.number + self.text.count(b"\n", 0, place)

    def halves(self) -> "tuple[Block, Block] | None":
        """Split the block in two; None if it is one line."""
        half = len(self.text) // 2
        middle = self.text.find(b"\n", half) + 1
        if not 0 < middle < len(self.text):
            middle = self.text.rfind(b"\n", 0, half) + 1
        if not 0 < middle < len(self.text):
            return None
        return Block(self.text[:middle], self.number), Block(
            self.text[middle:], self.number_at(middle)
        )


def blocks(pieces: Iterable[bytes], where: str, size: int) -> Iterator[Block]:
    """Cut a file into blocks of about ``size`` bytes.

    Raises:
        UnsafeArchiveError: A line is longer than ``MAX_TEXT_SIZE``.
    """
    number = 1
    held: list[bytes] = []
    # Number of held bytes, and of those after the last line feed.
    count = open_ = 0
    for piece in pieces:
        # Only a line that is already long can become too long in this piece.
        if open_ + len(piece) > MAX_TEXT_SIZE:
            _check_lines(open_, piece, where, number + b"".join(held).count(b"\n"))
        count += len(piece)
        end = piece.rfind(b"\n") + 1
        open_ = len(piece) - end if end else open_ + len(piece)
        if not end or count < size:
            held.append(piece)
            continue
        held.append(piece[:end])
        block = _block(held, number)
        yield block
        number = block.number_at(len(block.text))
        held, count = [piece[end:]], open_
    if any(held):
        yield _block(held, number)


def _check_lines(begun: int, piece: bytes, where: str, number: int) -> None:
    for line in piece.split(b"\n"):
        if begun + len(line) > MAX_TEXT_SIZE:
            raise beyond_limit(
                f"{where}, line {number},", f"is longer than {MAX_TEXT_SIZE >> 20} MiB"
            )
        begun = 0
        number += 1


def _block(held: list[bytes], number: int) -> Block:
    text = b"".join(held)
    return Block(text.removeprefix(BOM) if number == 1 else text, number)
