"""Laws about which jobs exist, by lists, deletions and polls together."""

import pytest
from helpers.traces import (
    DELETED,
    JOB,
    OTHER_JOB,
    TraceBuilder,
    complete,
    error,
    failed,
    generating,
    job,
)
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import Credential, HttpResponse

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


# time.listed-exists


def test_listed_job_that_can_be_polled_holds(builder: TraceBuilder) -> None:
    builder.list(job())
    builder.poll(complete())
    assert builder.outcomes("time.listed-exists") == [HELD]


@pytest.mark.parametrize("status", [404, 410])
def test_job_listed_before_and_after_a_poll_that_finds_nothing_is_violation(
    builder: TraceBuilder, status: int
) -> None:
    builder.list(job(), job(OTHER_JOB))
    builder.poll(error(status), OTHER_JOB)
    assert builder.outcomes("time.listed-exists") == []
    builder.list(job())
    builder.list(resource="r2")
    builder.list(job(OTHER_JOB.upper()))
    seen = builder.violation("time.listed-exists")
    assert seen.exchanges == (0, 4, 1)
    assert seen.seen == f"{OTHER_JOB} is listed before and after a poll that got {status}"


def test_listed_job_that_was_deleted_is_not_judged(builder: TraceBuilder) -> None:
    builder.list(job())
    builder.delete(DELETED)
    builder.poll(error(404))
    builder.list(job())
    assert builder.outcomes("time.listed-exists") == []


@pytest.mark.parametrize("response", [error(403), error(500), None])
def test_listed_job_whose_poll_says_nothing_is_not_judged(
    builder: TraceBuilder, response: HttpResponse | None
) -> None:
    builder.list(job())
    builder.poll(response)
    builder.list(job())
    assert builder.outcomes("time.listed-exists") == []


def test_listed_job_that_a_later_poll_finds_is_not_a_violation(builder: TraceBuilder) -> None:
    builder.list(job())
    builder.poll(error(404))
    builder.list(job())
    builder.poll(complete())
    assert builder.outcomes("time.listed-exists") == [HELD]


def test_listed_job_is_judged_by_polls_of_the_same_account(builder: TraceBuilder) -> None:
    builder.list(job(), sender=0)
    builder.poll(error(404), sender=1)
    builder.poll(error(401), credential=Credential.NONE)
    builder.list(job(), sender=0)
    assert builder.outcomes("time.listed-exists") == []


# time.delete-again


def deleted(builder: TraceBuilder, poll: HttpResponse) -> None:
    builder.request(generating())
    builder.poll(complete())
    builder.delete(DELETED)
    builder.poll(poll)


@pytest.mark.parametrize("status", [404, 410])
def test_second_deletion_that_finds_nothing_holds(builder: TraceBuilder, status: int) -> None:
    deleted(builder, error(404))
    builder.delete(error(status))
    assert builder.outcomes("time.delete-again") == [HELD]


@pytest.mark.parametrize("response", [DELETED, error(403), error(409)])
def test_second_deletion_with_another_response_is_violation(
    builder: TraceBuilder, response: HttpResponse
) -> None:
    deleted(builder, error(404))
    builder.delete(response)
    seen = builder.violation("time.delete-again")
    assert seen.exchanges == (2, 3, 4)
    assert seen.seen == f"the second deletion of a job got {response.status}, not 404"


@pytest.mark.parametrize("response", [error(429), error(500), None])
def test_second_deletion_without_an_answer_is_not_judged(
    builder: TraceBuilder, response: HttpResponse | None
) -> None:
    deleted(builder, error(404))
    builder.delete(response)
    assert builder.outcomes("time.delete-again") == []


def test_second_deletion_of_a_job_reported_as_failed_is_not_judged(builder: TraceBuilder) -> None:
    deleted(builder, failed())
    builder.delete(DELETED)
    assert builder.outcomes("time.delete-again") == []


def test_deletion_after_a_refused_or_foreign_one_is_not_the_second(builder: TraceBuilder) -> None:
    builder.request(generating())
    builder.delete(error(409))
    builder.delete(error(401), credential=Credential.NONE)
    builder.poll(error(404))
    builder.delete(DELETED)
    builder.delete(DELETED)
    builder.delete(DELETED, OTHER_JOB)
    builder.delete(DELETED, OTHER_JOB)
    assert builder.outcomes("time.delete-again") == []


