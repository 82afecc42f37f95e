"""Reads HAR files from the gate itself, browsers, proxies and other tools."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import evolve
from prolific_exports._model._json import parse
from prolific_exports._model._redactor import Redactor

from prolific_contract._errors import DocumentError
from prolific_contract._vocabulary import EDITIONS, KINDS, Kind
from prolific_contract.gate.trace._exchanges import (
    CheckProfile,
    Credential,
    Exchange,
    RecordedOptions,
    Subject,
    Trace,
)
from prolific_contract.gate.trace._har_entries import (
    HarEntry,
    MalformedError,
    member_of,
    number_of,
)
from prolific_contract.gate.trace._har_recordings import SANITISED, read_foreign
from prolific_contract.gate.trace._har_writer import OWN
from prolific_contract.gate.trace._redaction import (
    learn_signatures,
    without_signatures,
    without_token,
)
from prolific_contract.spec._files import read_text

_KINDS: Final[Mapping[str, Kind]] = {kind: kind for kind in KINDS}
_PROFILES: Final[Mapping[str, CheckProfile]] = {"polite": "polite", "full": "full"}


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
        log = member_of(document, "log", dict)
        entries = [HarEntry.read(*one) for one in enumerate(member_of(log, "entries", list))]
        own = log.get(OWN)
        trace = read_foreign(entries, token, base_url) if own is None else _own(entries, own)
    except MalformedError as error:
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
    exchanges: Iterable[Exchange], entries: Iterable[HarEntry | None], token: str | None
) -> tuple[Exchange, ...]:
    """The exchanges without the tokens and signatures in the recording."""
    redactor, others = Redactor(token), Redactor()
    for entry in entries:
        given = ((entry and entry.authorization) or "").rpartition(" ")[2]
        if not SANITISED.search(given):
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


def _own(entries: Sequence[HarEntry | None], about: Any) -> Trace:
    """Read a recording of the gate, in which every entry has to be valid."""
    base_url = member_of(about, "baseUrl", str)
    exchanges = []
    for index, entry in enumerate(entries):
        if entry is None:
            raise MalformedError(f"entry {index} has no request with a URL")
        if entry.flaw:
            raise MalformedError(entry.flaw)
        name = member_of(entry.entry, "_credential", str)
        if name not in Credential.__members__:
            raise MalformedError(f"entry {index} has a credential that does not exist")
        exchange = entry.exchange(index, base_url, Credential[name], number_of(entry.entry, "_at"))
        exchanges.append(
            evolve(
                exchange,
                took=number_of(entry.entry, "_took"),
                sent=entry.sent if entry.entry.get("_sent") is True else None,
                generated=entry.entry.get("_generated") is True,
            )
        )
    subjects = tuple(map(_subject, member_of(about, "subjects", list)))
    options = about.get("options")
    return Trace(
        tuple(exchanges),
        subjects,
        number_of(about, "maxWait"),
        None if options is None else _options(options),
    )


def _options(value: Any) -> RecordedOptions:
    profile = _PROFILES.get(member_of(value, "profile", str))
    edition = value.get("edition")
    if profile is None or not (edition is None or edition in EDITIONS):
        raise MalformedError("its options have a profile or an edition that does not exist")
    return RecordedOptions(profile, edition, value.get("strict") is True)


def _subject(value: Any) -> Subject:
    kind = _KINDS.get(member_of(value, "kind", str))
    if kind is None:
        raise MalformedError("one of its subjects is neither a batch nor a collection")
    return Subject(kind, member_of(value, "id", str), value.get("forbidden") is True)
