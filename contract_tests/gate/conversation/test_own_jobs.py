"""Which jobs a conversation deletes, and which ones it leaves."""

from datetime import timedelta

import pytest
from attrs import evolve
from helpers.conversations import (
    BASE,
    BATCH,
    TOKEN,
    Scripted,
    asked,
    run_gate,
    subjects_of,
    with_token,
)
from helpers.job_lists import LATER, PATH, InstantServer, after_the_first, list_of, lists
from helpers.traces import JOB, complete, error, generating, json_answer, running
from prolific_contract import (
    UNKNOWN_EXPORT_ID,
    UNKNOWN_RESOURCE_ID,
    path_of,
)
from prolific_contract.gate import judge
from prolific_contract.gate.conversation import (
    KNOWN_JOB,
    ConversationPlan,
    GeneratedRequest,
    record_conversation,
)
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.gate.trace import HttpResponse
from prolific_contract.sandbox import Fate, ManualClock, SandboxResource, SandboxSettings, Site
from prolific_contract.sandbox.variants import VARIANTS, VariantSite


def jobs_of(gate_run):
    return gate_run.site.jobs._by_export_id


@pytest.mark.parametrize("enforced", [None, LATER])
@pytest.mark.parametrize("profile", ["polite", "full"])
@pytest.mark.parametrize("fate", [Fate.COMPLETES, Fate.FAILS_ONCE, Fate.FAILS, Fate.VANISHES])
def test_own_jobs_are_deleted_at_the_end(enforced, profile, fate):
    gate_run = run_gate(fate, Fate.FORBIDDEN, edition=LATER, asked=enforced, profile=profile)

    assert gate_run.conversation.cut_short is None
    assert jobs_of(gate_run) == {}
    assert (
        judge(gate_run.conversation.trace, target=BASE, edition=LATER, profile=profile).violations
        == ()
    )


@pytest.mark.parametrize("profile", ["polite", "full"])
@pytest.mark.parametrize("age", [1, 100])
def test_jobs_of_others_are_not_deleted(profile, age):
    settings = SandboxSettings(edition=LATER, token=TOKEN)
    clock = ManualClock()
    site = Site(settings, clock)
    resource = SandboxResource("batch", settings.id_of("batch"))
    strange = site.jobs.request(resource, clock.now()).job
    clock.advance(age)
    path = f"/api/v1/data-collection/batches/{resource.id}/export/{KNOWN_JOB}"
    plan = ConversationPlan(
        subjects_of(settings, Fate.COMPLETES),
        profile=profile,
        edition=LATER,
        generated=(GeneratedRequest("DELETE", path),),
    )
    trace = record_conversation(InProcessTarget(site, clock), BASE, TOKEN, plan).trace
    site.close()
    deleted = {
        one.address and one.address.export_id for one in trace.exchanges if one.method == "DELETE"
    }

    assert strange.export_id not in deleted
    assert site.jobs._by_export_id == {strange.export_id: strange}
    assert judge(trace, target=BASE, edition=LATER, profile=profile).violations == ()


@pytest.mark.parametrize("profile", ["polite", "full"])
def test_own_jobs_are_deleted_if_the_clock_of_the_database_is_behind(profile):
    settings = SandboxSettings(edition=LATER, token=TOKEN)
    clock = ManualClock()
    site = VariantSite(VARIANTS["list-clock-behind"], settings, clock)
    plan = ConversationPlan(subjects_of(settings, Fate.COMPLETES), profile=profile, edition=LATER)
    conversation = record_conversation(InProcessTarget(site, clock), BASE, TOKEN, plan)
    site.close()

    assert conversation.notices == ()
    assert site.jobs._by_export_id == {}


@pytest.mark.parametrize(
    "answer",
    [
        error(404),
        json_answer(200, {"results": []}),
        json_answer(200, ["j0"]),
        json_answer(200, [{"export_id": 7}]),
        json_answer(200, [], cut=True),
        json_answer(302, []),
    ],
)
def test_no_job_is_deleted_without_a_readable_list(answer):
    target = Scripted(lists(answer))
    record_conversation(
        target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, profile="full")
    )
    deleted = {one.path for one in target.asked if one.method == "DELETE"} - {PATH}

    assert deleted == {
        f"{PATH}/{UNKNOWN_EXPORT_ID}",
        path_of("batch", UNKNOWN_RESOURCE_ID, UNKNOWN_EXPORT_ID),
    }


def test_list_that_fails_later_prevents_the_limit_probe():
    target = Scripted(lists(json_answer(200, []), error(500)))
    record_conversation(
        target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, profile="full")
    )

    assert [one for one in with_token(target) if one.method == "POST" and "?" in one.path] == []


def test_deleted_job_is_not_polled_further():
    jobs = after_the_first(list_of("j1"))

    def answer(request):
        if request.path == PATH and request.method == "GET":
            return jobs()
        if request.method == "DELETE":
            return HttpResponse(204)
        return generating("j1") if request.method == "POST" else running("j1")

    target = Scripted(answer)
    record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, max_wait=30))

    assert target.asked[-1].at < 30
    deleted = [one.path for one in with_token(target) if one.method == "DELETE"]
    assert deleted.count(f"{PATH}/j1") == 1


