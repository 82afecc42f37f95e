"""The laws about deleting export jobs."""

import pytest
from helpers.traces import (
    DELETED,
    JOB,
    OTHER_JOB,
    RESOURCE,
    TraceBuilder,
    complete,
    error,
    failed,
    generating,
    job,
    running,
)
from prolific_contract import Operation
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import Credential

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


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
def test_deleted_job_that_polls_still_show_is_violation(builder, after, outcomes):
    builder.request(generating())
    builder.poll(complete())
    builder.delete(DELETED)
    builder.poll(after)
    builder.poll(running(), OTHER_JOB)
    assert builder.outcomes("time.deleted") == outcomes
    if VIOLATED in outcomes:
        assert "delete.time.final" in builder.violation("time.deleted").about


def test_deleted_job_that_is_still_listed_is_violation(builder):
    builder.request(generating())
    builder.list(job())
    builder.delete(DELETED)
    builder.list(job(), resource="r2")
    builder.list(job(OTHER_JOB))
    builder.list(job())
    assert builder.outcomes("time.deleted") == [HELD, VIOLATED]
    assert builder.violation("time.deleted").about == ("delete.relation.not-listed",)


@pytest.mark.parametrize(("after", "outcomes"), [(2.4, []), (2.5, [VIOLATED])])
def test_list_may_have_a_deleted_job_for_a_moment(builder, after, outcomes):
    builder.request(generating())
    builder.delete(DELETED, took=1.0)
    builder.list(job(), after=1.0 + after)
    assert builder.outcomes("time.deleted") == outcomes


