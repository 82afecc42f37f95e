"""Reads HAR files from the gate itself, browsers, proxies and other tools."""

import base64
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from attrs import evolve, frozen
from prolific_exports._model._json import parse
from prolific_exports._model._redaction import MARK
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._timestamps import utc_moment

from prolific_contract._errors import DocumentError
from prolific_contract._vocabulary import EDITIONS, KINDS, Kind
from prolific_contract.gate.trace._exchanges import (
    Credential,
    Exchange,
    HttpResponse,
    Profile,
    RecordedOptions,
    Subject,
    Trace,
    is_below,
)
from prolific_contract.gate.trace._har_writer import OWN
from prolific_contract.gate.trace._redaction import (
    is_secret_field,
    learn_signatures,
    without_signatures,
    without_token,
)
from prolific_contract.spec._files import read_text

_API = re.compile(r"(.*?)/api/v1/data-collection/(?:batches|collections)/[^/]+/export(?:/|$)")
# Three centuries in seconds: sums of such durations are still valid times.
_FAR: Final = 1e10
# Placeholders that recorders write instead of secret values.
_SANITISED: Final = re.compile(
    r"redacted|filtered|saniti[sz]ed|masked|hidden|removed|\*{3}|<.*>|\.{3}", re.IGNORECASE
)
_KINDS: Final[Mapping[str, Kind]] = {kind: kind for kind in KINDS}
_PROFILES: Final[Mapping[str, Profile]] = {"polite": "polite", "full": "full"}
_T = TypeVar("_T")


def read_har(
    path: Path,
    *,
    token: str | None = None,
    base_url: str | None = None,
    subjects: tuple[Subject, ...] = (),
    max_wait: float | None = None,
) -> Trace:
    """Read the conversation in a HAR file, from the gate or from another recorder.

    Other recordings may contain any traffic: only the exchanges of the export operations are
    used, and the downloads from the URLs in their responses.

    Args:
        path: The file.
        token: The token of the recording, to recognize the requests that carried it. Default:
            the token with the most successful requests.
        base_url: Base URL of the API. Default: the one with the most export requests.
        subjects: The batches and collections, and forbidden ones. Default: as recorded.
        max_wait: Seconds within which an export had to be ready. Default: as recorded, or 600.

    Raises:
        DocumentError: The file can't be read, is not HAR, or has no request for the export
            operations.
    """
    return parse_har(
        read_text(path),
        str(path),
        token=token,
        base_url=base_url,
        subjects=subjects,
        max_wait=max_wait,
    )


def parse_har(
    text: str,
    name: str,
    *,
    token: str | None = None,
    base_url: str | None = None,
    subjects: tuple[Subject, ...] = (),
    max_wait: float | None = None,
) -> Trace:
    """Read the conversation in the content of a HAR file; see `read_har`.

    Args:
        text: The content.
        name: Its name in messages.
        token: As for `read_har`.
        base_url: As for `read_har`.
        subjects: As for `read_har`.
        max_wait: As for `read_har`.

    Raises:
        DocumentError: It is not HAR, or has no request for the export operations.
    """
    try:
        document = parse(text.lstrip("\ufeff"))
    except ValueError as error:
        raise DocumentError(f"{name} is not a HAR file: it is not JSON ({error})") from error
    try:
        log = _member(document, "log", dict)
        entries = [_HarEntry.read(*one) for one in enumerate(_member(log, "entries", list))]
        own = log.get(OWN)
        trace = _foreign(entries, token, base_url) if own is None else _own(entries, own)
    except _MalformedError as error:
        raise DocumentError(f"{name} is not a HAR file: {error}") from error
    if not any(exchange.address for exchange in trace.exchanges):
        raise DocumentError(
            f"{name} has no request for an export: expected requests below /api/v1/data-collection/"
            + (f" of {base_url}; check that --target is the recorded server" if base_url else "")
        )
    return evolve(
        trace,
        exchanges=_without_secrets(trace.exchanges, entries, token),
        subjects=subjects or trace.subjects,
        max_wait=trace.max_wait if max_wait is None else max_wait,
    )


