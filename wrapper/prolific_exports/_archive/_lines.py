"""A JSON Lines file in blocks of whole lines, which know their numbers."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from prolific_exports._archive._limits import MAX_TEXT_SIZE, beyond_limit

BOM: Final = b"\xef\xbb\xbf"
"""What some programs begin UTF-8 text with."""

# Only a line feed ends a line: JSON strings may hold U+2028 and its like. What is blank is
# passed over by the pattern, so that a file of line breaks takes no time.
_LINE: Final = re.compile(rb"[^ \t\r\n][^\n]*")


@frozen
class Block:
    """Whole lines of a file.

    Attributes:
        text: The lines; only the file's last one may lack its end.
        number: The number of the first line, counted from 1.
    """

    text: bytes
    number: int

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but white space in it."""
        return not self.text.strip()

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line that is not blank, from its first sign on, and where in the text that is."""
        for found in _LINE.finditer(self.text):
            yield found.start(), found[0]

    def number_at(self, place: int) -> int:
        """The number of the line at a place of the text."""
        return self.number + self.text.count(b"\n", 0, place)

    def halves(self) -> "tuple[Block, Block] | None":
        """The block in two; None when it is one line."""
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
    # Bytes that are held, and those of them that are behind the last line's end.
    count = open_ = 0
    for piece in pieces:
        # Only a line that is long by now can become too long in this piece.
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