def test_deleted_job_that_returns_to_polls_is_violation(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.delete(DELETED)
    builder.poll(error(404))
    builder.poll(complete())
    assert builder.outcomes("time.deleted") == [HELD, VIOLATED]


@pytest.mark.parametrize("state", [failed(), error(404)])
def test_job_already_gone_before_the_deletion_is_not_judged(builder, state):
    builder.request(generating())
    builder.list()
    builder.poll(state)
    builder.delete(DELETED)
    builder.poll(state)
    builder.list()
    assert builder.outcomes("time.deleted") == []


def test_failed_job_missing_after_its_deletion_holds(builder):
    builder.request(generating())
    builder.poll(failed())
    builder.delete(DELETED)
    builder.poll(error(404))
    assert builder.outcomes("time.deleted") == [HELD]


def test_refused_or_unanswered_deletion_is_not_judged(builder):
    builder.delete(DELETED)
    builder.poll(running())
    builder.request(generating())
    builder.delete(error(409))
    builder.delete(None)
    builder.delete(DELETED, credential=Credential.NONE)
    builder.poll(running())
    assert builder.outcomes("time.deleted") == [VIOLATED]


def test_poll_that_overlaps_a_deletion_is_not_judged(builder):
    builder.request(generating())
    builder.delete(DELETED, took=9.0)
    builder.poll(complete())
    builder.list(job())
    assert builder.outcomes("time.deleted") == []


# time.delete-generating


def test_deletion_of_a_generating_job_is_violation_unless_refused_with_409(builder):
    started = builder.request(generating())
    refused = builder.delete(error(409), after=0.5)
    (seen,) = builder.judged("time.delete-generating")
    assert (seen.outcome, seen.exchanges) == (HELD, (started.index, refused.index))


def test_deletion_of_a_generating_job_refused_with_another_status_is_violation(builder):
    builder.request(generating())
    builder.delete(error(404), after=0.5)
    builder.poll(running())
    assert "got 404, not 409" in builder.violation("time.delete-generating").seen


def test_deletion_refused_long_after_the_last_poll_is_violation_if_the_job_still_generates(builder):
    builder.request(generating())
    builder.delete(error(404), after=60.0)
    builder.poll(running())
    assert builder.outcomes("time.delete-generating") == [VIOLATED]


def test_deletion_long_after_the_last_poll_shows_no_age(builder):
    for export_id, age in ((JOB, 2.0), (OTHER_JOB, 30.0)):
        builder.request(generating(export_id))
        builder.delete(DELETED, export_id, after=age)
    assert builder.outcomes("time.delete-generating") == []


@pytest.mark.parametrize("response", [error(404), error(429), error(500), None])
def test_deletion_of_a_job_that_may_have_ended_is_not_judged(builder, response):
    builder.request(generating())
    builder.delete(response, after=0.5)
    builder.poll(complete())
    assert builder.outcomes("time.delete-generating") == []


def test_fuzzed_deletion_may_be_refused_for_other_reasons(builder):
    builder.request(generating())
    builder.delete(error(400), after=0.5, generated=True)
    builder.poll(running())
    assert builder.outcomes("time.delete-generating") == []
    builder.delete(error(409), after=0.5, generated=True)
    assert builder.outcomes("time.delete-generating") == [HELD]


def test_deletion_of_a_complete_job_is_not_judged_by_the_law_of_generating_jobs(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.delete(error(404), after=0.5)
    builder.poll(running())
    assert builder.outcomes("time.delete-generating") == []


def test_deletion_of_a_job_that_only_others_see_is_not_judged(builder):
    builder.request(generating(), sender=0)
    builder.delete(error(404), after=0.5, sender=1)
    builder.poll(running(), sender=0)
    assert builder.outcomes("time.delete-generating") == []


def test_single_deletion_of_a_generating_job_is_not_judged(builder):
    builder.request(generating())
    builder.delete(DELETED, after=0.5)
    assert builder.outcomes("time.delete-generating") == []
    builder.request(generating(OTHER_JOB))
    builder.delete(None, OTHER_JOB, after=2.0)
    builder.poll(running(OTHER_JOB), OTHER_JOB)
    builder.delete(DELETED, OTHER_JOB, after=0.5, credential=Credential.NONE)
    assert builder.outcomes("time.delete-generating") == []


def deleted_at(builder, export_id, age, resource=RESOURCE):
    """A job is reported as generating at the given age in seconds, and deleted at once."""
    builder.request(generating(export_id), resource, took=0.2)
    builder.poll(running(export_id), export_id, resource, after=age, took=0.2)
    builder.delete(DELETED, export_id, resource, after=0.2, took=0.2)


@pytest.mark.parametrize(
    ("ages", "violations"),
    [
        # Exports that take one second always end at that age.
        ((0.8, 0.8), False),
        ((0.8, 0.8, 0.8), False),
        ((0.8, 1.3), False),
        ((0.8, 2.0), True),
        ((2.0, 0.8), True),
    ],
)
def test_deletions_at_several_ages_are_violation_but_at_one_age_are_not(builder, ages, violations):
    for number, age in enumerate(ages):
        deleted_at(builder, f"job-{number}", age)
    found = builder.judged("time.delete-generating")
    assert [one.outcome for one in found] == [VIOLATED] * violations
    assert all("2 generating jobs were deleted, at different ages" in one.seen for one in found)


def generated(builder, export_id, age, query="", resource=RESOURCE):
    """A job is reported as generating at the given age in seconds."""
    builder.request(generating(export_id), resource, query=query)
    builder.poll(running(export_id), export_id, resource, after=age)


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(("age", "violations"), [(3.3, 0), (3.5, 1), (30.0, 1)])
def test_job_deleted_much_earlier_than_another_export_ended_is_violation(
    builder, first, age, violations
):
    # It is deleted when it is between 0.8 and 1.2 seconds old.
    for deleted in (first, not first):
        if deleted:
            deleted_at(builder, JOB, 0.8)
        else:
            generated(builder, OTHER_JOB, age)
    found = builder.judged("time.delete-generating")
    assert [one.outcome for one in found] == [VIOLATED] * violations
    assert all(one.operation.action == "delete" for one in found)
    expected = (
        "a job was deleted 1.2 s after its request, just after it was generating; the other "
        f"export of the {builder.kind} took longer"
    )
    assert [one.seen for one in found] == [expected] * violations


@pytest.mark.parametrize("other", [{"query": "?to=2015-01-01T00:00:00Z"}, {"resource": "another"}])
def test_exports_of_other_filters_and_resources_may_take_longer(builder, other):
    deleted_at(builder, JOB, 0.8)
    generated(builder, OTHER_JOB, 30.0, **other)
    assert builder.outcomes("time.delete-generating") == []


def test_job_that_no_request_returned_is_not_compared(builder):
    deleted_at(builder, JOB, 0.8)
    builder.poll(running(OTHER_JOB), OTHER_JOB)
    builder.poll(running(OTHER_JOB), OTHER_JOB, after=30.0)
    assert builder.outcomes("time.delete-generating") == []


def test_exports_of_other_resources_are_not_compared(builder):
    deleted_at(builder, JOB, 0.8)
    deleted_at(builder, OTHER_JOB, 2.0, "another")
    assert builder.outcomes("time.delete-generating") == []


def test_job_that_no_request_returned_has_no_age(builder):
    for export_id in (JOB, OTHER_JOB):
        builder.poll(running(export_id), export_id)
        builder.delete(DELETED, export_id, after=0.5)
    assert builder.outcomes("time.delete-generating") == []


# time.delete-refused


@pytest.mark.parametrize("status", [401, 403, 404, 409])
def test_refused_deletion_after_which_the_job_remains_holds(builder, status):
    builder.request(generating())
    builder.poll(complete())
    refused = builder.delete(error(status), credential=Credential.WRONG_TOKEN)
    builder.poll(complete())
    assert builder.outcomes("time.delete-refused") == [HELD]
    builder.poll(error(404))
    builder.delete(error(status))
    builder.poll(error(404))
    assert builder.outcomes("time.delete-refused") == [HELD]
    assert refused.index == 2


@pytest.mark.parametrize("state", [failed(), complete()])
def test_job_that_failed_may_be_a_deleted_job(builder, state):
    builder.request(generating())
    builder.poll(state)
    builder.delete(error(403))
    builder.poll(failed())
    assert builder.outcomes("time.delete-refused") == []


def test_refused_deletion_that_deletes_is_violation(builder):
    builder.request(generating())
    builder.delete(error(409))
    builder.poll(error(404))
    assert builder.violation("time.delete-refused").seen == (
        "the deletion got 409, but the job is gone"
    )


def test_job_not_seen_before_its_deletion_is_not_judged(builder):
    builder.delete(error(404))
    builder.poll(running())
    assert builder.outcomes("time.delete-refused") == []


def test_account_that_never_saw_the_job_does_not_show_its_loss(builder):
    builder.request(generating(), sender=0)
    builder.delete(error(409), sender=1)
    builder.poll(error(404), sender=1)
    assert builder.outcomes("time.delete-refused") == []
    builder.poll(running(), sender=0)
    assert builder.outcomes("time.delete-refused") == [HELD]


def test_job_lost_for_another_reason_is_not_judged(builder):
    other = "batch" if builder.kind == "collection" else "collection"
    builder.request(generating())
    builder.delete(error(404), kind=other)
    builder.delete(error(500))
    builder.delete(error(409), generated=True)
    builder.delete(error(409), "another")
    builder.poll(error(500))
    assert builder.outcomes("time.delete-refused") == []
    builder.delete(error(409))
    builder.delete(DELETED)
    builder.poll(error(404))
    assert builder.outcomes("time.delete-refused") == []


def test_server_error_after_a_deletion_is_not_judged(builder):
    builder.request(generating())
    builder.delete(error(409))
    builder.poll(error(500))
    assert builder.outcomes("time.delete-refused") == []


def test_fuzzed_deletion_that_is_refused_deletes_nothing(builder):
    builder.poll(complete())
    builder.delete(error(400), generated=True)
    builder.poll(error(404))
    assert builder.outcomes("time.delete-refused") == [VIOLATED]


# time.delete-ended


@pytest.mark.parametrize("ended", [complete(), failed()])
def test_ended_job_can_be_deleted(builder, ended):
    builder.request(generating())
    last = builder.poll(ended)
    done = builder.delete(DELETED)
    (seen,) = builder.judged("time.delete-ended")
    assert (seen.outcome, seen.exchanges) == (HELD, (last.index, done.index))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
def test_refused_deletion_of_a_complete_job_that_remains_is_violation(builder, status):
    builder.request(generating())
    last = builder.poll(complete())
    refused = builder.delete(error(status))
    again = builder.poll(complete())
    seen = builder.violation("time.delete-ended")
    assert seen.exchanges == (last.index, again.index, refused.index)
    assert seen.seen == f"the job was complete and remained, but its deletion got {status}"
    assert seen.operation == Operation(builder.kind, "delete")


def test_refused_deletion_of_a_job_that_is_still_listed_is_violation(builder):
    builder.poll(failed())
    builder.delete(error(409))
    builder.poll(failed())
    assert builder.outcomes("time.delete-ended") == []
    builder.list(job(OTHER_JOB))
    builder.list(job(), resource="r2")
    assert builder.outcomes("time.delete-ended") == []
    builder.list(job())
    assert builder.outcomes("time.delete-ended") == [VIOLATED]


def test_job_that_is_gone_or_deleted_meanwhile_explains_a_refused_deletion(builder):
    builder.poll(complete())
    builder.delete(error(404))
    builder.poll(error(404))
    assert builder.outcomes("time.delete-ended") == []
    builder.delete(None)
    builder.list(job())
    assert builder.outcomes("time.delete-ended") == []


def test_job_that_has_just_ended_may_not_be_deletable_yet(builder):
    builder.poll(running())
    builder.poll(complete())
    builder.delete(error(409), after=0.5)
    builder.poll(complete())
    assert builder.outcomes("time.delete-ended") == []
    builder.delete(error(409), after=0.5)
    builder.poll(complete())
    assert builder.outcomes("time.delete-ended") == [VIOLATED]


@pytest.mark.parametrize(
    "options",
    [
        {"generated": True},
        {"credential": Credential.NONE},
        {"credential": Credential.UNKNOWN},
        {"sender": 1},
        {"after": 0.0},
    ],
)
def test_deletion_of_a_job_of_another_client_or_unknown_owner_is_not_judged(builder, options):
    builder.poll(complete(), took=1.0)
    builder.delete(error(403), **options)
    builder.poll(complete())
    assert builder.outcomes("time.delete-ended") == []


@pytest.mark.parametrize("response", [error(429), error(500), None])
def test_deletion_that_was_not_decided_is_not_judged(builder, response):
    builder.poll(complete())
    builder.delete(response)
    builder.poll(complete())
    builder.list(job())
    assert builder.outcomes("time.delete-ended") == []


def test_deletion_of_a_job_that_generates_again_or_is_unknown_is_not_judged(builder):
    builder.poll(complete())
    builder.poll(running())
    builder.delete(error(409))
    builder.poll(complete())
    builder.delete(error(404), OTHER_JOB)
    assert builder.outcomes("time.delete-ended") == []


def test_list_of_another_account_does_not_show_that_the_job_remains(builder):
    builder.poll(complete(), sender=0)
    builder.delete(error(403), sender=0)
    builder.list(job(), sender=1)
    assert builder.outcomes("time.delete-ended") == []


def test_job_lost_after_deletions_of_others_names_the_last_of_them():
    builder = TraceBuilder("batch")
    start = builder.request(generating())
    known = builder.poll(complete())
    builder.poll(complete(), OTHER_JOB)
    builder.delete(DELETED, "a-third-job")
    deletion = builder.delete(DELETED, OTHER_JOB)
    lost = builder.poll(error(404))
    listed = builder.list()
    cause = f", after the deletion of {OTHER_JOB} got 204"

    poll = builder.violation("time.job-stays")
    assert poll.seen == f"the job was complete, then a poll got 404{cause}"
    assert poll.exchanges == (known.index, deletion.index, lost.index)
    shown = builder.violation("time.listed")
    assert shown.seen == f"{JOB}, which a request returned, is not listed{cause}"
    assert shown.exchanges == (start.index, deletion.index, listed.index)


def test_job_lost_after_one_deletion_of_another_is_reported_for_that_deletion_only():
    builder = TraceBuilder("batch")
    builder.request(generating())
    builder.poll(complete())
    builder.delete(DELETED, OTHER_JOB)
    builder.poll(error(404))
    builder.list()

    assert builder.outcomes("time.delete-others") == [VIOLATED]
    assert builder.outcomes("time.job-stays") == []
    assert builder.outcomes("time.listed") == []


def test_new_job_lost_with_another_is_not_reported_as_unknown_to_polls():
    builder = TraceBuilder("batch")
    builder.request(generating())
    builder.list(job())
    builder.delete(DELETED, OTHER_JOB)
    builder.list()
    builder.poll(error(404), after=10)

    assert builder.outcomes("time.delete-others") == [VIOLATED]
    assert builder.outcomes("time.pollable") == []


def test_refused_deletion_after_the_deletion_of_another_is_not_judged():
    builder = TraceBuilder("batch")
    builder.request(generating())
    builder.poll(complete())
    builder.delete(DELETED, OTHER_JOB)
    builder.delete(error(404))
    builder.poll(error(404))

    assert builder.outcomes("time.delete-refused") == []


@pytest.mark.parametrize(("after", "outcomes"), [(1, [HELD]), (3, [VIOLATED])])
def test_new_job_that_polls_do_not_know_yet_was_not_deleted(builder, after, outcomes):
    builder.request(generating(), after=0)
    builder.poll(running(), after=0.1)
    builder.delete(error(409), after=0.1)
    builder.poll(error(404), after=after)
    builder.poll(running(), after=1)
    assert builder.outcomes("time.delete-refused") == outcomes
