import pytest
from helpers.traces import (
    JOB,
    OTHER_JOB,
    Talk,
    complete,
    error,
    failed,
    generating,
    json_answer,
    running,
)
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Outcome
from prolific_contract.gate.trace._exchanges import Credential, HttpResponse

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
TIME = tuple(law.id for law in LAWS if law.id.startswith("time."))


@pytest.fixture(params=["batch", "collection"])
def talk(request) -> Talk:
    return Talk(request.param)


def violated_laws(talk: Talk, edition=None) -> set[str]:
    return {law for law in TIME if VIOLATED in talk.outcomes(law, edition)}


def test_conversation_of_edition_2026_03_violates_only_the_later_edition(talk):
    talk.request(generating())
    talk.poll(running())
    talk.request(generating())
    talk.poll(running())
    talk.poll(error(429))
    talk.poll(complete())
    talk.poll(complete())
    talk.request(complete())
    talk.poll(complete())
    assert violated_laws(talk) == violated_laws(talk, "2026-03") == set()
    assert violated_laws(talk, "2026-11") == {"time.request-after-complete"}


def test_conversation_of_edition_2026_11_violates_only_the_earlier_edition(talk):
    talk.request(generating())
    talk.request(generating())
    talk.poll(running())
    talk.poll(complete())
    talk.request(generating(OTHER_JOB))
    talk.poll(running(OTHER_JOB), OTHER_JOB)
    talk.poll(complete())
    talk.poll(complete(), OTHER_JOB)
    assert violated_laws(talk) == violated_laws(talk, "2026-11") == set()
    assert violated_laws(talk, "2026-03") == {"time.request-after-complete"}


# pollable


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_started_job_that_cannot_be_polled_is_violation(talk, status):
    talk.request(generating())
    talk.poll(error(status))
    seen = talk.violation("time.pollable")
    assert (seen.operation, seen.exchanges) == (talk.polling, (0, 1))
    assert seen.seen == f"the first poll of a new job got {status}"
    talk.poll(error(status))
    assert talk.outcomes("time.pollable") == [VIOLATED]


def test_responses_without_job_are_skipped_before_the_first_poll(talk):
    talk.poll(error(404))
    talk.request(generating())
    talk.poll(error(429))
    talk.poll(error(503))
    talk.poll(None, failure="reset")
    talk.poll(error(401), credential=Credential.UNKNOWN)
    talk.poll(error(404), credential=Credential.UNKNOWN, sender=1)
    talk.poll(error(401), credential=Credential.WRONG_TOKEN)
    talk.poll(error(404), generated=True)
    talk.poll(error(404), kind="batch" if talk.kind == "collection" else "collection")
    talk.poll(error(404), resource="r2")
    assert talk.outcomes("time.pollable") == []
    talk.poll(running())
    talk.poll(error(404))
    assert talk.outcomes("time.pollable") == [HELD]


def test_poll_sent_before_the_request_was_answered_is_not_judged(talk):
    talk.request(generating(), took=5.0)
    talk.poll(error(404))
    assert talk.outcomes("time.pollable") == []


# same id


def test_poll_response_with_the_requested_id_holds(talk):
    talk.poll(running(JOB.upper()))
    talk.poll(json_answer(200, {"status": "complete", "export_id": JOB}))
    talk.poll(running("Job-1"), "Job-1")
    talk.poll(complete())
    talk.poll(running(7))
    assert talk.outcomes("time.same-id") == [HELD, HELD, HELD]
    talk.poll(running(OTHER_JOB))
    talk.poll(running("job-1"), "Job-1")
    assert talk.outcomes("time.same-id").count(VIOLATED) == 2


def test_poll_response_with_another_id_is_violation(talk):
    talk.poll(running(OTHER_JOB))
    assert talk.violation("time.same-id").seen == f"polled {JOB}, but got {OTHER_JOB}"


# unique id


