"""The laws about listing and deleting export jobs."""

from datetime import timedelta

import pytest
from helpers.listings import DELETED, Listing, job
from helpers.traces import (
    JOB,
    OTHER_JOB,
    RESOURCE,
    START,
    complete,
    dated,
    error,
    failed,
    generating,
    json_answer,
    running,
)
from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._law import Outcome
from prolific_contract.gate.trace._exchanges import Credential

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


@pytest.fixture(params=["batch", "collection"])
def talk(request):
    return Listing(request.param)


# value.list-order


def test_a_list_in_order_holds(talk):
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
def test_a_list_out_of_order_is_accused(talk, jobs, seen):
    talk.list(*jobs)
    violation = talk.violation("value.list-order")
    assert seen in violation.seen
    assert violation.operation == Operation(talk.kind, "list")


def test_what_cannot_be_read_is_not_in_a_list(talk):
    talk.list(1, {"export_id": 7}, job(created_at="yesterday"), job(OTHER_JOB, created_at=None))
    talk.list(answer=json_answer(200, {"results": []}))
    talk.list(answer=error(404))
    talk.list(job(), job(), credential=Credential.NONE)
    assert talk.outcomes("value.list-order") == []


# value.list-created


@pytest.mark.parametrize(("seconds", "outcome"), [(59, HELD), (61, VIOLATED)])
def test_jobs_are_not_created_in_the_future(talk, seconds, outcome):
    answer = json_answer(200, [job(created_at=(START + timedelta(seconds=seconds)).isoformat())])
    talk.list(answer=answer)
    talk.list(answer=dated(json_answer(200, []), START))
    talk.list(answer=dated(answer, START))
    assert talk.outcomes("value.list-created") == [outcome]


@pytest.mark.parametrize(
    ("again", "seen"),
    [
        ("2026-03-20T10:00:01Z", None),
        ("2026-03-20T10:59:59.4+01:00", None),
        ("2026-03-20T10:00:01.1Z", "at 2026-03-20T10:00:01.100000+00:00, and was at "),
        ("2026-03-20T09:59:58Z", "at 2026-03-20T09:59:58+00:00, and was at 2026-03-20T10:00:00+"),
    ],
)
def test_the_time_of_a_job_stays(talk, again, seen):
    first = talk.list(answer=dated(json_answer(200, [job(created_at="none"), job()]), START))
    talk.list(job(OTHER_JOB, created_at=again))
    later = talk.list(answer=dated(json_answer(200, [job(created_at=again)]), START))
    outcomes = talk.outcomes("value.list-created")

    assert outcomes == [HELD, HELD if seen is None else VIOLATED]
    if seen is not None:
        violation = talk.violation("value.list-created")
        assert seen in violation.seen
        assert violation.exchanges == (first.index, later.index)


@pytest.mark.parametrize(("seconds", "outcomes"), [(-60, [HELD]), (-61, [VIOLATED])])
def test_a_job_is_not_from_before_a_request_that_was_given_another(talk, seconds, outcomes):
    talk.request(dated(generating(), START))
    # Given again, it was still generating.
    talk.request(dated(generating(), START + timedelta(seconds=600)))
    talk.request(dated(generating(OTHER_JOB), START + timedelta(seconds=900)))
    created_at = (START + timedelta(seconds=600 + seconds)).isoformat()
    shown = [job(OTHER_JOB, created_at=created_at), job()]
    talk.list(answer=dated(json_answer(200, shown), START + timedelta(seconds=900)))

    assert talk.outcomes("value.list-created") == outcomes


def test_a_job_may_be_from_before_requests_that_say_nothing_of_it(talk):
    # With another filter, at the same time, without a time, and refused.
    talk.filtered(dated(generating(JOB), START + timedelta(seconds=900)))
    talk.request(complete())
    talk.request(dated(generating(JOB), START), took=5)
    talk.request(dated(generating(OTHER_JOB), START))
    talk.list(
        answer=dated(json_answer(200, [job(OTHER_JOB, created_at="2026-03-20T09:00:00Z")]), START)
    )
    assert talk.outcomes("value.list-created") == [HELD]


