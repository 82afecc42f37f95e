"""The law about requests that the server asks to repeat later."""

from datetime import timedelta

import pytest
from attrs import evolve
from helpers.traces import START, URL, TraceBuilder, complete, dated, error, generating, running
from prolific_contract import Operation
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import Credential, Subject

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
LAW = "time.retry"


@pytest.fixture(params=["batch", "collection"])
def builder(request):
    return TraceBuilder(request.param, Subject(request.param, "r1"))


def later(status, value=None):
    """A response that asks to repeat the request."""
    headers = () if value is None else (("Retry-After", value),)
    response = error(status)
    return evolve(response, headers=(*response.headers, *headers))


def refuse(builder, response, waits):
    """Polls that are all refused, so many seconds apart."""
    return [builder.poll(response, after=wait) for wait in (0, *waits)]


def test_repeated_request_that_is_answered_holds(builder):
    first, *_ = refuse(builder, later(429, "2"), [2, 2])
    answered = builder.poll(running())
    (seen,) = builder.judged(LAW)
    assert (seen.outcome, seen.exchanges) == (HELD, (first.index, answered.index))
    assert seen.operation == builder.polling


@pytest.mark.parametrize(
    ("response", "waits"),
    [
        (later(429, "20"), [20, 20, 20]),
        (later(503, "1"), [2, 20, 40]),
        (later(429), [1, 2, 4, 8, 16, 32]),
    ],
)
def test_request_refused_for_a_minute_is_violation(builder, response, waits):
    *_, last = exchanges = refuse(builder, response, waits)
    seen = builder.violation(LAW)
    assert seen.exchanges == (exchanges[0].index, last.index)
    assert seen.seen == (
        f"the response is still {response.status} after {len(waits)} repetitions in "
        f"{sum(waits)} s, each as late as the server asked"
    )


@pytest.mark.parametrize(
    ("response", "waits"),
    [
        (later(429, "20"), [30, 30]),
        (later(429, "19"), [19, 19, 19]),
        (later(429, "20"), [20, 20, 19]),
        (later(429), [1, 2, 3, 60]),
        (later(503), [60, 60, 60]),
        (error(500), [60, 60, 60]),
    ],
)
def test_request_repeated_too_rarely_or_too_soon_or_unasked_is_not_judged(builder, response, waits):
    refuse(builder, response, waits)
    assert builder.outcomes(LAW) == []


def test_other_accounts_and_operations_are_counted_apart(builder):
    for number in range(8):
        credential = Credential.NONE if number % 2 else Credential.VALID
        builder.poll(later(429, "1"), after=10, credential=credential, sender=number % 3)
    builder.request(generating())
    assert builder.outcomes(LAW) == []


def test_retry_after_may_be_a_date(builder):
    for number in range(4):
        moment = START + timedelta(seconds=20 * number)
        until = f"{moment + timedelta(seconds=20):%a, %d %b %Y %H:%M:%S} GMT"
        builder.poll(dated(later(429, until), moment), after=20.0 * bool(number))
    assert builder.outcomes(LAW) == [VIOLATED]


def test_date_without_any_clock_is_never_reached(builder):
    for _ in range(4):
        builder.poll(later(429, "Fri, 20 Mar 2026 10:00:09 GMT"), after=60, sent=None)
    assert builder.outcomes(LAW) == []


@pytest.mark.parametrize("value", ["20", None])
def test_store_that_refuses_for_a_minute_is_violation(builder, value):
    builder.poll(complete())
    for _ in range(4):
        builder.fetch(later(503, value), URL, after=20)
    assert builder.violation(LAW).operation == Operation(builder.kind, "archive")


def test_request_that_may_exceed_the_job_limit_is_not_judged(builder):
    builder.poll(complete())
    for _ in range(4):
        builder.request(later(429, "20"), after=20)
    assert builder.outcomes(LAW) == []
    assert builder.outcomes(LAW, "2026-03") == [VIOLATED]


def test_request_without_a_response_or_for_something_else_is_ignored(builder):
    refuse(builder, later(429, "20"), [20, 20])
    builder.poll(None, after=0)
    builder.send("GET", "https://elsewhere.example/", error(404), after=0)
    builder.poll(later(429, "20"), after=20)
    assert builder.outcomes(LAW) == [VIOLATED]
