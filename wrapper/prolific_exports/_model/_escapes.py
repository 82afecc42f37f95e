r"""Decodes escaped characters, so that a search finds escaped secrets.

JSON can write ``T`` as ``\u0054`` and ``/`` as ``\/``. A URL can write ``T`` as ``%54``, HTML as
``&#84;``, and the ``repr`` of bytes as ``\x54``. Searches use folded text: one byte for each
character, in lower case.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from attrs import field, frozen

# Percent-encoded HTML that contains JSON in JSON has four layers.
_DEEPEST: Final = 4

# Each alternative begins with a different character, so the engine skips other text quickly.
# The nulls are those between the characters of a token in UTF-16.
_ESCAPE = re.compile(
    rb"\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|u\{0*([0-9a-f]{1,6})\}|([0-7]{3})|([/\\\"']))"
    rb"|%(?:u([0-9a-f]{4})|([0-9a-f]{2}))"
    rb"|&(?:#x0*([0-9a-f]{1,6});?|#0*([0-9]{1,7});?|([a-z]{2,8});)"
    rb"|\x00+"
)
_BASES: Final = {1: 16, 2: 16, 3: 16, 4: 8, 6: 16, 7: 16, 8: 16, 9: 10}
_ITSELF: Final = 5
# HTML's names of the characters that a token can contain.
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
    """Return the text in lower case, one byte for each character; ``?`` if not in Latin-1.

    The case must not matter: clients show the names of header fields in lower case.
    """
    return text.encode("latin-1", "replace").lower()


@frozen
class Layer:
    """A folded text after decoding one layer of escapes.

    Attributes:
        text: The decoded text.
    """

    text: bytes
    _starts: list[int] = field(repr=False)
    _sources: list[tuple[int, int]] = field(repr=False)
    _above: "Layer | None" = field(repr=False)

    @classmethod
    def unescape(cls, text: bytes, above: "Layer | None" = None) -> "Layer | None":
        """Return a folded text with its escapes decoded; None if it has none.

        Args:
            text: The folded text.
            above: The layer that the text belongs to; None for the original text.
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
                # Width 0 marks literal text, where each character stands for itself.
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
        """Return the span of the original text that a span of this layer comes from."""
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
    """Yield a folded text with one layer of escapes decoded, then with two, and so on."""
    layer = None
    for _ in range(_DEEPEST):
        layer = Layer.unescape(text, layer)
        if layer is None:
            return
        yield layer
        text = layer.text


def _character(match: re.Match[bytes]) -> bytes | None:
    """Return the folded character of an escape; None if the match is not an escape."""
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
