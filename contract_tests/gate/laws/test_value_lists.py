"""The laws about the values in a list of export jobs."""

from datetime import timedelta

import pytest
from helpers.listings import Listing, job
from helpers.traces import (
    JOB,
    OTHER_JOB,
    START,
    complete,
    dated,
    error,
    generating,
    json_answer,
)
from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._law import Outcome
from prolific_contract.gate.trace._exchanges import Credential

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


@pytest.fixture(params=["batch", "collection"])
def talk(request):
    return Listing(request.param)


# value.list-order


def test_list_in_order_holds(talk):
    talk.list(job(JOB, created_at="2026-03-20T11:00:01+01:00"), job(OTHER_JOB))
    # In these, any order is right.
    talk.list(job(JOB, created_at="2026-03-20T11:00:00+01:00"), job(OTHER_JOB))
    talk.list(job())
    assert talk.outcomes("value.list-order") == [HELD]


@pytest.mark.parametrize(
    ("jobs", "seen"),
    [
        ([job(), job(JOB.upper())], "listed twice"),
        ([job(), job(OTHER_JOB, created_at="2026-03-20T10:00:01Z")], "comes after an older one"),
    ],
)
def test_list_out_of_order_is_violation(talk, jobs, seen):
    talk.list(*jobs)
    violation = talk.violation("value.list-order")
    assert seen in violation.seen
    assert violation.operation == Operation(talk.kind, "list")


def test_unreadable_entries_are_ignored(talk):
    talk.list(1, {"export_id": 7}, job(created_at="yesterday"), job(OTHER_JOB, created_at=None))
    talk.list(response=json_answer(200, {"results": []}))
    talk.list(response=error(404))
    talk.list(job(), job(), credential=Credential.NONE)
    assert talk.outcomes("value.list-order") == []


# value.list-created


@pytest.mark.parametrize(("seconds", "outcome"), [(59, HELD), (61, VIOLATED)])
def test_job_created_in_the_future_is_violation(talk, seconds, outcome):
    response = json_answer(200, [job(created_at=(START + timedelta(seconds=seconds)).isoformat())])
    talk.list(response=response)
    talk.list(response=dated(json_answer(200, []), START))
    talk.list(response=dated(response, START))
    assert talk.outcomes("value.list-created") == [outcome]


@pytest.mark.parametrize(
    ("again", "seen"),
    [
        ("2026-03-20T10:00:01Z", None),
        ("2026-03-20T10:59:59.4+01:00", None),
        ("2026-03-20T10:00:01.1Z", "at 2026-03-20T10:00:01.100000+00:00, but was listed with "),
        (
            "2026-03-20T09:59:58Z",
            "at 2026-03-20T09:59:58+00:00, but was listed with 2026-03-20T10:00:00+",
        ),
    ],
)
def test_creation_time_of_a_job_that_changes_is_violation(talk, again, seen):
    first = talk.list(response=dated(json_answer(200, [job(created_at="none"), job()]), START))
    talk.list(job(OTHER_JOB, created_at=again))
    later = talk.list(response=dated(json_answer(200, [job(created_at=again)]), START))
    outcomes = talk.outcomes("value.list-created")

    assert outcomes == [HELD, HELD if seen is None else VIOLATED]
    if seen is not None:
        violation = talk.violation("value.list-created")
        assert seen in violation.seen
        assert violation.exchanges == (first.index, later.index)


@pytest.mark.parametrize(("seconds", "outcomes"), [(-60, [HELD]), (-61, [VIOLATED])])
def test_new_job_created_before_a_request_that_returned_another_is_violation(
    talk, seconds, outcomes
):
    talk.request(dated(generating(), START))
    # Given again, it was still generating.
    talk.request(dated(generating(), START + timedelta(seconds=600)))
    talk.request(dated(generating(OTHER_JOB), START + timedelta(seconds=900)))
    created_at = (START + timedelta(seconds=600 + seconds)).isoformat()
    shown = [job(OTHER_JOB, created_at=created_at), job()]
    talk.list(response=dated(json_answer(200, shown), START + timedelta(seconds=900)))

    assert talk.outcomes("value.list-created") == outcomes


def test_job_may_be_older_than_requests_that_do_not_return_it(talk):
    # With another filter, at the same time, without a time, and refused.
    talk.filtered(dated(generating(JOB), START + timedelta(seconds=900)))
    talk.request(complete())
    talk.request(dated(generating(JOB), START), took=5)
    talk.request(dated(generating(OTHER_JOB), START))
    talk.list(
        response=dated(json_answer(200, [job(OTHER_JOB, created_at="2026-03-20T09:00:00Z")]), START)
    )
    assert talk.outcomes("value.list-created") == [HELD]


def test_job_is_never_too_early_without_the_time_of_the_request(talk):
    talk.request(generating())
    talk.request(generating(OTHER_JOB))
    talk.list(job(OTHER_JOB, created_at="2001-01-01T00:00:00Z"))
    assert talk.outcomes("value.list-created") == []


# value.list-filter


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        ({"from": "2015-01-01T00:00:00Z"}, HELD),
        ({"from": "2015-01-01T01:00:00+01:00", "to": None}, HELD),
        ({"from": "2015-01-01t00:00:00.000z", "more": 1}, HELD),
        ({"from": "2015-01-02T00:00:00Z"}, VIOLATED),
        ({"from": "2015-01-01T00:00:00"}, VIOLATED),
        ({"from": "2015-01-01T00:00:00Z", "study_id": "a"}, VIOLATED),
        (None, VIOLATED),
    ],
)
def test_listed_filter_that_differs_from_the_requests_is_violation(talk, shown, outcome):
    talk.filtered(generating())
    talk.list(job(filter=shown), job(OTHER_JOB, filter={"study_id": "strange"}))
    assert talk.outcomes("value.list-filter") == [outcome]


@pytest.mark.parametrize("shown", [None, {}])
def test_listed_filter_of_an_unfiltered_request_is_violation(talk, shown):
    talk.list(job(filter={"study_id": "b"}))
    talk.request(generating())
    talk.list(job(filter=shown))
    talk.list({"export_id": JOB})
    talk.list(job(filter="all"))
    assert talk.outcomes("value.list-filter") == [HELD, HELD]
    talk.list(job(filter={"study_id": "a"}))
    assert "with no filter is listed with study_id a" in talk.violation("value.list-filter").seen


@pytest.mark.parametrize("query", ["?from=2015-01-01", "?to=2015-01-01T00:00:00", "?study_id="])
def test_filter_conditions_without_a_moment_are_not_judged(talk, query):
    talk.filtered(generating(), query)
    talk.list(job(filter={"from": "2015-01-01T00:00:00Z"}))
    assert talk.outcomes("value.list-filter") == []
