"""Requests and responses as plain values."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from xml.sax.saxutils import escape

from attrs import field, frozen

Headers = tuple[tuple[str, str], ...]
ConnectionFailure = Literal["reset", "hang", "garbage", "cut"]


@frozen
class Call:
    """A request to the sandbox.

    Attributes:
        method: In upper case.
        path: Percent-decoded, without the query.
        query: Decoded names and values, in the order sent.
        headers: By lower-case name.
        base_url: Scheme and authority used by the client, without a final slash.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    base_url: str = "http://127.0.0.1"


@frozen
class FileSlice:
    """A response body in a file: ``length`` bytes from ``start``."""

    path: Path
    start: int
    length: int


@frozen
class Reply:
    """A response, without the ``Date`` header, which `Site` adds.

    Attributes:
        headers: With ``Transfer-Encoding: chunked``, the server sends chunks.
        body: The body, or its location in a file.
        http: The version of HTTP in which the server answers.
    """

    status: int
    headers: Headers
    body: bytes | FileSlice = field(repr=False)
    http: Literal["1.0", "1.1"] = "1.1"

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case; None if absent."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None


class NoReplyError(Exception):
    """Raised instead of returning a reply: the connection breaks.

    Only mutants raise it. A server breaks the connection; an in-process caller gets the
    corresponding failure.

    Attributes:
        how: ``reset`` (closed at once, nothing sent), ``hang`` (open, nothing sent),
            ``garbage`` (bytes that are not HTTP) or ``cut`` (``reply`` without the end of
            its body).
        reply: The reply that is sent in part; None unless ``how`` is ``cut``.
    """

    def __init__(self, how: ConnectionFailure, reply: Reply | None = None) -> None:
        super().__init__(how)
        self.how: ConnectionFailure = how
        self.reply = reply


def json_reply(status: int, value: object, headers: Headers = ()) -> Reply:
    """A JSON response."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, (*_content("application/json", len(body)), *headers), body)


def error_reply(
    status: int, number: int, detail: str | dict[str, list[str]], headers: Headers = ()
) -> Reply:
    """An error response in the documented envelope.

    Args:
        status: The HTTP status, repeated in the envelope.
        number: Distinguishes errors with the same status. The documents publish no error
            codes; the sandbox's are the status followed by this number.
        detail: The problem: one sentence, or sentences by parameter (D-9).
        headers: Additional headers.
    """
    error = {
        "status": status,
        "error_code": status * 100 + number,
        "title": HTTPStatus(status).phrase,
        "detail": detail,
    }
    return json_reply(status, {"error": error}, headers)


def no_content_reply() -> Reply:
    """A 204 response."""
    return Reply(204, (), b"")


@frozen
class StoreError:
    """An error of the object store, in S3's terms.

    Attributes:
        code: S3's name for the error.
        message: One sentence.
        details: Names and texts of additional elements in the body.
    """

    status: int
    code: str
    message: str
    details: tuple[tuple[str, str], ...] = ()


def xml_reply(error: StoreError, headers: Headers = ()) -> Reply:
    """An error response in S3's format."""
    elements: Iterable[tuple[str, str]] = (
        ("Code", error.code),
        ("Message", error.message),
        *error.details,
    )
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()
    return Reply(error.status, (*_content("application/xml", len(body)), *headers), body)


def file_reply(status: int, content_type: str, body: FileSlice, headers: Headers = ()) -> Reply:
    """A response with part or all of a file."""
    return Reply(status, (*_content(content_type, body.length), *headers), body)


def _content(content_type: str, length: int) -> Headers:
    return (("Content-Type", content_type), ("Content-Length", str(length)))
