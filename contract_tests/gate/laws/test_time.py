import pytest
from helpers.traces import (
    JOB,
    OTHER_JOB,
    TraceBuilder,
    complete,
    error,
    failed,
    generating,
    json_answer,
    running,
)
from prolific_contract.gate.laws import LAWS, Outcome
from prolific_contract.gate.trace import Credential, HttpResponse

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
TIME = tuple(law.id for law in LAWS if law.id.startswith("time."))


def violated_laws(builder: TraceBuilder, edition=None) -> set[str]:
    return {law for law in TIME if VIOLATED in builder.outcomes(law, edition)}


def test_conversation_of_edition_2026_03_violates_only_the_later_edition(builder):
    builder.request(generating())
    builder.poll(running())
    builder.request(generating())
    builder.poll(running())
    builder.poll(error(429))
    builder.poll(complete())
    builder.poll(complete())
    builder.request(complete())
    builder.poll(complete())
    assert violated_laws(builder) == violated_laws(builder, "2026-03") == set()
    assert violated_laws(builder, "2026-11") == {"time.request-after-complete"}


def test_conversation_of_edition_2026_11_violates_only_the_earlier_edition(builder):
    builder.request(generating())
    builder.request(generating())
    builder.poll(running())
    builder.poll(complete())
    builder.request(generating(OTHER_JOB))
    builder.poll(running(OTHER_JOB), OTHER_JOB)
    builder.poll(complete())
    builder.poll(complete(), OTHER_JOB)
    assert violated_laws(builder) == violated_laws(builder, "2026-11") == set()
    assert violated_laws(builder, "2026-03") == {"time.request-after-complete"}


# pollable


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_started_job_that_cannot_be_polled_is_violation(builder, status):
    builder.request(generating())
    builder.poll(error(status))
    seen = builder.violation("time.pollable")
    assert (seen.operation, seen.exchanges) == (builder.polling, (0, 1))
    assert seen.seen == f"a poll of a new job got {status}"
    builder.poll(error(status))
    assert builder.outcomes("time.pollable") == [VIOLATED]


def test_responses_without_job_are_skipped_before_the_first_poll(builder):
    builder.poll(error(404))
    builder.request(generating())
    builder.poll(error(429))
    builder.poll(error(503))
    builder.poll(None, failure="reset")
    builder.poll(error(401), credential=Credential.UNKNOWN)
    builder.poll(error(404), credential=Credential.UNKNOWN, sender=1)
    builder.poll(error(401), credential=Credential.WRONG_TOKEN)
    builder.poll(error(404), generated=True)
    builder.poll(error(404), kind="batch" if builder.kind == "collection" else "collection")
    builder.poll(error(404), resource="r2")
    assert builder.outcomes("time.pollable") == []
    builder.poll(running())
    builder.poll(error(404))
    assert builder.outcomes("time.pollable") == [HELD]


def test_poll_sent_before_the_request_was_answered_is_not_judged(builder):
    builder.request(generating(), took=5.0)
    builder.poll(error(404))
    assert builder.outcomes("time.pollable") == []


def test_new_job_may_be_unknown_for_a_moment(builder):
    builder.request(generating(), took=1.0)
    builder.poll(error(404))
    assert builder.outcomes("time.pollable") == []
    builder.poll(error(404), after=1.0)
    assert builder.outcomes("time.pollable") == [VIOLATED]


def test_new_job_that_is_known_after_a_moment_holds(builder):
    builder.request(generating())
    builder.poll(error(404), after=1.0)
    builder.poll(running(), after=1.0)
    assert builder.outcomes("time.pollable") == [HELD]


@pytest.mark.parametrize("status", [401, 403, 410])
def test_new_job_is_not_refused_otherwise_even_for_a_moment(builder, status):
    builder.request(generating())
    builder.poll(error(status), after=1.0)
    assert builder.outcomes("time.pollable") == [VIOLATED]


@pytest.mark.parametrize(("wait", "outcomes"), [(1.0, []), (2.0, [VIOLATED])])
def test_new_job_may_be_known_to_a_part_of_the_server_for_a_moment(builder, wait, outcomes):
    builder.request(generating())
    builder.poll(running(), after=0.5)
    builder.poll(error(404), after=wait)
    assert builder.outcomes("time.job-stays") == outcomes


# same id


