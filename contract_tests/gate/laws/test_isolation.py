import json
from typing import Any

import pytest
from attrs import evolve
from helpers.traces import (
    BASE,
    JOB,
    OTHER_JOB,
    RESOURCE,
    TraceBuilder,
    complete,
    error,
    failed,
    generating,
    job,
    json_answer,
    running,
)
from prolific_contract import UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID, path_of
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import INVALID_CREDENTIALS, Credential, HttpResponse, Subject

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
BAD = sorted(INVALID_CREDENTIALS)
SHORTER, LONGER = JOB[:-1], f"{JOB}0"
NEAR = f"{JOB[:-1]}1"


@pytest.fixture(params=["batch", "collection"])
def builder(request) -> TraceBuilder:
    return TraceBuilder(request.param, Subject(request.param, "closed", forbidden=True))


@pytest.fixture
def other(builder) -> str:
    return "batch" if builder.kind == "collection" else "collection"


# credentials


@pytest.mark.parametrize("credential", BAD)
def test_request_without_valid_token_is_violation_unless_refused_with_401(builder, credential):
    builder.request(generating())
    builder.poll(error(401), credential=credential)
    builder.request(error(401), credential=credential)
    builder.request(error(429), credential=credential)
    builder.request(error(500), credential=credential)
    assert builder.outcomes("isolation.credentials") == [HELD, HELD]
    builder.request(generating(), credential=credential)
    seen = builder.violation("isolation.credentials")
    assert (seen.operation, seen.exchanges) == (builder.requesting, (5,))
    assert seen.seen == f"a request with {credential.value} got 202, not 401"


@pytest.mark.parametrize("status", [200, 400, 403, 404])
def test_poll_without_valid_token_is_violation_unless_refused_with_401(builder, status):
    builder.poll(running())
    builder.poll(error(status), credential=Credential.WRONG_TOKEN)
    assert builder.violation("isolation.credentials").operation == builder.polling


def test_recording_without_authorization_headers_is_not_judged(builder):
    builder.request(generating(), credential=Credential.NONE)
    builder.poll(running(), credential=Credential.UNKNOWN)
    assert builder.outcomes("isolation.credentials") == []


def test_fuzzed_request_without_token_is_violation_only_if_served(builder):
    builder.poll(running())
    builder.poll(error(404), credential=Credential.NONE, generated=True)
    builder.poll(error(401), credential=Credential.NONE, generated=True)
    assert builder.outcomes("isolation.credentials") == [HELD]
    builder.poll(running(), credential=Credential.NONE, generated=True)
    assert builder.outcomes("isolation.credentials") == [HELD, VIOLATED]


@pytest.mark.parametrize("response", [error(404), HttpResponse(308)])
def test_path_with_final_slash_may_be_refused_in_any_way_but_not_served(builder, response):
    builder.poll(running())
    url = f"{builder.poll(running()).url}/"
    builder.send("GET", url, response, credential=Credential.EMPTY)
    builder.send("GET", url, error(401), credential=Credential.EMPTY)
    assert builder.outcomes("isolation.credentials") == [HELD]
    builder.send("GET", url, running(), credential=Credential.EMPTY)
    assert builder.violation("isolation.credentials").exchanges == (4,)


# token echo


def test_response_that_repeats_the_token_is_violation(builder):
    builder.request(evolve(generating(), echoes_token=True))
    builder.poll(evolve(running(), echoes_token=False))
    builder.poll(running())
    builder.poll(None)
    builder.send("GET", "https://elsewhere.example/", HttpResponse(200, echoes_token=True))
    assert builder.outcomes("isolation.token-echo") == [VIOLATED, HELD]
    seen = builder.violation("isolation.token-echo")
    assert (seen.operation, seen.exchanges) == (builder.requesting, (0,))


def test_response_to_wrong_method_that_repeats_the_token_is_violation(builder):
    url = builder.poll(running()).url
    builder.send("PUT", url, evolve(error(405), echoes_token=True))
    assert builder.violation("isolation.token-echo").operation == builder.polling


# unknown jobs


