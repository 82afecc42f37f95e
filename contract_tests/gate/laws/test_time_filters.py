"""The laws about filters and the number of export jobs."""

from uuid import UUID

import pytest
from helpers.listings import DELETED, Listing, job
from helpers.traces import (
    JOB,
    OTHER_JOB,
    Talk,
    body_answer,
    complete,
    error,
    generating,
    json_answer,
    running,
)
from prolific_contract.gate.laws._law import Outcome
from prolific_contract.gate.trace._exchanges import HttpResponse

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
LATER = "2026-11"


@pytest.fixture(params=["batch", "collection"])
def talk(request):
    return Listing(request.param)


def jobs(number):
    return [job(str(UUID(int=each))) for each in range(number)]


def test_request_with_another_filter_is_violation_if_it_returns_the_running_job(talk):
    talk.request(generating())
    talk.filtered(generating(OTHER_JOB))
    talk.filtered(generating(OTHER_JOB), "?from=2015-01-01T01:00:00%2B01:00")
    talk.filtered(error(400), "?from=x")
    # Without this, the first may have ended, and any request gets another one.
    assert talk.outcomes("time.request-filter", LATER) == []
    talk.poll(running())
    assert talk.outcomes("time.request-filter", LATER) == [HELD, HELD]
    talk.filtered(generating(), "?study_id=a")
    assert talk.violation("time.request-filter", LATER).operation == talk.requesting


def test_job_that_has_ended_does_not_show_that_filters_count(talk):
    talk.request(generating())
    talk.filtered(generating(OTHER_JOB))
    talk.poll(complete())
    assert talk.outcomes("time.request-filter", LATER) == []


@pytest.mark.parametrize("query", ["?from=2015-01-01", "?from=2015-01-01T00:00:00", "?study_id="])
@pytest.mark.parametrize("turned", [False, True])
def test_filters_that_may_be_equal_are_not_judged(talk, query, turned):
    queries = [query, "?from=2015-01-01T00:00:00Z"]
    for each in reversed(queries) if turned else queries:
        talk.filtered(generating(), each)
    talk.poll(running())
    assert talk.outcomes("time.request-filter", LATER) == []


def test_requests_without_a_second_filter_are_not_judged():
    talk = Talk()
    talk.request(generating())
    talk.request(generating(OTHER_JOB), "r2", query="?study_id=a")
    assert talk.outcomes("time.request-filter", LATER) == []


def over(talk, response, after=10, before=10):
    """A request for one job too many, between two lists."""
    talk.list(*jobs(before))
    talk.filtered(response)
    talk.list(*jobs(after))
    return talk.judged("time.limit", LATER)


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_eleventh_job_may_be_refused_with_any_client_error(talk, status):
    assert [seen.outcome for seen in over(talk, error(status))] == [HELD]


def test_rate_limited_eleventh_job_is_not_judged(talk):
    assert over(talk, HttpResponse(429)) == []


@pytest.mark.parametrize(
    ("response", "after", "seen"),
    [
        (generating(), 11, "started another job"),
        (error(409), 11, "was refused but started one"),
        (json_answer(409, {"detail": "No."}), 10, "no error envelope"),
        (body_answer(409, b"<h1>No"), 10, "no error envelope"),
    ],
)
def test_eleventh_job_or_undocumented_refusal_at_the_limit_is_violation(
    talk, response, after, seen
):
    over(talk, response, after)
    assert seen in talk.violation("time.limit", LATER).seen


@pytest.mark.parametrize(
    ("response", "after", "before"),
    [
        # The job that is generating is given again.
        (generating(str(UUID(int=3))), 10, 10),
        # Somebody else may have deleted one in the meantime.
        (generating(), 10, 10),
        (error(500), 10, 10),
        (error(409), 9, 9),
    ],
)
def test_ambiguous_response_at_the_job_limit_is_not_judged(talk, response, after, before):
    assert over(talk, response, after, before) == []


def test_refusal_without_a_later_list_is_not_judged(talk):
    talk.list(*jobs(10))
    talk.filtered(error(409))
    talk.request(None)
    assert talk.outcomes("time.limit", LATER) == []


@pytest.mark.parametrize("between", ["request", "delete"])
def test_outdated_list_proves_nothing(talk, between):
    talk.list(*jobs(10))
    if between == "request":
        talk.request(None)
    else:
        talk.delete(DELETED)
    talk.filtered(generating())
    talk.list(*jobs(11))
    assert talk.outcomes("time.limit", LATER) == []


def freed(talk, response, query="?from=2015-01-01T00%3A00%3A00Z"):
    over(talk, error(409))
    talk.delete(error(404))
    talk.list(*jobs(9))
    talk.filtered(response, query)
    return [seen.outcome for seen in talk.judged("time.limit", LATER)][1:]


def test_request_after_a_deletion_at_the_limit_starts_a_job(talk):
    assert freed(talk, generating()) == [HELD]


def test_list_of_another_account_does_not_show_a_free_slot(talk):
    talk.list(*jobs(10), sender=0)
    talk.request(error(403), sender=1)
    talk.list(*jobs(9), sender=0)
    talk.request(error(403), sender=1)
    assert talk.outcomes("time.limit", LATER) == []


def test_refusal_after_a_deletion_at_the_limit_is_violation(talk):
    assert freed(talk, error(409)) == [VIOLATED]


@pytest.mark.parametrize(
    ("response", "query"),
    [
        (error(400), "?from=2015-01-01T00%3A00%3A00Z"),
        (None, "?from=2015-01-01T00%3A00%3A00Z"),
        (error(409), "?study_id=a"),
        (error(409), "?from=2015-01-01"),
    ],
)
def test_refusal_for_another_reason_after_a_deletion_is_not_judged(talk, response, query):
    assert freed(talk, response, query) == []


# What `shape.status` makes of refusals that may be the limit's.


@pytest.mark.parametrize(
    ("listed", "between", "outcome"), [(10, 0, []), (9, 1, []), (9, 0, [VIOLATED])]
)
def test_refusal_at_the_job_limit_may_have_any_status(talk, listed, between, outcome):
    talk.list(*jobs(listed))
    for _ in range(between):
        talk.filtered(generating(JOB))
    talk.request(error(422))
    expected = [HELD] * (1 + between) + outcome
    assert talk.outcomes("shape.status", LATER) == expected
    assert talk.outcomes("shape.status", "2026-03")[-1] is VIOLATED


def test_refusal_without_a_list_is_judged_by_documented_statuses(talk):
    talk.request(error(422), "r2")
    talk.request(error(422))
    talk.request(generating())
    assert talk.outcomes("shape.status", LATER) == [VIOLATED, HELD]
    talk.poll(error(422))
    assert talk.outcomes("shape.status", LATER) == [VIOLATED, HELD, VIOLATED]
