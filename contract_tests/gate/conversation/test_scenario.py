"""The gate's conversation: which requests it sends, to which jobs, in which order."""

import math
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from helpers.conversations import BASE, PATH, TOKEN, Scripted, hold, run_gate, started, subjects_of
from helpers.traces import JOB, OTHER_JOB, error, generating, json_answer
from prolific_contract import EDITIONS, UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID, Operation
from prolific_contract.gate.conversation import (
    BAD_CREDENTIALS,
    CAREFUL,
    KNOWN_JOB,
    MOST_EXPORT_REQUESTS,
    STRANGERS,
    ConversationPlan,
    GeneratedRequest,
    record_conversation,
)
from prolific_contract.gate.conversation._filter_probes import period
from prolific_contract.gate.trace import Credential, Subject
from prolific_contract.sandbox import Fate

FATES = (Fate.COMPLETES, Fate.FAILS_ONCE, Fate.FAILS, Fate.VANISHES)


def states(gate_run, kind):
    """The states that the subject's own operations report, in order."""
    return [
        (exchange.method, exchange.response.state)
        for exchange in gate_run.exchanges
        if exchange.operation
        == Operation(kind, "request" if exchange.method == "POST" else "status")
        and exchange.response.state
    ]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("generation", [0, 3, 40])
def test_conversation_stays_within_its_request_limits(edition, fate, generation):
    gate_run = run_gate(fate, Fate.FORBIDDEN, edition=edition, generation=generation)
    subjects = [subject for subject in gate_run.plan.subjects if not subject.forbidden]
    polls = 2 * (math.ceil(generation / CAREFUL.steady) + 2) * len(subjects)

    assert gate_run.conversation.cut_short is None
    assert all(len(started(gate_run, subject)) <= MOST_EXPORT_REQUESTS for subject in subjects)
    requests, methods = (70, set()) if edition == "2026-03" else (175, {"DELETE"})
    assert len(gate_run.exchanges) <= requests * len(subjects) + 2 * polls
    assert {exchange.method for exchange in gate_run.exchanges} == {"GET", "POST", *methods}


@pytest.mark.parametrize("edition", EDITIONS)
def test_requests_of_an_export_follow_the_documented_order(edition):
    gate_run = run_gate(edition=edition)
    again = [
        ("POST", "generating"),
        ("GET", "generating"),
        ("POST", "generating"),
        ("GET", "generating"),
    ]
    done = [("GET", "complete")] * 3
    # After the attempt to delete it: two requests with a filter, after the first of which it is
    # polled, five with other filters, and one without.
    pressed = [
        ("GET", "generating"),
        *[("POST", "generating"), ("GET", "generating")],
        ("GET", "generating"),
        *[("POST", "generating"), ("GET", "generating")],
        *[("POST", "generating")] * 6,
    ]
    reported = states(gate_run, "batch")

    if edition == "2026-03":
        first = [*again, ("GET", "generating"), *done]
        assert reported == [*first, ("POST", "complete"), done[0]]
        return
    first = [*again, *pressed, ("GET", "generating"), *done, *done[1:]]
    # The first job is polled beside the second one. Then the filter whose export is complete, and
    # another one, whose job is polled and deleted before, and a period with known responses.
    second = [*again, ("GET", "generating"), done[0], ("POST", "generating"), done[0]]
    period = [("POST", "generating"), ("GET", "generating")]
    # The refused deletions leave the job as it was.
    last = [("POST", "generating"), *period, *done, *done[1:], done[0]]
    assert reported == [*first, done[0], *second, *last]


@pytest.mark.parametrize("edition", EDITIONS)
def test_failed_export_is_polled_twice_more_and_requested_again(edition):
    reported = states(run_gate(Fate.FAILS_ONCE, edition=edition), "collection")
    first = reported.index(("GET", "failed"))
    again = next(i for i in range(first, len(reported)) if reported[i] == ("POST", "generating"))

    assert reported[first : first + 3] == [("GET", "failed")] * 3
    assert {state for method, state in reported[first:again] if state == "generating"} == set()
    # Only then there is a complete export, after which it can be requested.
    last = [state for method, state in reported if method == "POST"][-1]
    assert last == ("complete" if edition == "2026-03" else "generating")


def test_exports_of_all_resources_run_concurrently():
    gate_run = run_gate(generation=40)
    last = gate_run.exchanges[-1]

    assert last.at < 60