def test_new_job_with_an_id_of_another_resource_is_violation(talk):
    talk.request(generating())
    talk.request(generating(JOB.upper()), "r2")
    seen = talk.violation("time.unique-id")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (0, 1))
    assert seen.seen == f"the new job has the id of a job of the {talk.kind} r1"


def test_new_job_with_an_id_of_the_other_kind_is_violation(talk):
    other = "batch" if talk.kind == "collection" else "collection"
    talk.request(generating(), kind=other)
    talk.request(generating())
    assert talk.violation("time.unique-id").operation == talk.requesting


@pytest.mark.parametrize("ended", [complete(), failed()])
def test_new_job_with_the_id_of_an_ended_job_is_violation(talk, ended):
    talk.request(generating())
    talk.poll(ended)
    talk.request(generating())
    assert talk.violation("time.unique-id").seen.startswith(
        "the new job has the id of an earlier job that was"
    )


def test_jobs_with_distinct_ids_hold(talk):
    talk.request(generating())
    talk.request(generating())
    assert talk.outcomes("time.unique-id") == []
    talk.request(generating(OTHER_JOB), "r2")
    talk.request(generating(OTHER_JOB), "r2")
    talk.request(generating("x"), "r2", generated=True)
    (seen,) = talk.judged("time.unique-id")
    assert (seen.outcome, seen.exchanges) == (HELD, (2,))


# request while generating


def test_second_job_while_the_first_is_generating_is_violation(talk):
    talk.request(generating())
    talk.request(generating(OTHER_JOB))
    talk.poll(running())
    seen = talk.violation("time.request-while-generating")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (0, 2, 1))
    assert OTHER_JOB in seen.seen


def test_second_job_without_a_later_poll_of_the_first_is_not_judged(talk):
    talk.request(generating())
    talk.request(generating(OTHER_JOB))
    talk.poll(running(OTHER_JOB), OTHER_JOB)
    assert talk.outcomes("time.request-while-generating") == []
    talk.poll(complete())
    assert talk.outcomes("time.request-while-generating") == []


def test_job_that_ended_and_reappeared_was_not_running(talk):
    talk.request(generating())
    talk.poll(complete())
    talk.request(generating(OTHER_JOB))
    talk.poll(running())
    assert violated_laws(talk) == {"time.complete-stays"}


def test_requests_with_different_filters_may_start_different_jobs(talk):
    talk.request(generating(), query="?study_id=a")
    talk.request(generating(OTHER_JOB), query="?study_id=b")
    talk.poll(running())
    assert talk.outcomes("time.request-while-generating") == []
    talk.request(generating(), query="?study_id=a")
    assert talk.outcomes("time.request-while-generating") == [HELD]


def test_running_job_returned_again_holds(talk):
    talk.request(generating())
    talk.poll(running())
    talk.request(generating())
    talk.request(complete())
    talk.request(None, failure="reset")
    assert talk.outcomes("time.request-while-generating") == [HELD]


# request after complete


def test_complete_export_is_returned_again_in_the_earlier_edition(talk):
    talk.request(complete())
    talk.request(complete())
    assert talk.outcomes("time.request-after-complete", "2026-03") == [HELD]
    assert talk.outcomes("time.request-after-complete") == []
    assert talk.violation("time.request-after-complete", "2026-11").seen == (
        "returned the complete export again"
    )


def test_new_job_while_a_complete_export_remains_is_violation(talk):
    talk.request(generating())
    talk.poll(complete())
    talk.request(generating(OTHER_JOB))
    assert talk.outcomes("time.request-after-complete", "2026-03") == []
    talk.poll(complete())
    seen = talk.violation("time.request-after-complete", "2026-03")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (1, 3, 2))
    assert talk.outcomes("time.request-after-complete", "2026-11") == [HELD]


def test_export_with_deleted_archive_need_not_be_returned_again(talk):
    talk.request(generating())
    talk.poll(complete())
    talk.request(generating(OTHER_JOB))
    talk.poll(failed())
    talk.poll(failed(), OTHER_JOB)
    talk.request(generating("third"))
    assert talk.outcomes("time.request-after-complete", "2026-03") == []


