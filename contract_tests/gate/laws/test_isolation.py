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
def test_without_a_valid_token_nothing_but_401_is_right(talk, credential):
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
def test_a_poll_is_not_refused_in_another_way_either(talk, status):
    talk.poll(running())
    talk.poll(error(status), credential=Credential.WRONG_TOKEN)
    assert talk.violation("isolation.credentials").operation == talk.polling


def test_a_recording_that_shows_no_authorization_at_all_proves_nothing(talk):
    talk.request(generating(), credential=Credential.NONE)
    talk.poll(running(), credential=Credential.UNKNOWN)
    assert talk.outcomes("isolation.credentials") == []


def test_made_up_requests_may_be_refused_for_other_reasons_but_not_served(talk):
    talk.poll(running())
    talk.poll(error(404), credential=Credential.NONE, generated=True)
    talk.poll(error(401), credential=Credential.NONE, generated=True)
    assert talk.outcomes("isolation.credentials") == [HELD]
    talk.poll(running(), credential=Credential.NONE, generated=True)
    assert talk.outcomes("isolation.credentials") == [HELD, VIOLATED]


# token echo


def test_the_token_must_not_come_back(talk):
    talk.request(evolve(generating(), echoes_token=True))
    talk.poll(evolve(running(), echoes_token=False))
    talk.poll(running())
    talk.poll(None)
    talk.send("GET", "https://elsewhere.example/", HttpResponse(200, echoes_token=True))
    assert talk.outcomes("isolation.token-echo") == [VIOLATED, HELD]
    seen = talk.violation("isolation.token-echo")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (0,))


def test_the_token_must_not_come_back_from_a_wrong_method_either(talk):
    url = talk.poll(running()).url
    talk.send("PUT", url, evolve(error(405), echoes_token=True))
    assert talk.violation("isolation.token-echo").operation == talk.polling


# unknown jobs


@pytest.mark.parametrize("response", [running(), failed(), complete(), error(403), error(400)])
def test_an_id_that_nobody_draws_is_answered_404(talk, response):
    talk.request(generating())
    talk.poll(response, UNKNOWN_EXPORT_ID.upper())
    talk.poll(error(404), UNKNOWN_EXPORT_ID)
    seen = talk.violation("isolation.unknown-job")
    assert (seen.operation, seen.exchanges) == (talk.polling, (1,))
    assert seen.seen == f"a request for an unknown id got {response.status}, not 404"
    assert talk.outcomes("isolation.unknown-job") == [VIOLATED, HELD]


def test_an_id_that_becomes_known_by_asking_is_another_laws(talk):
    talk.request(generating())
    talk.poll(error(404), UNKNOWN_EXPORT_ID)
    talk.poll(running(), UNKNOWN_EXPORT_ID)
    assert talk.outcomes("isolation.unknown-job") == [HELD]
    assert talk.violation("time.get-is-safe").exchanges == (1, 2)
    talk.poll(error(403), UNKNOWN_EXPORT_ID)
    assert talk.outcomes("isolation.unknown-job") == [HELD, VIOLATED]


def test_ids_from_before_the_recording_are_not_unknown(talk):
    talk.poll(running())
    assert talk.outcomes("isolation.unknown-job") == []


def test_made_up_ids_are_unknown_unless_a_request_named_them(talk):
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
def test_an_id_that_came_with_a_complete_export_was_given(talk, generated):
    talk.request(complete_with_id(), generated=generated)
    talk.poll(complete(), JOB.upper(), generated=True)
    assert talk.outcomes("isolation.unknown-job") == []


def test_an_id_that_a_poll_or_a_list_told_was_given(talk):
    talk.poll(complete_with_id())
    listed = json_answer(200, [{"export_id": OTHER_JOB.upper()}, {}])
    talk.send("GET", f"{BASE}{path_of(talk.kind, RESOURCE)}", listed)
    talk.poll(complete(), generated=True)
    talk.poll(complete(), OTHER_JOB, generated=True)
    assert talk.outcomes("isolation.unknown-job") == []


def test_an_id_that_only_refusals_and_made_up_polls_told_was_not_given(talk):
    talk.poll(complete_with_id(), generated=True)
    talk.poll(complete_with_id(OTHER_JOB), generated=True)
    talk.request(json_answer(403, {"export_id": JOB}))
    talk.request(complete_with_id([JOB]))
    assert talk.outcomes("isolation.unknown-job") == [VIOLATED, VIOLATED]


def test_who_has_no_access_to_the_resource_may_be_told_that(talk):
    talk.request(generating(), sender=0)
    talk.poll(error(403), UNKNOWN_EXPORT_ID, sender=1)
    talk.poll(error(403), UNKNOWN_EXPORT_ID, "r2", sender=0)
    assert talk.outcomes("isolation.unknown-job") == []
    talk.poll(error(403), UNKNOWN_EXPORT_ID, sender=0)
    assert talk.outcomes("isolation.unknown-job") == [VIOLATED]


