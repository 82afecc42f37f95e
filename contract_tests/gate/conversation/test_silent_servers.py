"""Servers that do not answer, or whose answers tell nothing."""

from collections import Counter

import pytest
from helpers.conversations import PATH, TOKEN, hold
from helpers.traces import error, generating, running
from prolific_contract import UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID, Operation, path_of
from prolific_contract.gate.conversation import NoResponseError, TimedOutError
from prolific_contract.gate.trace import Credential, HttpResponse


def test_operation_that_never_answers_is_skipped():
    def answer(asked):
        return NoResponseError("gone") if asked.method == "POST" else error(404)

    target, conversation = hold(answer)
    methods = Counter(asked.method for asked in target.asked)
    unknown = [asked for asked in target.asked if asked.authorization == f"Token {TOKEN}"]

    assert methods["POST"] == 3
    assert [asked.method for asked in unknown].count("GET") == 3
    assert conversation.cut_short is None


def test_server_that_never_answers_ends_the_conversation():
    target, conversation = hold(lambda asked: TimedOutError("nothing"), took=30)

    assert len(target.asked) == 5
    assert conversation.cut_short == "5 requests in a row got no response"
    assert [one.failure for one in conversation.trace.exchanges] == ["nothing"] * 5


def test_one_response_resets_the_count_of_unanswered_requests():
    turns = Counter()

    def answer(asked):
        turns["all"] += 1
        return error(404) if turns["all"] % 3 == 0 else NoResponseError("gone")

    _, conversation = hold(answer)

    assert conversation.cut_short is None


def test_job_without_readable_state_is_polled_three_times():
    def answer(asked):
        if asked.method == "POST" and asked.path == PATH:
            return generating()
        return HttpResponse(200, body=b"{}") if asked.path.startswith(PATH) else error(404)

    _, conversation = hold(answer)
    polls = [
        one
        for one in conversation.trace.exchanges
        if one.operation == Operation("batch", "status") and one.credential is Credential.VALID
    ]

    # At once, after the second request, before the probes; then three, and one at the end;
    # two of an unknown id, and three of ids near that of the job.
    statuses = [one.response.status for one in polls if one.response]
    assert statuses.count(200) == 3 + 3 + 1 + 2 + 3
    assert conversation.cut_short is None


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(202, body=b'{"status": "queued", "export_id": "x"}'),
        HttpResponse(202, body=b'{"status": "generating", "export_id": ""}'),
        HttpResponse(202, body=b'{"status": "generating", "export_id": 7}'),
        HttpResponse(202, body=b'{"status": "generating"}'),
        HttpResponse(202, body=b"[]"),
        HttpResponse(302, body=b'{"status": "generating", "export_id": "x"}'),
    ],
)
def test_request_without_job_id_is_not_polled(answer):
    target, conversation = hold(lambda asked: answer if asked.method == "POST" else error(404))

    assert {one.path for one in target.asked if one.method == "GET"} == {
        f"{PATH}/{UNKNOWN_EXPORT_ID}",
        path_of("batch", UNKNOWN_RESOURCE_ID, UNKNOWN_EXPORT_ID),
    }
    assert conversation.cut_short is None


def test_polls_without_response_end_the_polling():
    turns = Counter()

    def answer(asked):
        if asked.method == "POST":
            return generating()
        turns["get"] += 1
        return NoResponseError("gone") if turns["get"] >= 13 else running()

    target, conversation = hold(answer)

    # Three at first, six without the token, three where it
    # does not belong; then the polling, and once more of the other kind.
    assert [one.method for one in target.asked].count("GET") == 12 + 3 + 1
    assert conversation.cut_short is None
