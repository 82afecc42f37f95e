"""The laws about deleting export jobs."""

import pytest
from helpers.listings import DELETED, Listing, job
from helpers.traces import (
    JOB,
    OTHER_JOB,
    RESOURCE,
    complete,
    error,
    failed,
    generating,
    running,
)
from prolific_contract.gate.laws._law import Outcome
from prolific_contract.gate.trace._exchanges import Credential

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


@pytest.fixture(params=["batch", "collection"])
def talk(request):
    return Listing(request.param)


# time.deleted


@pytest.mark.parametrize(
    ("after", "outcomes"),
    [
        (error(404), [HELD]),
        (error(410), [HELD]),
        (failed(), [HELD]),
        (error(500), []),
        (running(), [VIOLATED]),
        (complete(), [VIOLATED]),
    ],
)
def test_deleted_job_that_polls_still_show_is_violation(talk, after, outcomes):
    talk.request(generating())
    talk.poll(complete())
    talk.delete(DELETED)
    talk.poll(after)
    talk.poll(running(), OTHER_JOB)
    assert talk.outcomes("time.deleted") == outcomes


def test_deleted_job_that_is_still_listed_is_violation(talk):
    talk.request(generating())
    talk.list(job())
    talk.delete(DELETED)
    talk.list(job(), resource="r2")
    talk.list(job(OTHER_JOB))
    talk.list(job())
    assert talk.outcomes("time.deleted") == [HELD, VIOLATED]


@pytest.mark.parametrize("state", [failed(), error(404)])
def test_job_already_gone_before_the_deletion_is_not_judged(talk, state):
    talk.request(generating())
    talk.list()
    talk.poll(state)
    talk.delete(DELETED)
    talk.poll(state)
    talk.list()
    assert talk.outcomes("time.deleted") == []


def test_failed_job_missing_after_its_deletion_holds(talk):
    talk.request(generating())
    talk.poll(failed())
    talk.delete(DELETED)
    talk.poll(error(404))
    assert talk.outcomes("time.deleted") == [HELD]


def test_refused_or_unanswered_deletion_is_not_judged(talk):
    talk.delete(DELETED)
    talk.poll(running())
    talk.request(generating())
    talk.delete(error(409))
    talk.delete(None)
    talk.delete(DELETED, credential=Credential.NONE)
    talk.poll(running())
    assert talk.outcomes("time.deleted") == [VIOLATED]


def test_poll_that_overlaps_a_deletion_is_not_judged(talk):
    talk.request(generating())
    talk.delete(DELETED, took=9.0)
    talk.poll(complete())
    talk.list(job())
    assert talk.outcomes("time.deleted") == []


# time.delete-generating


def test_deletion_of_a_generating_job_is_violation_unless_refused_with_409(talk):
    told = talk.request(generating())
    refused = talk.delete(error(409), after=0.5)
    (seen,) = talk.judged("time.delete-generating")
    assert (seen.outcome, seen.exchanges) == (HELD, (told.index, refused.index))


def test_deletion_of_a_generating_job_refused_with_another_status_is_violation(talk):
    talk.request(generating())
    talk.delete(error(404), after=0.5)
    talk.poll(running())
    assert "got 404, not 409" in talk.violation("time.delete-generating").seen


@pytest.mark.parametrize("response", [error(404), error(429), error(500), None])
def test_deletion_of_a_job_that_may_have_ended_is_not_judged(talk, response):
    talk.request(generating())
    talk.delete(response, after=0.5)
    talk.poll(complete())
    assert talk.outcomes("time.delete-generating") == []


def test_fuzzed_deletion_may_be_refused_for_other_reasons(talk):
    talk.request(generating())
    talk.delete(error(400), after=0.5, generated=True)
    talk.poll(running())
    assert talk.outcomes("time.delete-generating") == []
    talk.delete(error(409), after=0.5, generated=True)
    assert talk.outcomes("time.delete-generating") == [HELD]


def test_deletion_of_a_complete_job_is_not_judged_by_the_law_of_generating_jobs(talk):
    talk.request(generating())
    talk.poll(complete())
    talk.delete(error(404), after=0.5)
    talk.poll(running())
    assert talk.outcomes("time.delete-generating") == []


def test_deletion_of_a_job_that_only_others_see_is_not_judged(talk):
    talk.request(generating(), sender=0)
    talk.delete(error(404), after=0.5, sender=1)
    talk.poll(running(), sender=0)
    assert talk.outcomes("time.delete-generating") == []