def test_unknown_jobs_may_be_hidden_by_other_refusals(talk):
    talk.poll(error(403), UNKNOWN_EXPORT_ID, "closed")
    talk.poll(error(401), UNKNOWN_EXPORT_ID)
    talk.poll(error(429), UNKNOWN_EXPORT_ID)
    talk.poll(error(401), UNKNOWN_EXPORT_ID, credential=Credential.NONE)
    talk.poll(None, UNKNOWN_EXPORT_ID)
    talk.request(error(404), UNKNOWN_EXPORT_ID)
    assert talk.outcomes("isolation.unknown-job") == []


# scope


def test_a_job_is_not_told_of_under_another_resource(talk):
    talk.request(generating())
    talk.poll(error(404), resource="r2")
    talk.poll(error(403), JOB.upper(), resource="r2")
    assert talk.outcomes("isolation.job-scope") == [HELD, HELD]
    talk.poll(failed(), resource="r2")
    seen = talk.violation("isolation.job-scope")
    assert (seen.operation, seen.exchanges) == (talk.polling, (0, 3))
    assert seen.seen == f"a job of the {talk.kind} r1 was reported under the {talk.kind} r2"


def test_a_job_is_not_told_of_under_the_other_kind(talk, other):
    talk.request(generating())
    talk.poll(running(), kind=other)
    seen = talk.violation("isolation.job-scope")
    assert (seen.operation.kind, seen.operation.action) == (other, "status")


def test_the_scope_of_a_job_needs_the_token_and_a_request_that_named_it(talk):
    talk.poll(running())
    talk.poll(running(), resource="r2")
    talk.request(generating())
    talk.request(generating(), generated=True, resource="r3")
    talk.poll(running())
    talk.poll(error(401), resource="r2", credential=Credential.NONE)
    talk.poll(error(429), resource="r2")
    talk.poll(None, resource="r2")
    assert talk.outcomes("isolation.job-scope") == [VIOLATED]


def test_ids_of_resources_are_the_same_in_capitals(talk):
    talk.request(generating(), OTHER_JOB)
    talk.request(generating(), OTHER_JOB.upper())
    talk.poll(running(), resource=OTHER_JOB.upper())
    assert talk.outcomes("isolation.job-scope") == []
    assert talk.outcomes("time.unique-id") == []
    assert talk.outcomes("time.pollable") == [HELD]


def test_an_id_given_twice_belongs_to_both(talk):
    talk.request(generating())
    talk.request(generating(), "r2")
    talk.poll(running())
    talk.poll(running(), resource="r2")
    assert talk.outcomes("isolation.job-scope") == []


# forbidden resources


def test_a_request_without_access_is_answered_403(talk):
    talk.request(error(403), "closed")
    talk.request(error(429), "closed")
    assert talk.outcomes("isolation.forbidden") == [HELD]
    talk.request(error(404), "closed")
    seen = talk.violation("isolation.forbidden")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (2,))
    assert seen.seen == "a request for a resource without access got 404, not 403"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_poll_without_access_may_be_refused_in_all_ways_of_the_documents(talk, status):
    talk.poll(error(status), resource="closed")
    assert talk.outcomes("isolation.forbidden") == [HELD]


def test_what_is_forbidden_is_not_served(talk):
    talk.request(generating(), "closed")
    talk.poll(running(), resource="closed")
    talk.poll(running(), resource="closed", generated=True)
    assert talk.outcomes("isolation.forbidden") == [VIOLATED] * 3


def test_only_the_tokens_own_requests_for_what_is_forbidden_count(talk, other):
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
def test_methods_that_requests_do_not_have_are_answered_405(talk, method):
    url = talk.request(generating()).url
    talk.send(method, url, not_allowed("GET, POST"))
    assert talk.outcomes("isolation.methods") == [HELD]
    talk.send(method, url, HttpResponse(200))
    seen = talk.violation("isolation.methods")
    assert (seen.operation, seen.exchanges) == (talk.requesting, (2,))
    assert seen.seen == f"{method} got 200, not 405"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_methods_that_polls_do_not_have_are_answered_405(talk, method):
    url = talk.poll(running()).url
    talk.send(method, url, not_allowed("GET,HEAD"))
    assert talk.outcomes("isolation.methods") == [HELD]
    talk.send(method, url, error(404))
    assert talk.violation("isolation.methods").operation == talk.polling


@pytest.mark.parametrize(
    "allow", [("OPTIONS", "GET"), ("HEAD, OPTIONS", " HEAD ,\tGET "), ("", "GET")]
)
def test_several_fields_are_one_list(talk, allow):
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
def test_405_names_the_methods_that_there_are(talk, response, seen):
    talk.send("PUT", talk.poll(running()).url, response)
    assert talk.violation("isolation.methods").seen == seen


def test_where_nothing_is_no_method_is_wrong(talk):
    talk.send("PUT", talk.poll(error(404)).url, error(404))
    assert talk.outcomes("isolation.methods") == []
    talk.send("PUT", talk.trace.exchanges[0].url, HttpResponse(204))
    assert talk.outcomes("isolation.methods") == [VIOLATED]


def test_where_another_account_has_something_no_method_is_wrong(talk):
    url = talk.poll(running(), credential=Credential.UNKNOWN).url
    talk.send("PUT", url, error(404))
    assert talk.outcomes("isolation.methods") == []


def test_methods_of_the_later_edition_and_of_every_server_are_not_judged(talk):
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