@pytest.mark.parametrize("response", [running(), failed(), complete(), error(403), error(400)])
def test_poll_of_unknown_id_is_violation_unless_answered_with_404(builder, response):
    builder.request(generating())
    builder.poll(response, UNKNOWN_EXPORT_ID.upper())
    builder.poll(error(404), UNKNOWN_EXPORT_ID)
    seen = builder.violation("isolation.unknown-job")
    assert (seen.operation, seen.exchanges) == (builder.polling, (1,))
    assert seen.seen == f"a request for an unknown id got {response.status}, not 404"
    assert builder.outcomes("isolation.unknown-job") == [VIOLATED, HELD]


def test_poll_that_creates_the_job_is_not_judged_by_the_law_of_unknown_ids(builder):
    builder.request(generating())
    builder.poll(error(404), UNKNOWN_EXPORT_ID)
    builder.poll(running(), UNKNOWN_EXPORT_ID)
    assert builder.outcomes("isolation.unknown-job") == [HELD]
    assert builder.violation("time.get-is-safe").exchanges == (1, 2)
    builder.poll(error(403), UNKNOWN_EXPORT_ID)
    assert builder.outcomes("isolation.unknown-job") == [HELD, VIOLATED]


def test_id_from_before_the_recording_is_not_unknown(builder):
    builder.poll(running())
    assert builder.outcomes("isolation.unknown-job") == []


def test_fuzzed_id_is_unknown_unless_a_request_returned_it(builder):
    builder.request(generating())
    builder.poll(running(), generated=True)
    builder.poll(error(400), "x", generated=True)
    builder.poll(error(404), "x", generated=True)
    assert builder.outcomes("isolation.unknown-job") == [HELD]
    builder.poll(failed(), "x", generated=True)
    assert builder.outcomes("isolation.unknown-job") == [HELD, VIOLATED]


def complete_with_id(export_id: Any = JOB) -> HttpResponse:
    shown = complete()
    return evolve(shown, body=json.dumps({**shown.json, "export_id": export_id}).encode())


@pytest.mark.parametrize("generated", [False, True])
def test_id_returned_with_a_complete_export_is_known(builder, generated):
    builder.request(complete_with_id(), generated=generated)
    builder.poll(complete(), JOB.upper(), generated=True)
    assert builder.outcomes("isolation.unknown-job") == []


def test_id_shown_by_a_poll_or_list_is_known(builder):
    builder.poll(complete_with_id())
    listed = json_answer(200, [{"export_id": OTHER_JOB.upper()}, {}])
    builder.send("GET", f"{BASE}{path_of(builder.kind, RESOURCE)}", listed)
    builder.poll(complete(), generated=True)
    builder.poll(complete(), OTHER_JOB, generated=True)
    assert builder.outcomes("isolation.unknown-job") == []


def test_id_shown_only_by_refusals_and_fuzzed_polls_is_unknown(builder):
    builder.poll(complete_with_id(), generated=True)
    builder.poll(complete_with_id(OTHER_JOB), generated=True)
    builder.request(json_answer(403, {"export_id": JOB}))
    builder.request(complete_with_id([JOB]))
    assert builder.outcomes("isolation.unknown-job") == [VIOLATED, VIOLATED]


def test_unknown_id_of_forbidden_resource_may_be_refused_with_403(builder):
    builder.request(generating(), sender=0)
    builder.poll(error(403), UNKNOWN_EXPORT_ID, sender=1)
    builder.poll(error(403), UNKNOWN_EXPORT_ID, "r2", sender=0)
    assert builder.outcomes("isolation.unknown-job") == []
    builder.poll(error(403), UNKNOWN_EXPORT_ID, sender=0)
    assert builder.outcomes("isolation.unknown-job") == [VIOLATED]


def test_unknown_job_may_be_hidden_by_another_refusal(builder):
    builder.poll(error(403), UNKNOWN_EXPORT_ID, "closed")
    builder.poll(error(401), UNKNOWN_EXPORT_ID)
    builder.poll(error(429), UNKNOWN_EXPORT_ID)
    builder.poll(error(401), UNKNOWN_EXPORT_ID, credential=Credential.NONE)
    builder.poll(None, UNKNOWN_EXPORT_ID)
    builder.request(error(404), UNKNOWN_EXPORT_ID)
    assert builder.outcomes("isolation.unknown-job") == []


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_id_of_another_length_may_get_any_refusal(builder, status):
    builder.request(generating(JOB.upper()))
    builder.poll(error(status), SHORTER)
    builder.poll(error(status), LONGER)
    assert builder.outcomes("isolation.unknown-job") == [HELD, HELD]
    assert builder.outcomes("shape.status") == [HELD] * (3 if status in (403, 404) else 1)


