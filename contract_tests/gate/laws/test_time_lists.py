"""The laws about lists of export jobs over time."""

import pytest
from helpers.traces import (
    DELETED,
    OTHER_JOB,
    complete,
    error,
    failed,
    generating,
    job,
    running,
)
from prolific_contract.gate.laws import Outcome

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


# time.listed


def test_requested_job_missing_from_the_list_is_violation(builder):
    builder.request(generating())
    builder.list(job())
    builder.list()
    builder.list(resource="r2")
    builder.list(after=3600.0)
    assert builder.outcomes("time.listed") == [HELD, VIOLATED]


@pytest.mark.parametrize(("after", "outcomes"), [(0.0, []), (2.4, []), (2.5, [VIOLATED])])
def test_list_may_lack_a_new_job_for_a_moment(builder, after, outcomes):
    builder.request(generating(), took=1.0)
    builder.list(after=1.0 + after)
    assert builder.outcomes("time.listed") == outcomes


def test_job_that_is_listed_at_once_holds(builder):
    builder.request(generating())
    builder.list(job(), after=0.0)
    assert builder.outcomes("time.listed") == [HELD]


def test_job_that_may_be_deleted_need_not_be_listed(builder):
    builder.request(generating())
    builder.delete(None)
    builder.list()
    assert builder.outcomes("time.listed") == []


def test_job_that_has_the_id_of_a_deleted_one_is_listed(builder):
    builder.delete(DELETED)
    builder.request(generating())
    builder.list()
    assert builder.outcomes("time.listed") == [VIOLATED]


def test_job_need_not_be_listed_after_a_deletion_that_failed(builder):
    builder.request(generating())
    builder.delete(error(500))
    builder.list()
    assert builder.outcomes("time.listed") == []


def test_deletion_that_failed_does_not_excuse_a_list_without_a_job_that_remains(builder):
    builder.request(generating())
    builder.delete(error(500))
    builder.poll(running())
    builder.list()
    assert builder.outcomes("time.listed") == [VIOLATED]


def test_job_requested_during_the_list_need_not_be_listed(builder):
    builder.request(generating(), took=5.0)
    builder.list()
    assert builder.outcomes("time.listed") == []


def test_job_lost_by_a_refused_deletion_is_judged_by_the_law_of_deletions_alone(builder):
    builder.request(generating())
    builder.delete(error(409))
    builder.poll(error(404))
    builder.list()
    assert builder.outcomes("time.listed") == []
    assert builder.outcomes("time.delete-refused") == [VIOLATED]


@pytest.mark.parametrize("polls", [[], [running()], [complete()], [failed()]])
def test_refused_deletion_does_not_excuse_a_list_without_the_job(builder, polls):
    builder.request(generating())
    builder.delete(error(409))
    for response in polls:
        builder.poll(response)
    builder.list()
    assert builder.outcomes("time.listed") == [VIOLATED]


def test_list_of_another_account_need_not_have_the_job(builder):
    builder.request(generating(), sender=0)
    builder.list(sender=1)
    assert builder.outcomes("time.listed") == []
    builder.list(sender=0)
    assert builder.outcomes("time.listed") == [VIOLATED]


# time.list-status


@pytest.mark.parametrize(
    ("listed", "polled", "outcomes"),
    [
        ("complete", complete(), [HELD]),
        ("complete", failed(), [HELD]),
        ("complete", running(), [VIOLATED]),
        ("failed", running(), [VIOLATED]),
        ("failed", complete(), [VIOLATED]),
        ("failed", failed(), [HELD]),
        ("generating", complete(), []),
        ("READY", running(), []),
    ],
)
def test_list_that_is_ahead_of_later_polls_is_violation(builder, listed, polled, outcomes):
    builder.list(job(OTHER_JOB), job(status=listed), job(status=3))
    builder.poll(polled)
    assert builder.outcomes("time.list-status") == outcomes


def test_state_that_polls_take_back_is_not_judged(builder):
    builder.poll(complete())
    builder.list(job(status="complete"))
    builder.poll(running())
    assert builder.outcomes("time.list-status") == []


@pytest.mark.parametrize(("after", "outcomes"), [(2.4, []), (2.5, [VIOLATED]), (60.0, [VIOLATED])])
@pytest.mark.parametrize("response", [complete(), failed()])
def test_ended_job_that_is_still_listed_as_generating_is_violation(
    builder, response, after, outcomes
):
    builder.request(generating())
    builder.poll(running())
    builder.poll(response, took=1.0)
    builder.list(job(status="generating"), after=1.0 + after)
    assert builder.outcomes("time.list-status") == outcomes


def test_status_of_a_list_counts_from_the_first_poll_that_reported_the_end(builder):
    builder.request(generating())
    ended = builder.poll(complete())
    builder.poll(complete(), after=2.0)
    listed = builder.list(job(status="generating"), after=1.0)
    seen = builder.violation("time.list-status")
    assert seen.exchanges == (ended.index, listed.index)
    assert seen.seen == (
        "a job is listed as generating, but a poll 3.0 s before the list returned complete"
    )


@pytest.mark.parametrize(
    ("polls", "outcomes"),
    [
        ([], []),
        ([running()], []),
        ([complete(), running()], []),
        ([error(404)], []),
        ([complete(), error(500)], [VIOLATED]),
    ],
)
def test_list_agrees_with_the_last_poll_that_reported_a_state(builder, polls, outcomes):
    builder.request(generating())
    for response in polls:
        builder.poll(response)
    builder.list(job(status="generating"))
    assert builder.outcomes("time.list-status") == outcomes


def test_list_of_another_account_is_not_compared_with_polls(builder):
    builder.poll(complete(), sender=0)
    builder.list(job(status="generating"), sender=1)
    assert builder.outcomes("time.list-status") == []
