"""Laws about several responses of one download URL."""

from datetime import timedelta
from typing import Any

import pytest
from helpers.traces import (
    BASE,
    JOB,
    OTHER_JOB,
    RESOURCE,
    START,
    URL,
    TraceBuilder,
    complete,
    dated,
    error,
    failed,
    generating,
)
from prolific_contract import path_of
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import HttpResponse

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
CONTENT = bytes(range(1, 101))


@pytest.fixture(params=["batch", "collection"])
def builder(request: pytest.FixtureRequest) -> TraceBuilder:
    found = TraceBuilder(request.param)
    found.request(generating())
    found.poll(complete())
    return found


def whole(content: bytes = CONTENT, **headers: str) -> HttpResponse:
    return HttpResponse(200, tuple(headers.items()), content)


def part(start: int, stop: int, body: bytes | None = None, total: Any = 100) -> HttpResponse:
    stated = f"bytes {start}-{stop - 1}/{total}"
    return HttpResponse(
        206, (("Content-Range", stated),), CONTENT[start:stop] if body is None else body
    )


def refused_range(total: int) -> HttpResponse:
    return HttpResponse(416, (("Content-Range", f"bytes */{total}"),))


def asked(span: str) -> dict[str, Any]:
    return {"headers": (("Range", span),)}


# value.url-lasts


def test_url_that_works_again_holds(builder: TraceBuilder) -> None:
    builder.fetch(whole())
    builder.fetch(part(0, 9))
    assert builder.outcomes("value.url-lasts") == [HELD]


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500])
def test_url_refused_before_its_expiry_is_violation(builder: TraceBuilder, status: int) -> None:
    builder.fetch(whole())
    builder.fetch(HttpResponse(status))
    assert builder.outcomes("value.url-lasts") == []
    builder.poll(complete(f"{URL}&again"))
    seen = builder.violation("value.url-lasts")
    assert (seen.operation, seen.exchanges) == (builder.fetching, (1, 2, 4, 3))
    assert seen.seen == f"the URL worked once, and then returned {status} before expires_at"


@pytest.mark.parametrize("status", [302, 412, 416, 429, 503])
def test_url_that_asks_for_patience_is_not_judged(builder: TraceBuilder, status: int) -> None:
    builder.fetch(whole())
    builder.fetch(HttpResponse(status))
    builder.poll(complete())
    assert builder.outcomes("value.url-lasts") == []


def test_url_that_never_worked_is_not_judged(builder: TraceBuilder) -> None:
    builder.fetch(HttpResponse(403))
    builder.poll(complete())
    assert builder.outcomes("value.url-lasts") == []


@pytest.mark.parametrize(
    "refused",
    [dated(HttpResponse(403), START + timedelta(minutes=59, seconds=1)), HttpResponse(403)],
)
def test_url_refused_about_its_expiry_or_later_holds(
    builder: TraceBuilder, refused: HttpResponse
) -> None:
    builder.fetch(whole())
    builder.fetch(refused, after=3 if refused.headers else 3600)
    builder.poll(complete())
    assert builder.outcomes("value.url-lasts") == []


def test_url_that_is_returned_again_has_the_later_expiry(builder: TraceBuilder) -> None:
    builder.fetch(whole())
    builder.fetch(HttpResponse(403), after=3600)
    builder.poll(complete(expires_at="2026-03-20T12:30:00Z"))
    assert builder.outcomes("value.url-lasts") == []
    builder.fetch(HttpResponse(403))
    builder.poll(complete())
    seen = builder.violation("value.url-lasts")
    assert seen.exchanges == (4, 2, 6, 5)


def test_url_of_an_export_that_ended_may_be_refused(builder: TraceBuilder) -> None:
    builder.fetch(whole())
    builder.fetch(HttpResponse(404))
    builder.poll(failed())
    builder.poll(complete(), OTHER_JOB)
    builder.poll(complete(), resource="r2")
    assert builder.outcomes("value.url-lasts") == []


@pytest.mark.parametrize(("status", "count"), [(204, 0), (None, 0), (409, 1), (401, 1)])
def test_url_of_a_deleted_job_may_be_refused(
    builder: TraceBuilder, status: int | None, count: int
) -> None:
    builder.fetch(whole())
    url = f"{BASE}{path_of(builder.kind, RESOURCE, JOB)}"
    builder.send("DELETE", url, None if status is None else error(status))
    builder.fetch(HttpResponse(404))
    builder.poll(complete())
    assert builder.outcomes("value.url-lasts") == [VIOLATED] * count


def test_url_in_the_response_to_a_request_needs_any_later_export() -> None:
    builder = TraceBuilder("batch")
    builder.request(complete())
    builder.fetch(whole())
    builder.fetch(HttpResponse(403))
    builder.request(complete())
    assert builder.outcomes("value.url-lasts") == [VIOLATED]


# value.range


