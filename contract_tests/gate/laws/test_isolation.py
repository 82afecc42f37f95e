import json

import pytest
from attrs import evolve
from helpers.traces import (
    BASE,
    JOB,
    OTHER_JOB,
    RESOURCE,
    Talk,
    complete,
    error,
    failed,
    generating,
    json_answer,
    running,
)
from prolific_contract._vocabulary import UNKNOWN_EXPORT_ID, path_of
from prolific_contract.gate.laws._law import Outcome
from prolific_contract.gate.trace._exchanges import Credential, HttpResponse, Subject

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
BAD = (
    Credential.NONE,
    Credential.MALFORMED,
    Credential.WRONG_SCHEME,
    Credential.WRONG_TOKEN,
)


@pytest.fixture(params=["batch", "collection"])
def talk(request) -> Talk:
    return Talk(request.param, Subject(request.param, "closed", forbidden=True))


@pytest.fixture
def other(talk) -> str:
    return "batch" if talk.kind == "collection" else "collection"


# credentials


@pytest.mark.parametrize("credential", BAD)
def test_request_without_valid_token_is_violation_unless_refused_with_401(talk, credential):
    talk.request(generating())
    talk.poll(error(401), credential=credential)
    talk.request(error(401), credential=credential)
    talk.request(error(429), credential=credential)
    talk.request(error(500), credential=credential)
    assert talk.outcomes("isolation.credentials") == [HELD, HELD]
    talk.request(generating(), credential=credential)
    seen = talk.violation("isolation.credentials")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (5,))
    assert seen.seen == f"a request with {credential.value} got 202, not 401"


@pytest.mark.parametrize("status", [200, 400, 403, 404])
def test_poll_without_valid_token_is_violation_unless_refused_with_401(talk, status):
    talk.poll(running())
    talk.poll(error(status), credential=Credential.WRONG_TOKEN)
    assert talk.violation("isolation.credentials").operation == talk.polling


def test_recording_without_authorization_headers_is_not_judged(talk):
    talk.request(generating(), credential=Credential.NONE)
    talk.poll(running(), credential=Credential.UNKNOWN)
    assert talk.outcomes("isolation.credentials") == []


def test_fuzzed_request_without_token_is_violation_only_if_served(talk):
    talk.poll(running())
    talk.poll(error(404), credential=Credential.NONE, generated=True)
    talk.poll(error(401), credential=Credential.NONE, generated=True)
    assert talk.outcomes("isolation.credentials") == [HELD]
    talk.poll(running(), credential=Credential.NONE, generated=True)
    assert talk.outcomes("isolation.credentials") == [HELD, VIOLATED]


# token echo


def test_response_that_repeats_the_token_is_violation(talk):
    talk.request(evolve(generating(), echoes_token=True))
    talk.poll(evolve(running(), echoes_token=False))
    talk.poll(running())
    talk.poll(None)
    talk.send("GET", "https://elsewhere.example/", HttpResponse(200, echoes_token=True))
    assert talk.outcomes("isolation.token-echo") == [VIOLATED, HELD]
    seen = talk.violation("isolation.token-echo")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (0,))


def test_response_to_wrong_method_that_repeats_the_token_is_violation(talk):
    url = talk.poll(running()).url
    talk.send("PUT", url, evolve(error(405), echoes_token=True))
    assert talk.violation("isolation.token-echo").operation == talk.polling


# unknown jobs


@pytest.mark.parametrize("response", [running(), failed(), complete(), error(403), error(400)])
def test_poll_of_unknown_id_is_violation_unless_answered_with_404(talk, response):
    talk.request(generating())
    talk.poll(response, UNKNOWN_EXPORT_ID.upper())
    talk.poll(error(404), UNKNOWN_EXPORT_ID)
    seen = talk.violation("isolation.unknown-job")
    assert (seen.operation, seen.exchanges) == (talk.polling, (1,))
    assert seen.seen == f"a request for an unknown id got {response.status}, not 404"
    assert talk.outcomes("isolation.unknown-job") == [VIOLATED, HELD]


def test_poll_that_creates_the_job_is_not_judged_by_the_law_of_unknown_ids(talk):
    talk.request(generating())
    talk.poll(error(404), UNKNOWN_EXPORT_ID)
    talk.poll(running(), UNKNOWN_EXPORT_ID)
    assert talk.outcomes("isolation.unknown-job") == [HELD]
    assert talk.violation("time.get-is-safe").exchanges == (1, 2)
    talk.poll(error(403), UNKNOWN_EXPORT_ID)
    assert talk.outcomes("isolation.unknown-job") == [HELD, VIOLATED]


def test_id_from_before_the_recording_is_not_unknown(talk):
    talk.poll(running())
    assert talk.outcomes("isolation.unknown-job") == []


