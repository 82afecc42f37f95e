r"""Undo the ways in which a character is written as several others.

JSON writes ``T`` as ``\u0054`` and ``/`` as ``\/``, a URL ``%54``, HTML ``&#84;``, and the
``repr`` of bytes ``\x54``. What is searched is folded: one byte a character, in lower case.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from attrs import field, frozen

# JSON in JSON in HTML, percent-encoded, has four.
_DEEPEST: Final = 4

# Each alternative begins with a character of its own, by which the engine skips what is none.
# Nulls are what UTF-16 has between the characters of a token.
_ESCAPE = re.compile(
    rb"\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|u\{0*([0-9a-f]{1,6})\}|([0-7]{3})|([/\\\"']))"
    rb"|%(?:u([0-9a-f]{4})|([0-9a-f]{2}))"
    rb"|&(?:#x0*([0-9a-f]{1,6});?|#0*([0-9]{1,7});?|([a-z]{2,8});)"
    rb"|\x00+"
)
_BASES: Final = {1: 16, 2: 16, 3: 16, 4: 8, 6: 16, 7: 16, 8: 16, 9: 10}
_ITSELF: Final = 5
# The names that HTML has for what may be in a token.
_NAMED: Final = dict(
    pair.split(b" ")
    for pair in (
        b"amp &,lt <,gt >,quot \",apos ',plus +,sol /,equals =,lowbar _,num #,excl !,colon :"
        b",period .,semi ;,ast *,midast *,dollar $,percnt %,quest ?,commat @,hat ^,grave `"
        b",lpar (,rpar ),lsqb [,lbrack [,rsqb ],rbrack ],lcub {,lbrace {,rcub },rbrace }"
        b",verbar |,vert |,bsol \\"
    ).split(b",")
) | {b"comma": b","}
_OTHER: Final = b"?"


def fold(text: str) -> bytes:
    """The text with one byte a character, in lower case; ``?`` for what Latin-1 lacks.

    HTTP has no case in the names of fields: a client shows them in lower case.
    """
    return text.encode("latin-1", "replace").lower()


@frozen
class Layer:
    """A folded text with one layer of escapes undone.

    Attributes:
        text: What is left.
    """

    text: bytes
    _starts: list[int] = field(repr=False)
    _sources: list[tuple[int, int]] = field(repr=False)
    _above: "Layer | None" = field(repr=False)

    @classmethod
    def unescape(cls, text: bytes, above: "Layer | None" = None) -> "Layer | None":
        """What a folded text is when its escapes are undone; None without any.

        Args:
            text: The text.
            above: The layer that it is, unless it is the text itself.
        """
        pieces: list[bytes] = []
        sources: list[tuple[int, int]] = []
        end = 0
        for match in _ESCAPE.finditer(text):
            character = _character(match)
            if character is None:
                continue
            if match.start() > end:
                pieces.append(text[end : match.start()])
                # Literal: each character of it stands for itself.
                sources.append((end, 0))
            end = match.end()
            if character:
                pieces.append(character)
                sources.append((match.start(), end - match.start()))
        if not end:
            return None
        pieces.append(text[end:])
        sources.append((end, 0))
        starts = list(accumulate(map(len, pieces[:-1]), initial=0))
        return cls(b"".join(pieces), starts, sources, above)

    def source(self, span: tuple[int, int]) -> tuple[int, int]:
        """Where the text itself has what is at a span of this one."""
        written = self._place(span[0])[0], self._place(span[1] - 1)[1]
        return written if self._above is None else self._above.source(written)

    def _place(self, at: int) -> tuple[int, int]:
        piece = bisect_right(self._starts, at) - 1
        start, width = self._sources[piece]
        if width:
            return start, start + width
        start += at - self._starts[piece]
        return start, start + 1


def unescape_layers(text: bytes) -> Iterator[Layer]:
    """A folded text with one layer of escapes undone, with two, and so on."""
    layer = None
    for _ in range(_DEEPEST):
        layer = Layer.unescape(text, layer)
        if layer is None:
            return
        yield layer
        text = layer.text


def _character(match: re.Match[bytes]) -> bytes | None:
    """The folded character that an escape stands for; None if it is no escape."""
    group = match.lastindex
    if group is None:
        return b""
    written = match[group]
    if group == _ITSELF:
        return written
    base = _BASES.get(group)
    if base is None:
        return _NAMED.get(written)
    code = int(written, base)
    if code == 0:
        return b""
    return bytes((code,)).lower() if code < 256 else _OTHER