@pytest.mark.parametrize("export_id", [NEAR, NEAR.upper(), SHORTER, LONGER])
def test_near_id_that_finds_a_job_violates_unknown_job(builder, export_id):
    builder.request(generating())
    builder.poll(running(JOB), export_id)
    assert builder.violation("isolation.unknown-job").exchanges == (1,)
    builder.send("DELETE", f"{BASE}{path_of(builder.kind, RESOURCE, export_id)}", HttpResponse(204))
    assert builder.outcomes("isolation.unknown-job") == [VIOLATED, VIOLATED]


def test_near_id_must_get_404(builder):
    builder.request(generating())
    builder.poll(error(400), NEAR)
    builder.poll(error(404), NEAR)
    assert builder.outcomes("isolation.unknown-job") == [VIOLATED, HELD]


def test_reported_ids_are_not_near_misses(builder):
    builder.request(generating())
    builder.request(generating(NEAR))
    builder.poll(running(), JOB)
    builder.poll(running(NEAR), NEAR)
    assert builder.outcomes("isolation.unknown-job") == []


def test_ids_of_a_sequence_are_not_near_misses(builder):
    first, second = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
    builder.request(generating(second))
    builder.poll(complete(), first)
    builder.request(generating("job-2"))
    builder.poll(complete(), "job-1")
    builder.poll(complete(), "job-")
    assert builder.outcomes("isolation.unknown-job") == []


# resources that do not exist


def test_unknown_resource_may_be_refused_in_any_way(builder):
    builder.request(error(404), UNKNOWN_RESOURCE_ID)
    builder.poll(error(403), resource=UNKNOWN_RESOURCE_ID.upper())
    builder.request(error(401), UNKNOWN_RESOURCE_ID, credential=Credential.NONE)
    builder.request(error(429), UNKNOWN_RESOURCE_ID)
    builder.request(error(500), UNKNOWN_RESOURCE_ID)
    builder.request(HttpResponse(302), UNKNOWN_RESOURCE_ID)
    builder.request(None, UNKNOWN_RESOURCE_ID)
    builder.request(generating())
    assert builder.outcomes("isolation.unknown-resource") == [HELD, HELD]


@pytest.mark.parametrize(
    ("method", "job", "response"),
    [
        ("POST", (), generating()),
        ("GET", (), json_answer(200, [])),
        ("GET", (JOB,), failed()),
        ("DELETE", (JOB,), HttpResponse(204)),
    ],
)
def test_unknown_resource_that_succeeds_is_a_violation(builder, method, job, response):
    url = f"{BASE}{path_of(builder.kind, UNKNOWN_RESOURCE_ID, *job)}"
    builder.send(method, url, response)
    seen = builder.violation("isolation.unknown-resource")
    assert seen.seen == f"a request for a {builder.kind} that does not exist got {response.status}"


UNIQUE = ["65f0c1d2e3a4b5c6d7e8f901", "ba7c4d1e-5f60-4782-93a4-b5c6d7e8f901"]


@pytest.mark.parametrize("resource", UNIQUE)
@pytest.mark.parametrize("near", [lambda it: it[:-1], lambda it: f"{it}0"])
def test_resource_found_by_a_longer_or_shorter_id_is_a_violation(builder, resource, near):
    builder = TraceBuilder(builder.kind, Subject(builder.kind, resource))
    builder.request(error(422), near(resource))
    builder.list(job(), resource=near(resource))
    assert builder.violation("isolation.unknown-resource").seen == (
        f"a request for a {builder.kind} that does not exist got 200"
    )
    # Some servers refuse an id of another length before they look for the resource.
    assert builder.outcomes("shape.status", "2026-11") == [HELD]


@pytest.mark.parametrize("resource", UNIQUE)
def test_resource_found_under_the_other_kind_is_a_violation(builder, other, resource):
    builder = TraceBuilder(builder.kind, Subject(builder.kind, resource))
    builder.request(error(404), resource, kind=other)
    builder.request(generating(), resource.upper(), kind=other)
    builder.request(generating(), resource)
    assert builder.outcomes("isolation.unknown-resource")[0] is HELD
    assert builder.outcomes("isolation.unknown-resource")[1:] == [VIOLATED] * ("-" in resource)