def test_unknown_id_is_polled_again_at_the_end():
    gate_run = run_gate()
    polled = Counter(
        exchange.address.export_id
        for exchange in gate_run.exchanges
        if exchange.method == "GET" and exchange.address and exchange.credential is Credential.VALID
    )

    assert polled[UNKNOWN_EXPORT_ID] == 2 * 2 + 2


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_invalid_credential_is_probed_at_every_operation(edition):
    gate_run = run_gate(edition=edition)
    tried = {
        (exchange.operation, exchange.credential)
        for exchange in gate_run.exchanges
        if exchange.operation
    }
    actions = ("request", "status") if edition == "2026-03" else ("request", "list", "delete")

    assert tried >= {
        (Operation(kind, action), credential)
        for kind in ("batch", "collection")
        for action in actions
        for credential in BAD_CREDENTIALS
    }


def test_requests_without_token_also_name_unknown_and_forbidden_ids():
    gate_run = run_gate(edition="2026-11")
    batch, _, forbidden, _ = gate_run.plan.subjects
    job = next(one.response.member("export_id") for one in started(gate_run, batch) if one.response)
    tried = {
        (one.method, one.address.resource_id, one.address.export_id)
        for one in gate_run.exchanges
        if one.address and one.credential in STRANGERS
    }

    assert tried >= {
        *(("POST", each, None) for each in (batch.id, UNKNOWN_RESOURCE_ID, forbidden.id)),
        *(("GET", each, None) for each in (batch.id, UNKNOWN_RESOURCE_ID, forbidden.id)),
        *(("GET", batch.id, each) for each in (job, UNKNOWN_EXPORT_ID)),
        *(("DELETE", batch.id, each) for each in (job, UNKNOWN_EXPORT_ID)),
        *((method, UNKNOWN_RESOURCE_ID, UNKNOWN_EXPORT_ID) for method in ("GET", "DELETE")),
        *((method, forbidden.id, UNKNOWN_EXPORT_ID) for method in ("GET", "DELETE")),
    }


def test_empty_credential_is_sent_to_every_path_with_a_final_slash():
    gate_run = run_gate(edition="2026-11")
    slashed = [one for one in gate_run.exchanges if one.url.endswith("/")]

    assert {one.credential for one in slashed} == {Credential.EMPTY}
    assert Counter(one.operation.action for one in slashed if one.operation) == dict.fromkeys(
        ("request", "list", "status", "delete"), 2
    )


@pytest.mark.parametrize(
    ("export_id", "near"),
    [
        (JOB, [f"{JOB[:-1]}1", JOB[:-1], f"{JOB}0"]),
        (OTHER_JOB, [f"{OTHER_JOB[:-1]}0", OTHER_JOB[:-1], f"{OTHER_JOB}0"]),
        # Another job could have the next number.
        ("17", []),
        ("00000000-0000-4000-8000-000000000017", []),
    ],
)
def test_near_ids_of_a_random_job_id_are_polled(export_id, near):
    body = {"status": "complete", "export_id": export_id, "url": "https://store.example/x"}
    target, _ = hold(lambda asked: json_answer(200, body) if asked.path == PATH else error(404))
    polled = [
        asked.path.removeprefix(f"{PATH}/")
        for asked in target.asked
        if asked.authorization == f"Token {TOKEN}" and asked.path.startswith(f"{PATH}/")
    ]

    assert [each for each in polled if each not in (export_id, UNKNOWN_EXPORT_ID)] == near


def test_job_is_polled_under_other_resources_and_kinds():
    gate_run = run_gate()
    batch, collection, forbidden, _ = gate_run.plan.subjects
    response = gate_run.exchanges[0].response
    assert response is not None
    job = response.member("export_id")
    places = {
        (one.address.kind, one.address.resource_id)
        for one in gate_run.exchanges
        if one.address and one.address.export_id == job
    }

    assert places >= {
        ("batch", batch.id),
        ("collection", batch.id),
        ("collection", collection.id),
        ("batch", forbidden.id),
        ("batch", UNKNOWN_RESOURCE_ID),
    }


