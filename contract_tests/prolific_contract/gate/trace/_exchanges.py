"""A recorded conversation with a server: plain values, whoever recorded them.

Laws read nothing else. A trace comes from a live server, from the sandbox
in-process or from a HAR file, and knows nothing of which.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen
from prolific_exports._model._json import parse

from prolific_contract._vocabulary import Address, Kind, Operation, address_of

MISSING: Final = object()
"""What `HttpResponse.json` gives for a body that is no JSON at all."""


class Credential(StrEnum):
    """What a request said of who sends it."""

    VALID = "the token"
    NONE = "no Authorization header"
    MALFORMED = "a malformed Authorization header"
    WRONG_SCHEME = "another scheme than Token"
    WRONG_TOKEN = "a wrong token"  # noqa: S105 - a description
    UNKNOWN = "an Authorization header that the recording does not show"


@frozen
class HttpResponse:
    """A response, as it came.

    Attributes:
        status: HTTP status, any number.
        headers: Header fields in the order they came, names as they came.
        body: Decoded from its content encoding, nothing else. Cut at the recorder's limit.
        cut: Whether the body was longer than what is recorded.
        redacted: Whether the recorder took secrets out of headers or body, so that
            values that may have been secret cannot be judged.
        echoes_token: Whether the API token stood in headers or body. Only the recorder
            can tell, because it takes the token out; None when nobody looked.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    cut: bool = False
    redacted: bool = False
    echoes_token: bool | None = None

    def header(self, name: str) -> str | None:
        """The first field of that name in whatever case, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def listed(self, name: str) -> tuple[str, ...] | None:
        """The elements of a field that is a list, or None if there is no such field.

        Several fields of one name are one list (RFC 9110, section 5.3).
        """
        fields = [value for key, value in self.headers if key.lower() == name.lower()]
        elements = (element.strip() for value in fields for element in value.split(","))
        return tuple(filter(None, elements)) if fields else None

    @cached_property
    def json(self) -> Any:
        """The body as JSON, read leniently (a BOM is skipped); `MISSING` if it is none."""
        try:
            return parse(self.body.decode("utf-8-sig"))
        except ValueError:
            return MISSING

    @cached_property
    def date(self) -> datetime | None:
        """The server's own time, from the ``Date`` field."""
        value = self.header("date")
        try:
            parsed = parsedate_to_datetime(value) if value else None
        except (ValueError, OverflowError):
            return None
        return parsed if parsed is None or parsed.tzinfo else parsed.replace(tzinfo=UTC)

    def member(self, name: str) -> Any:
        """A member of the body, None where the body is no object or has none of the name."""
        return self.json.get(name) if isinstance(self.json, dict) else None

    @cached_property
    def state(self) -> str | None:
        """The export status that the body tells; None if it tells none."""
        value = self.member("status")
        return value if isinstance(value, str) else None


@frozen
class Exchange:
    """A request and what became of it.

    Attributes:
        index: Place in the conversation, from 0.
        method: HTTP method.
        url: Where it went, absolute, with query.
        base_url: Base URL of the API in this conversation.
        credential: What it said of who sends it.
        headers: Request header fields, secrets removed.
        at: Seconds from the beginning of the conversation until it was sent.
        sent: The recorder's date and time when it was sent, aware; None if unknown.
        took: Seconds until the answer was there, or the failure.
        answer: The response; None when there was none.
        failure: Why there was none, in half a sentence.
        generated: Whether a generator made it up (fuzzing), so that it says nothing
            about the course of the conversation's own jobs.
        sender: A number for the Authorization field that a foreign recording shows, the
            same for the same field: others may see what this one does not. None where it
            shows none, and in the gate's own conversations, which have one account.
    """

    index: int
    method: str
    url: str = field(repr=False)
    base_url: str
    credential: Credential
    headers: tuple[tuple[str, str], ...] = ()
    at: float = 0.0
    sent: datetime | None = None
    took: float = 0.0
    response: HttpResponse | None = None
    failure: str | None = None
    generated: bool = False
    sender: int | None = None

    @cached_property
    def address(self) -> Address | None:
        """What the URL names in the API; None when it is not one of the export paths."""
        path = re.split(r"[?#]", self.url, maxsplit=1)[0]
        if not path.startswith(self.base_url):
            return None
        return address_of(path[len(self.base_url) :])

    @cached_property
    def operation(self) -> Operation | None:
        """The documented operation; None for other paths and for undocumented methods."""
        return None if self.address is None else self.address.at(self.method)


def is_below(url: str, base_url: str) -> bool:
    """Whether a URL is one of the API with that base URL, and not of a host that begins so."""
    return url.startswith(f"{base_url}/")


@frozen
class Subject:
    """A batch or collection that the conversation is allowed to use.

    Attributes:
        kind: Its kind.
        id: Its id.
        forbidden: Whether the token has no access to it.
    """

    kind: Kind
    id: str
    forbidden: bool = False


@frozen
class Trace:
    """A conversation.

    Attributes:
        exchanges: In the order they were sent.
        subjects: What the conversation was about, as the caller gave it; empty when
            nobody said (foreign recordings).
        max_wait: Seconds within which an export has to be ready.
    """

    exchanges: tuple[Exchange, ...]
    subjects: tuple[Subject, ...] = ()
    max_wait: float = 600.0

    @cached_property
    def memory(self) -> dict[object, Any]:
        """What has been found out about the conversation, by whoever found it out."""
        return {}

    @cached_property
    def issued_urls(self) -> dict[str, Exchange]:
        """Every download URL that an answer named, and the first answer that named it."""
        urls: dict[str, Exchange] = {}
        for exchange in self.exchanges:
            if exchange.response is not None and exchange.address is not None:
                url = exchange.response.member("url")
                if isinstance(url, str):
                    urls.setdefault(url, exchange)
        return urls

    def archive_operation(self, exchange: Exchange) -> Operation | None:
        """The ``archive`` operation that an exchange is, if it fetches an issued URL."""
        issued = self.issued_urls.get(exchange.url)
        if issued is None or issued.address is None:
            return None
        return Operation(issued.address.kind, "archive")
