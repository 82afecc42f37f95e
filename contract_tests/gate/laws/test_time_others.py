"""The law that a request which starts a job leaves the others running."""

import pytest
from helpers.traces import JOB, OTHER_JOB, complete, failed, generating, running
from prolific_contract.gate.laws import Outcome

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
LAW = "time.request-others"
LATER = "2026-11"
THIRD, FOURTH, FIFTH = (f"{digit}0000000-0000-4000-8000-000000000000" for digit in "345")


def beside(builder, old, new, outcome, *, age=0.1, gap=0.1, **options):
    """A job that is requested, and polled before and after the request for another one.

    Args:
        builder: The trace.
        old: The job.
        new: The job that the second request starts.
        outcome: The response to the poll after that.
        age: Seconds from the first request to the first poll.
        gap: Seconds between all others.
        options: Of the second request.
    """
    builder.request(generating(old), query=f"?study_id={old}")
    builder.poll(running(old), old, after=age)
    builder.request(generating(new), **{"query": f"?study_id={new}", "after": gap, **options})
    builder.poll(outcome, old, after=gap)


def test_job_that_still_generates_holds(builder):
    beside(builder, JOB, OTHER_JOB, running())
    assert builder.outcomes(LAW, LATER) == [HELD]


def test_two_jobs_that_fail_at_different_ages_are_a_violation(builder):
    beside(builder, JOB, THIRD, failed())
    beside(builder, OTHER_JOB, FOURTH, failed(), age=1)
    builder.poll(running(FOURTH), FOURTH)
    assert builder.outcomes(LAW, LATER) == []
    builder.poll(complete(), FOURTH)
    violation = builder.violation(LAW, LATER)
    assert violation.seen == (
        f"{OTHER_JOB} was generating, and failed when a request started another job; so did "
        f"{JOB}, at another age"
    )
    assert violation.exchanges == (1, 2, 3, 5, 7, 6)
    assert violation.operation == builder.requesting


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({}, {"age": 0.2}),
        ({"age": 0.2}, {}),
    ],
)
def test_two_jobs_that_may_have_failed_at_the_same_age_are_accepted(builder, first, second):
    beside(builder, JOB, THIRD, failed(), **first)
    beside(builder, OTHER_JOB, FOURTH, failed(), **second)
    builder.poll(complete(), FOURTH)
    assert builder.outcomes(LAW, LATER) == []


def test_younger_job_counts_as_well(builder):
    beside(builder, JOB, THIRD, failed(), age=1)
    beside(builder, OTHER_JOB, FOURTH, failed())
    builder.poll(complete(), FOURTH)
    assert builder.outcomes(LAW, LATER) == [VIOLATED]


@pytest.mark.parametrize("gap", [1.1, 3])
def test_job_that_may_have_failed_without_the_request_is_accepted(builder, gap):
    beside(builder, JOB, THIRD, failed())
    beside(builder, OTHER_JOB, FOURTH, failed(), age=1, gap=gap)
    builder.poll(complete(), FOURTH)
    assert builder.outcomes(LAW, LATER) == []


def test_request_that_starts_nothing_is_not_blamed(builder):
    beside(builder, JOB, THIRD, failed())
    builder.request(generating(FOURTH), query="?study_id=d")
    beside(builder, OTHER_JOB, FOURTH, failed(), age=1)
    builder.poll(complete(), FOURTH)
    assert builder.outcomes(LAW, LATER) == []


def test_job_that_fails_twice_counts_once(builder):
    beside(builder, JOB, THIRD, failed())
    builder.poll(running(), after=1)
    builder.request(generating(FOURTH), query="?study_id=d", after=0.1)
    builder.poll(failed(), after=0.1)
    builder.poll(complete(), FOURTH)
    assert builder.outcomes(LAW, LATER) == []


def test_requests_for_other_resources_are_not_blamed(builder):
    beside(builder, JOB, THIRD, failed(), resource="another")
    beside(builder, OTHER_JOB, FOURTH, failed(), age=1, resource="another")
    builder.poll(complete(), FIFTH)
    assert builder.outcomes(LAW, LATER) == []


def test_job_without_a_request_or_a_second_poll_is_not_judged(builder):
    builder.poll(running())
    builder.request(generating(OTHER_JOB), query="?study_id=a", after=0.1)
    builder.poll(failed(), after=0.1)
    builder.request(generating(THIRD), query="?study_id=b", after=0.1)
    assert builder.outcomes(LAW, LATER) == []


def test_ended_job_is_not_judged(builder):
    beside(builder, JOB, THIRD, complete())
    builder.request(generating(FOURTH), query="?study_id=d", after=0.1)
    builder.poll(complete(), after=0.1)
    assert builder.outcomes(LAW, LATER) == []