def test_poll_response_with_the_requested_id_holds(builder):
    builder.poll(running(JOB.upper()))
    builder.poll(json_answer(200, {"status": "complete", "export_id": JOB}))
    builder.poll(running("Job-1"), "Job-1")
    builder.poll(complete())
    builder.poll(running(7))
    assert builder.outcomes("time.same-id") == [HELD, HELD, HELD]
    builder.poll(running(OTHER_JOB))
    builder.poll(running("job-1"), "Job-1")
    assert builder.outcomes("time.same-id").count(VIOLATED) == 2


def test_poll_response_with_another_id_is_violation(builder):
    builder.poll(running(OTHER_JOB))
    assert builder.violation("time.same-id").seen == (
        f"the response to a poll of {JOB} has the export_id {OTHER_JOB}"
    )


# unique id


def test_new_job_with_an_id_of_another_resource_is_violation(builder):
    builder.request(generating())
    builder.request(generating(JOB.upper()), "r2")
    seen = builder.violation("time.unique-id")
    assert (seen.operation, seen.exchanges) == (builder.requesting, (0, 1))
    assert seen.seen == f"the new job has the id of a job of the {builder.kind} r1"


def test_new_job_with_an_id_of_the_other_kind_is_violation(builder):
    other = "batch" if builder.kind == "collection" else "collection"
    builder.request(generating(), kind=other)
    builder.request(generating())
    assert builder.violation("time.unique-id").operation == builder.requesting


@pytest.mark.parametrize("ended", [complete(), failed()])
def test_new_job_with_the_id_of_an_ended_job_is_violation(builder, ended):
    builder.request(generating())
    builder.poll(ended)
    builder.request(generating())
    assert builder.violation("time.unique-id").seen.startswith(
        "the new job has the id of an earlier job that was"
    )


def test_jobs_with_distinct_ids_hold(builder):
    builder.request(generating())
    builder.request(generating())
    assert builder.outcomes("time.unique-id") == []
    builder.request(generating(OTHER_JOB), "r2")
    builder.request(generating(OTHER_JOB), "r2")
    builder.request(generating("x"), "r2", generated=True)
    (seen,) = builder.judged("time.unique-id")
    assert (seen.outcome, seen.exchanges) == (HELD, (2,))


# request while generating


def test_second_job_while_the_first_is_generating_is_violation(builder):
    builder.request(generating())
    builder.request(generating(OTHER_JOB))
    builder.poll(running())
    seen = builder.violation("time.request-while-generating")
    assert (seen.operation, seen.exchanges) == (builder.requesting, (0, 2, 1))
    assert OTHER_JOB in seen.seen


def test_second_job_without_a_later_poll_of_the_first_is_not_judged(builder):
    builder.request(generating())
    builder.request(generating(OTHER_JOB))
    builder.poll(running(OTHER_JOB), OTHER_JOB)
    assert builder.outcomes("time.request-while-generating") == []
    builder.poll(complete())
    assert builder.outcomes("time.request-while-generating") == []


