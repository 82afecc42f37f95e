"""The laws about the file and the lifetime of a download URL."""

from datetime import timedelta

import pytest
from helpers.traces import (
    JOB,
    OTHER_JOB,
    START,
    complete,
    dated,
    failed,
    generating,
    running,
)
from prolific_contract import Operation
from prolific_contract.gate.laws import Outcome

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED

# The file of a URL


def stored(name, signature="1", moment="20260320T100000Z", host="https://store.example"):
    return f"{host}/{name}.zip?X-Amz-Date={moment}&X-Amz-Expires=3600&X-Amz-Signature={signature}"


def start(builder):
    """Two jobs of one resource, and one of another."""
    builder.request(generating())
    builder.request(generating(OTHER_JOB), query="?study_id=a")
    builder.request(generating(OTHER_JOB), "another")


def test_jobs_with_files_of_their_own_hold(builder):
    start(builder)
    builder.poll(complete(stored("a")))
    assert builder.outcomes("value.url-own", "2026-11") == []
    builder.poll(complete(stored("b")), OTHER_JOB)
    builder.poll(complete(stored("a", "2", "20260320T100100Z")))
    assert builder.outcomes("value.url-own", "2026-11") == [HELD, HELD]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (stored("a"), stored("a")),
        (stored("a"), stored("a", "2", "20260320T100100Z")),
        ("https://s.example/d/x", "https://s.example/d/x"),
        (
            "https://s.example/x?Expires=1&Signature=a&Key-Pair-Id=k",
            "https://s.example/x?Expires=2&Signature=b&Key-Pair-Id=k",
        ),
        ("https://s.example/x?se=2026&sig=a&sp=r", "https://s.example/x?se=2027&sig=b&sp=r"),
        (
            "https://s.example/x?X-Goog-Date=1&x-goog-signature=a&v=1",
            "https://s.example/x?X-Goog-Date=2&x-goog-signature=b&v=1",
        ),
    ],
)
def test_two_jobs_with_one_file_are_a_violation(builder, first, second):
    start(builder)
    builder.poll(complete(first))
    builder.poll(complete(second), OTHER_JOB)
    violation = builder.violation("value.url-own", "2026-11")
    assert violation.seen == (
        f"the URL of {OTHER_JOB} is for the file of {JOB}: the two URLs differ at most in their "
        "signatures"
    )
    assert violation.exchanges == (3, 4)
    assert violation.operation == Operation(builder.kind, "status")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (stored("a"), stored("b")),
        (stored("a"), stored("a", host="https://other.example")),
        ("https://s.example/d?id=1", "https://s.example/d?id=2"),
        ("https://s.example/d?id=1&sig=a", "https://s.example/d?id=2&sig=a"),
        ("https://s.example/x?sig=a&versionId=1", "https://s.example/x?sig=a&versionId=2"),
        # A URL without a known signature may name the file anywhere.
        ("https://s.example/d?expires=1", "https://s.example/d?expires=2"),
    ],
)
def test_urls_of_two_files_are_told_apart(builder, first, second):
    start(builder)
    builder.poll(complete(first))
    builder.poll(complete(second), OTHER_JOB)
    assert builder.outcomes("value.url-own", "2026-11") == [HELD]


def test_urls_of_requests_other_resources_and_recorders_are_not_compared(builder):
    start(builder)
    builder.poll(complete(stored("a")))
    builder.poll(complete(stored("a")), "00000000-0000-4000-8000-00000000000a")
    builder.request(complete(stored("a")))
    builder.poll(complete(stored("a")), OTHER_JOB, "another")
    builder.poll(complete(stored("a")), JOB.upper())
    builder.poll(complete(stored("a"), redacted=True), OTHER_JOB)
    builder.poll(complete("/a.zip"))
    builder.poll(complete("/a.zip"), OTHER_JOB)
    builder.poll(complete("https://store.example/a.zip?X-Amz-Signature=REDACTED"), OTHER_JOB)
    builder.poll(complete("https://store.example/a.zip?X-Amz-Signature=REDACTED"), JOB)
    assert builder.outcomes("value.url-own", "2026-11") == []


# The lifetime of a URL


def opaque(expires_at, **changes):
    return complete("https://store.example/d/1", f"{expires_at:%Y-%m-%dT%H:%M:%SZ}", **changes)