def test_old_export_may_be_generated_again(talk):
    talk.request(generating())
    talk.poll(complete())
    talk.request(generating(OTHER_JOB), after=601.0)
    talk.poll(complete())
    assert talk.outcomes("time.request-after-complete", "2026-03") == []


def test_completion_shown_only_by_a_request_cannot_be_confirmed(talk):
    talk.request(complete())
    talk.request(generating())
    assert talk.outcomes("time.request-after-complete", "2026-03") == []
    assert talk.outcomes("time.request-after-complete", "2026-11") == [HELD]


def test_job_that_completed_between_two_requests_is_judged(talk):
    talk.request(generating())
    talk.request(complete())
    talk.poll(running())
    talk.poll(complete())
    talk.request(error(429))
    talk.request(complete())
    assert talk.outcomes("time.request-after-complete", "2026-03") == [HELD]


def test_id_of_a_complete_job_is_not_reused_in_the_later_edition(talk):
    talk.request(generating())
    talk.poll(complete())
    talk.request(generating())
    assert talk.violation("time.request-after-complete", "2026-11").seen == (
        "returned the id of the complete job again"
    )


# states that stay


def test_complete_job_may_only_become_failed(talk):
    talk.poll(complete())
    talk.poll(complete())
    talk.poll(failed())
    assert talk.outcomes("time.complete-stays") == [HELD, HELD]
    talk.poll(running())
    seen = talk.violation("time.complete-stays")
    assert (seen.operation, seen.exchanges) == (talk.polling, (0, 3))
    assert seen.seen == "was complete, then generating"


@pytest.mark.parametrize("response", [complete(), running()])
def test_failed_job_stays_failed(talk, response):
    talk.poll(failed())
    talk.poll(failed())
    assert talk.outcomes("time.failed-stays") == [HELD]
    talk.poll(response)
    assert talk.violation("time.failed-stays").seen.startswith("was failed, then ")


def test_overlapping_polls_are_not_ordered(talk):
    talk.poll(complete(), took=5.0)
    talk.poll(running())
    assert violated_laws(talk) == set()


def test_state_change_of_a_reused_id_is_not_judged(talk):
    talk.request(generating())
    talk.poll(failed())
    talk.request(generating())
    talk.poll(running())
    talk.poll(complete())
    assert violated_laws(talk) == {"time.unique-id"}


# jobs that stay


@pytest.mark.parametrize("status", [404, 410])
def test_job_that_vanishes_is_violation(talk, status):
    talk.poll(running())
    talk.poll(complete())
    talk.poll(error(status))
    talk.poll(complete())
    seen = talk.violation("time.job-stays")
    assert (seen.operation, seen.exchanges) == (talk.polling, (1, 2))
    assert seen.seen == f"the job was complete, then a poll got {status}"
    assert talk.outcomes("time.job-stays") == [HELD, VIOLATED, HELD]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_refused_poll_does_not_show_that_the_job_vanished(talk, status):
    talk.poll(running())
    talk.poll(error(status))
    assert talk.outcomes("time.job-stays") == []


def test_other_account_need_not_see_the_job(talk):
    talk.poll(complete(), sender=0)
    talk.poll(error(404), sender=1)
    assert talk.outcomes("time.job-stays") == []
    talk.poll(running(), sender=1)
    talk.poll(error(404), sender=0)
    assert talk.violation("time.job-stays").exchanges == (0, 3)


def test_old_job_may_vanish(talk):
    talk.poll(complete())
    talk.poll(error(404), after=3601.0)
    assert talk.outcomes("time.job-stays") == []


@pytest.mark.parametrize("response", [HttpResponse(204), None])
def test_job_that_may_have_been_deleted_may_be_gone(talk, response):
    talk.request(generating())
    talk.poll(complete())
    talk.send("DELETE", talk.trace.exchanges[-1].url, response)
    talk.poll(error(404))
    assert violated_laws(talk) == set()