def _without_secrets(
    exchanges: Iterable[Exchange], entries: Iterable["_HarEntry | None"], token: str | None
) -> tuple[Exchange, ...]:
    """The exchanges without the tokens and signatures in the recording."""
    redactor, others = Redactor(token), Redactor()
    for entry in entries:
        given = ((entry and entry.authorization) or "").rpartition(" ")[2]
        if not _SANITISED.search(given):
            others.learn_value(given)
    exchanges = tuple(exchanges)
    ids: set[str] = set()
    for exchange in exchanges:
        learn_signatures(others, exchange, ids)
    if token:
        exchanges = tuple(_without_token(exchange, redactor) for exchange in exchanges)
    return tuple(without_signatures(exchange, others) for exchange in exchanges)


def _without_token(exchange: Exchange, redactor: Redactor) -> Exchange:
    response = exchange.response
    if response is None:
        return exchange
    hidden = without_token(response, redactor)
    # A recording of the gate states whether it had contained the token.
    echoes = response.echoes_token or hidden.echoes_token
    return evolve(exchange, response=evolve(hidden, echoes_token=echoes))


class _MalformedError(Exception):
    """A HAR file is malformed; the message says where, as a clause."""


def _member(value: Any, name: str, kind: type[_T]) -> _T:
    if not isinstance(value, dict) or not isinstance(value.get(name), kind):
        raise _MalformedError(f"the member {name!r} is missing or has the wrong type")
    found: _T = value[name]
    return found


def _number(value: Mapping[str, Any], name: str) -> float:
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return 0.0
    try:
        number = float(found)
    except OverflowError:
        return 0.0
    return max(-_FAR, min(number, _FAR)) if math.isfinite(number) else 0.0


@frozen
class _HarEntry:
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
    def read(cls, index: int, entry: Any) -> "_HarEntry | None":
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
            method = _member(request, "method", str)
            headers = tuple(_read_fields(request))
            response = _response_of(_member(entry, "response", dict))
        except _MalformedError as error:
            flaw = f"entry {index} ({_host(url)}): {error}"
        return cls(
            entry,
            flaw,
            method,
            url,
            headers,
            utc_moment(entry.get("startedDateTime")),
            max(0.0, _number(entry, "time") / 1000),
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
    for one in _member(message, "headers", list):
        yield _member(one, "name", str), _member(one, "value", str)


def _response_of(response: Mapping[str, Any]) -> HttpResponse | None:
    status = _member(response, "status", int)
    # HAR has no value for "no response": browsers write 0, other recorders -1.
    if status <= 0:
        return None
    value = response.get("content")
    content: Mapping[str, Any] = value if isinstance(value, dict) else {}
    text = content.get("text")
    body = _body(text, content.get("encoding")) if isinstance(text, str) else b""
    echoes = response.get("_echoesToken")
    left_out = text is None and bool(_number(content, "size"))
    return HttpResponse(
        status=status,
        headers=tuple(_read_fields(response)),
        body=body,
        cut=response.get("_cut") is True or left_out,
        redacted=response.get("_redacted") is True,
        echoes_token=echoes if isinstance(echoes, bool) else None,
    )


def _body(text: str, encoding: Any) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text)
    except ValueError as error:
        raise _MalformedError(f"a body is not in base64 ({error})") from error


def _own(entries: Sequence[_HarEntry | None], about: Any) -> Trace:
    """Read a recording of the gate, in which every entry has to be valid."""
    base_url = _member(about, "baseUrl", str)
    exchanges = []
    for index, entry in enumerate(entries):
        if entry is None:
            raise _MalformedError(f"entry {index} has no request with a URL")
        if entry.flaw:
            raise _MalformedError(entry.flaw)
        name = _member(entry.entry, "_credential", str)
        if name not in Credential.__members__:
            raise _MalformedError(f"entry {index} has a credential that does not exist")
        exchange = entry.exchange(index, base_url, Credential[name], _number(entry.entry, "_at"))
        exchanges.append(
            evolve(
                exchange,
                took=_number(entry.entry, "_took"),
                sent=entry.sent if entry.entry.get("_sent") is True else None,
                generated=entry.entry.get("_generated") is True,
            )
        )
    subjects = tuple(map(_subject, _member(about, "subjects", list)))
    options = about.get("options")
    return Trace(
        tuple(exchanges),
        subjects,
        _number(about, "maxWait"),
        None if options is None else _options(options),
    )


