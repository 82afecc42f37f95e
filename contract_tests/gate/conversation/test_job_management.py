"""Lists and deletions in a conversation: what is probed, and which jobs are deleted."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from attrs import evolve
from helpers.conversations import (
    BASE,
    BATCH,
    TOKEN,
    Scripted,
    run_gate,
    started,
    subjects_of,
    with_token,
)
from helpers.job_lists import LATER, PATH, InstantServer, after_the_first, list_of
from helpers.traces import JOB, complete, error, failed, generating, json_answer, running
from prolific_contract import (
    JOB_LIMIT,
    UNKNOWN_EXPORT_ID,
    UNKNOWN_RESOURCE_ID,
    UNKNOWN_STUDY_IDS,
    Edition,
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
from prolific_contract.gate.trace import Credential, HttpResponse
from prolific_contract.sandbox import Fate, ManualClock, SandboxResource, SandboxSettings, Site
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite
from prolific_contract.sandbox.variants import VARIANTS, VariantSite
from prolific_exports._model._timestamps import utc_moment


def jobs_of(gate_run):
    return gate_run.site.jobs._by_export_id


def asked(gate_run, action, *credentials) -> list[Any]:
    return [
        one
        for one in gate_run.exchanges
        if one.operation is not None
        and one.operation.action == action
        and one.credential in (credentials or (Credential.VALID,))
    ]


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


def polled_at(name):
    """The polls of the batch's first two jobs, one with a filter, until a third is requested."""
    one = MUTANTS[name]
    settings = SandboxSettings(edition=LATER, token=TOKEN)
    clock = ManualClock()
    site = MutatedSite(one, settings, clock)
    plan = ConversationPlan(subjects_of(settings, Fate.COMPLETES)[:1], edition=LATER)
    trace = record_conversation(InProcessTarget(site, clock), BASE, TOKEN, plan).trace
    site.close()
    return [
        (one.method, one.response.state, "?" in one.url)
        for one in trace.exchanges
        if one.address is not None
        and one.response is not None
        and one.response.state
        and one.credential is Credential.VALID
    ][5:]


def test_running_job_is_polled_if_the_same_filter_started_another():
    request, poll = ("POST", "generating", True), ("GET", "generating", False)

    # The running job without a filter is polled after the first request, and the first job with
    # the filter after the second one.
    assert polled_at("filter-by-text@batch-request")[:7] == [
        *(request, poll, poll),
        *(request, poll, poll),
        request,
    ]


def test_second_job_is_polled_beside_another_if_one_failed_beside_it():
    request, poll = ("POST", "generating", True), ("GET", "generating", False)
    failed_poll = ("GET", "failed", False)

    assert polled_at("request-cancels@batch-request")[:8] == [
        *(request, poll, failed_poll),
        # The same filter, and a poll when the job has another age than the failed one.
        *(request, poll, poll),
        *(request, failed_poll),
    ]


class SlowSite:
    """A site at the end of a slow line."""

    def __init__(self, site, clock, seconds):
        self._site, self._clock, self._seconds = site, clock, seconds

    def answer(self, call):
        self._clock.advance(self._seconds / 2)
        try:
            return self._site.answer(call)
        finally:
            self._clock.advance(self._seconds / 2)


def conversation_over_slow_line(make, seconds, generation, enforced: Edition | None = LATER) -> Any:
    """A conversation about a batch with a site at the end of a slow line."""
    settings = SandboxSettings(edition=LATER, token=TOKEN, generation_seconds=generation)
    clock = ManualClock()
    site = make(settings, clock)
    target = InProcessTarget(SlowSite(site, clock, seconds), clock)
    plan = ConversationPlan(subjects_of(settings, Fate.COMPLETES)[:1], edition=enforced)
    trace = record_conversation(target, BASE, TOKEN, plan).trace
    site.close()
    return trace


@pytest.mark.parametrize("enforced", [None, LATER])
@pytest.mark.parametrize(
    ("seconds", "generation"), [(0.05, 0.2), (0.1, 0.4), (0.1, 0.5), (0.2, 0.8), (0.3, 1.4)]
)
def test_export_that_ends_during_its_deletion_is_not_a_violation(enforced, seconds, generation):
    trace = conversation_over_slow_line(Site, seconds, generation, enforced)
    first, *_ = [one for one in trace.exchanges if one.method == "DELETE"]

    # The server reported it as generating; it has ended in between.
    assert first.response.status == 204
    assert judge(trace, target=BASE, edition=LATER).violations == ()


@pytest.mark.parametrize("seconds", [0, 0.2])
def test_server_that_deletes_generating_jobs_is_a_violation(seconds):
    mutant = MUTANTS["delete-generating@batch-delete"]
    trace = conversation_over_slow_line(partial(MutatedSite, mutant), seconds, 10)
    (violation,) = judge(trace, target=BASE, edition=LATER).violations

    assert violation.law.id == "time.delete-generating"


def test_earlier_edition_gets_no_list_or_delete_requests():
    gate_run = run_gate(edition="2026-03")

    assert {one.method for one in gate_run.exchanges} == {"GET", "POST"}
    assert asked(gate_run, "list") == []


def test_server_without_lists_is_asked_once_unless_the_edition_is_enforced():
    gate_run = run_gate(edition="2026-03", asked=None)

    assert [one.response.status for one in asked(gate_run, "list")] == [405, 405]
    assert asked(gate_run, "delete") == []
    assert judge(gate_run.conversation.trace, target=BASE).violations == ()


