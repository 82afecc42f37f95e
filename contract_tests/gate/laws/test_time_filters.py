"""The laws about filters and the number of export jobs."""

from uuid import UUID

import pytest
from helpers.traces import (
    DELETED,
    JOB,
    OTHER_JOB,
    TraceBuilder,
    body_answer,
    complete,
    error,
    generating,
    job,
    json_answer,
    running,
)
from prolific_contract import UNKNOWN_STUDY_IDS
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import Credential, HttpResponse, Subject

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
LATER = "2026-11"


def jobs(number):
    return [job(str(UUID(int=each))) for each in range(number)]


def test_request_with_another_filter_is_violation_if_it_returns_the_running_job(builder):
    builder.request(generating())
    builder.filtered(generating(OTHER_JOB))
    builder.filtered(generating(OTHER_JOB), "?from=2015-01-01T01:00:00%2B01:00")
    builder.filtered(error(400), "?from=x")
    # Without this, the first may have ended, and any request gets another one.
    assert builder.outcomes("time.request-filter", LATER) == []
    builder.poll(running())
    assert builder.outcomes("time.request-filter", LATER) == [HELD, HELD]
    builder.filtered(generating(), "?study_id=a")
    violation = builder.violation("time.request-filter", LATER)
    assert violation.operation == builder.requesting
    assert violation.about == ("request.filter.own-jobs",)


def test_job_that_has_ended_does_not_show_that_filters_count(builder):
    builder.request(generating())
    builder.filtered(generating(OTHER_JOB))
    builder.poll(complete())
    assert builder.outcomes("time.request-filter", LATER) == []


@pytest.mark.parametrize("query", ["?from=2015-01-01", "?from=2015-01-01T00:00:00", "?study_id="])
@pytest.mark.parametrize("turned", [False, True])
def test_filters_that_may_be_equal_are_not_judged(builder, query, turned):
    queries = [query, "?from=2015-01-01T00:00:00Z"]
    for each in reversed(queries) if turned else queries:
        builder.filtered(generating(), each)
    builder.poll(running())
    assert builder.outcomes("time.request-filter", LATER) == []


def test_requests_without_a_second_filter_are_not_judged():
    builder = TraceBuilder()
    builder.request(generating())
    builder.request(generating(OTHER_JOB), "r2", query="?study_id=a")
    assert builder.outcomes("time.request-filter", LATER) == []


def over(builder, response, after=10, before=10):
    """A request for one job too many, between two lists."""
    builder.list(*jobs(before))
    builder.filtered(response)
    builder.list(*jobs(after))
    return builder.judged("time.limit", LATER)


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_eleventh_job_may_be_refused_with_any_client_error(builder, status):
    assert [seen.outcome for seen in over(builder, error(status))] == [HELD]


def test_rate_limited_eleventh_job_is_not_judged(builder):
    assert over(builder, HttpResponse(429)) == []


@pytest.mark.parametrize(
    ("response", "after", "seen", "about"),
    [
        (generating(), 11, "started another job", "request.limit.ten"),
        (error(409), 11, "was refused but started one", "request.limit.ten"),
        (json_answer(409, {"detail": "No."}), 10, "no error envelope", "api.field.error"),
        (body_answer(409, b"<h1>No"), 10, "no error envelope", "api.field.error"),
    ],
)
def test_eleventh_job_or_undocumented_refusal_at_the_limit_is_violation(
    builder, response, after, seen, about
):
    over(builder, response, after)
    violation = builder.violation("time.limit", LATER)
    assert seen in violation.seen
    assert about in violation.about


@pytest.mark.parametrize(
    ("response", "after", "before"),
    [
        # The job that is generating is given again.
        (generating(str(UUID(int=3))), 10, 10),
        # Another client may have deleted one in the meantime.
        (generating(), 10, 10),
        (error(500), 10, 10),
        (error(409), 9, 9),
    ],
)
def test_ambiguous_response_at_the_job_limit_is_not_judged(builder, response, after, before):
    assert over(builder, response, after, before) == []


def test_refusal_without_a_later_list_is_not_judged(builder):
    builder.list(*jobs(10))
    builder.filtered(error(409))
    builder.request(None)
    assert builder.outcomes("time.limit", LATER) == []


