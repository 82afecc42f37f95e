"""Laws about repeated downloads of one archive: ranges, and how long a URL works."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final

from prolific_contract.gate.laws._archives import ArchiveFetch, archive_fetches, is_refusal
from prolific_contract.gate.laws._complete_exports import CompleteExport
from prolific_contract.gate.laws._jobs import before, is_regular, resource_of, state
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import deletions_of
from prolific_contract.gate.laws._observations import ARCHIVE, held, is_whole, quote, violated
from prolific_contract.gate.trace._body_parts import part_of
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._zip_directory import FilePart

# The clocks of the API and of the store differ.
_CLOCKS_DIFFER: Final = timedelta(seconds=60)
_STATED: Final = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_REFUSED: Final = re.compile(r"bytes \*/([0-9]{1,18})")
_REQUESTED: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def _url_lasts(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for fetch in archive_fetches(trace):
        served: Exchange | None = None
        for exchange, response in fetch.fetched:
            if response.status in (200, 206):
                if served is not None:
                    yield held(fetch.operation, served, exchange)
                served = exchange
                continue
            promise = fetch.promise(exchange)
            if served and promise and is_refusal(response) and _is_due(promise, exchange, response):
                complete = _still_complete(trace, fetch, exchange)
                if complete is not None:
                    yield violated(
                        fetch.operation,
                        f"the URL worked once, and then returned {response.status} before "
                        "expires_at",
                        promise.exchange,
                        served,
                        complete,
                        exchange,
                    )


def _is_due(promise: CompleteExport, exchange: Exchange, response: HttpResponse) -> bool:
    now, expires_at = response.date or exchange.sent, promise.expires_at
    return now is not None and expires_at is not None and now < expires_at - _CLOCKS_DIFFER


def _still_complete(trace: Trace, fetch: ArchiveFetch, refused: Exchange) -> Exchange | None:
    """A later response which shows that the refused archive still exists."""
    address = fetch.export.exchange.address
    for exchange in trace.exchanges:
        if (
            is_regular(exchange)
            and state(exchange) == "complete"
            and address is not None
            and exchange.address is not None
            and resource_of(exchange.address) == resource_of(address)
            and address.export_id in (None, exchange.address.export_id)
            and before(refused, exchange)
            and not any(
                one.exchange.index < exchange.index and (one.status is None or one.done)
                for one in deletions_of(trace)
                if one.key.export_id == exchange.address.export_id
            )
        ):
            return exchange
    return None


def _range(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for fetch in archive_fetches(trace):
        for exchange, response in fetch.fetched:
            if response.status != 206 or _has_several_parts(response):
                continue
            flaw = _range_flaw(exchange, response)
            if flaw is None:
                yield held(fetch.operation, exchange)
            else:
                yield violated(fetch.operation, flaw, fetch.export.exchange, exchange)


def _has_several_parts(response: HttpResponse) -> bool:
    return (response.header("content-type") or "").lower().startswith("multipart/")


def _range_flaw(exchange: Exchange, response: HttpResponse) -> str | None:
    """What is wrong with a response to a range request, as a clause; None if nothing is."""
    stated = response.header("content-range")
    match = _STATED.fullmatch(stated or "")
    if stated is None:
        return "the 206 has no Content-Range"
    if match is None:
        return f"the 206 has the Content-Range {quote(stated)!r}"
    start, stop = int(match[1]), int(match[2]) + 1
    total = None if match[3] == "*" else int(match[3])
    if stop <= start or (total is not None and stop > total):
        return f"the Content-Range {quote(stated)!r} is impossible"
    if is_whole(response) and not response.redacted and len(response.body) != stop - start:
        return (
            f"the Content-Range states {stop - start} bytes, but the body has {len(response.body)}"
        )
    first, last = _requested(exchange, total)
    if start < first or (last is not None and stop > last + 1):
        asked = quote(_field(exchange, "range"))
        return f"{asked!r} was requested, but the Content-Range is {quote(stated)!r}"
    return None


def _field(exchange: Exchange, name: str) -> str:
    return next((value for key, value in exchange.headers if key.lower() == name), "")


def _requested(exchange: Exchange, total: int | None) -> tuple[int, int | None]:
    """The first and the last byte that a request asked for; (0, None) if that is unknown.

    A server may send fewer bytes than requested (RFC 9110, section 15.3.7), but no others.
    """
    match = _REQUESTED.fullmatch(_field(exchange, "range"))
    if match is None or not (match[1] or match[2]):
        return 0, None
    if not match[1]:
        return (0 if total is None else max(total - int(match[2]), 0)), None
    return int(match[1]), int(match[2]) if match[2] else None


def _same_file(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for fetch in archive_fetches(trace):
        stating = [one for one in fetch.fetched if one[1].status in (200, 206, 416)]
        for (earlier, first), (later, second) in pairwise(stating):
            flaw = _difference(first, second)
            if flaw is None:
                yield held(fetch.operation, earlier, later)
            else:
                yield violated(fetch.operation, flaw, fetch.export.exchange, earlier, later)


def _difference(first: HttpResponse, second: HttpResponse) -> str | None:
    """How two responses show that a URL serves different files, as a clause; None if they don't."""
    (part, size), (later_part, later_size) = _part_of(first), _part_of(second)
    if size is not None and later_size is not None and size != later_size:
        return f"the file of one URL has {size} bytes, and later {later_size}"
    tags = [_strong_tag(response) for response in (first, second)]
    if None not in tags and tags[0] != tags[1]:
        return f"the ETag of one URL is {quote(tags[0])}, and later {quote(tags[1])}"
    redacted = first.redacted or second.redacted
    if part and later_part and not redacted and _contradict(part, later_part):
        return "one URL serves different bytes for the same position"
    return None


