"""The laws about the values in a list of export jobs."""

from datetime import timedelta

import pytest
from helpers.traces import (
    JOB,
    OTHER_JOB,
    START,
    complete,
    dated,
    error,
    generating,
    job,
    json_answer,
)
from prolific_contract import Operation
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import Credential

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


# value.list-order


def test_list_in_order_holds(builder):
    builder.list(job(JOB, created_at="2026-03-20T11:00:01+01:00"), job(OTHER_JOB))
    # In these, any order is right.
    builder.list(job(JOB, created_at="2026-03-20T11:00:00+01:00"), job(OTHER_JOB))
    builder.list(job())
    assert builder.outcomes("value.list-order") == [HELD]


@pytest.mark.parametrize(
    ("jobs", "seen"),
    [
        ([job(), job(JOB.upper())], "listed twice"),
        ([job(), job(OTHER_JOB, created_at="2026-03-20T10:00:01Z")], "comes after an older one"),
    ],
)
def test_list_out_of_order_is_violation(builder, jobs, seen):
    builder.list(*jobs)
    violation = builder.violation("value.list-order")
    assert seen in violation.seen
    assert violation.operation == Operation(builder.kind, "list")


def test_unreadable_entries_are_ignored(builder):
    builder.list(1, {"export_id": 7}, job(created_at="yesterday"), job(OTHER_JOB, created_at=None))
    builder.list(response=json_answer(200, {"results": []}))
    builder.list(response=error(404))
    builder.list(job(), job(), credential=Credential.NONE)
    assert builder.outcomes("value.list-order") == []


# value.list-created


@pytest.mark.parametrize(("seconds", "outcome"), [(59, HELD), (61, VIOLATED)])
def test_job_created_in_the_future_is_violation(builder, seconds, outcome):
    response = json_answer(200, [job(created_at=(START + timedelta(seconds=seconds)).isoformat())])
    builder.list(response=response)
    builder.list(response=dated(json_answer(200, []), START))
    builder.list(response=dated(response, START))
    assert builder.outcomes("value.list-created") == [outcome]


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
def test_creation_time_of_a_job_that_changes_is_violation(builder, again, seen):
    first = builder.list(response=dated(json_answer(200, [job(created_at="none"), job()]), START))
    builder.list(job(OTHER_JOB, created_at=again))
    later = builder.list(response=dated(json_answer(200, [job(created_at=again)]), START))
    outcomes = builder.outcomes("value.list-created")

    assert outcomes == [HELD, HELD if seen is None else VIOLATED]
    if seen is not None:
        violation = builder.violation("value.list-created")
        assert seen in violation.seen
        assert violation.exchanges == (first.index, later.index)


@pytest.mark.parametrize(("seconds", "outcomes"), [(-300, [HELD]), (-301, [VIOLATED])])
def test_new_job_created_before_a_request_that_returned_another_is_violation(
    builder, seconds, outcomes
):
    builder.request(dated(generating(), START))
    # Given again, it was still generating.
    builder.request(dated(generating(), START + timedelta(seconds=600)))
    builder.request(dated(generating(OTHER_JOB), START + timedelta(seconds=900)))
    created_at = (START + timedelta(seconds=600 + seconds)).isoformat()
    shown = [job(OTHER_JOB, created_at=created_at), job()]
    builder.list(response=dated(json_answer(200, shown), START + timedelta(seconds=900)))

    assert builder.outcomes("value.list-created") == outcomes


def test_job_may_be_older_than_requests_that_do_not_return_it(builder):
    # With another filter, at the same time, without a time, and refused.
    builder.filtered(dated(generating(JOB), START + timedelta(seconds=900)))
    builder.request(complete())
    builder.request(dated(generating(JOB), START), took=5)
    builder.request(dated(generating(OTHER_JOB), START))
    builder.list(
        response=dated(json_answer(200, [job(OTHER_JOB, created_at="2026-03-20T09:00:00Z")]), START)
    )
    assert builder.outcomes("value.list-created") == [HELD]


def test_job_is_never_too_early_without_the_time_of_the_request(builder):
    builder.request(generating())
    builder.request(generating(OTHER_JOB))
    builder.list(job(OTHER_JOB, created_at="2001-01-01T00:00:00Z"))
    assert builder.outcomes("value.list-created") == []


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
def test_listed_filter_that_differs_from_the_requests_is_violation(builder, shown, outcome):
    builder.filtered(generating())
    builder.list(job(filter=shown), job(OTHER_JOB, filter={"study_id": "strange"}))
    assert builder.outcomes("value.list-filter") == [outcome]


@pytest.mark.parametrize("shown", [None, {}])
def test_listed_filter_of_an_unfiltered_request_is_violation(builder, shown):
    builder.list(job(filter={"study_id": "b"}))
    builder.request(generating())
    builder.list(job(filter=shown))
    builder.list({"export_id": JOB})
    builder.list(job(filter="all"))
    assert builder.outcomes("value.list-filter") == [HELD, HELD]
    builder.list(job(filter={"study_id": "a"}))
    violation = builder.violation("value.list-filter")
    assert "with no filter is listed with study_id a" in violation.seen
    assert violation.about == ("request.filter.kept", "list[].filter.study_id")


@pytest.mark.parametrize("query", ["?from=2015-01-01", "?to=2015-01-01T00:00:00", "?study_id="])
def test_filter_conditions_without_a_moment_are_not_judged(builder, query):
    builder.filtered(generating(), query)
    builder.list(job(filter={"from": "2015-01-01T00:00:00Z"}))
    assert builder.outcomes("value.list-filter") == []