@pytest.mark.parametrize("between", ["request", "delete"])
def test_outdated_list_proves_nothing(builder, between):
    builder.list(*jobs(10))
    if between == "request":
        builder.request(None)
    else:
        builder.delete(DELETED)
    builder.filtered(generating())
    builder.list(*jobs(11))
    assert builder.outcomes("time.limit", LATER) == []


def freed(builder, response, query="?from=2015-01-01T00%3A00%3A00Z"):
    over(builder, error(409))
    builder.delete(error(404))
    builder.list(*jobs(9))
    builder.filtered(response, query)
    return [seen.outcome for seen in builder.judged("time.limit", LATER)][1:]


def test_request_after_a_deletion_at_the_limit_starts_a_job(builder):
    assert freed(builder, generating()) == [HELD]


def test_list_of_another_account_does_not_show_a_free_slot(builder):
    builder.list(*jobs(10), sender=0)
    builder.request(error(403), sender=1)
    builder.list(*jobs(9), sender=0)
    builder.request(error(403), sender=1)
    assert builder.outcomes("time.limit", LATER) == []


def test_refusal_after_a_deletion_at_the_limit_is_violation(builder):
    assert freed(builder, error(409)) == [VIOLATED]


@pytest.mark.parametrize(
    ("response", "query"),
    [
        (error(400), "?from=2015-01-01T00%3A00%3A00Z"),
        (None, "?from=2015-01-01T00%3A00%3A00Z"),
        (error(409), "?study_id=a"),
        (error(409), "?from=2015-01-01"),
    ],
)
def test_refusal_for_another_reason_after_a_deletion_is_not_judged(builder, response, query):
    assert freed(builder, response, query) == []


# What `shape.status` makes of refusals that may be the limit's.


@pytest.mark.parametrize(
    ("listed", "between", "outcome"), [(10, 0, []), (9, 1, []), (9, 0, [VIOLATED])]
)
def test_refusal_at_the_job_limit_may_have_any_status(builder, listed, between, outcome):
    builder.list(*jobs(listed))
    for _ in range(between):
        builder.filtered(generating(JOB))
    builder.request(error(422))
    expected = [HELD] * (1 + between) + outcome
    assert builder.outcomes("shape.status", LATER) == expected
    assert builder.outcomes("shape.status", "2026-03")[-1] is VIOLATED


def test_refusal_without_a_list_is_judged_by_documented_statuses(builder):
    builder.request(error(422), "r2")
    builder.request(error(422))
    builder.request(generating())
    assert builder.outcomes("shape.status", LATER) == [VIOLATED, HELD]
    builder.poll(error(422))
    assert builder.outcomes("shape.status", LATER) == [VIOLATED, HELD, VIOLATED]


# time.filter-accepted


def test_request_with_a_valid_filter_is_accepted(builder):
    builder.request(generating())
    accepted = builder.filtered(generating(OTHER_JOB))
    (seen,) = builder.judged("time.filter-accepted", LATER)
    assert (seen.outcome, seen.exchanges) == (HELD, (accepted.index,))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_refused_request_with_a_valid_filter_is_violation(builder, status):
    builder.list()
    builder.request(generating())
    refused = builder.filtered(error(status))
    seen = builder.violation("time.filter-accepted", LATER)
    assert seen.exchanges == (refused.index,)
    assert seen.seen == f"a request with a valid filter (from) got {status}"
    assert seen.operation == builder.requesting


@pytest.mark.parametrize(
    "query",
    [
        "?from=2015-01-01",
        "?from=yesterday",
        "?to=2015-01-01T00:00:00",
        "?study_id=",
        "?study_id=unknown",
        "?from=2015-01-02T00:00:00Z&to=2015-01-02T00:00:00Z",
        "?from=2015-01-02T00:00:00Z&to=2015-01-01T00:00:00Z",
        "?odd=1",
    ],
)
def test_filter_that_a_server_may_refuse_is_not_judged(builder, query):
    builder.list()
    builder.request(generating())
    builder.filtered(error(400), query)
    assert builder.outcomes("time.filter-accepted", LATER) == []