@pytest.mark.parametrize("resource", ["17", "r1", "0" * 24, "00000000-0000-4000-8000-000000000017"])
def test_id_that_another_resource_may_have_is_not_judged(builder, other, resource):
    builder = TraceBuilder(builder.kind, Subject(builder.kind, resource))
    builder.request(generating(), f"{resource}0")
    builder.request(generating(), resource, kind=other)
    assert builder.outcomes("isolation.unknown-resource") == []


def test_job_found_under_the_other_kind_is_reported_as_such(builder, other):
    builder = TraceBuilder(builder.kind, Subject(builder.kind, UNIQUE[0]))
    builder.request(generating(), UNIQUE[0])
    builder.poll(running(), resource=UNIQUE[0], kind=other)
    assert builder.outcomes("isolation.unknown-resource") == []
    assert builder.outcomes("isolation.job-scope") == [VIOLATED]


def test_id_that_is_given_for_both_kinds_is_known(builder, other):
    resource = UNIQUE[0]
    builder = TraceBuilder(builder.kind, Subject(builder.kind, resource), Subject(other, resource))
    builder.request(generating(), resource, kind=other)
    assert builder.outcomes("isolation.unknown-resource") == []


def test_list_of_foreign_jobs_for_an_unknown_resource_is_reported_for_its_jobs_only(builder):
    builder.request(generating())
    builder.list(job(), resource=UNKNOWN_RESOURCE_ID)
    assert builder.outcomes("isolation.unknown-resource") == []
    assert builder.outcomes("isolation.list-scope") == [VIOLATED]


# scope


def test_job_shown_under_another_resource_is_violation(builder):
    builder.request(generating())
    builder.poll(error(404), resource="r2")
    builder.poll(error(403), JOB.upper(), resource="r2")
    assert builder.outcomes("isolation.job-scope") == [HELD, HELD]
    builder.poll(failed(), resource="r2")
    seen = builder.violation("isolation.job-scope")
    assert (seen.operation, seen.exchanges) == (builder.polling, (0, 3))
    assert seen.seen == f"a job of the {builder.kind} r1 was reported under the {builder.kind} r2"


def test_job_shown_under_the_other_kind_is_violation(builder, other):
    builder.request(generating())
    builder.poll(running(), kind=other)
    seen = builder.violation("isolation.job-scope")
    assert (seen.operation.kind, seen.operation.action) == (other, "status")


def test_scope_is_judged_only_with_valid_token_and_a_request_that_returned_the_job(builder):
    builder.poll(running())
    builder.poll(running(), resource="r2")
    builder.request(generating())
    builder.request(generating(), generated=True, resource="r3")
    builder.poll(running())
    builder.poll(error(401), resource="r2", credential=Credential.NONE)
    builder.poll(error(429), resource="r2")
    builder.poll(None, resource="r2")
    assert builder.outcomes("isolation.job-scope") == [VIOLATED]


def test_resource_ids_that_differ_in_case_are_equal(builder):
    builder.request(generating(), OTHER_JOB)
    builder.request(generating(), OTHER_JOB.upper())
    builder.poll(running(), resource=OTHER_JOB.upper())
    assert builder.outcomes("isolation.job-scope") == []
    assert builder.outcomes("time.unique-id") == []
    assert builder.outcomes("time.pollable") == [HELD]


def test_id_returned_for_two_resources_belongs_to_both(builder):
    builder.request(generating())
    builder.request(generating(), "r2")
    builder.poll(running())
    builder.poll(running(), resource="r2")
    assert builder.outcomes("isolation.job-scope") == []


# forbidden resources


def test_request_for_forbidden_resource_is_violation_unless_refused(builder):
    builder.request(error(403), "closed")
    builder.request(error(429), "closed")
    assert builder.outcomes("isolation.forbidden") == [HELD]
    builder.request(error(400), "closed")
    seen = builder.violation("isolation.forbidden")
    assert (seen.operation, seen.exchanges) == (builder.requesting, (2,))
    assert seen.seen == (
        "a request for a resource without access got 400; documented are 401, 403 and 404"
    )