def test_fuzzed_id_is_unknown_unless_a_request_returned_it(talk):
    talk.request(generating())
    talk.poll(running(), generated=True)
    talk.poll(error(400), "x", generated=True)
    talk.poll(error(404), "x", generated=True)
    assert talk.outcomes("isolation.unknown-job") == [HELD]
    talk.poll(failed(), "x", generated=True)
    assert talk.outcomes("isolation.unknown-job") == [HELD, VIOLATED]


def complete_with_id(export_id=JOB):
    shown = complete()
    return evolve(shown, body=json.dumps({**shown.json, "export_id": export_id}).encode())


@pytest.mark.parametrize("generated", [False, True])
def test_id_returned_with_a_complete_export_is_known(talk, generated):
    talk.request(complete_with_id(), generated=generated)
    talk.poll(complete(), JOB.upper(), generated=True)
    assert talk.outcomes("isolation.unknown-job") == []


def test_id_shown_by_a_poll_or_list_is_known(talk):
    talk.poll(complete_with_id())
    listed = json_answer(200, [{"export_id": OTHER_JOB.upper()}, {}])
    talk.send("GET", f"{BASE}{path_of(talk.kind, RESOURCE)}", listed)
    talk.poll(complete(), generated=True)
    talk.poll(complete(), OTHER_JOB, generated=True)
    assert talk.outcomes("isolation.unknown-job") == []


def test_id_shown_only_by_refusals_and_fuzzed_polls_is_unknown(talk):
    talk.poll(complete_with_id(), generated=True)
    talk.poll(complete_with_id(OTHER_JOB), generated=True)
    talk.request(json_answer(403, {"export_id": JOB}))
    talk.request(complete_with_id([JOB]))
    assert talk.outcomes("isolation.unknown-job") == [VIOLATED, VIOLATED]


def test_unknown_id_of_forbidden_resource_may_be_refused_with_403(talk):
    talk.request(generating(), sender=0)
    talk.poll(error(403), UNKNOWN_EXPORT_ID, sender=1)
    talk.poll(error(403), UNKNOWN_EXPORT_ID, "r2", sender=0)
    assert talk.outcomes("isolation.unknown-job") == []
    talk.poll(error(403), UNKNOWN_EXPORT_ID, sender=0)
    assert talk.outcomes("isolation.unknown-job") == [VIOLATED]


def test_unknown_job_may_be_hidden_by_another_refusal(talk):
    talk.poll(error(403), UNKNOWN_EXPORT_ID, "closed")
    talk.poll(error(401), UNKNOWN_EXPORT_ID)
    talk.poll(error(429), UNKNOWN_EXPORT_ID)
    talk.poll(error(401), UNKNOWN_EXPORT_ID, credential=Credential.NONE)
    talk.poll(None, UNKNOWN_EXPORT_ID)
    talk.request(error(404), UNKNOWN_EXPORT_ID)
    assert talk.outcomes("isolation.unknown-job") == []


# scope


def test_job_shown_under_another_resource_is_violation(talk):
    talk.request(generating())
    talk.poll(error(404), resource="r2")
    talk.poll(error(403), JOB.upper(), resource="r2")
    assert talk.outcomes("isolation.job-scope") == [HELD, HELD]
    talk.poll(failed(), resource="r2")
    seen = talk.violation("isolation.job-scope")
    assert (seen.operation, seen.exchanges) == (talk.polling, (0, 3))
    assert seen.seen == f"a job of the {talk.kind} r1 was reported under the {talk.kind} r2"


def test_job_shown_under_the_other_kind_is_violation(talk, other):
    talk.request(generating())
    talk.poll(running(), kind=other)
    seen = talk.violation("isolation.job-scope")
    assert (seen.operation.kind, seen.operation.action) == (other, "status")


def test_scope_is_judged_only_with_valid_token_and_a_request_that_returned_the_job(talk):
    talk.poll(running())
    talk.poll(running(), resource="r2")
    talk.request(generating())
    talk.request(generating(), generated=True, resource="r3")
    talk.poll(running())
    talk.poll(error(401), resource="r2", credential=Credential.NONE)
    talk.poll(error(429), resource="r2")
    talk.poll(None, resource="r2")
    assert talk.outcomes("isolation.job-scope") == [VIOLATED]


def test_resource_ids_that_differ_in_case_are_equal(talk):
    talk.request(generating(), OTHER_JOB)
    talk.request(generating(), OTHER_JOB.upper())
    talk.poll(running(), resource=OTHER_JOB.upper())
    assert talk.outcomes("isolation.job-scope") == []
    assert talk.outcomes("time.unique-id") == []
    assert talk.outcomes("time.pollable") == [HELD]


