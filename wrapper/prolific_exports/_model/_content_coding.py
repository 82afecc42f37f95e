"""Content codings: which ones a body has, and undoing them in bounded memory.

httpx decodes whatever arrives as a whole, so two kilobytes under two layers of gzip become
gigabytes. Every body is therefore read as it was sent and decoded here, piece by piece.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import define, field

ACCEPTED: Final = "gzip, deflate"
"""The codings that can be undone, as ``Accept-Encoding`` names them."""

_GZIP: Final = frozenset({"gzip", "x-gzip"})
_CAN_BE_UNDONE: Final = _GZIP | {"deflate"}
_COMPRESSION: Final = _CAN_BE_UNDONE | {"br", "compress", "dcb", "dcz", "x-compress", "zstd"}
_GZIP_MAGIC: Final = b"\x1f\x8b"
# As curl: nobody needs more layers.
_MOST_LAYERS: Final = 5
_STEP: Final = 8 * 1024
_PIECE: Final = 64 * 1024


class CodingError(Exception):
    """A body can't be decoded; the message says why, a clause."""


def codings_of(content_encoding: str) -> tuple[str, ...]:
    """The compression that a ``Content-Encoding`` field names, in the order it was applied.

    Other words are ignored: uploaders write character sets there, and ``aws-chunked`` is how
    an upload was framed.
    """
    words = (word.strip().lower() for word in content_encoding.split(","))
    return tuple(word for word in words if word in _COMPRESSION)


def can_be_undone(codings: tuple[str, ...]) -> bool:
    """Whether a `Decoder` undoes these codings."""
    return len(codings) <= _MOST_LAYERS and _CAN_BE_UNDONE.issuperset(codings)


@define
class Decoder:
    """Undoes the content codings of one body.

    Memory stays bounded: at most one piece of each layer is held. So does the work: no layer
    may become larger than ``free`` bytes, or than ``ratio`` times what was sent if that is more.

    Attributes:
        codings: What was applied, in this order; all of it can be undone.
        free: Bytes that a layer may always become.
        ratio: How many times larger than the bytes that were sent a layer may become.
        sent: Bytes that were sent so far.
    """

    codings: tuple[str, ...]
    free: int
    ratio: int = 0
    sent: int = field(default=0, init=False)
    _layers: "list[_Layer]" = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._layers = [_Layer(coding) for coding in reversed(self.codings)]

    def feed(self, data: bytes | memoryview) -> Iterator[bytes | memoryview]:
        """What the next bytes of the body mean, in pieces of bounded size.

        What is not asked for is not decoded.

        Raises:
            CodingError: They are damaged, or become too large.
        """
        self.sent += len(data)
        pieces: Iterator[bytes | memoryview] = iter((data,))
        for layer in self._layers:
            pieces = self._limited(layer, pieces)
        return pieces

    def _limited(self, layer: "_Layer", pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
        for piece in layer.undo(pieces):
            most = max(self.free, self.ratio * self.sent)
            if layer.made > most:
                raise CodingError(
                    f"{self.sent} bytes under {', '.join(self.codings)} become more than {most}"
                )
            yield piece

    @property
    def is_complete(self) -> bool:
        """Whether every layer has come to its end."""
        return all(layer.is_complete for layer in self._layers)


@define
class _Layer:
    """One coding of a body.

    Attributes:
        coding: Its name.
        made: Bytes that were decoded.
        is_complete: Whether the compressed data have come to an end.
    """

    coding: str
    made: int = 0
    is_complete: bool = False
    _stream: "zlib._Decompress | None" = None
    _beginning: bytes = field(default=b"", repr=False)
    _is_over: bool = False

    def undo(self, pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
        for piece in pieces:
            # The C library copies what it leaves over, so it is given a little at a time.
            for start in range(0, len(piece), _STEP):
                yield from self._step(bytes(piece[start : start + _STEP]))

    def _step(self, rest: bytes) -> Iterator[bytes]:
        while rest and not self._is_over:
            stream = self._stream
            if stream is None:
                self._beginning += rest
                if len(self._beginning) < len(_GZIP_MAGIC):
                    return
                rest, self._beginning = self._beginning, b""
                stream = self._stream = self._begun(rest)
                if stream is None:
                    return
                self.is_complete = False
            full = True
            while full or (rest and not stream.eof):
                try:
                    made = stream.decompress(rest, _PIECE)
                except zlib.error as error:
                    raise CodingError(f"its {self.coding} coding is damaged ({error})") from error
                rest, full = stream.unconsumed_tail, len(made) == _PIECE
                self.made += len(made)
                if made:
                    yield made
            if stream.eof:
                rest, self._stream, self.is_complete = stream.unused_data, None, True

    def _begun(self, beginning: bytes) -> "zlib._Decompress | None":
        """What reads data that begin so; None where there are no more."""
        if self.coding in _GZIP:
            # A file may have several members; what else follows the last is padding.
            self._is_over = self.is_complete and not beginning.startswith(_GZIP_MAGIC)
            return None if self._is_over else zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._is_over = self.is_complete
        if self._is_over:
            return None
        # Some servers leave out the zlib header that RFC 9110 asks for.
        has_header = beginning[0] & 0x0F == zlib.DEFLATED and not int.from_bytes(beginning[:2]) % 31
        return zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


@define
class BodyExcerpt:
    """The beginning of a body, decoded.

    What is compressed in a way that can't be undone stays as it was sent.

    Attributes:
        size: Bytes to keep at most.
        data: What was kept.
        is_cut: Whether there is more than was kept.
    """

    size: int
    _decoder: Decoder = field(repr=False)
    data: bytearray = field(factory=bytearray, init=False, repr=False)
    is_cut: bool = field(default=False, init=False)

    @classmethod
    def of(cls, content_encoding: str, size: int) -> "BodyExcerpt":
        """Nothing yet of a body with a ``Content-Encoding`` field."""
        codings = codings_of(content_encoding)
        return cls(size, Decoder(codings if can_be_undone(codings) else (), size + _PIECE))

    def is_enough(self, data: bytes) -> bool:
        """Take bytes as they were sent; whether there is no use in more.

        Raises:
            CodingError: They are damaged, or become too large.
        """
        for piece in self._decoder.feed(data):
            self.data += piece
            if len(self.data) > self.size:
                del self.data[self.size :]
                self.is_cut = True
                return True
        self.is_cut = self._decoder.sent > self.size
        return self.is_cut

    def check_end(self) -> None:
        """Make sure that what came is everything.

        Raises:
            CodingError: The compressed data break off.
        """
        if self._decoder.sent and not self.is_cut and not self._decoder.is_complete:
            raise CodingError("the compressed data break off")
