"""The law about the jobs of other resources in a list."""

from helpers.traces import (
    OTHER_JOB,
    generating,
    job,
)
from prolific_contract.gate.laws import Outcome

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


# isolation.list-scope


def test_list_with_a_job_of_another_resource_is_violation(builder):
    builder.list(job())
    assert builder.outcomes("isolation.list-scope") == []
    builder.request(generating(OTHER_JOB), "r2")
    builder.list(job())
    assert builder.outcomes("isolation.list-scope") == [HELD]
    builder.list(job(), job(OTHER_JOB))
    assert (
        builder.violation("isolation.list-scope").seen
        == f"a job of the {builder.kind} r2 is listed"
    )


def test_listed_job_returned_for_both_resources_is_not_judged(builder):
    builder.request(generating())
    builder.request(generating(), "r2")
    builder.list(job())
    assert builder.outcomes("isolation.list-scope") == []