def test_study_that_was_accepted_once_is_a_valid_filter(builder):
    builder.list()
    builder.filtered(generating(), "?study_id=a")
    builder.filtered(error(404), "?study_id=a&from=2015-01-01T00:00:00Z&to=2015-01-02T00:00:00Z")
    assert builder.outcomes("time.filter-accepted", LATER) == [HELD, VIOLATED]


def test_study_refused_before_it_was_accepted_with_times_is_violation(builder):
    builder.list()
    builder.request(generating())
    refused = builder.filtered(error(400), "?study_id=a")
    accepted = builder.filtered(generating(OTHER_JOB), "?study_id=a&to=2015-01-01T00:00:00Z")
    seen = builder.violation("time.filter-accepted", LATER)
    assert seen.seen == "a request with a valid filter (study_id) got 400"
    assert seen.exchanges == (refused.index, accepted.index)


@pytest.mark.parametrize(
    ("refused", "outcomes"), [(UNKNOWN_STUDY_IDS[0], [VIOLATED, HELD]), ("a", [HELD])]
)
def test_server_that_accepts_made_up_studies_only_as_uuids_is_violation(builder, refused, outcomes):
    builder.list()
    builder.request(generating())
    builder.filtered(error(400), f"?study_id={refused}")
    builder.filtered(generating(OTHER_JOB), f"?study_id={UNKNOWN_STUDY_IDS[1]}")
    assert builder.outcomes("time.filter-accepted", LATER) == outcomes


def test_made_up_studies_may_be_refused_in_every_form(builder):
    builder.list()
    builder.request(generating())
    for study_id in UNKNOWN_STUDY_IDS:
        builder.filtered(error(404), f"?study_id={study_id}")
    assert builder.outcomes("time.filter-accepted", LATER) == []


@pytest.mark.parametrize("response", [error(429), error(500), None])
def test_filtered_request_that_was_not_decided_is_not_judged(builder, response):
    builder.list()
    builder.request(generating())
    builder.filtered(response)
    assert builder.outcomes("time.filter-accepted", LATER) == []


def test_filtered_request_for_a_resource_that_was_not_exported_is_not_judged(builder):
    builder.list()
    builder.request(generating(), "r2")
    builder.request(generating(), sender=1)
    builder.filtered(error(403))
    assert builder.outcomes("time.filter-accepted", LATER) == []


@pytest.mark.parametrize(("number", "outcomes"), [(8, [VIOLATED]), (9, [])])
def test_filtered_request_that_may_exceed_the_limit_is_not_judged(builder, number, outcomes):
    builder.list(*jobs(number))
    builder.request(generating())
    builder.request(generating())
    builder.request(error(401), credential=Credential.NONE)
    builder.request(error(404))
    builder.filtered(error(409))
    assert builder.outcomes("time.filter-accepted", LATER) == outcomes


def test_request_without_a_response_may_have_started_a_job(builder):
    builder.list(*jobs(8))
    builder.request(generating())
    builder.request(None)
    builder.filtered(error(409))
    assert builder.outcomes("time.filter-accepted", LATER) == []


# The job limit as a reason for a refusal.


def test_refused_request_without_a_list_is_not_judged(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.request(error(409))
    assert builder.outcomes("shape.status") == [HELD] * 2


@pytest.mark.parametrize("status", [404, 405])
def test_server_without_lists_has_no_limit(builder, status):
    builder.list(response=error(status))
    builder.request(generating())
    builder.poll(complete())
    builder.request(error(409))
    assert builder.judged("shape.status")[-1].seen.startswith("the response is 409")


@pytest.mark.parametrize(("number", "full"), [(None, False), (8, False), (9, True), (10, True)])
def test_refused_request_while_the_job_generates_is_violation_unless_the_list_is_full(
    builder, number, full
):
    own = TraceBuilder(builder.kind, Subject(builder.kind, "r1"))
    if number is not None:
        own.list(*jobs(number))
    own.request(generating())
    own.request(error(409))
    own.poll(running())
    assert (VIOLATED in own.outcomes("shape.status")) is not full


def test_recording_without_a_list_does_not_show_how_many_jobs_there_are(builder):
    builder.request(generating())
    builder.request(error(409))
    builder.poll(running())
    assert VIOLATED not in builder.outcomes("shape.status")