def test_forbidden_resource_gets_one_request_and_one_poll():
    gate_run = run_gate()
    forbidden = gate_run.plan.subjects[2]

    assert len(started(gate_run, forbidden)) == 1
    assert [
        one.response and one.response.status
        for one in gate_run.exchanges
        if one.address
        and (one.address.resource_id, one.address.export_id) == (forbidden.id, UNKNOWN_EXPORT_ID)
    ] == [404, 401]


def test_full_profile_probes_undocumented_methods():
    gate_run = run_gate(profile="full")
    tried = Counter(
        (one.address.kind, one.address.operation.action, one.method)
        for one in gate_run.exchanges
        if one.address and one.operation is None
    )

    assert set(tried.values()) == {1}
    for kind in ("batch", "collection"):
        for method in ("PUT", "PATCH", "DELETE"):
            assert tried[kind, "request", method]
        for method in ("POST", "PUT", "PATCH"):
            assert tried[kind, "status", method]
        # Documented in the later edition.
        assert not tried[kind, "status", "DELETE"]


def test_undocumented_methods_are_probed_without_a_job():
    target, _ = hold(lambda asked: error(404), profile="full")

    assert ("PATCH", f"{PATH}/{UNKNOWN_EXPORT_ID}") in [
        (asked.method, asked.path) for asked in target.asked
    ]


def test_fuzzed_requests_come_last_and_use_a_known_job():
    made = (
        GeneratedRequest("GET", f"{PATH}/{KNOWN_JOB}", (("X-Made", "up"),)),
        GeneratedRequest("GET", f"/api/v1/data-collection/batches/other/export/{KNOWN_JOB}?x=1"),
        GeneratedRequest("GET", f"/elsewhere/{KNOWN_JOB}"),
    )
    target, conversation = hold(
        lambda asked: generating("a/b"), max_wait=1, generated=made, profile="full"
    )
    first, second, third = target.asked[-3:]

    assert first.path == f"{PATH}/a%2Fb"
    assert first.headers["X-Made"] == "up"
    assert second.path.endswith(f"/export/{UNKNOWN_EXPORT_ID}?x=1")
    assert third.path == f"/elsewhere/{UNKNOWN_EXPORT_ID}"
    assert [one.generated for one in conversation.trace.exchanges][-4:] == [False, True, True, True]


def test_job_id_is_escaped_within_its_path():
    target, _ = hold(lambda asked: generating("../../x?y#z"), max_wait=1)

    assert f"{PATH}/..%2F..%2Fx%3Fy%23z" in [asked.path for asked in target.asked]


@pytest.mark.parametrize("edition", EDITIONS)
def test_job_id_that_no_path_can_contain_is_not_polled(edition):
    target, conversation = hold(lambda asked: generating("\ud800"), max_wait=1, edition=edition)

    assert conversation.cut_short is None
    assert all(asked.path.isascii() for asked in target.asked)


def test_conversation_without_resources_requests_only_forbidden_ones():
    target = Scripted(lambda asked: error(403))
    record_conversation(
        target, BASE, TOKEN, ConversationPlan((Subject("batch", "x", forbidden=True),))
    )

    assert [asked.method for asked in target.asked] == [
        *("POST", "GET"),
        *("POST", "GET"),
    ]


def test_filter_with_known_responses_is_requested_after_the_first_export():
    gate_run = run_gate(edition="2026-11")
    for subject in subjects_of(gate_run.settings, Fate.COMPLETES):
        queries = [parse_qs(urlsplit(one.url).query) for one in started(gate_run, subject)]
        (period,) = [
            one for one in queries if "to" in one and one.get("from", ["2015"])[0] > "2020"
        ]
        contents = [
            one.response.content
            for one in gate_run.exchanges
            if one.response
            and one.response.content
            and one.response.content.resource_ids == (f"{subject.kind} {subject.id}",)
        ]
        whole, *_, filtered = [one for one in contents if one.records]
        assert period == {
            "from": [whole.times[1].replace("+00:00", "Z")],
            "to": [whole.times[2].replace("+00:00", "Z")],
        }
        assert any(one.times[:1] == whole.times[1:2] for one in (filtered, *contents))


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        ((), {}),
        (("2026-03-01T00:00:00+00:00",), {"from": "2026-03-01T00:00:00Z"}),
        (
            ("2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00.5+00:00"),
            {"from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00.5Z"},
        ),
    ],
)
def test_period_begins_and_ends_with_known_responses(times, wanted):
    assert period(times) == wanted
