"""A recorded conversation with a server, as plain values.

Laws read nothing else. A trace comes from a live server, from the in-process sandbox or from a
HAR file; laws cannot tell which.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen
from prolific_exports._model._json import parse

from prolific_contract._vocabulary import Address, Edition, Kind, Operation, address_of
from prolific_contract.gate.trace._archive_content import ArchiveContent

CheckProfile: TypeAlias = Literal["polite", "full"]

MISSING: Final = object()
"""What `HttpResponse.json` returns for a body that is not JSON."""


class Credential(StrEnum):
    """The identity that a request presents."""

    VALID = "the token"
    NONE = "no Authorization header"
    MALFORMED = "a malformed Authorization header"
    WRONG_SCHEME = "another scheme than Token"
    WRONG_TOKEN = "a wrong token"  # noqa: S105 - a description
    EMPTY = "an empty Authorization header"
    NO_SCHEME = "the token without a scheme"
    NEAR_SCHEME = "a scheme that begins with Token"
    TRUNCATED = "the token without its last character"
    BEHEADED = "the token without its first character"
    EXTENDED = "the token with another character at its end"
    OTHER_END = "the token with another last character"
    OTHER_START = "the token with another first character"
    OTHER_CASE = "the token in another letter case"
    UNKNOWN = "an Authorization header that the recording does not show"


INVALID_CREDENTIALS: Final = frozenset(Credential) - {Credential.VALID, Credential.UNKNOWN}
"""The credentials that never give access."""


@frozen
class HttpResponse:
    """A response, as received.

    Attributes:
        status: HTTP status, any number.
        headers: Header fields in the received order and spelling.
        body: Decoded from its content encoding only; cut at the recorder's limit.
        cut: Whether the body was longer than the recorded part.
        redacted: Whether the recorder removed secrets from headers or body, so that
            values that may have been secret cannot be judged.
        echoes_token: Whether headers or body contained the API token. The recorder sets
            it, because it removes the token; None if it did not search for it.
        content: What the archive contains whose last part this is; None if the recorder did not
            read it.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    cut: bool = False
    redacted: bool = False
    echoes_token: bool | None = None
    content: ArchiveContent | None = None

    def header(self, name: str) -> str | None:
        """The value of the first field with a name, in any letter case; None if there is none."""
        name = name.lower()
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return None

    def listed(self, name: str) -> tuple[str, ...] | None:
        """The elements of a list field; None if there is no such field.

        Several fields with one name form one list (RFC 9110, section 5.3).
        """
        fields = [value for key, value in self.headers if key.lower() == name.lower()]
        elements = (element.strip() for value in fields for element in value.split(","))
        return tuple(filter(None, elements)) if fields else None

    @cached_property
    def json(self) -> Any:
        """The body as JSON, parsed leniently (a BOM is skipped); `MISSING` if it is not JSON."""
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
        """A member of the body; None if the body is not an object or lacks the member."""
        return self.json.get(name) if isinstance(self.json, dict) else None

    @cached_property
    def state(self) -> str | None:
        """The export status in the body; None if there is none."""
        value = self.member("status")
        return value if isinstance(value, str) else None


@frozen
class Exchange:
    """A request with its response.

    Attributes:
        index: Position in the conversation, from 0.
        url: Absolute URL, with query.
        base_url: Base URL of the API in this conversation.
        headers: Request header fields, without secrets.
        at: Seconds from the start of the conversation until the request was sent.
        sent: When it was sent by the recorder's clock, aware; None if unknown.
        took: Seconds until the response was complete, or until the failure.
        response: None if there was none.
        failure: Why there was none, as a clause.
        generated: Whether a generator made the request (fuzzing). Such a request is not part
            of the scripted course of the conversation's jobs.
        sender: A number for the Authorization field in a foreign recording, equal for equal
            fields: different accounts may have access to different resources. None if there
            is no such field, and in the gate's own conversations, which use one account.
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
        """The resource and job in the URL; None if it is not one of the export paths."""
        path = re.split(r"[?#]", self.url, maxsplit=1)[0]
        if not path.startswith(self.base_url):
            return None
        return address_of(path[len(self.base_url) :])

    @cached_property
    def operation(self) -> Operation | None:
        """The documented operation; None for other paths and for undocumented methods."""
        return None if self.address is None else self.address.at(self.method)


def is_below(url: str, base_url: str) -> bool:
    """Whether a URL is below a base URL; a longer host name that begins the same is not."""
    return url.startswith(f"{base_url}/")


@frozen
class Subject:
    """A batch or collection that the conversation may use.

    Attributes:
        forbidden: Whether the token has no access to it.
    """

    kind: Kind
    id: str
    forbidden: bool = False


@frozen
class RecordedOptions:
    """The options of the check that recorded a conversation.

    Attributes:
        profile: What was sent.
        edition: The enforced edition; None for ``auto``.
        strict: Whether undocumented members were violations.
    """

    profile: CheckProfile = "polite"
    edition: Edition | None = None
    strict: bool = False


@frozen
class Trace:
    """A conversation.

    Attributes:
        exchanges: In the order of their requests.
        subjects: The batches and collections that the caller gave; empty if unknown
            (foreign recordings).
        max_wait: Seconds within which an export has to be ready.
        options: The options of the check that recorded it; None for foreign recordings.
    """

    exchanges: tuple[Exchange, ...]
    subjects: tuple[Subject, ...] = ()
    max_wait: float = 600.0
    options: RecordedOptions | None = None

    @cached_property
    def cache(self) -> dict[object, Any]:
        """Values that laws compute once for each conversation, by function."""
        return {}

    @cached_property
    def issued_urls(self) -> dict[str, Exchange]:
        """Every download URL in a response, with the first exchange that has it."""
        urls: dict[str, Exchange] = {}
        for exchange in self.exchanges:
            if exchange.response is not None and exchange.address is not None:
                url = exchange.response.member("url")
                if isinstance(url, str):
                    urls.setdefault(url, exchange)
        return urls

    def archive_operation(self, exchange: Exchange) -> Operation | None:
        """The ``archive`` operation of an exchange that fetches an issued URL; else None."""
        issued = self.issued_urls.get(exchange.url)
        if issued is None or issued.address is None:
            return None
        return Operation(issued.address.kind, "archive")