@pytest.mark.parametrize("status", [401, 403, 404])
def test_forbidden_resource_may_be_refused_with_any_documented_status(builder, status):
    builder.request(error(status), "closed")
    builder.poll(error(status), resource="closed")
    builder.list(response=error(status), resource="closed")
    builder.delete(error(status), resource="closed")
    assert builder.outcomes("isolation.forbidden") == [HELD] * 4


def test_serving_a_forbidden_resource_is_violation(builder):
    builder.request(generating(), "closed")
    builder.poll(running(), resource="closed")
    builder.poll(running(), resource="closed", generated=True)
    assert builder.outcomes("isolation.forbidden") == [VIOLATED] * 3


def test_forbidden_resource_is_judged_only_for_requests_with_the_token(builder, other):
    builder.request(generating())
    builder.request(generating(), "closed", kind=other)
    builder.request(error(401), "closed", credential=Credential.NONE)
    builder.request(error(404), "closed", credential=Credential.UNKNOWN)
    builder.request(error(400), "closed", generated=True)
    assert builder.outcomes("isolation.forbidden") == []


# methods


def not_allowed(*allow: str) -> HttpResponse:
    return evolve(error(405), headers=tuple(("ALLOW", value) for value in allow))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_unsupported_method_on_request_path_is_violation_unless_answered_with_405(builder, method):
    url = builder.request(generating()).url
    builder.send(method, url, not_allowed("GET, POST"))
    assert builder.outcomes("isolation.methods") == [HELD]
    builder.send(method, url, HttpResponse(200))
    seen = builder.violation("isolation.methods")
    assert (seen.operation, seen.exchanges) == (builder.requesting, (2,))
    assert seen.seen == f"{method} got 200, not 405"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_unsupported_method_on_poll_path_is_violation_unless_answered_with_405(builder, method):
    url = builder.poll(running()).url
    builder.send(method, url, not_allowed("GET,HEAD"))
    assert builder.outcomes("isolation.methods") == [HELD]
    builder.send(method, url, error(404))
    assert builder.violation("isolation.methods").operation == builder.polling


@pytest.mark.parametrize(
    "allow", [("OPTIONS", "GET"), ("HEAD, OPTIONS", " HEAD ,\tGET "), ("", "GET")]
)
def test_repeated_allow_headers_are_joined(builder, allow):
    builder.send("PUT", builder.poll(running()).url, not_allowed(*allow))
    assert builder.outcomes("isolation.methods") == [HELD]


@pytest.mark.parametrize(
    ("response", "seen"),
    [
        (not_allowed(), "PUT got 405 without an Allow header"),
        (not_allowed("POST, GETAWAY"), "the Allow header is 'POST, GETAWAY' and lacks GET"),
        (not_allowed("POST", "PUT,HEAD"), "the Allow header is 'POST, PUT, HEAD' and lacks GET"),
        (not_allowed(""), "the Allow header is '' and lacks GET"),
    ],
)
def test_405_without_the_supported_methods_is_violation(builder, response, seen):
    builder.send("PUT", builder.poll(running()).url, response)
    assert builder.violation("isolation.methods").seen == seen


def test_method_on_unknown_resource_is_not_judged(builder):
    builder.send("PUT", builder.poll(error(404)).url, error(404))
    assert builder.outcomes("isolation.methods") == []
    builder.send("PUT", builder.trace.exchanges[0].url, HttpResponse(204))
    assert builder.outcomes("isolation.methods") == [VIOLATED]


def test_method_on_resource_of_another_account_is_not_judged(builder):
    url = builder.poll(running(), credential=Credential.UNKNOWN).url
    builder.send("PUT", url, error(404))
    assert builder.outcomes("isolation.methods") == []


def test_methods_of_the_later_edition_and_generic_methods_are_not_judged(builder):
    poll, request = builder.poll(running()).url, builder.request(generating()).url
    builder.send("GET", request, HttpResponse(200))
    builder.send("DELETE", poll, HttpResponse(204))
    for method in ("HEAD", "OPTIONS", "TRACE"):
        builder.send(method, poll, HttpResponse(200))
    builder.send("PUT", poll, None)
    builder.send("PUT", poll, error(429))
    builder.send("PUT", poll, error(401), credential=Credential.NONE)
    builder.send("PUT", "https://elsewhere.example/", HttpResponse(200))
    assert builder.outcomes("isolation.methods") == []
