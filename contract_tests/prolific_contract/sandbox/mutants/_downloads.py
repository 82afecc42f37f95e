"""Faults of download URLs and of the store that show only in a second look at them."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, cast
from urllib.parse import quote

from attrs import evolve, field, mutable
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract._vocabulary import path_of
from prolific_contract.sandbox._archive_replies import archive_reply, repacked, whole_archive
from prolific_contract.sandbox._http import Reply, StoreError, xml_reply
from prolific_contract.sandbox._replies import (
    body_of,
    is_complete,
    is_success,
    text_of,
    with_header,
    with_json,
)
from prolific_contract.sandbox._signing import cloudfront_policy
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox.mutants._fault import (
    ARCHIVE,
    FINISHED,
    STATUS,
    Fault,
    MutantBehaviour,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants._signed_queries import SignedQueries

_EARLIER: Final = timedelta(hours=2)
_PARTIAL: Final = 206


@mutable
class _SignedElsewhere:
    """A server with the URLs of another store.

    Attributes:
        query: Makes the query of a URL, given its signature and its expiry.
        signature: The name of the parameter with the signature.
        lifetime: How long the URLs are valid; None if they expire before ``expires_at``.
    """

    query: Callable[[str, datetime], str]
    signature: str
    lifetime: timedelta | None = None
    _queries: SignedQueries = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._queries = SignedQueries(self.signature)

    def __call__(self, request: FaultyRequest) -> Reply:
        if request.action == "archive":
            return self._queries.fetch(request)
        reply = request.reply()
        if not is_complete(reply):
            return reply
        body = body_of(reply)
        plain, key = self._queries.replace(body["url"])
        if self.lifetime is None:
            expires_at = parse_timestamp(body["expires_at"]).moment - _EARLIER
        else:
            expires_at = request.now + self.lifetime
            body["expires_at"] = utc_timestamp(expires_at)
        return with_json(reply, {**body, "url": f"{plain}?{self.query(key, expires_at)}"})


def _azure(signature: str, expires_at: datetime) -> str:
    until = quote(f"{expires_at:%Y-%m-%dT%H:%M:%SZ}", safe="")
    return f"sv=2022-11-02&sr=b&sp=r&se={until}&sig={signature}"


def _url_of_another(request: FaultyRequest) -> Reply:
    """Returns the URL of the resource's most recent complete job."""
    reply = request.reply()
    complete = [job for job in request.jobs_before if job.state(request.now) == "complete"]
    if not is_complete(reply) or not complete:
        return reply
    path = path_of(request.kind, request.resource_id, complete[-1].export_id)
    return request.answer_to(evolve(request.call, path=path))


_URLS = (
    Fault(
        "url-of-another",
        "It sends the URL of the resource's most recent complete job for all of its jobs",
        {"status": ("2026-11",)},
        always(_url_of_another),
    ),
    Fault(
        "url-azure-expires-before",
        "It sends a URL of Azure that expires two hours before expires_at",
        FINISHED,
        lambda: _SignedElsewhere(_azure, "sig"),
        watches=("archive",),
    ),
    Fault(
        "url-policy-expires-before",
        "It sends a URL of CloudFront whose policy ends two hours before expires_at",
        FINISHED,
        lambda: _SignedElsewhere(cloudfront_policy, "Signature"),
        watches=("archive",),
    ),
    Fault(
        "url-for-a-month",
        "It sends URLs that are valid for 30 days",
        FINISHED,
        lambda: _SignedElsewhere(_azure, "sig", timedelta(days=30)),
        watches=("archive",),
    ),
    Fault(
        "url-for-a-day",
        "It sends URLs that are valid for a day, as in edition 2026-03",
        {"status": ("2026-11",)},
        lambda: _SignedElsewhere(_azure, "sig", timedelta(days=1)),
        watches=("archive",),
    ),
    Fault(
        "url-for-two-hours",
        "It sends URLs that are valid for two hours",
        STATUS,
        lambda: _SignedElsewhere(_azure, "sig", timedelta(hours=2)),
        watches=("archive",),
    ),
    Fault(
        "url-for-a-minute",
        "It sends URLs that are valid for a minute",
        STATUS,
        lambda: _SignedElsewhere(_azure, "sig", timedelta(minutes=1)),
        watches=("archive",),
    ),
)


