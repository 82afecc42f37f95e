"""Reads responses of the store as strictly as httpx does, so that both clients agree.

`http.client` accepts a truncated header and the length "Content-Length: +5". It ignores every
field after a line without a colon, and rejects more than 100 fields. This module follows the
rules of h11, which reads HTTP/1.1 for httpx.
"""

import http.client
import re
from collections.abc import Sequence
from io import BufferedReader
from typing import Final

# About the limit of httpx. It applies to a header, the first line of a chunk and trailers each.
MAX_HEADER_SIZE: Final = 100 * 1024
_PIECE: Final = 64 * 1024
_NO_CONTENT: Final = frozenset({204, 304})

_STATUS_LINE = re.compile(rb"HTTP/[0-9]\.[0-9] ([1-9][0-9]{2})(?: ([^\0\n\r\f\v]*))?")
_NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_NOT_IN_VALUES = re.compile(rb"[\0\n\r\f\v]")
_LENGTH = re.compile(rb"[0-9]{1,20}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,20})(?:;[^\n]*|[ \t]*)\r\n")


class BadResponseError(http.client.HTTPException):
    """The bytes are not an HTTP/1.1 response; the message is a clause that gives the reason."""


class FinalResponse(http.client.HTTPResponse):
    """A final response: skips interim ones (100, 103) before it. `read1` reads its body."""

    _chunks: "_Chunks | None" = None

    def begin(self) -> None:
        """Read the status and header.

        Raises:
            BadResponseError: The header is not valid HTTP/1.1, too large or truncated.
        """
        while True:
            status, reason, fields = _read_head(self.fp)
            if status >= 200:
                break
            if status == 101:
                raise BadResponseError("the server switches to another protocol")
        length, chunked = _framing(status, fields)
        self.code = self.status = status
        self.reason, self.version = reason, 11
        self.headers = self.msg = http.client.HTTPMessage()
        for name, value in _decoded(fields):
            self.headers[name] = value
        self.length, self.chunked, self.will_close = length, chunked, False
        self._chunks = _Chunks(self.fp) if chunked else None

    def read1(self, n: int = -1) -> bytes:
        """Return the next bytes of the body as they arrive; empty at its end."""
        if self._chunks is None:
            return super().read1(n)
        return self._chunks.read(n if n > 0 else _PIECE)


class _Chunks:
    """Reads a body in chunked transfer coding."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self._left = 0
        self._begun = self._ended = False

    def read(self, most: int) -> bytes:
        """Return up to ``most`` bytes; empty at the end of the body."""
        if not self._left and not self._ended:
            self._begin_chunk()
        if self._ended:
            return b""
        data = self._stream.read1(min(most, self._left))
        if not data:
            raise BadResponseError("the body broke off within a chunk")
        self._left -= len(data)
        return data

    def _begin_chunk(self) -> None:
        if self._begun and self._stream.read(2) != b"\r\n":
            raise BadResponseError("a chunk does not end where it should")
        self._begun = True
        line = self._stream.readline(MAX_HEADER_SIZE)
        match = _CHUNK.fullmatch(line)
        if match is None:
            raise BadResponseError("a chunk has no valid size" if line else "a chunk is missing")
        self._left = int(match[1], 16)
        if not self._left:
            _parse(_read_lines(self._stream))
            self._ended = True


_Fields = Sequence[tuple[bytes, bytes]]


def _read_head(stream: BufferedReader) -> tuple[int, str, _Fields]:
    line, *lines = _read_lines(stream) or [b""]
    match = _STATUS_LINE.fullmatch(line)
    if match is None:
        raise BadResponseError("invalid status line")
    return int(match[1]), (match[2] or b"").decode("latin-1"), _parse(lines)


def _read_lines(stream: BufferedReader) -> list[bytes]:
    """Return the lines before the next empty line."""
    lines: list[bytes] = []
    left = MAX_HEADER_SIZE
    while True:
        line = stream.readline(left)
        left -= len(line)
        if not line.endswith(b"\n"):
            raise BadResponseError("the header broke off" if left else "the header is too large")
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        if not line:
            return lines
        lines.append(line)


def _parse(lines: Sequence[bytes]) -> _Fields:
    """Return names in lower case with values; join continuation lines, which begin with a space."""
    unfolded: list[bytearray] = []
    for line in lines:
        if line[:1] not in (b" ", b"\t"):
            unfolded.append(bytearray(line))
        elif unfolded:
            unfolded[-1] += b" " + line.lstrip(b" \t")
        else:
            raise BadResponseError("the header begins with a continuation line")
    fields = []
    for whole in unfolded:
        name, colon, value = bytes(whole).partition(b":")
        if not colon or not _NAME.fullmatch(name) or _NOT_IN_VALUES.search(value):
            raise BadResponseError("invalid header line")
        fields.append((name.lower(), value.strip(b" \t")))
    return fields


def _framing(status: int, fields: _Fields) -> tuple[int | None, bool]:
    """Return the body's length, None if no field states it, and whether it is chunked."""
    encodings = [value.lower() for name, value in fields if name == b"transfer-encoding"]
    if encodings not in ([], [b"chunked"]):
        raise BadResponseError("a transfer encoding that is not known")
    lengths = {
        one.strip()
        for name, value in fields
        if name == b"content-length"
        for one in value.split(b",")
    }
    if len(lengths) > 1:
        raise BadResponseError("several lengths that contradict each other")
    for length in lengths:
        if not _LENGTH.fullmatch(length):
            raise BadResponseError("invalid length")
    if status in _NO_CONTENT:
        return 0, False
    if encodings:
        return None, True
    return next(map(int, lengths), None), False


def _decoded(fields: _Fields) -> list[tuple[str, str]]:
    """Return the fields as text; repeated lengths, which are equal, appear once."""
    encoding = "utf-8"
    try:
        b"".join(value for _, value in fields).decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
    decoded = [(name.decode("ascii"), value.decode(encoding)) for name, value in fields]
    lengths = [
        value.partition(",")[0].strip() for name, value in decoded if name == "content-length"
    ]
    others = [(name, value) for name, value in decoded if name != "content-length"]
    return [*others, *(("content-length", length) for length in lengths[:1])]
