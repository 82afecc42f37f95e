"""Lists, deletions and filters in a conversation: what is probed."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from helpers.conversations import (
    BASE,
    BATCH,
    TOKEN,
    Scripted,
    asked,
    run_gate,
    started,
    subjects_of,
    with_token,
)
from helpers.job_lists import LATER, PATH, InstantServer, lists
from helpers.traces import error, json_answer
from prolific_contract import (
    JOB_LIMIT,
    UNKNOWN_RESOURCE_ID,
    UNKNOWN_STUDY_IDS,
    Edition,
)
from prolific_contract.gate import judge
from prolific_contract.gate.conversation import (
    ConversationPlan,
    record_conversation,
)
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.gate.trace import Credential
from prolific_contract.sandbox import Fate, ManualClock, SandboxSettings, Site
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite
from prolific_exports._model._timestamps import utc_moment


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