def _part_of(response: HttpResponse) -> tuple[FilePart | None, int | None]:
    """Like `part_of`; a refused range also states the size of the file."""
    match = _REFUSED.fullmatch(response.header("content-range") or "")
    if response.status != 416 or match is None:
        return part_of(response)
    return None, int(match[1])


def _strong_tag(response: HttpResponse) -> str | None:
    tag = response.header("etag")
    return None if tag is None or tag.startswith("W/") else tag


def _contradict(first: FilePart, second: FilePart) -> bool:
    """Whether two parts of a file differ where both are known: the gate blanks other bytes."""
    start, stop = max(first.start, second.start), min(first.stop, second.stop)
    if start >= stop:
        return False
    ours = first.data[start - first.start : stop - first.start]
    theirs = second.data[start - second.start : stop - second.start]
    return ours != theirs and any(a != b and a and b for a, b in zip(ours, theirs, strict=True))


LAWS: Final = (
    Law(
        id="value.url-lasts",
        statement="A download URL that worked once works until expires_at.",
        source=LawSource(
            "documents/000, 003",
            "expires_at is the time until which the URL can be used, however often. The law "
            "judges only if a later response shows that the export still exists, and leaves a "
            "minute for differences between clocks. Not judged: redirects, 429 and 503.",
            ("D-4",),
        ),
        operations=ARCHIVE,
        needs="two requests for one download URL, the first of which was served",
        check=_url_lasts,
        mutants=("url-once",),
    ),
    Law(
        id="value.range",
        statement=(
            "A partial response has the bytes that its Content-Range states, which are within "
            "the requested range."
        ),
        source=LawSource(
            "RFC 9110, sections 14.4 and 15.3.7",
            "No page describes the store. A store may ignore ranges, and may send fewer bytes "
            "than requested. But clients resume downloads by what a 206 states.",
        ),
        operations=ARCHIVE,
        needs="a request for a download URL whose response is a 206",
        check=_range,
        mutants=(
            "range-short",
            "range-long",
            "range-past-end",
            "range-elsewhere",
            "range-unstated",
        ),
    ),
    Law(
        id="value.same-file",
        statement="All responses of one download URL have parts of one file, with one ETag.",
        source=LawSource(
            "documents/003; RFC 9110, section 8.8.3",
            "An export is one archive. Its size, its strong ETag and its bytes are the same in "
            "every response, so that a download can be resumed. Weak ETags are not compared, and "
            "neither are different URLs.",
        ),
        operations=ARCHIVE,
        needs="two requests for one download URL that were served",
        check=_same_file,
        mutants=("etag-changes", "archive-packed-again", "range-misread"),
    ),
)