@pytest.mark.parametrize(
    ("span", "response"),
    [
        ("bytes=0-9", part(0, 10)),
        ("bytes=0-9", part(2, 5)),
        ("bytes=90-", part(90, 100)),
        ("bytes=90-200", part(90, 100)),
        ("bytes=-10", part(90, 100)),
        ("bytes=-10", part(90, 100, total="*")),
        ("bytes=-200", part(0, 100)),
        ("bytes=-", part(3, 4)),
        ("bytes=1-2,5-6", part(5, 7)),
    ],
)
def test_range_within_the_requested_one_holds(
    builder: TraceBuilder, span: str, response: HttpResponse
) -> None:
    builder.fetch(response, **asked(span))
    builder.fetch(part(3, 4))
    assert builder.outcomes("value.range") == [HELD, HELD]


@pytest.mark.parametrize(
    ("span", "response", "seen"),
    [
        ("bytes=0-9", HttpResponse(206, (), b"x"), "the 206 has no Content-Range"),
        (
            "bytes=0-9",
            HttpResponse(206, (("Content-Range", "bytes 0-9"),), b"x"),
            "the 206 has the Content-Range 'bytes 0-9'",
        ),
        ("bytes=9-9", part(9, 9), "the Content-Range 'bytes 9-8/100' is impossible"),
        ("bytes=90-", part(90, 101), "the Content-Range 'bytes 90-100/100' is impossible"),
        (
            "bytes=0-9",
            part(0, 10, b"x" * 9),
            "the Content-Range states 10 bytes, but the body has 9",
        ),
        (
            "bytes=0-9",
            part(0, 10, b"x" * 11),
            "the Content-Range states 10 bytes, but the body has 11",
        ),
        (
            "bytes=5-9",
            part(4, 9),
            "'bytes=5-9' was requested, but the Content-Range is 'bytes 4-8/100'",
        ),
        (
            "bytes=5-9",
            part(5, 11),
            "'bytes=5-9' was requested, but the Content-Range is 'bytes 5-10/100'",
        ),
        (
            "bytes=-10",
            part(89, 99),
            "'bytes=-10' was requested, but the Content-Range is 'bytes 89-98/100'",
        ),
    ],
)
def test_range_that_differs_from_its_statement_or_the_request_is_violation(
    builder: TraceBuilder, span: str, response: HttpResponse, seen: str
) -> None:
    builder.fetch(response, **asked(span))
    assert builder.violation("value.range").seen == seen


def test_range_without_a_recorded_body_or_with_several_parts_is_not_compared(
    builder: TraceBuilder,
) -> None:
    length = ("Content-Length", "10")
    several = (("Content-Type", "multipart/byteranges; boundary=x"),)
    builder.fetch(HttpResponse(206, (("Content-Range", "bytes 0-9/100"), length)))
    builder.fetch(HttpResponse(206, (("Content-Range", "bytes 0-9/100"),), b"x", redacted=True))
    builder.fetch(HttpResponse(206, several, b"x"))
    builder.fetch(whole())
    assert builder.outcomes("value.range") == [HELD, HELD]


# value.same-file


def test_responses_with_parts_of_one_file_hold(builder: TraceBuilder) -> None:
    builder.fetch(whole(ETag='"1"'))
    builder.fetch(part(10, 20))
    builder.fetch(whole(ETag='W/"2"'))
    builder.fetch(part(0, 5))
    builder.fetch(part(50, 60, total="*"))
    builder.fetch(HttpResponse(304))
    builder.fetch(refused_range(100))
    builder.fetch(HttpResponse(416))
    assert builder.outcomes("value.same-file") == [HELD] * 6


@pytest.mark.parametrize(
    ("first", "second", "seen"),
    [
        (whole(), part(0, 5, total=101), "the file of one URL has 100 bytes, and later 101"),
        (
            part(0, 5, total=101),
            refused_range(100),
            "the file of one URL has 101 bytes, and later 100",
        ),
        (
            whole(ETag='"1"'),
            whole(ETag='"2"'),
            'the ETag of one URL is "1", and later "2"',
        ),
        (
            part(0, 10),
            part(5, 15, b"x" * 10),
            "one URL serves different bytes for the same position",
        ),
    ],
)
def test_responses_with_parts_of_different_files_are_violation(
    builder: TraceBuilder, first: HttpResponse, second: HttpResponse, seen: str
) -> None:
    builder.fetch(first)
    builder.fetch(second)
    assert builder.violation("value.same-file").seen == seen


def test_blanked_bytes_are_not_compared(builder: TraceBuilder) -> None:
    builder.fetch(part(0, 10))
    builder.fetch(part(0, 10, bytes(5) + CONTENT[5:10]))
    builder.fetch(
        HttpResponse(206, (("Content-Range", "bytes 0-9/100"),), b"*" * 10, redacted=True)
    )
    assert builder.outcomes("value.same-file") == [HELD, HELD]
