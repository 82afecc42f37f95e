"""The law about access that is refused after it was given."""

import pytest
from helpers.traces import (
    DELETED,
    JOB,
    OTHER_JOB,
    TraceBuilder,
    complete,
    error,
    generating,
    job,
    running,
)
from prolific_contract import Operation
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import Credential, Subject

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
LAW, LATER = "isolation.access-stays", "2026-11"


@pytest.fixture(params=["batch", "collection"])
def builder(request):
    """A conversation of the gate."""
    return TraceBuilder(request.param, Subject(request.param, "r1"))


@pytest.fixture(params=["batch", "collection"])
def recording(request):
    """A recording of another client."""
    return TraceBuilder(request.param)


def test_access_that_stays_holds_for_every_operation(builder):
    first = builder.request(generating())
    second = builder.poll(running())
    builder.list(job())
    builder.request(generating())
    found = builder.judged(LAW)
    assert [(one.outcome, one.operation.action) for one in found] == [
        (HELD, "status"),
        (HELD, "list"),
        (HELD, "request"),
    ]
    assert found[0].exchanges == (first.index, second.index)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_list_of_a_resource_that_was_exported_is_violation(builder, status):
    given = builder.request(generating())
    lost = builder.list(response=error(status))
    seen = builder.violation(LAW, LATER)
    assert seen.exchanges == (given.index, lost.index)
    assert seen.operation == Operation(builder.kind, "list")
    assert seen.seen == f"the token had access to the {builder.kind}, then a request got {status}"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_list_refused_until_the_first_export_is_violation(builder, status):
    refused = builder.list(response=error(status))
    builder.request(error(500))
    given = builder.request(generating())
    builder.poll(running())
    seen = builder.violation(LAW, LATER)
    assert seen.exchanges == (refused.index, given.index)
    assert seen.operation == Operation(builder.kind, "list")
    assert seen.about == ("api.access.token-lasts" if status == 401 else "api.access.granted",)
    assert seen.seen == (
        f"the list of the {builder.kind} got {status}, but the token has access: a later request "
        "succeeded"
    )


def test_list_refused_long_before_the_first_export_is_not_judged(builder):
    builder.list(response=error(404))
    builder.request(generating(), after=60.5)
    assert builder.outcomes(LAW, LATER) == []


@pytest.mark.parametrize("edition", [None, "2026-03"])
def test_list_refused_before_the_first_export_is_not_judged_without_the_edition(builder, edition):
    builder.list(response=error(404))
    builder.request(generating())
    assert builder.outcomes(LAW, edition) == []


def test_list_refused_before_the_first_export_is_not_judged_in_a_recording(recording):
    recording.list(response=error(404))
    recording.request(generating())
    assert recording.outcomes(LAW, LATER) == []


def test_refused_list_of_a_resource_without_exports_is_not_judged(builder):
    builder.list(response=error(403))
    builder.request(error(403))
    assert builder.outcomes(LAW, LATER) == []


def test_server_without_lists_may_refuse_them_unless_an_edition_demands_them(builder):
    builder.request(generating())
    builder.list(response=error(404))
    assert builder.outcomes(LAW) == []
    builder.list(kind={"batch": "collection", "collection": "batch"}[builder.kind])
    assert builder.outcomes(LAW) == []
    builder.list(job())
    builder.list(response=error(404))
    assert builder.outcomes(LAW) == [HELD, VIOLATED]


@pytest.mark.parametrize("status", [401, 403])
def test_refused_poll_of_the_own_job_is_violation(builder, status):
    builder.request(generating())
    builder.poll(running())
    builder.poll(error(status))
    violation = builder.violation(LAW)
    assert violation.operation == builder.polling
    assert violation.about == ("api.access.token-lasts" if status == 401 else "api.access.granted",)


@pytest.mark.parametrize("status", [401, 403])
def test_refused_poll_of_another_job_is_not_judged(builder, status):
    builder.request(generating())
    builder.poll(error(status), OTHER_JOB)
    builder.poll(error(status), kind={"batch": "collection", "collection": "batch"}[builder.kind])
    assert builder.outcomes(LAW) == []


@pytest.mark.parametrize("response", [DELETED, None])
def test_refused_poll_of_a_job_that_may_be_deleted_is_not_judged(builder, response):
    builder.poll(complete())
    builder.delete(response)
    builder.poll(error(403))
    assert builder.outcomes(LAW) == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_request_after_an_accepted_one_is_violation(builder, status):
    builder.list(job())
    builder.request(generating())
    builder.request(error(status))
    assert builder.violation(LAW).operation == builder.requesting


@pytest.mark.parametrize(("status", "outcomes"), [(401, [VIOLATED]), (403, []), (404, [])])
def test_refused_request_that_may_exceed_the_limit_is_violation_only_with_401(
    builder, status, outcomes
):
    builder.request(generating())
    builder.request(error(status))
    assert builder.outcomes(LAW) == outcomes
    assert builder.outcomes(LAW, "2026-03") == [VIOLATED]


def test_refused_filter_is_judged_by_its_own_law(builder):
    builder.list()
    builder.request(generating())
    builder.filtered(error(403))
    assert builder.outcomes(LAW, LATER) == [HELD]


@pytest.mark.parametrize("status", [400, 409, 429, 500])
def test_other_refusals_say_nothing_about_access(builder, status):
    builder.list()
    builder.request(generating())
    builder.request(error(status))
    builder.list(response=error(status))
    assert builder.outcomes(LAW, LATER) == [HELD]


def test_401_to_a_token_that_the_recording_does_not_show_is_not_judged(builder):
    builder.list(credential=Credential.UNKNOWN)
    builder.list(response=error(401), credential=Credential.UNKNOWN)
    assert builder.outcomes(LAW, LATER) == []
    builder.list(response=error(403), credential=Credential.UNKNOWN)
    assert builder.outcomes(LAW, LATER) == [VIOLATED]


def test_requests_without_the_token_or_at_the_same_time_are_not_compared(builder):
    builder.list(took=10.0)
    builder.list(response=error(401), credential=Credential.WRONG_TOKEN)
    builder.list(response=error(403))
    builder.list(response=error(403), generated=True, after=10.0)
    assert builder.outcomes(LAW, LATER) == []


def test_access_is_judged_for_an_hour(builder):
    builder.list()
    builder.list(response=error(403), after=3601.0)
    assert builder.outcomes(LAW, LATER) == []


def test_resources_that_are_forbidden_or_not_given_are_not_judged(builder):
    forbidden = TraceBuilder(
        builder.kind, Subject(builder.kind, "r1"), Subject(builder.kind, "r2", forbidden=True)
    )
    for resource in ("r2", "r3"):
        forbidden.list(resource=resource)
        forbidden.list(response=error(403), resource=resource)
    assert forbidden.outcomes(LAW, LATER) == []


def test_refusal_in_a_recording_is_violation_only_between_two_successes(recording):
    recording.list()
    recording.list(response=error(401))
    assert recording.outcomes(LAW, LATER) == []
    recording.list(sender=1)
    assert recording.outcomes(LAW, LATER) == []
    recording.list()
    assert recording.outcomes(LAW, LATER) == [VIOLATED, HELD]


def test_accounts_are_judged_apart(recording):
    recording.poll(complete(), sender=0)
    recording.poll(error(403), sender=1)
    recording.poll(complete(), JOB, "r2", sender=1)
    recording.list(sender=1)
    recording.poll(error(403), sender=1)
    recording.list(sender=1)
    assert recording.outcomes(LAW, LATER) == [HELD]