def test_job_that_ended_and_reappeared_was_not_running(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.request(generating(OTHER_JOB))
    builder.poll(running())
    assert violated_laws(builder) == {"time.complete-stays"}


def test_requests_with_different_filters_may_start_different_jobs(builder):
    builder.request(generating(), query="?study_id=a")
    builder.request(generating(OTHER_JOB), query="?study_id=b")
    builder.poll(running())
    assert builder.outcomes("time.request-while-generating") == []
    builder.request(generating(), query="?study_id=a")
    assert builder.outcomes("time.request-while-generating") == [HELD]


@pytest.mark.parametrize(
    "same",
    [
        "?to=2015-01-02T00:00:00Z&from=2015-01-01T00:00:00Z",
        "?from=2015-01-01T00%3A00%3A00Z&to=2015%2D01-02T00:00:00Z",
    ],
)
def test_filter_in_another_order_or_encoding_is_the_same(builder, same):
    builder.request(generating(), query="?from=2015-01-01T00:00:00Z&to=2015-01-02T00:00:00Z")
    builder.request(generating(OTHER_JOB), query=same)
    builder.poll(running())
    assert builder.outcomes("time.request-while-generating") == [VIOLATED]


def test_running_job_returned_again_holds(builder):
    builder.request(generating())
    builder.poll(running())
    builder.request(generating())
    builder.request(complete())
    builder.request(None, failure="reset")
    assert builder.outcomes("time.request-while-generating") == [HELD]


# request after complete


def test_complete_export_is_returned_again_in_the_earlier_edition(builder):
    builder.request(complete())
    builder.request(complete())
    assert builder.outcomes("time.request-after-complete", "2026-03") == [HELD]
    assert builder.outcomes("time.request-after-complete") == []
    assert builder.violation("time.request-after-complete", "2026-11").seen == (
        "the request returned the complete export again"
    )


def test_new_job_while_a_complete_export_remains_is_violation(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.request(generating(OTHER_JOB))
    assert builder.outcomes("time.request-after-complete", "2026-03") == []
    builder.poll(complete())
    seen = builder.violation("time.request-after-complete", "2026-03")
    assert (seen.operation, seen.exchanges) == (builder.requesting, (1, 3, 2))
    assert builder.outcomes("time.request-after-complete", "2026-11") == [HELD]


def test_export_with_deleted_archive_need_not_be_returned_again(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.request(generating(OTHER_JOB))
    builder.poll(failed())
    builder.poll(failed(), OTHER_JOB)
    builder.request(generating("third"))
    assert builder.outcomes("time.request-after-complete", "2026-03") == []


def test_old_export_may_be_generated_again(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.request(generating(OTHER_JOB), after=601.0)
    builder.poll(complete())
    assert builder.outcomes("time.request-after-complete", "2026-03") == []


def test_completion_shown_only_by_a_request_cannot_be_confirmed(builder):
    builder.request(complete())
    builder.request(generating())
    assert builder.outcomes("time.request-after-complete", "2026-03") == []
    assert builder.outcomes("time.request-after-complete", "2026-11") == [HELD]


def test_job_that_completed_between_two_requests_is_judged(builder):
    builder.request(generating())
    builder.request(complete())
    builder.poll(running())
    builder.poll(complete())
    builder.request(error(429))
    builder.request(complete())
    assert builder.outcomes("time.request-after-complete", "2026-03") == [HELD]


def test_id_of_a_complete_job_is_not_reused_in_the_later_edition(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.request(generating())
    assert builder.violation("time.request-after-complete", "2026-11").seen == (
        "the request returned the id of the complete job again"
    )


# states that stay


def test_complete_job_may_only_become_failed(builder):
    builder.poll(complete())
    builder.poll(complete())
    builder.poll(failed())
    assert builder.outcomes("time.complete-stays") == [HELD, HELD]
    builder.poll(running())
    seen = builder.violation("time.complete-stays")
    assert (seen.operation, seen.exchanges) == (builder.polling, (0, 3))
    assert seen.seen == "the job was complete, then generating"


@pytest.mark.parametrize("response", [complete(), running()])
def test_failed_job_stays_failed(builder, response):
    builder.poll(failed())
    builder.poll(failed())
    assert builder.outcomes("time.failed-stays") == [HELD]
    builder.poll(response)
    assert builder.violation("time.failed-stays").seen.startswith("the job was failed, then ")


def test_overlapping_polls_are_not_ordered(builder):
    builder.poll(complete(), took=5.0)
    builder.poll(running())
    assert violated_laws(builder) == set()


def test_state_change_of_a_reused_id_is_not_judged(builder):
    builder.request(generating())
    builder.poll(failed())
    builder.request(generating())
    builder.poll(running())
    builder.poll(complete())
    assert violated_laws(builder) == {"time.unique-id"}


# jobs that stay


@pytest.mark.parametrize("status", [404, 410])
def test_job_that_vanishes_is_violation(builder, status):
    builder.poll(running())
    builder.poll(complete())
    builder.poll(error(status))
    builder.poll(complete())
    seen = builder.violation("time.job-stays")
    assert (seen.operation, seen.exchanges) == (builder.polling, (1, 2))
    assert seen.seen == f"the job was complete, then a poll got {status}"
    assert builder.outcomes("time.job-stays") == [HELD, VIOLATED, HELD]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_refused_poll_does_not_show_that_the_job_vanished(builder, status):
    builder.poll(running())
    builder.poll(error(status))
    assert builder.outcomes("time.job-stays") == []


def test_other_account_need_not_see_the_job(builder):
    builder.poll(complete(), sender=0)
    builder.poll(error(404), sender=1)
    assert builder.outcomes("time.job-stays") == []
    builder.poll(running(), sender=1)
    builder.poll(error(404), sender=0)
    assert builder.violation("time.job-stays").exchanges == (0, 3)


def test_old_job_may_vanish(builder):
    builder.poll(complete())
    builder.poll(error(404), after=3601.0)
    assert builder.outcomes("time.job-stays") == []


@pytest.mark.parametrize("response", [HttpResponse(204), None])
def test_job_that_may_have_been_deleted_may_be_gone(builder, response):
    builder.request(generating())
    builder.poll(complete())
    builder.send("DELETE", builder.trace.exchanges[-1].url, response)
    builder.poll(error(404))
    assert violated_laws(builder) == set()


def test_id_of_a_deleted_job_returned_again_is_violation(builder):
    builder.request(generating())
    builder.poll(complete())
    builder.send("DELETE", builder.trace.exchanges[-1].url, HttpResponse(204))
    builder.request(generating())
    builder.request(generating())
    builder.poll(running())
    assert violated_laws(builder) == {"time.unique-id"}


def test_refused_deletion_does_not_excuse_a_vanished_job(builder):
    builder.poll(complete())
    builder.send("DELETE", builder.trace.exchanges[-1].url, error(409))
    builder.poll(error(404))
    assert violated_laws(builder) == {"time.delete-refused"}


def test_refused_deletion_under_the_other_kind_does_not_excuse_a_vanished_job(builder):
    other = {"batch": "collections", "collection": "batches"}[builder.kind]
    own = {"batch": "batches", "collection": "collections"}[builder.kind]
    builder.poll(complete())
    builder.send("DELETE", builder.trace.exchanges[-1].url.replace(own, other), error(404))
    builder.poll(error(404))
    assert violated_laws(builder) == {"time.job-stays"}


def test_deletion_during_a_poll_explains_its_404(builder):
    builder.poll(complete())
    builder.poll(error(404), took=10.0)
    builder.send("DELETE", builder.trace.exchanges[-1].url, HttpResponse(204))
    assert builder.outcomes("time.job-stays") == []


# completes


def test_job_still_generating_at_the_time_limit_is_violation():
    builder = TraceBuilder(max_wait=60.0)
    start = builder.request(generating())
    builder.poll(running(), after=59.0)
    assert builder.outcomes("time.completes") == []
    builder.poll(running(), after=1.0)
    seen = builder.violation("time.completes")
    assert (seen.exchanges, seen.seen) == (
        (start.index, 2),
        "the job is still generating 60 s after its request",
    )
    builder.poll(complete())
    assert builder.outcomes("time.completes") == [VIOLATED]


def test_job_complete_within_the_time_limit_holds(builder):
    builder.request(generating())
    builder.poll(running())
    builder.poll(complete())
    assert builder.outcomes("time.completes") == [HELD]


def test_time_limit_is_not_exceeded_without_polls():
    builder = TraceBuilder(max_wait=60.0)
    builder.request(generating())
    builder.poll(complete(), after=500.0)
    builder.request(generating(OTHER_JOB), "r2")
    builder.poll(failed(), OTHER_JOB, "r2")
    builder.poll(running(), "started elsewhere", after=500.0)
    assert builder.outcomes("time.completes") == []


# GET is safe


def test_unknown_id_that_a_poll_makes_known_is_violation(builder):
    builder.poll(error(404))
    builder.poll(error(404))
    assert builder.outcomes("time.get-is-safe") == [HELD]
    builder.poll(running())
    builder.poll(error(404))
    seen = builder.violation("time.get-is-safe")
    assert (seen.operation, seen.exchanges) == (builder.polling, (0, 2))
    assert builder.outcomes("time.get-is-safe") == [HELD, VIOLATED]


def test_id_that_a_request_makes_known_holds(builder):
    builder.poll(error(404))
    builder.request(generating())
    builder.poll(running())
    assert builder.outcomes("time.get-is-safe") == []


def test_job_shown_under_another_resource_was_not_started_there(builder):
    builder.request(generating())
    builder.poll(error(404), resource="r2")
    builder.poll(running(), resource="r2")
    assert builder.outcomes("time.get-is-safe") == []


def test_responses_to_another_account_are_not_compared(builder):
    builder.poll(error(404))
    builder.poll(running(), credential=Credential.UNKNOWN)
    builder.poll(error(403))
    assert builder.outcomes("time.get-is-safe") == []


# in general


def test_fuzzed_and_unauthorised_exchanges_are_not_judged(builder):
    builder.request(generating())
    builder.poll(complete())
    for options in ({"generated": True}, {"credential": Credential.NONE}):
        builder.request(generating(OTHER_JOB), **options)
        builder.poll(running(), **options)
        builder.poll(error(404), **options)
        builder.request(complete(), **options)
    for edition in (None, "2026-03", "2026-11"):
        assert violated_laws(builder, edition) == set()


def test_unknown_states_are_not_judged(builder):
    builder.request(generating())
    builder.poll(json_answer(200, {"status": "queued", "export_id": OTHER_JOB}))
    builder.poll(json_answer(200, []))
    builder.poll(json_answer(302, {"status": "generating"}))
    for law in TIME:
        assert builder.outcomes(law) == []
