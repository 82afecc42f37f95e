"""A JSON Lines file in blocks of whole lines, each with its place."""

from collections.abc import Iterable, Iterator

from attrs import frozen

from prolific_exports._archive._json import MAX_TEXT_SIZE
from prolific_exports._errors import CorruptArchiveError

_BOM = b"\xef\xbb\xbf"


@frozen
class Block:
    """Whole lines of a file.

    Attributes:
        text: The lines; only the file's last one may lack its end.
        offset: How many bytes of the file are before them.
    """

    text: bytes
    offset: int

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line that is not blank, with the number of bytes before it."""
        offset = self.offset
        for line in self.text.split(b"\n"):
            if line.strip(b" \t\r"):
                yield offset, line
            offset += len(line) + 1

    def halves(self) -> "tuple[Block, Block] | None":
        """The block in two; None when it is one line."""
        half = len(self.text) // 2
        middle = self.text.find(b"\n", half) + 1
        if not 0 < middle < len(self.text):
            middle = self.text.rfind(b"\n", 0, half) + 1
        if not 0 < middle < len(self.text):
            return None
        return Block(self.text[:middle], self.offset), Block(
            self.text[middle:], self.offset + middle
        )


def blocks(pieces: Iterable[bytes], where: str, size: int) -> Iterator[Block]:
    """Cut a file into blocks of about ``size`` bytes.

    Raises:
        CorruptArchiveError: A line is longer than an export's can be.
    """
    offset = 0
    held: list[bytes] = []
    # Bytes that are held, and those of them that are behind the last line's end.
    count = open_ = 0
    for piece in pieces:
        count += len(piece)
        end = piece.rfind(b"\n") + 1
        # Only a line that is long by now can become too long in this piece.
        if open_ + len(piece) > MAX_TEXT_SIZE:
            _check_line(open_, piece, where, offset + count - len(piece) - open_)
        open_ = len(piece) - end if end else open_ + len(piece)
        if not end or count < size:
            held.append(piece)
            continue
        held.append(piece[:end])
        block = _block(b"".join(held), offset)
        yield block
        offset = block.offset + len(block.text)
        held, count = [piece[end:]], open_
    if rest := b"".join(held):
        yield _block(rest, offset)


def _check_line(begun: int, piece: bytes, where: str, place: int) -> None:
    end = piece.find(b"\n")
    if begun + (len(piece) if end < 0 else end) > MAX_TEXT_SIZE:
        raise CorruptArchiveError(
            f"{where}, byte {place + 1} and on, has more than {MAX_TEXT_SIZE >> 20} MiB in one "
            "piece of JSON: this is not what an export holds. Request a new export."
        )


def _block(text: bytes, offset: int) -> Block:
    if not offset and text.startswith(_BOM):
        return Block(text[len(_BOM) :], len(_BOM))
    return Block(text, offset)
