"""The laws about lists of export jobs over time."""

import pytest
from helpers.listings import Listing, job
from helpers.traces import (
    OTHER_JOB,
    complete,
    error,
    failed,
    generating,
    running,
)
from prolific_contract.gate.laws._law import Outcome

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


@pytest.fixture(params=["batch", "collection"])
def talk(request):
    return Listing(request.param)


# time.listed


def test_requested_job_missing_from_the_list_is_violation(talk):
    talk.request(generating())
    talk.list(job())
    talk.list()
    talk.list(resource="r2")
    talk.list(after=3600.0)
    assert talk.outcomes("time.listed") == [HELD, VIOLATED]


def test_job_that_may_be_deleted_need_not_be_listed(talk):
    talk.request(generating())
    talk.delete(None)
    talk.list()
    assert talk.outcomes("time.listed") == []


def test_job_requested_during_the_list_need_not_be_listed(talk):
    talk.request(generating(), took=5.0)
    talk.list()
    assert talk.outcomes("time.listed") == []


def test_job_missing_after_a_refused_deletion_is_not_judged(talk):
    talk.request(generating())
    talk.delete(error(409))
    talk.list()
    assert talk.outcomes("time.listed") == []


def test_list_of_another_account_need_not_have_the_job(talk):
    talk.request(generating(), sender=0)
    talk.list(sender=1)
    assert talk.outcomes("time.listed") == []
    talk.list(sender=0)
    assert talk.outcomes("time.listed") == [VIOLATED]


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
def test_list_that_is_ahead_of_later_polls_is_violation(talk, listed, polled, outcomes):
    talk.list(job(OTHER_JOB), job(status=listed), job(status=3))
    talk.poll(polled)
    assert talk.outcomes("time.list-status") == outcomes


def test_state_that_polls_take_back_is_not_judged(talk):
    talk.poll(complete())
    talk.list(job(status="complete"))
    talk.poll(running())
    assert talk.outcomes("time.list-status") == []
