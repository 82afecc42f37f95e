"""Reads the entries of HAR files: one request with its response each."""

import base64
import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from attrs import frozen
from prolific_exports._model._redaction import MARK
from prolific_exports._model._timestamps import utc_moment

from prolific_contract.gate.trace._archive_content import ArchiveContent
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse
from prolific_contract.gate.trace._redaction import is_secret_field

# Three centuries in seconds: sums of such durations are still valid times.
_FAR: Final = 1e10
_T = TypeVar("_T")


class MalformedError(Exception):
    """A HAR file is malformed; the message says where, as a clause."""


def member_of(value: Any, name: str, kind: type[_T]) -> _T:
    """A member of an object.

    Raises:
        MalformedError: It is missing, or of another type.
    """
    if not isinstance(value, dict) or not isinstance(value.get(name), kind):
        raise MalformedError(f"the member {name!r} is missing or has the wrong type")
    found: _T = value[name]
    return found


def number_of(value: Mapping[str, Any], name: str) -> float:
    """A member that should be a number; 0 if it is not a finite one."""
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return 0.0
    try:
        number = float(found)
    except OverflowError:
        return 0.0
    return max(-_FAR, min(number, _FAR)) if math.isfinite(number) else 0.0


@frozen
class HarEntry:
    """An entry of a HAR file.

    Attributes:
        entry: The complete entry.
        flaw: What is malformed, with the entry's position; None if nothing is. Recorders write
            malformed entries for other traffic, so a flaw matters only for export requests.
        method: HTTP method; empty if malformed.
        headers: Request header fields; none if malformed.
        sent: When it was sent; None if not readable.
        took: Duration in seconds.
        response: None if there was none, or a malformed one.
    """

    entry: Mapping[str, Any]
    flaw: str | None
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    sent: datetime | None
    took: float
    response: HttpResponse | None

    @classmethod
    def read(cls, index: int, entry: Any) -> "HarEntry | None":
        """Read the entry at an index of the list; None if it has no request with a URL."""
        request = entry.get("request") if isinstance(entry, dict) else None
        if not isinstance(request, dict) or not isinstance(request.get("url"), str):
            return None
        url: str = request["url"]
        flaw: str | None = None
        method = ""
        headers: tuple[tuple[str, str], ...] = ()
        response: HttpResponse | None = None
        try:
            method = member_of(request, "method", str)
            headers = tuple(_read_fields(request))
            response = _response_of(member_of(entry, "response", dict))
        except MalformedError as error:
            flaw = f"entry {index} ({_host(url)}): {error}"
        return cls(
            entry,
            flaw,
            method,
            url,
            headers,
            utc_moment(entry.get("startedDateTime")),
            max(0.0, number_of(entry, "time") / 1000),
            response,
        )

    @property
    def authorization(self) -> str | None:
        """The Authorization field with single spaces; None if there is no such field."""
        values = (value for name, value in self.headers if name.lower() == "authorization")
        value = next(values, None)
        return None if value is None else " ".join(value.split())

    @property
    def from_cache(self) -> bool:
        """Whether the response came from a browser's cache."""
        return bool(self.entry.get("_fromCache"))

    @property
    def failure(self) -> str | None:
        """Why there was no response, in a recording of the gate.

        The ``_error`` member of browsers is ignored: it does not state whether the server or
        the client closed the connection.
        """
        failure = self.entry.get("_failure")
        return failure if isinstance(failure, str) else None

    def exchange(self, index: int, base_url: str, credential: Credential, at: float) -> Exchange:
        """The exchange in the entry, even if the entry is malformed."""
        return Exchange(
            index=index,
            method=self.method,
            url=self.url,
            base_url=base_url,
            credential=credential,
            headers=tuple(
                (name, MARK if is_secret_field(name) else value) for name, value in self.headers
            ),
            at=at,
            sent=self.sent,
            took=self.took,
            response=self.response,
            failure=None if self.response else self.failure,
        )


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or "no host"
    except ValueError:
        host = "no host"
    return host if host.isprintable() else ascii(host)


def _read_fields(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in member_of(message, "headers", list):
        yield member_of(one, "name", str), member_of(one, "value", str)


def _response_of(response: Mapping[str, Any]) -> HttpResponse | None:
    status = member_of(response, "status", int)
    # HAR has no value for "no response": browsers write 0, other recorders -1.
    if status <= 0:
        return None
    value = response.get("content")
    content: Mapping[str, Any] = value if isinstance(value, dict) else {}
    text = content.get("text")
    body = _body(text, content.get("encoding")) if isinstance(text, str) else b""
    echoes = response.get("_echoesToken")
    left_out = text is None and bool(number_of(content, "size"))
    return HttpResponse(
        status=status,
        headers=tuple(_read_fields(response)),
        body=body,
        cut=response.get("_cut") is True or left_out,
        redacted=response.get("_redacted") is True,
        echoes_token=echoes if isinstance(echoes, bool) else None,
        content=_archive_content(response.get("_content")),
    )


def _archive_content(value: Any) -> ArchiveContent | None:
    """The content of an archive, in a recording of the gate."""
    if not isinstance(value, dict):
        return None
    try:
        return ArchiveContent.from_json(value)
    except ValueError as error:
        raise MalformedError(str(error)) from error


def _body(text: str, encoding: Any) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text)
    except ValueError as error:
        raise MalformedError(f"a body is not in base64 ({error})") from error
