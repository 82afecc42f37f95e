"""Decodes the content codings of a body in bounded memory.

httpx decodes all received data at once, so 2 KB with two layers of gzip can become gigabytes.
The client therefore reads every body without decoding, and this module decodes it in pieces.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import define, field

ACCEPTED: Final = "gzip, deflate"
"""The supported codings, in the form of an ``Accept-Encoding`` field."""

_GZIP: Final = frozenset({"gzip", "x-gzip"})
_CAN_BE_UNDONE: Final = _GZIP | {"deflate"}
_COMPRESSION: Final = _CAN_BE_UNDONE | {"br", "compress", "dcb", "dcz", "x-compress", "zstd"}
_GZIP_MAGIC: Final = b"\x1f\x8b"
# The limit of curl; real servers use fewer layers.
_MOST_LAYERS: Final = 5
_STEP: Final = 8 * 1024
_PIECE: Final = 64 * 1024


class CodingError(Exception):
    """A body can't be decoded; the message is a clause that gives the reason."""


def codings_of(content_encoding: str) -> tuple[str, ...]:
    """Return the compressions in a ``Content-Encoding`` field, in the order of their application.

    Other words are ignored: uploaders write character sets there, and ``aws-chunked`` describes
    the framing of an upload.
    """
    words = (word.strip().lower() for word in content_encoding.split(","))
    return tuple(word for word in words if word in _COMPRESSION)


def can_be_undone(codings: tuple[str, ...]) -> bool:
    """Return whether a `Decoder` supports these codings."""
    return len(codings) <= _MOST_LAYERS and _CAN_BE_UNDONE.issuperset(codings)


@define
class Decoder:
    """Decodes the content codings of one body.

    The decoder holds at most one piece of each layer in memory. It also limits the work: the
    decoded size of a layer is at most ``free`` bytes, or ``ratio`` times the size of the encoded
    body if that is more.

    Attributes:
        codings: The codings in the order of their application; all of them supported.
        free: Decoded bytes that each layer may have in any case.
        ratio: Allowed ratio of a layer's decoded size to the size of the encoded body.
        sent: Bytes of the encoded body so far.
    """

    codings: tuple[str, ...]
    free: int
    ratio: int = 0
    sent: int = field(default=0, init=False)
    _layers: "list[_Layer]" = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._layers = [_Layer(coding) for coding in reversed(self.codings)]

    def feed(self, data: bytes | memoryview) -> Iterator[bytes | memoryview]:
        """Return an iterator that decodes the next bytes of the body, in pieces of bounded size.

        It decodes each piece only when the caller asks for it.

        Raises:
            CodingError: The data are damaged, or too large when decoded. The iterator raises it.
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
                    f"{self.sent} bytes in {', '.join(self.codings)} expand to more than {most}"
                )
            yield piece

    @property
    def is_complete(self) -> bool:
        """Whether the data of every layer are complete."""
        return all(layer.is_complete for layer in self._layers)


@define
class _Layer:
    """One coding of a body.

    Attributes:
        coding: The name of the coding.
        made: Decoded bytes so far.
        is_complete: Whether the compressed data are complete.
    """

    coding: str
    made: int = 0
    is_complete: bool = False
    _stream: "zlib._Decompress | None" = None
    _beginning: bytes = field(default=b"", repr=False)
    _is_over: bool = False

    def undo(self, pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
        for piece in pieces:
            # zlib copies the input that it does not consume, so pass small steps.
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
        """Return a decompressor for data with this beginning; None after the end of the data."""
        if self.coding in _GZIP:
            # gzip data may have several members; other bytes after the last one are padding.
            self._is_over = self.is_complete and not beginning.startswith(_GZIP_MAGIC)
            return None if self._is_over else zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._is_over = self.is_complete
        if self._is_over:
            return None
        # Some servers omit the zlib header that RFC 9110 requires.
        has_header = beginning[0] & 0x0F == zlib.DEFLATED and not int.from_bytes(beginning[:2]) % 31
        return zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


@define
class BodyExcerpt:
    """The beginning of a body, decoded.

    A body with an unsupported coding is kept without decoding.

    Attributes:
        size: Maximum number of bytes to keep.
        data: The kept bytes.
        is_cut: Whether the body is longer than ``data``.
    """

    size: int
    _decoder: Decoder = field(repr=False)
    data: bytearray = field(factory=bytearray, init=False, repr=False)
    is_cut: bool = field(default=False, init=False)

    @classmethod
    def of(cls, content_encoding: str, size: int) -> "BodyExcerpt":
        """Return an empty excerpt for a body with this ``Content-Encoding`` field."""
        codings = codings_of(content_encoding)
        return cls(size, Decoder(codings if can_be_undone(codings) else (), size + _PIECE))

    def is_enough(self, data: bytes) -> bool:
        """Add encoded bytes and return whether the excerpt is full.

        Raises:
            CodingError: The data are damaged, or too large when decoded.
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
        """Check that the body is complete.

        Raises:
            CodingError: The compressed data are truncated.
        """
        if self._decoder.sent and not self.is_cut and not self._decoder.is_complete:
            raise CodingError("the compressed data break off")