def test_id_returned_for_two_resources_belongs_to_both(talk):
    talk.request(generating())
    talk.request(generating(), "r2")
    talk.poll(running())
    talk.poll(running(), resource="r2")
    assert talk.outcomes("isolation.job-scope") == []


# forbidden resources


def test_request_for_forbidden_resource_is_violation_unless_answered_with_403(talk):
    talk.request(error(403), "closed")
    talk.request(error(429), "closed")
    assert talk.outcomes("isolation.forbidden") == [HELD]
    talk.request(error(404), "closed")
    seen = talk.violation("isolation.forbidden")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (2,))
    assert seen.seen == "a request for a resource without access got 404, not 403"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_poll_of_forbidden_resource_may_be_refused_with_any_documented_status(talk, status):
    talk.poll(error(status), resource="closed")
    assert talk.outcomes("isolation.forbidden") == [HELD]


def test_serving_a_forbidden_resource_is_violation(talk):
    talk.request(generating(), "closed")
    talk.poll(running(), resource="closed")
    talk.poll(running(), resource="closed", generated=True)
    assert talk.outcomes("isolation.forbidden") == [VIOLATED] * 3


def test_forbidden_resource_is_judged_only_for_requests_with_the_token(talk, other):
    talk.request(generating())
    talk.request(generating(), "closed", kind=other)
    talk.request(error(401), "closed", credential=Credential.NONE)
    talk.request(error(404), "closed", credential=Credential.UNKNOWN)
    talk.request(error(400), "closed", generated=True)
    assert talk.outcomes("isolation.forbidden") == []


# methods


def not_allowed(*allow: str) -> HttpResponse:
    return evolve(error(405), headers=tuple(("ALLOW", value) for value in allow))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_unsupported_method_on_request_path_is_violation_unless_answered_with_405(talk, method):
    url = talk.request(generating()).url
    talk.send(method, url, not_allowed("GET, POST"))
    assert talk.outcomes("isolation.methods") == [HELD]
    talk.send(method, url, HttpResponse(200))
    seen = talk.violation("isolation.methods")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (2,))
    assert seen.seen == f"{method} got 200, not 405"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_unsupported_method_on_poll_path_is_violation_unless_answered_with_405(talk, method):
    url = talk.poll(running()).url
    talk.send(method, url, not_allowed("GET,HEAD"))
    assert talk.outcomes("isolation.methods") == [HELD]
    talk.send(method, url, error(404))
    assert talk.violation("isolation.methods").operation == talk.polling


@pytest.mark.parametrize(
    "allow", [("OPTIONS", "GET"), ("HEAD, OPTIONS", " HEAD ,\tGET "), ("", "GET")]
)
def test_repeated_allow_headers_are_joined(talk, allow):
    talk.send("PUT", talk.poll(running()).url, not_allowed(*allow))
    assert talk.outcomes("isolation.methods") == [HELD]


@pytest.mark.parametrize(
    ("response", "seen"),
    [
        (not_allowed(), "PUT got 405 without Allow"),
        (not_allowed("POST, GETAWAY"), "Allow is 'POST, GETAWAY', without GET"),
        (not_allowed("POST", "PUT,HEAD"), "Allow is 'POST, PUT, HEAD', without GET"),
        (not_allowed(""), "Allow is '', without GET"),
    ],
)
def test_405_without_the_supported_methods_is_violation(talk, response, seen):
    talk.send("PUT", talk.poll(running()).url, response)
    assert talk.violation("isolation.methods").seen == seen


def test_method_on_unknown_resource_is_not_judged(talk):
    talk.send("PUT", talk.poll(error(404)).url, error(404))
    assert talk.outcomes("isolation.methods") == []
    talk.send("PUT", talk.trace.exchanges[0].url, HttpResponse(204))
    assert talk.outcomes("isolation.methods") == [VIOLATED]


def test_method_on_resource_of_another_account_is_not_judged(talk):
    url = talk.poll(running(), credential=Credential.UNKNOWN).url
    talk.send("PUT", url, error(404))
    assert talk.outcomes("isolation.methods") == []


def test_methods_of_the_later_edition_and_generic_methods_are_not_judged(talk):
    poll, request = talk.poll(running()).url, talk.request(generating()).url
    talk.send("GET", request, HttpResponse(200))
    talk.send("DELETE", poll, HttpResponse(204))
    for method in ("HEAD", "OPTIONS", "TRACE"):
        talk.send(method, poll, HttpResponse(200))
    talk.send("PUT", poll, None)
    talk.send("PUT", poll, error(429))
    talk.send("PUT", poll, error(401), credential=Credential.NONE)
    talk.send("PUT", "https://elsewhere.example/", HttpResponse(200))
    assert talk.outcomes("isolation.methods") == []
