"""Reads HAR files of other tools: finds the exports in any traffic, and who sent them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace, is_below
from prolific_contract.gate.trace._har_entries import HarEntry, MalformedError

if TYPE_CHECKING:
    from datetime import datetime

_API = re.compile(r"(.*?)/api/v1/data-collection/(?:batches|collections)/[^/]+/export(?:/|$)")

SANITISED: Final = re.compile(
    r"redacted|filtered|saniti[sz]ed|masked|hidden|removed|\*{3}|<.*>|\.{3}", re.IGNORECASE
)
"""Placeholders that recorders write instead of secret values."""


def read_foreign(read: Sequence[HarEntry | None], token: str | None, base_url: str | None) -> Trace:
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
            raise MalformedError(entry.flaw)
        exchanges.append(exchange)
    return Trace(tuple(exchanges))


def _base_url(entries: Iterable[HarEntry]) -> str:
    paths = (_API.match(re.split(r"[?#]", entry.url, maxsplit=1)[0]) for entry in entries)
    counted = Counter(match[1] for match in paths if match)
    return counted.most_common(1)[0][0] if counted else ""


class _Credentials:
    """Determines the credentials of the requests in a foreign recording.

    In doubt, a credential is unknown: if a law took a valid token for a wrong one, a conforming
    server would fail. Only one token counts as the recording's own, because other accounts have
    access to other resources.
    """

    def __init__(self, entries: Iterable[HarEntry], token: str | None, base_url: str) -> None:
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
            if value.startswith("Token ") and not SANITISED.search(value)
        )
        self._most_accepted = next(tokens, None)
        self._senders: dict[str, int] = {}

    def sender(self, entry: HarEntry) -> int | None:
        """A number for an entry's Authorization field; None if it has none."""
        value = entry.authorization
        return None if value is None else self._senders.setdefault(value, len(self._senders))

    def of(self, entry: HarEntry) -> Credential:
        value = entry.authorization
        if value is None:
            # Some recorders remove the field from every request.
            return Credential.NONE if self._shown else Credential.UNKNOWN
        scheme, _, given = value.partition(" ")
        if value in ("", "Token"):
            return Credential.MALFORMED
        if SANITISED.search(value):
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