def test_without_the_time_of_a_request_none_is_too_early(talk):
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
def test_the_filter_is_the_requests(talk, shown, outcome):
    talk.filtered(generating())
    talk.list(job(filter=shown), job(OTHER_JOB, filter={"study_id": "strange"}))
    assert talk.outcomes("value.list-filter") == [outcome]


@pytest.mark.parametrize("shown", [None, {}])
def test_without_a_filter_none_is_shown(talk, shown):
    talk.list(job(filter={"study_id": "b"}))
    talk.request(generating())
    talk.list(job(filter=shown))
    talk.list({"export_id": JOB})
    talk.list(job(filter="all"))
    assert talk.outcomes("value.list-filter") == [HELD, HELD]
    talk.list(job(filter={"study_id": "a"}))
    assert "with no filter is listed as study_id a" in talk.violation("value.list-filter").seen


@pytest.mark.parametrize("query", ["?from=2015-01-01", "?to=2015-01-01T00:00:00", "?study_id="])
def test_what_conditions_without_a_moment_mean_is_left_to_the_server(talk, query):
    talk.filtered(generating(), query)
    talk.list(job(filter={"from": "2015-01-01T00:00:00Z"}))
    assert talk.outcomes("value.list-filter") == []


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
def test_a_deleted_job_is_gone_for_those_who_poll(talk, after, outcomes):
    talk.request(generating())
    talk.poll(complete())
    talk.delete(DELETED)
    talk.poll(after)
    talk.poll(running(), OTHER_JOB)
    assert talk.outcomes("time.deleted") == outcomes


def test_a_deleted_job_is_not_listed(talk):
    talk.request(generating())
    talk.list(job())
    talk.delete(DELETED)
    talk.list(job(), resource="r2")
    talk.list(job(OTHER_JOB))
    talk.list(job())
    assert talk.outcomes("time.deleted") == [HELD, VIOLATED]


@pytest.mark.parametrize("state", [failed(), error(404)])
def test_what_was_so_before_does_not_prove_a_deletion(talk, state):
    talk.request(generating())
    talk.list()
    talk.poll(state)
    talk.delete(DELETED)
    talk.poll(state)
    talk.list()
    assert talk.outcomes("time.deleted") == []


def test_a_failed_job_that_is_not_there_any_more_is_deleted(talk):
    talk.request(generating())
    talk.poll(failed())
    talk.delete(DELETED)
    talk.poll(error(404))
    assert talk.outcomes("time.deleted") == [HELD]


def test_what_was_not_done_or_is_not_known_deletes_nothing(talk):
    talk.delete(DELETED)
    talk.poll(running())
    talk.request(generating())
    talk.delete(error(409))
    talk.delete(None)
    talk.delete(DELETED, credential=Credential.NONE)
    talk.poll(running())
    assert talk.outcomes("time.deleted") == [VIOLATED]


def test_what_overlaps_a_deletion_has_no_order(talk):
    talk.request(generating())
    talk.delete(DELETED, took=9.0)
    talk.poll(complete())
    talk.list(job())
    assert talk.outcomes("time.deleted") == []


# time.delete-generating


def test_the_delete_of_a_generating_job_is_409(talk):
    told = talk.request(generating())
    refused = talk.delete(error(409), after=0.5)
    (seen,) = talk.judged("time.delete-generating")
    assert (seen.outcome, seen.exchanges) == (HELD, (told.index, refused.index))


def test_another_refusal_of_a_job_that_is_still_generating_is_accused(talk):
    talk.request(generating())
    talk.delete(error(404), after=0.5)
    talk.poll(running())
    assert "answered 404, not 409" in talk.violation("time.delete-generating").seen


@pytest.mark.parametrize("answer", [error(404), error(429), error(500), None])
def test_a_job_that_may_have_ended_accuses_nobody(talk, answer):
    talk.request(generating())
    talk.delete(answer, after=0.5)
    talk.poll(complete())
    assert talk.outcomes("time.delete-generating") == []


def test_a_made_up_request_may_be_refused_for_other_reasons(talk):
    talk.request(generating())
    talk.delete(error(400), after=0.5, generated=True)
    talk.poll(running())
    assert talk.outcomes("time.delete-generating") == []
    talk.delete(error(409), after=0.5, generated=True)
    assert talk.outcomes("time.delete-generating") == [HELD]