def test_ids_that_differ_in_case_are_the_same_job():
    target = Scripted(lists(json_answer(200, [{"export_id": "J1"}])))
    record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER))

    assert f"{PATH}/j1" not in {one.path for one in target.asked if one.method == "DELETE"}


@pytest.mark.parametrize("near_is_listed", [False, True])
def test_near_ids_are_deleted_unless_listed(near_is_listed):
    near = f"{JOB[:-1]}1"
    jobs = after_the_first(list_of(JOB, near) if near_is_listed else list_of(JOB))

    def answer(request):
        if request.path == PATH and request.method == "GET":
            return jobs()
        if request.authorization != f"Token {TOKEN}":
            return error(401)
        if request.path == PATH:
            return generating()
        return complete("https://s.example/x") if request.path == f"{PATH}/{JOB}" else error(404)

    target = Scripted(answer)
    record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER))
    deleted = {one.path.removeprefix(f"{PATH}/") for one in target.asked if one.method == "DELETE"}

    assert deleted >= {JOB, JOB[:-1], f"{JOB}0"}
    assert (near in deleted) != near_is_listed


def test_jobs_started_by_fuzzed_requests_are_deleted():
    settings = SandboxSettings(edition=LATER)
    batch = settings.id_of("batch")
    path = f"/api/v1/data-collection/batches/{batch}/export?study_id=made-up"
    made = (
        GeneratedRequest("POST", path),
        GeneratedRequest("POST", "/elsewhere"),
        GeneratedRequest("GET", path),
    )
    gate_run = run_gate(edition=LATER, asked=None, profile="full", generated=made)

    assert jobs_of(gate_run) == {}
    responses = [one.response for one in gate_run.exchanges if one.generated]
    ids = {response and response.member("export_id") for response in responses}
    deleted = {one.address.export_id for one in asked(gate_run, "delete")}
    assert ids - {None} <= deleted


def test_own_jobs_are_deleted_after_the_time_limit():
    jobs = after_the_first(list_of("j1", created="2026-03-20T10:01:42Z"))

    def answer(request):
        if request.path == PATH and request.method == "GET":
            return jobs()
        if request.method == "DELETE":
            return error(409) if request.at < 20 else HttpResponse(204)
        return generating("j1") if request.method == "POST" else complete("https://s.example/x")

    target = Scripted(answer, took=1.0)
    conversation = record_conversation(
        target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, max_wait=2)
    )

    assert conversation.cut_short is not None
    assert "is used up" in conversation.cut_short
    assert ("DELETE", f"{PATH}/j1") in [(one.method, one.path) for one in target.asked[-4:]]


def test_job_that_never_completes_is_left_at_the_time_limit():
    jobs = after_the_first(list_of("j1"))

    def answer(request):
        if request.path == PATH and request.method == "GET":
            return jobs()
        if request.method == "DELETE":
            return error(409)
        return generating("j1") if request.method == "POST" else running("j1")

    target = Scripted(answer)
    conversation = record_conversation(
        target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, max_wait=5)
    )

    assert conversation.cut_short is None
    assert target.asked[-1].at < timedelta(minutes=2).total_seconds()


def test_job_that_cannot_be_polled_is_deleted():
    jobs = after_the_first(list_of("j1"))

    def answer(request):
        if request.path == PATH and request.method == "GET":
            return jobs()
        if request.method == "POST":
            return generating("j1")
        return error(409) if request.method == "DELETE" else error(404)

    target = Scripted(answer)
    record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, max_wait=10))
    last = [(one.method, one.path) for one in target.asked[-4:-1]]

    assert last == [("GET", f"{PATH}/j1"), ("DELETE", f"{PATH}/j1"), ("GET", f"{PATH}/j1")]


def test_refusal_with_retry_after_does_not_explain_other_jobs():
    refusal = evolve(error(503), headers=(("Retry-After", "1"),))
    server = InstantServer(8, refuse=refusal)
    assert server.check(edition=LATER).notices == ()


@pytest.mark.parametrize("enforced", [None, LATER])
@pytest.mark.parametrize("dots", [".", ".."])
def test_job_id_that_leads_to_another_path_is_not_used(dots, enforced):
    jobs = after_the_first(list_of(dots, created="2026-03-20T10:02:00Z"))

    def answer(request):
        if request.path == PATH and request.method == "GET":
            return jobs()
        if request.method == "DELETE":
            return HttpResponse(204)
        return generating(dots) if request.method == "POST" else running(dots)

    target = Scripted(answer)
    plan = ConversationPlan((BATCH,), edition=enforced, max_wait=5)
    notices = record_conversation(target, BASE, TOKEN, plan).notices

    assert [one.path for one in target.asked if one.path.rpartition("/")[2] == dots] == []
    assert notices[0].endswith(f"got no valid response: {dots}")