# time.delete-others


def two_jobs(builder: TraceBuilder) -> None:
    builder.request(generating())
    builder.request(generating(OTHER_JOB))


def test_deletion_that_leaves_the_other_job_listed_holds(builder: TraceBuilder) -> None:
    two_jobs(builder)
    builder.list(job(), job(OTHER_JOB))
    builder.delete(DELETED)
    builder.list(job(OTHER_JOB))
    assert builder.outcomes("time.delete-others") == [HELD]


def test_deletion_that_removes_the_other_job_from_the_list_is_violation(
    builder: TraceBuilder,
) -> None:
    two_jobs(builder)
    builder.list(job(), job(OTHER_JOB))
    builder.delete(DELETED)
    builder.list()
    seen = builder.violation("time.delete-others")
    assert seen.exchanges == (2, 4, 3)
    assert seen.seen == f"after the deletion of {JOB}, the job {OTHER_JOB} is gone, too"


def test_list_may_lack_a_new_job_after_the_deletion_of_another(builder: TraceBuilder) -> None:
    builder.request(generating())
    builder.request(generating(OTHER_JOB), took=1.0)
    builder.list(job(), job(OTHER_JOB), after=1.0)
    builder.delete(DELETED, after=1.0)
    builder.list(after=1.0)
    assert builder.outcomes("time.delete-others") == []


def test_job_that_was_gone_before_the_deletion_of_another_is_not_judged(
    builder: TraceBuilder,
) -> None:
    two_jobs(builder)
    builder.list(job(), job(OTHER_JOB))
    builder.poll(error(404), OTHER_JOB)
    builder.delete(DELETED)
    builder.list()
    assert builder.outcomes("time.delete-others") == []


@pytest.mark.parametrize(("after", "outcome"), [(error(404), VIOLATED), (complete(), HELD)])
def test_deletion_is_judged_by_polls_if_there_are_no_lists(
    builder: TraceBuilder, after: HttpResponse, outcome: Outcome
) -> None:
    two_jobs(builder)
    builder.poll(complete(), OTHER_JOB)
    builder.delete(DELETED)
    builder.poll(error(500), OTHER_JOB)
    builder.poll(after, OTHER_JOB)
    assert builder.outcomes("time.delete-others") == [outcome]


def test_job_that_was_gone_before_is_not_judged(builder: TraceBuilder) -> None:
    two_jobs(builder)
    builder.poll(complete(), OTHER_JOB)
    builder.poll(error(404), OTHER_JOB)
    builder.delete(DELETED)
    builder.poll(error(404), OTHER_JOB)
    assert builder.outcomes("time.delete-others") == []


@pytest.mark.parametrize("response", [DELETED, None])
def test_job_with_a_deletion_of_its_own_is_not_judged(
    builder: TraceBuilder, response: HttpResponse | None
) -> None:
    two_jobs(builder)
    builder.list(job(), job(OTHER_JOB))
    builder.delete(response, OTHER_JOB)
    builder.delete(DELETED)
    builder.list()
    assert builder.outcomes("time.delete-others") == []


def test_jobs_of_other_resources_and_clients_are_not_judged(builder: TraceBuilder) -> None:
    builder.request(generating())
    builder.request(generating(OTHER_JOB), "r2")
    builder.poll(complete(), "unrequested")
    builder.poll(complete(), OTHER_JOB, "r2")
    builder.delete(DELETED)
    builder.poll(error(404), OTHER_JOB, "r2")
    builder.poll(error(404), "unrequested")
    assert builder.outcomes("time.delete-others") == []


def test_refused_deletion_is_not_judged(builder: TraceBuilder) -> None:
    two_jobs(builder)
    builder.list(job(), job(OTHER_JOB))
    builder.delete(error(409))
    builder.list()
    assert builder.outcomes("time.delete-others") == []


def test_job_seen_only_on_one_side_of_a_deletion_is_not_judged(builder: TraceBuilder) -> None:
    two_jobs(builder)
    builder.list(job(), job(OTHER_JOB))
    builder.delete(DELETED)
    builder.poll(error(404), OTHER_JOB)
    assert builder.outcomes("time.delete-others") == []