def test_id_of_a_deleted_job_returned_again_is_violation(talk):
    talk.request(generating())
    talk.poll(complete())
    talk.send("DELETE", talk.trace.exchanges[-1].url, HttpResponse(204))
    talk.request(generating())
    talk.request(generating())
    talk.poll(running())
    assert violated_laws(talk) == {"time.unique-id"}


def test_refused_deletion_does_not_excuse_a_vanished_job(talk):
    talk.poll(complete())
    talk.send("DELETE", talk.trace.exchanges[-1].url, error(409))
    talk.poll(error(404))
    assert violated_laws(talk) == {"time.delete-refused"}


# completes


def test_job_still_generating_at_the_time_limit_is_violation():
    talk = Talk(max_wait=60.0)
    start = talk.request(generating())
    talk.poll(running(), after=59.0)
    assert talk.outcomes("time.completes") == []
    talk.poll(running(), after=1.0)
    seen = talk.violation("time.completes")
    assert (seen.exchanges, seen.seen) == ((start.index, 2), "still generating after 60 s")
    talk.poll(complete())
    assert talk.outcomes("time.completes") == [VIOLATED]


def test_job_complete_within_the_time_limit_holds(talk):
    talk.request(generating())
    talk.poll(running())
    talk.poll(complete())
    assert talk.outcomes("time.completes") == [HELD]


def test_time_limit_is_not_exceeded_without_polls():
    talk = Talk(max_wait=60.0)
    talk.request(generating())
    talk.poll(complete(), after=500.0)
    talk.request(generating(OTHER_JOB), "r2")
    talk.poll(failed(), OTHER_JOB, "r2")
    talk.poll(running(), "started elsewhere", after=500.0)
    assert talk.outcomes("time.completes") == []


# GET is safe


def test_unknown_id_that_a_poll_makes_known_is_violation(talk):
    talk.poll(error(404))
    talk.poll(error(404))
    assert talk.outcomes("time.get-is-safe") == [HELD]
    talk.poll(running())
    talk.poll(error(404))
    seen = talk.violation("time.get-is-safe")
    assert (seen.operation, seen.exchanges) == (talk.polling, (0, 2))
    assert talk.outcomes("time.get-is-safe") == [HELD, VIOLATED]


def test_id_that_a_request_makes_known_holds(talk):
    talk.poll(error(404))
    talk.request(generating())
    talk.poll(running())
    assert talk.outcomes("time.get-is-safe") == []


def test_job_shown_under_another_resource_was_not_started_there(talk):
    talk.request(generating())
    talk.poll(error(404), resource="r2")
    talk.poll(running(), resource="r2")
    assert talk.outcomes("time.get-is-safe") == []


def test_responses_to_another_account_are_not_compared(talk):
    talk.poll(error(404))
    talk.poll(running(), credential=Credential.UNKNOWN)
    talk.poll(error(403))
    assert talk.outcomes("time.get-is-safe") == []


# in general


def test_fuzzed_and_unauthorised_exchanges_are_not_judged(talk):
    talk.request(generating())
    talk.poll(complete())
    for options in ({"generated": True}, {"credential": Credential.NONE}):
        talk.request(generating(OTHER_JOB), **options)
        talk.poll(running(), **options)
        talk.poll(error(404), **options)
        talk.request(complete(), **options)
    for edition in (None, "2026-03", "2026-11"):
        assert violated_laws(talk, edition) == set()


def test_unknown_states_are_not_judged(talk):
    talk.request(generating())
    talk.poll(json_answer(200, {"status": "queued", "export_id": OTHER_JOB}))
    talk.poll(json_answer(200, []))
    talk.poll(json_answer(302, {"status": "generating"}))
    for law in TIME:
        assert talk.outcomes(law) == []