def _options(value: Any) -> RecordedOptions:
    profile = _PROFILES.get(_member(value, "profile", str))
    edition = value.get("edition")
    if profile is None or not (edition is None or edition in EDITIONS):
        raise _MalformedError("its options have a profile or an edition that does not exist")
    return RecordedOptions(profile, edition, value.get("strict") is True)


def _subject(value: Any) -> Subject:
    kind = _KINDS.get(_member(value, "kind", str))
    if kind is None:
        raise _MalformedError("one of its subjects is neither a batch nor a collection")
    return Subject(kind, _member(value, "id", str), value.get("forbidden") is True)


def _foreign(read: Sequence[_HarEntry | None], token: str | None, base_url: str | None) -> Trace:
    """Read a recording of another tool."""
    # The server did not send the responses of a cache.
    entries = [entry for entry in read if entry is not None and not entry.from_cache]
    sent = [entry.sent for entry in entries if entry.sent]
    if len(sent) == len(entries):
        # Recorders write an entry when its response is complete.
        order = sorted(range(len(sent)), key=sent.__getitem__)
        entries = [entries[place] for place in order]
    base_url = _base_url(entries) if base_url is None else base_url
    credentials = _Credentials(entries, token, base_url)
    exchanges: list[Exchange] = []
    issued: list[Any] = []
    began: datetime | None = None
    at = 0.0
    for entry in entries:
        began = began or entry.sent
        # An entry without a time is placed at the end of the previous one.
        at = (entry.sent - began).total_seconds() if entry.sent and began else at
        exchange = entry.exchange(len(exchanges), base_url, credentials.of(entry), at)
        exchange = evolve(exchange, sender=credentials.sender(entry))
        at += entry.took
        if exchange.address:
            issued.append(exchange.response.member("url") if exchange.response else None)
        elif exchange.url not in issued:
            continue
        if entry.flaw:
            raise _MalformedError(entry.flaw)
        exchanges.append(exchange)
    return Trace(tuple(exchanges))


def _base_url(entries: Iterable[_HarEntry]) -> str:
    paths = (_API.match(re.split(r"[?#]", entry.url, maxsplit=1)[0]) for entry in entries)
    counted = Counter(match[1] for match in paths if match)
    return counted.most_common(1)[0][0] if counted else ""


class _Credentials:
    """Determines the credentials of the requests in a foreign recording.

    In doubt, a credential is unknown: if a law took a valid token for a wrong one, a conforming
    server would fail. Only one token counts as the recording's own, because other accounts have
    access to other resources.
    """

    def __init__(self, entries: Iterable[_HarEntry], token: str | None, base_url: str) -> None:
        self._token = token
        self._shown = any(entry.authorization is not None for entry in entries)
        accepted = Counter(
            entry.authorization
            for entry in entries
            if entry.authorization is not None
            and entry.response is not None
            and entry.response.status < 300
            and is_below(entry.url, base_url)
        )
        self._accepted = frozenset(accepted)
        tokens = (
            value
            for value, _ in accepted.most_common()
            if value.startswith("Token ") and not _SANITISED.search(value)
        )
        self._most_accepted = next(tokens, None)
        self._senders: dict[str, int] = {}

    def sender(self, entry: _HarEntry) -> int | None:
        """A number for an entry's Authorization field; None if it has none."""
        value = entry.authorization
        return None if value is None else self._senders.setdefault(value, len(self._senders))

    def of(self, entry: _HarEntry) -> Credential:
        value = entry.authorization
        if value is None:
            # Some recorders remove the field from every request.
            return Credential.NONE if self._shown else Credential.UNKNOWN
        scheme, _, given = value.partition(" ")
        if value in ("", "Token"):
            return Credential.MALFORMED
        if _SANITISED.search(value):
            return Credential.UNKNOWN
        if self._token is None:
            return Credential.VALID if value == self._most_accepted else Credential.UNKNOWN
        if given == self._token:
            return Credential.VALID if scheme == "Token" else Credential.WRONG_SCHEME
        if value == self._token:
            return Credential.MALFORMED
        # A token that was accepted may belong to another account.
        wrong = scheme == "Token" and value not in self._accepted
        return Credential.WRONG_TOKEN if wrong else Credential.UNKNOWN