def test_single_deletion_of_a_generating_job_is_not_judged(talk):
    talk.request(generating())
    talk.delete(DELETED, after=0.5)
    assert talk.outcomes("time.delete-generating") == []
    talk.request(generating(OTHER_JOB))
    talk.delete(None, OTHER_JOB, after=2.0)
    talk.poll(running(OTHER_JOB), OTHER_JOB)
    talk.delete(DELETED, OTHER_JOB, after=0.5, credential=Credential.NONE)
    assert talk.outcomes("time.delete-generating") == []


def deleted_at(talk, export_id, age, resource=RESOURCE):
    """A job is told to be generating when it is so many seconds old, and deleted at once."""
    talk.request(generating(export_id), resource, took=0.2)
    talk.poll(running(export_id), export_id, resource, after=age, took=0.2)
    talk.delete(DELETED, export_id, resource, after=0.2, took=0.2)


@pytest.mark.parametrize(
    ("ages", "accused"),
    [
        # Exports that take a second end then whenever somebody tries it.
        ((0.8, 0.8), False),
        ((0.8, 0.8, 0.8), False),
        ((0.8, 1.3), False),
        ((0.8, 2.0), True),
        ((2.0, 0.8), True),
    ],
)
def test_deletions_at_several_ages_are_violation_but_at_one_age_are_not(talk, ages, accused):
    for number, age in enumerate(ages):
        deleted_at(talk, f"job-{number}", age)
    found = talk.judged("time.delete-generating")
    assert [one.outcome for one in found] == [VIOLATED] * accused
    assert all("2 generating jobs were deleted, at different ages" in one.seen for one in found)


def test_exports_of_other_resources_are_not_compared(talk):
    deleted_at(talk, JOB, 0.8)
    deleted_at(talk, OTHER_JOB, 2.0, "another")
    assert talk.outcomes("time.delete-generating") == []


def test_job_that_no_request_returned_has_no_age(talk):
    for export_id in (JOB, OTHER_JOB):
        talk.poll(running(export_id), export_id)
        talk.delete(DELETED, export_id, after=0.5)
    assert talk.outcomes("time.delete-generating") == []


# time.delete-refused


@pytest.mark.parametrize("status", [401, 403, 404, 409])
def test_refused_deletion_after_which_the_job_remains_holds(talk, status):
    talk.request(generating())
    talk.poll(complete())
    refused = talk.delete(error(status), credential=Credential.WRONG_TOKEN)
    talk.poll(complete())
    assert talk.outcomes("time.delete-refused") == [HELD]
    talk.poll(error(404))
    talk.delete(error(status))
    talk.poll(error(404))
    assert talk.outcomes("time.delete-refused") == [HELD]
    assert refused.index == 2


@pytest.mark.parametrize("told", [failed(), complete()])
def test_job_that_failed_may_be_a_deleted_job(talk, told):
    talk.request(generating())
    talk.poll(told)
    talk.delete(error(403))
    talk.poll(failed())
    assert talk.outcomes("time.delete-refused") == []


def test_refused_deletion_that_deletes_is_violation(talk):
    talk.request(generating())
    talk.delete(error(409))
    talk.poll(error(404))
    assert talk.violation("time.delete-refused").seen == (
        "the deletion got 409, but the job is gone"
    )


def test_job_not_seen_before_its_deletion_is_not_judged(talk):
    talk.delete(error(404))
    talk.poll(running())
    assert talk.outcomes("time.delete-refused") == []


def test_account_that_never_saw_the_job_does_not_show_its_loss(talk):
    talk.request(generating(), sender=0)
    talk.delete(error(409), sender=1)
    talk.poll(error(404), sender=1)
    assert talk.outcomes("time.delete-refused") == []
    talk.poll(running(), sender=0)
    assert talk.outcomes("time.delete-refused") == [HELD]


def test_job_lost_for_another_reason_is_not_judged(talk):
    other = "batch" if talk.kind == "collection" else "collection"
    talk.request(generating())
    talk.delete(error(404), kind=other)
    talk.delete(error(500))
    talk.delete(error(409), generated=True)
    talk.delete(error(409), "another")
    talk.poll(error(500))
    assert talk.outcomes("time.delete-refused") == []
    talk.delete(error(409))
    talk.delete(DELETED)
    talk.poll(error(404))
    assert talk.outcomes("time.delete-refused") == []


def test_server_error_after_a_deletion_is_not_judged(talk):
    talk.request(generating())
    talk.delete(error(409))
    talk.poll(error(500))
    assert talk.outcomes("time.delete-refused") == []