@pytest.mark.parametrize("send", ["request", "poll"])
@pytest.mark.parametrize(
    ("lifetime", "right"),
    [
        (timedelta(hours=24, minutes=4), True),
        (timedelta(hours=24, minutes=6), False),
        (timedelta(days=365), False),
        (timedelta(seconds=30), True),
    ],
)
@pytest.mark.parametrize("dates", [True, False])
def test_url_may_be_valid_for_a_day_at_most(builder, send, lifetime, right, dates):
    response = opaque(START + lifetime)
    getattr(builder, send)(dated(response, START) if dates else response, sent=START)
    assert builder.outcomes("value.url-lifetime") == [HELD if right else VIOLATED]


@pytest.mark.parametrize(
    ("lifetime", "words"),
    [
        (timedelta(days=365), "365 days"),
        (timedelta(hours=30.5), "30 h 30 min"),
        (timedelta(hours=24, minutes=6), "24 h 6 min"),
    ],
)
def test_long_lifetime_is_stated(builder, lifetime, words):
    builder.poll(dated(opaque(START + lifetime), START))
    seen = builder.violation("value.url-lifetime")
    assert seen.seen == (
        "the response is from 2026-03-20T10:00:00+00:00, and its expires_at, "
        f"{(START + lifetime).isoformat()}, is {words} later; the documents say one hour or 24 "
        "hours"
    )
    assert seen.exchanges == (0,)


LIFETIMES = [
    (timedelta(minutes=54), VIOLATED, []),
    (timedelta(minutes=56), HELD, [HELD]),
    (timedelta(hours=1), HELD, [HELD]),
    (timedelta(minutes=64), HELD, [HELD]),
    (timedelta(minutes=66), VIOLATED, []),
    (timedelta(hours=12), VIOLATED, []),
    (timedelta(hours=23, minutes=54), VIOLATED, []),
    (timedelta(hours=23, minutes=56), HELD, [VIOLATED]),
    (timedelta(hours=24), HELD, [VIOLATED]),
]


@pytest.mark.parametrize(("lifetime", "documented", "hour"), LIFETIMES)
@pytest.mark.parametrize("dates", [True, False])
def test_new_url_is_valid_for_a_documented_time(builder, lifetime, documented, hour, dates):
    def answered(response):
        return dated(response, START) if dates else response

    builder.poll(answered(running()), sent=START)
    builder.poll(answered(opaque(START + lifetime)), sent=START)
    assert builder.outcomes("value.url-lifetime") == [documented]
    assert builder.outcomes("value.url-hour", "2026-11") == hour


def test_url_for_a_day_is_stated(builder):
    builder.poll(dated(opaque(START + timedelta(days=1)), START))
    assert builder.violation("value.url-hour", "2026-11").seen == (
        "the response is from 2026-03-20T10:00:00+00:00, and its expires_at, "
        "2026-03-21T10:00:00+00:00, is 24 h 0 min later; the documents of edition 2026-11 say "
        "one hour"
    )


@pytest.mark.parametrize(
    ("lifetime", "shown"),
    [(timedelta(seconds=30), "30 s"), (timedelta(minutes=5), "5 min")],
)
def test_short_lifetime_of_a_new_url_is_stated(builder, lifetime, shown):
    builder.poll(dated(running(), START))
    builder.poll(dated(opaque(START + lifetime), START))
    seen = builder.violation("value.url-lifetime")
    assert seen.seen.endswith(f" is {shown} later; the documents say one hour or 24 hours")
    assert seen.exchanges == (0, 1)


def test_url_signed_when_the_job_was_requested_is_accepted(builder):
    later = START + timedelta(minutes=40)
    builder.request(dated(running(), START))
    builder.poll(dated(running(), later))
    builder.poll(dated(opaque(START + timedelta(hours=1)), later))
    assert builder.outcomes("value.url-lifetime") == [HELD]


def test_short_rest_of_a_url_that_may_have_been_signed_before_is_accepted(builder):
    soon = opaque(START + timedelta(minutes=1))
    builder.poll(running(), sent=START - timedelta(hours=1))
    builder.poll(failed(), sent=START)
    builder.poll(soon, sent=START)
    builder.poll(soon, sent=START)
    builder.poll(soon, sent=START, export_id=OTHER_JOB)
    assert builder.outcomes("value.url-lifetime") == [HELD] * 3


def test_lifetime_without_times_is_not_judged(builder):
    builder.poll(complete(), sent=None)
    builder.poll(complete(expires_at="soon"))
    builder.poll(dated(complete(), START + timedelta(hours=2)))
    assert builder.outcomes("value.url-lifetime") == []
    builder.poll(running(), OTHER_JOB, sent=None)
    builder.poll(complete(), OTHER_JOB, sent=START)
    assert builder.outcomes("value.url-lifetime") == [HELD]