def lists(*answers):
    """A server whose lists are these, one after the other, and which completes at once."""
    turns = iter(answers)
    last = answers[-1]

    def answer(request):
        if request.method == "DELETE":
            return HttpResponse(204)
        if request.path == PATH and request.method == "GET":
            return next(turns, last)
        return generating("j1") if request.method == "POST" else failed()

    return answer


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


def test_filters_are_probed_only_if_the_edition_is_enforced():
    filtered = {
        enforced: [
            one
            for one in run_gate(edition=LATER, asked=enforced).exchanges
            if "?" in one.url and one.method == "POST" and one.credential is Credential.VALID
        ]
        for enforced in (None, LATER)
    }

    # One for each forbidden resource, which a server that lists jobs refuses.
    assert len(filtered[None]) == 2
    # One filter three times, once in another order; another one twice; and five others, of which
    # one selects known responses.
    assert len(filtered[LATER]) == 2 + (3 + 2 + 5) * 2
    names = Counter(tuple(dict(parse_qsl(urlsplit(one.url).query))) for one in filtered[LATER])
    assert names == {
        ("from", "to"): 2 + (2 + 1 + 1) * 2,
        ("to", "from"): 2,
        ("to",): 2 * 2,
        ("from",): 2,
        ("from", "to", "study_id"): 2,
        ("study_id",): 2,
    }


def test_filters_have_every_valid_form():
    times = {
        value
        for one in run_gate(edition=LATER).exchanges
        for name, value in parse_qsl(urlsplit(one.url).query)
        if name in ("from", "to")
    }

    for ending in ("Z", ".000Z", "+02:00"):
        assert any(time.endswith(ending) for time in times), ending
    assert not any("T00:00:00" in time for time in times)
    assert all(utc_moment(time) for time in times)


def test_filter_without_an_end_selects_the_last_hour():
    gate_run = run_gate(edition=LATER)
    queries = [dict(parse_qsl(urlsplit(one.url).query)) for one in gate_run.exchanges]
    (first, *_) = [query["from"] for query in queries if list(query) == ["from"]]
    sent = gate_run.exchanges[0].sent
    since = utc_moment(first)

    assert sent is not None
    assert since is not None
    assert timedelta(hours=1) <= sent - since <= timedelta(hours=1, minutes=1)


@pytest.mark.parametrize(
    ("status", "studies"), [(202, {UNKNOWN_STUDY_IDS[0]}), (404, {*UNKNOWN_STUDY_IDS})]
)
def test_other_made_up_study_is_requested_only_if_one_was_refused(status, studies):
    server = InstantServer(busy=99)

    def answer(request):
        asked = dict(parse_qsl(urlsplit(request.path).query))
        if "study_id" in asked and request.authorization == f"Token {TOKEN}" and status == 404:
            return error(404)
        return server(request)

    target = Scripted(answer)
    record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, max_wait=9))
    asked = [
        dict(parse_qsl(urlsplit(one.path).query)).get("study_id") for one in with_token(target)
    ]

    assert {*asked} - {None} == studies


def test_lists_and_deletions_are_probed_with_bad_credentials():
    gate_run = run_gate(edition=LATER)
    exchanges: list[Any] = list(gate_run.exchanges)
    bad = set(Credential) - {Credential.VALID, Credential.UNKNOWN}
    for action in ("list", "delete"):
        refused = Counter(
            (one.address.kind, one.credential) for one in asked(gate_run, action, *bad)
        )
        assert set(refused) == {(kind, each) for kind in ("batch", "collection") for each in bad}
    forbidden = {subject.id for subject in gate_run.plan.subjects if subject.forbidden}
    assert {
        (one.operation.action, one.response.status)
        for one in exchanges
        if one.address and one.address.resource_id in forbidden and one.method != "POST"
    } >= {("list", 403), ("delete", 403)}
    resources = {one.address.resource_id for one in asked(gate_run, "list")}
    assert UNKNOWN_RESOURCE_ID in resources


def test_job_limit_is_probed_only_in_the_full_profile():
    polite, full = (run_gate(edition=LATER, profile=one) for one in ("polite", "full"))

    assert (
        max(len(one.response.json) for one in asked(polite, "list") if one.response.status == 200)
        == JOB_LIMIT - 1
    )
    assert {
        len(one.response.json) for one in asked(full, "list") if one.response.status == 200
    } >= {JOB_LIMIT}
    subjects = [one for one in full.plan.subjects if not one.forbidden]
    for subject in subjects:
        refused = [one.response for one in started(full, subject) if one.response]
        refused = [response for response in refused if response.status == 409]
        assert len(refused) == 1


def test_full_resource_is_not_filled_further():
    def answer(request):
        if request.path == PATH and request.method == "GET":
            return json_answer(200, [{"export_id": f"k{n}"} for n in range(JOB_LIMIT)])
        if request.method == "POST" and request.authorization == f"Token {TOKEN}":
            return error(409)
        return error(404 if request.method != "POST" else 401)

    target = Scripted(answer)
    record_conversation(
        target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, profile="full")
    )

    deleted = [one.path for one in target.asked if one.method == "DELETE"]
    assert deleted.count(f"{PATH}/k1") == 0


def test_server_that_starts_no_more_jobs_is_not_filled():
    target = Scripted(lists(json_answer(200, [])))
    record_conversation(
        target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER, profile="full")
    )
    filtered = [one for one in with_token(target) if one.method == "POST" and "?" in one.path]

    # Every filter gets the one job that there is.
    assert len(filtered) <= 2


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
