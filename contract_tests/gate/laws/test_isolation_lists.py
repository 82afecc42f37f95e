"""The law about the jobs of other resources in a list."""

import pytest
from helpers.listings import Listing, job
from helpers.traces import (
    OTHER_JOB,
    generating,
)
from prolific_contract.gate.laws._law import Outcome

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


@pytest.fixture(params=["batch", "collection"])
def talk(request):
    return Listing(request.param)


# isolation.list-scope


def test_list_with_a_job_of_another_resource_is_violation(talk):
    talk.list(job())
    assert talk.outcomes("isolation.list-scope") == []
    talk.request(generating(OTHER_JOB), "r2")
    talk.list(job())
    assert talk.outcomes("isolation.list-scope") == [HELD]
    talk.list(job(), job(OTHER_JOB))
    assert talk.violation("isolation.list-scope").seen == f"a job of the {talk.kind} r2 is listed"


def test_listed_job_returned_for_both_resources_is_not_judged(talk):
    talk.request(generating())
    talk.request(generating(), "r2")
    talk.list(job())
    assert talk.outcomes("isolation.list-scope") == []
