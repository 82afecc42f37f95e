"""Laws about what a complete export promises: its URL, how long it lasts, what it serves."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen
from prolific_exports._model._timestamps import utc_moment
from prolific_exports._model._urls import unsafe_reason

from prolific_contract._vocabulary import Kind, Operation
from prolific_contract.gate.laws._jobs import before, in_course, place, state
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import (
    ARCHIVE,
    REQUEST,
    STATUS,
    answered,
    held,
    quote,
    violated,
)
from prolific_contract.gate.laws._urls import readable_expiry
from prolific_contract.gate.trace._body_parts import is_data, part_of
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._zip_directory import Damaged, Directory, FilePart, read_directory

# A recorder's clock may be wrong by so much.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# Whole minutes, and two machines that each take the time.
_ROUNDED: Final = timedelta(seconds=60)
# Bytes of what is no archive that are told: of what people may have answered no more than
# shows that it is none.
_OF_DATA: Final = 4
_OF_PAGE: Final = 40

_MEMBERS: Final[dict[Kind, frozenset[str]]] = {
    "batch": frozenset({"responses-by-submission.jsonl", "responses-by-task.jsonl", "batch.json"}),
    "collection": frozenset({"responses.jsonl", "collection.json"}),
}


@frozen
class _Promise:
    """A complete export as an answer tells it.

    Attributes:
        exchange: Whose answer it is.
        operation: The operation that answered.
        answer: The answer.
        url: The download URL.
        expires_at: Until when it is promised to be valid; None if not readable.
    """

    exchange: Exchange
    operation: Operation
    response: HttpResponse
    url: str
    expires_at: datetime | None


def _promises(trace: Trace) -> Iterator[_Promise]:
    for exchange, operation, response in answered(trace):
        url = response.member("url")
        if response.status < 300 and response.state == "complete" and isinstance(url, str):
            expires_at = utc_moment(response.member("expires_at"))
            yield _Promise(exchange, operation, response, url, expires_at)


def _expiry_future(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for promise in _promises(trace):
        # A server's own Date needs no allowance for clocks that differ.
        date, sent = promise.response.date, promise.exchange.sent
        now = date or sent
        if now is None or promise.expires_at is None:
            continue
        if promise.expires_at - now > (timedelta(0) if date else -_CLOCKS_DIFFER):
            yield held(promise.operation, promise.exchange)
        else:
            yield violated(
                promise.operation,
                f"expires_at is {promise.expires_at.isoformat()}, but "
                f"the {'response is dated' if date else 'request was sent at'} {now.isoformat()}",
                promise.exchange,
            )


def _url(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for promise in _promises(trace):
        if promise.response.redacted and "://" not in promise.url:
            continue
        reason = unsafe_reason(promise.url)
        if reason is None:
            yield held(promise.operation, promise.exchange)
        else:
            yield violated(
                promise.operation,
                f"the URL is {quote(promise.url)!r}: {reason}",
                promise.exchange,
            )


def _url_expiry(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for promise in _promises(trace):
        readable = readable_expiry(promise.url)
        if readable is None or promise.expires_at is None:
            continue
        difference = promise.expires_at - readable
        if abs(difference) <= _ROUNDED:
            yield held(promise.operation, promise.exchange)
        else:
            yield violated(
                promise.operation,
                f"expires_at is {promise.expires_at.isoformat()}, but the URL expires at "
                f"{readable.isoformat()}",
                promise.exchange,
            )


@frozen
class _Download:
    """All that a conversation fetched from one download URL, without the token.

    Attributes:
        operation: The archive operation.
        promised: The answer that named the URL, and what it promised.
        fetched: The requests, in order, each with its answer.
    """

    operation: Operation
    promised: _Promise
    fetched: tuple[tuple[Exchange, HttpResponse], ...]


def _downloads(trace: Trace) -> Iterator[_Download]:
    promises: dict[str, _Promise] = {}
    for promise in _promises(trace):
        promises.setdefault(promise.url, promise)
    fetched: dict[str, list[tuple[Exchange, HttpResponse]]] = {}
    for exchange in trace.exchanges:
        if (
            exchange.url in promises
            and exchange.method == "GET"
            and exchange.credential is Credential.NONE
            and exchange.response is not None
        ):
            fetched.setdefault(exchange.url, []).append((exchange, exchange.response))
    for url, answers in fetched.items():
        promise = promises[url]
        operation = Operation(promise.operation.kind, "archive")
        yield _Download(operation, promise, tuple(answers))


def _archive(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for download in _downloads(trace):
        served = [
            (exchange, response)
            for exchange, response in download.fetched
            if response.status in (200, 206)
        ]
        if served:
            yield from _contents(download.operation, served)
            continue
        if _was_deleted(trace, download.promised):
            continue
        for exchange, response in download.fetched:
            if _is_refusal(response) and _is_due(download.promised, exchange, response):
                yield violated(
                    download.operation,
                    f"the URL returned {response.status} to a request without the token before "
                    "expires_at",
                    download.promised.exchange,
                    exchange,
                )
                break


def _is_refusal(response: HttpResponse) -> bool:
    """Whether an answer says that the URL doesn't serve anything.

    Not redirects, not what limits the rate or asks for patience, and not what answers a
    condition or a range that the client chose.
    """
    return response.status >= 400 and response.status not in (412, 416, 429, 503)


def _was_deleted(trace: Trace, promise: _Promise) -> bool:
    """Whether a job of the resource failed only later: that is how a deleted archive reads."""
    failed = [
        (exchange.address.export_id, exchange)
        for exchange in trace.exchanges
        if in_course(exchange)
        and state(exchange) == "failed"
        and exchange.address is not None
        and promise.exchange.address is not None
        and place(exchange.address) == place(promise.exchange.address)
    ]
    had_failed = {job for job, exchange in failed if before(exchange, promise.exchange)}
    return any(
        job not in had_failed and before(promise.exchange, exchange) for job, exchange in failed
    )


def _is_due(promise: _Promise, exchange: Exchange, response: HttpResponse) -> bool:
    now = response.date or exchange.sent
    return promise.expires_at is not None and (now is None or now < promise.expires_at)


def _contents(
    operation: Operation, served: list[tuple[Exchange, HttpResponse]]
) -> Iterator[Observation]:
    exchanges = [exchange for exchange, _ in served]
    parts: list[FilePart] = []
    size: int | None = None
    for exchange, response in served:
        part, total = part_of(response)
        if part is None:
            continue
        if part.start == 0 and len(part.data) >= 4 and not part.data.startswith(b"PK"):
            told = _OF_DATA if is_data(response) else _OF_PAGE
            beginning = part.data[:told].decode("latin-1")
            yield violated(
                operation,
                f"the URL does not serve a ZIP file: the body begins with {quote(beginning)}",
                exchange,
            )
            return
        parts.append(part)
        size = size if total is None else total
    if size is None:
        return
    found = read_directory(parts, size)
    if isinstance(found, Damaged):
        yield violated(operation, f"the file {found.reason}", *exchanges)
    elif isinstance(found, Directory):
        missing = _missing(operation.kind, found.names)
        if missing:
            yield violated(
                operation,
                f"the archive lacks {' and '.join(missing)}",
                *exchanges,
            )
        else:
            yield held(operation, *exchanges)


def _missing(kind: Kind, names: Iterable[str]) -> list[str]:
    """The documented members that an archive lacks, in one folder or at the top."""
    found: dict[str, set[str]] = {"": set()}
    for name in names:
        folder, _, member = name.rpartition("/")
        if "/" not in folder:
            found.setdefault(folder, set()).add(member)
    lacking = [sorted(_MEMBERS[kind] - members) for members in found.values()]
    return min(lacking, key=len)


LAWS: Final = (
    Law(
        id="value.expiry-future",
        statement="The expires_at of a complete export is later than the Date of the response.",
        source=LawSource(
            "documents/000, 001",
            "A URL is valid for some time, and another poll refreshes it. How long is not "
            "judged, because the documents disagree (an hour or a day). If the response has no "
            "Date, the recorder's clock is used with a tolerance of five minutes.",
            ("D-4",),
        ),
        operations=(*REQUEST, *STATUS),
        needs="a complete export with a valid expires_at, and the time of the response",
        check=_expiry_future,
        mutants=(
            "expired",
            "expired-opaque",
            "expired-local",
        ),
    ),
    Law(
        id="value.url",
        statement=(
            "A download URL is absolute, uses https (http only for a loopback address) and "
            "contains no user name."
        ),
        source=LawSource(
            "documents/000, 003",
            "The documents call it a presigned HTTPS URL. Loopback addresses are allowed for "
            "servers under test.",
        ),
        operations=(*REQUEST, *STATUS),
        needs="a complete export with a url",
        check=_url,
        mutants=(
            "url-http",
            "url-userinfo",
            "url-relative",
            "url-no-scheme",
            "url-s3",
            "url-empty",
        ),
    ),
    Law(
        id="value.archive",
        statement=(
            "Without the token, the URL serves a ZIP file whose directory lists the documented "
            "members."
        ),
        source=LawSource(
            "documents/003; the guide to exporting batch data",
            "A collection's archive contains responses.jsonl and collection.json; a batch's "
            "contains responses-by-submission.jsonl, responses-by-task.jsonl and batch.json. "
            "README.md and files/ are not required. The name of the root folder is not judged: "
            "for batches it is not published. Any object store may serve the file. Not judged: "
            "redirects, 429, 503, and refusals for a job that later fails, because its archive "
            "was deleted.",
        ),
        operations=ARCHIVE,
        needs=(
            "requests without the token for a returned url, sent before it expires and "
            "reaching the archive's directory"
        ),
        check=_archive,
        mutants=(
            "archive-html",
            "archive-truncated",
            "archive-empty",
            "archive-nothing",
            "archive-no-members",
            "archive-no-responses",
            "archive-no-metadata",
            "archive-other-kind",
            "archive-needs-token",
            "archive-missing",
            "archive-refused",
        ),
    ),
    Law(
        id="value.url-expiry",
        statement="If the URL states its own expiry, it equals expires_at within one minute.",
        source=LawSource(
            "documents/000, 002",
            "expires_at is the time at which the presigned URL expires. The minute allows for "
            "rounding and for clock differences between two machines. URLs without a readable "
            "expiry are not judged.",
            ("D-4",),
        ),
        operations=(*REQUEST, *STATUS),
        needs="a complete export whose url states when it was signed and for how long",
        check=_url_expiry,
        mutants=(
            "url-expiry-differs",
            "url-expires-before",
        ),
    ),
)
