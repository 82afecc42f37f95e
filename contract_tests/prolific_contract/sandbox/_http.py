"""Requests and responses as plain values, and the response bodies' shapes."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from xml.sax.saxutils import escape

from attrs import field, frozen

Headers = tuple[tuple[str, str], ...]
Manner = Literal["reset", "hang", "garbage", "cut"]


@frozen
class Call:
    """A request as the sandbox sees it.

    Attributes:
        method: In capitals.
        path: Percent-decoded, without query.
        query: Name and value of every query parameter, decoded, in the order sent.
        headers: By name in small letters.
        base_url: Scheme and authority that the client used, without a final slash.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    base_url: str = "http://127.0.0.1"


@frozen
class FileSlice:
    """A response body that is part of a file: ``length`` bytes from ``start``."""

    path: Path
    start: int
    length: int


@frozen
class Reply:
    """A response, complete but for the ``Date`` that every one gets.

    Attributes:
        status: HTTP status.
        headers: Header fields; ``Transfer-Encoding: chunked`` makes a server send chunks.
        body: The body, or where it is.
        http: Version of HTTP that a server answers in.
    """

    status: int
    headers: Headers
    body: bytes | FileSlice = field(repr=False)
    http: Literal["1.0", "1.1"] = "1.1"

    def header(self, name: str) -> str | None:
        """The header of that name in whatever case, or None."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None


class NoReplyError(Exception):
    """Raised instead of giving a reply: the connection does something else than HTTP.

    Only mutants raise it; a server carries it out, a caller in-process gets the failure
    that a socket would have given.

    Attributes:
        how: ``reset`` (closed at once, nothing sent), ``hang`` (open, nothing sent),
            ``garbage`` (bytes that are no HTTP) or ``cut`` (``reply`` without the end of
            its body).
        reply: What is sent in part; None unless it is ``cut``.
    """

    def __init__(self, how: Manner, reply: Reply | None = None) -> None:
        super().__init__(how)
        self.how: Manner = how
        self.reply = reply


def json_reply(status: int, value: object, headers: Headers = ()) -> Reply:
    """A JSON response."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, (*_content("application/json", len(body)), *headers), body)


def error_reply(
    status: int, number: int, detail: str | dict[str, list[str]], headers: Headers = ()
) -> Reply:
    """An error in the documented envelope.

    Args:
        status: The HTTP status, repeated in the envelope.
        number: Tells errors of one status apart. The documents publish no error
            codes; the sandbox's are the status followed by this number.
        detail: What was wrong: one sentence, or sentences by parameter (D-9).
        headers: Further headers.
    """
    error = {
        "status": status,
        "error_code": status * 100 + number,
        "title": HTTPStatus(status).phrase,
        "detail": detail,
    }
    return json_reply(status, {"error": error}, headers)


def no_content_reply() -> Reply:
    """A success that says nothing."""
    return Reply(204, (), b"")


@frozen
class StoreError:
    """What the object store refuses with, in S3's terms.

    Attributes:
        status: The HTTP status.
        code: S3's name for the error.
        message: One sentence.
        details: Further elements of the body, name and text.
    """

    status: int
    code: str
    message: str
    details: tuple[tuple[str, str], ...] = ()


def xml_reply(error: StoreError, headers: Headers = ()) -> Reply:
    """An error in the shape of S3's."""
    elements: Iterable[tuple[str, str]] = (
        ("Code", error.code),
        ("Message", error.message),
        *error.details,
    )
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()
    return Reply(error.status, (*_content("application/xml", len(body)), *headers), body)


def file_reply(status: int, content_type: str, body: FileSlice, headers: Headers = ()) -> Reply:
    """A response that carries part of a file or the whole of it."""
    return Reply(status, (*_content(content_type, body.length), *headers), body)


def _content(content_type: str, length: int) -> Headers:
    return (("Content-Type", content_type), ("Content-Length", str(length)))
