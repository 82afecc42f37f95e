"""The pace of a conversation: pauses, polls, rate limits and its deadline."""

from collections import Counter
from itertools import pairwise

import pytest
from helpers.conversations import BATCH, PATH, TOKEN, hold, run_gate
from helpers.traces import JOB, error, generating, running
from prolific_contract import EDITIONS, Operation
from prolific_contract.gate.conversation import BRISK, CAREFUL, ConversationPlan
from prolific_contract.gate.trace import Credential, HttpResponse


@pytest.mark.parametrize("edition", EDITIONS)
def test_requests_are_spaced(edition):
    gate_run = run_gate(edition=edition)
    gaps = [later.at - earlier.at for earlier, later in pairwise(gate_run.exchanges)]
    hurried = sum(gap < CAREFUL.gap for gap in gaps)
    # The second request for a job and the polls around it, while it is generated; then the
    # list, the attempt to delete it, the requests with a filter, and the poll beside them.
    each = {"2026-03": 3, "2026-11": 3 + 3 + 4 + 4 + 4 + 3 + 2 + 2 + 1}[edition]

    assert hurried == each * 2


def test_loopback_server_gets_requests_without_pauses():
    assert all(gap == 0 for gap in (BRISK.gap,))
    gate_run = run_gate(generation=0, pace=BRISK)

    assert gate_run.exchanges[-1].at == 0


def own_polls(conversation):
    return [
        one.at
        for one in conversation.trace.exchanges
        if one.operation == Operation("batch", "status")
        and (one.address.resource_id, one.address.export_id) == ("b1", JOB)
        and one.credential is Credential.VALID
    ]


def test_poll_intervals_are_one_two_then_four_seconds():
    _, conversation = hold(lambda asked: generating(), max_wait=30)
    polls = own_polls(conversation)
    gaps = [round(later - earlier, 2) for earlier, later in pairwise(polls)]

    # Three polls before the probes, one a second later; the last when time is up, and one
    # at the very end.
    assert gaps[3:-1] == [2, 4, 4, 4, 4, 4, 0.25]


def test_last_poll_is_at_the_time_limit():
    _, conversation = hold(lambda asked: generating(), max_wait=33.3)

    assert any(33.3 <= at <= 33.3 + CAREFUL.gap for at in own_polls(conversation))
    assert conversation.cut_short is None


def test_polls_keep_a_minimum_interval_under_a_short_time_limit():
    target, _ = hold(lambda asked: running(), max_wait=0.2, pace=BRISK)

    assert len(target.asked) < 60
    assert min(target.slept) >= 0.05


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, (("Retry-After", "7"),), 7),
        (429, (("Retry-After", "0"),), 0.05),
        (429, (), 1),
        (503, (("retry-after", "2"),), 2),
        (
            429,
            (
                ("Date", "Fri, 20 Mar 2026 10:00:00 GMT"),
                ("Retry-After", "Fri, 20 Mar 2026 10:00:09 GMT"),
            ),
            9,
        ),
    ],
)
def test_retry_after_is_respected(status, headers, wait):
    answers = iter([HttpResponse(status, headers)])
    target, conversation = hold(lambda asked: next(answers, error(403)))
    first, second = target.asked[:2]

    assert (first.method, first.path) == (second.method, second.path)
    assert target.slept[0] == wait
    assert conversation.cut_short is None


def test_rate_limited_server_receives_every_request():
    calls = Counter()

    def hurried(asked):
        calls["all"] += 1
        return HttpResponse(429, (("Retry-After", "3"),)) if calls["all"] % 4 == 0 else None

    def answer(asked):
        if asked.method == "POST" and asked.authorization == f"Token {TOKEN}":
            return generating()
        return running() if asked.authorization == f"Token {TOKEN}" else error(401)

    limited, _ = hold(lambda asked: hurried(asked) or answer(asked), max_wait=40)
    unlimited, _ = hold(answer, max_wait=40)
    asked = {(one.method, one.path, one.authorization) for one in limited.asked}

    assert asked >= {(one.method, one.path, one.authorization) for one in unlimited.asked}


def test_backoff_grows_without_retry_after():
    target, _ = hold(lambda asked: HttpResponse(429) if asked.method == "POST" else error(404))

    assert target.slept[:5] == [1, 2, 4, 8, 16]


def test_request_that_is_always_rate_limited_is_given_up():
    target, conversation = hold(
        lambda asked: HttpResponse(429) if asked.method == "POST" else error(404)
    )
    methods = Counter(
        asked.method for asked in target.asked if asked.authorization == f"Token {TOKEN}"
    )

    assert methods == {"POST": 7, "GET": 3}
    assert conversation.cut_short is None


def test_retry_after_does_not_exceed_the_check_deadline():
    target, conversation = hold(lambda asked: HttpResponse(429, (("Retry-After", "99999"),)))

    assert len(target.asked) == 2
    assert sum(target.slept) < 5
    assert conversation.cut_short is None


def test_request_is_not_repeated_after_a_server_error():
    target, _ = hold(lambda asked: HttpResponse(503))
    sent = Counter((one.method, one.path, one.authorization) for one in target.asked)

    assert sent["POST", PATH, f"Token {TOKEN}"] == 1


def test_check_ends_at_its_deadline():
    slow, conversation = hold(lambda asked: generating(), took=9, max_wait=10)
    budget = ConversationPlan((BATCH,), max_wait=10).budget

    assert budget == 220
    assert slow.asked[-1].at < budget <= slow.asked[-1].at + 9 + 0.25
    assert conversation.cut_short == "the time budget of 220 s for the whole check is used up"


@pytest.mark.parametrize(("max_wait", "timeout"), [(5, 5), (600, 30)])
def test_single_call_times_out_after_half_a_minute(max_wait, timeout):
    target, _ = hold(lambda asked: error(404), max_wait=max_wait)

    assert {asked.timeout for asked in target.asked} == {timeout}


def test_job_that_polls_do_not_find_is_polled_for_some_seconds_and_then_given_up():
    _, conversation = hold(
        lambda asked: generating() if asked.method == "POST" else error(404), pace=BRISK
    )
    polled = [
        exchange.at
        for exchange in conversation.trace.exchanges
        if exchange.address is not None
        and exchange.address.export_id == JOB
        and exchange.credential is Credential.VALID
    ]

    assert 3.0 <= polled[-1] < 10.0
    assert len(polled) < 20