@mutable
class _FromTheSecond:
    """A store whose fault begins with the second request for a URL.

    Attributes:
        change: Changes a successful reply.
    """

    change: Callable[[FaultyRequest, Reply], Reply]
    _requests: Counter[object] = field(factory=Counter)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if not is_success(reply):
            return reply
        self._requests[request.call.path, request.call.query] += 1
        second = self._requests[request.call.path, request.call.query] > 1
        return self.change(request, reply) if second else reply


def _from_the_second(
    change: Callable[[FaultyRequest, Reply], Reply],
) -> Callable[[], MutantBehaviour]:
    return lambda: _FromTheSecond(change)


def _spent(_: FaultyRequest, __: Reply) -> Reply:
    return xml_reply(StoreError(403, "AccessDenied", "The URL was used before."))


def _other_tag(_: FaultyRequest, reply: Reply) -> Reply:
    return with_header(reply, "ETag", '"another"')


def _packed_again(request: FaultyRequest, reply: Reply) -> Reply:
    del reply
    # It was served once already.
    content = cast("bytes", whole_archive(request.call, request.answer_to))
    # The members are not compressed this time.
    return archive_reply(request.call, repacked(content, lambda name: name))


def _ranges(change: Callable[[bytes, int, bytes], Reply]) -> Callable[[], MutantBehaviour]:
    """A store that answers range requests wrongly.

    Args:
        change: Makes the reply, given the archive, the offset of the range, and its bytes.
    """

    def behave(request: FaultyRequest) -> Reply:
        content = whole_archive(request.call, request.answer_to)
        if content is None:
            return request.reply()
        right = archive_reply(request.call, content)
        stated = right.header("Content-Range")
        if right.status != _PARTIAL or stated is None:
            return right
        start = int(stated.removeprefix("bytes ").partition("-")[0])
        return change(content, start, text_of(right))

    return always(behave)


def _partial(start: int, stop: int, total: int, body: bytes) -> Reply:
    headers = (
        ("Content-Type", "application/zip"),
        ("Content-Range", f"bytes {start}-{stop - 1}/{total}"),
        ("Content-Length", str(len(body))),
    )
    return Reply(_PARTIAL, headers, body)


def _short(content: bytes, start: int, piece: bytes) -> Reply:
    return _partial(start, start + len(piece), len(content), piece[:-1])


def _long(content: bytes, start: int, piece: bytes) -> Reply:
    return _partial(start, start + len(piece), len(content), piece + b"\n")


def _past_end(content: bytes, start: int, piece: bytes) -> Reply:
    return _partial(start, start + len(piece) + 1, len(content), piece + b"\n")


def _elsewhere(content: bytes, start: int, piece: bytes) -> Reply:
    before = max(start - 1, 0)
    return _partial(before, before + len(piece), len(content), content[before:][: len(piece)])


def _unstated(content: bytes, start: int, piece: bytes) -> Reply:
    return with_header(
        _partial(start, start + len(piece), len(content), piece), "Content-Range", None
    )


def _misread(content: bytes, start: int, piece: bytes) -> Reply:
    shifted = content[start - 1 :][: len(piece)] if start else piece
    return _partial(start, start + len(piece), len(content), shifted)


_STORES = (
    Fault(
        "url-once",
        "It refuses the second request for a URL",
        ARCHIVE,
        _from_the_second(_spent),
    ),
    Fault(
        "etag-changes",
        "It sends another ETag for the second request for a URL",
        ARCHIVE,
        _from_the_second(_other_tag),
    ),
    Fault(
        "archive-packed-again",
        "It packs the archive anew for the second request for a URL",
        ARCHIVE,
        _from_the_second(_packed_again),
    ),
    Fault(
        "range-short",
        "It sends one byte less than Content-Range states",
        ARCHIVE,
        _ranges(_short),
    ),
    Fault(
        "range-long",
        "It sends one byte more than Content-Range states",
        ARCHIVE,
        _ranges(_long),
    ),
    Fault(
        "range-past-end",
        "It states and sends one byte after the end of the archive",
        ARCHIVE,
        _ranges(_past_end),
    ),
    Fault(
        "range-elsewhere",
        "It sends another range than was requested",
        ARCHIVE,
        _ranges(_elsewhere),
    ),
    Fault(
        "range-unstated",
        "It sends a range without Content-Range",
        ARCHIVE,
        _ranges(_unstated),
    ),
    Fault(
        "range-misread",
        "It sends other bytes than Content-Range states if the range is not at the beginning",
        ARCHIVE,
        _ranges(_misread),
    ),
)

DOWNLOADS = (*_URLS, *_STORES)