def test_the_delete_of_a_complete_job_is_another_laws(talk):
    talk.request(generating())
    talk.poll(complete())
    talk.delete(error(404), after=0.5)
    talk.poll(running())
    assert talk.outcomes("time.delete-generating") == []


def test_the_delete_of_a_job_that_only_others_see_is_not_judged(talk):
    talk.request(generating(), sender=0)
    talk.delete(error(404), after=0.5, sender=1)
    talk.poll(running(), sender=0)
    assert talk.outcomes("time.delete-generating") == []


def test_a_deletion_may_be_by_chance(talk):
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
def test_deletions_at_one_age_may_be_by_chance_and_at_several_are_not(talk, ages, accused):
    for number, age in enumerate(ages):
        deleted_at(talk, f"job-{number}", age)
    found = talk.judged("time.delete-generating")
    assert [one.outcome for one in found] == [VIOLATED] * accused
    assert all("2 of them, each at another age" in one.seen for one in found)


def test_exports_of_other_resources_take_another_time(talk):
    deleted_at(talk, JOB, 0.8)
    deleted_at(talk, OTHER_JOB, 2.0, "another")
    assert talk.outcomes("time.delete-generating") == []


def test_a_job_that_no_request_named_has_no_age(talk):
    for export_id in (JOB, OTHER_JOB):
        talk.poll(running(export_id), export_id)
        talk.delete(DELETED, export_id, after=0.5)
    assert talk.outcomes("time.delete-generating") == []


# time.delete-refused


@pytest.mark.parametrize("status", [401, 403, 404, 409])
def test_a_refused_deletion_deletes_nothing(talk, status):
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
def test_a_job_that_failed_may_be_a_deleted_one(talk, told):
    talk.request(generating())
    talk.poll(told)
    talk.delete(error(403))
    talk.poll(failed())
    assert talk.outcomes("time.delete-refused") == []


def test_a_refused_deletion_that_deletes_is_accused(talk):
    talk.request(generating())
    talk.delete(error(409))
    talk.poll(error(404))
    assert talk.violation("time.delete-refused").seen == (
        "the delete was answered 409, and the job is gone"
    )


def test_a_job_of_which_nothing_was_told_before_is_not_judged(talk):
    talk.delete(error(404))
    talk.poll(running())
    assert talk.outcomes("time.delete-refused") == []


def test_who_never_saw_the_job_does_not_tell_that_it_is_lost(talk):
    talk.request(generating(), sender=0)
    talk.delete(error(409), sender=1)
    talk.poll(error(404), sender=1)
    assert talk.outcomes("time.delete-refused") == []
    talk.poll(running(), sender=0)
    assert talk.outcomes("time.delete-refused") == [HELD]


def test_other_reasons_for_a_lost_job_accuse_nobody(talk):
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


def test_a_server_that_fails_afterwards_accuses_nobody(talk):
    talk.request(generating())
    talk.delete(error(409))
    talk.poll(error(500))
    assert talk.outcomes("time.delete-refused") == []


# What the earlier edition does not have, no shape of it is judged.


def test_the_earlier_edition_has_no_lists(talk):
    talk.list(answer=error(405))
    talk.delete(error(405))
    for law in ("shape.status", "shape.error", "shape.content-type"):
        assert talk.outcomes(law, "2026-03") == []
    assert talk.outcomes("shape.status", "2026-11") == [VIOLATED, VIOLATED]


# isolation.list-scope


def test_jobs_of_others_are_not_listed(talk):
    talk.list(job())
    assert talk.outcomes("isolation.list-scope") == []
    talk.request(generating(OTHER_JOB), "r2")
    talk.list(job())
    assert talk.outcomes("isolation.list-scope") == [HELD]
    talk.list(job(), job(OTHER_JOB))
    assert talk.violation("isolation.list-scope").seen == f"a job of the {talk.kind} r2 is listed"


def test_a_job_that_both_were_given_is_another_laws(talk):
    talk.request(generating())
    talk.request(generating(), "r2")
    talk.list(job())
    assert talk.outcomes("isolation.list-scope") == []
