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


def test_a_job_that_was_named_is_listed(talk):
    talk.request(generating())
    talk.list(job())
    talk.list()
    talk.list(resource="r2")
    talk.list(after=3600.0)
    assert talk.outcomes("time.listed") == [HELD, VIOLATED]


def test_a_job_that_may_be_deleted_need_not_be_listed(talk):
    talk.request(generating())
    talk.delete(None)
    talk.list()
    assert talk.outcomes("time.listed") == []


def test_a_job_that_is_named_meanwhile_need_not_be_listed(talk):
    talk.request(generating(), took=5.0)
    talk.list()
    assert talk.outcomes("time.listed") == []


def test_what_a_refused_deletion_does_is_another_laws(talk):
    talk.request(generating())
    talk.delete(error(409))
    talk.list()
    assert talk.outcomes("time.listed") == []


def test_another_account_need_not_have_it_in_its_list(talk):
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
def test_the_list_is_not_ahead(talk, listed, polled, outcomes):
    talk.list(job(OTHER_JOB), job(status=listed), job(status=3))
    talk.poll(polled)
    assert talk.outcomes("time.list-status") == outcomes


def test_what_polls_take_back_is_another_laws(talk):
    talk.poll(complete())
    talk.list(job(status="complete"))
    talk.poll(running())
    assert talk.outcomes("time.list-status") == []
