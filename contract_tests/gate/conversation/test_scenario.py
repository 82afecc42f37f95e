"""What the gate's conversation asks for, and when."""

import math
from collections import Counter
from itertools import pairwise

import pytest
from helpers.conversations import BASE, BATCH, TOKEN, Scripted, rehearse, started
from helpers.traces import (
    JOB,
    OTHER_JOB,
    complete,
    error,
    failed,
    generating,
    json_answer,
    running,
)
from prolific_contract import UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID, Operation, path_of
from prolific_contract.gate.conversation import (
    BAD_CREDENTIALS,
    BODY_LIMIT,
    BRISK,
    CAREFUL,
    KNOWN_JOB,
    MOST_EXPORT_REQUESTS,
    NEAR_MISSES,
    ConversationPlan,
    GeneratedRequest,
    NoResponseError,
    TimedOutError,
    record_conversation,
)
from prolific_contract.gate.trace import Credential, HttpResponse, Subject
from prolific_contract.gate.trace._zip_directory import TAIL
from prolific_contract.sandbox import Fate

EDITIONS = ("2026-03", "2026-11")
FATES = (Fate.COMPLETES, Fate.FAILS_ONCE, Fate.FAILS, Fate.VANISHES)
PATH = "/api/v1/data-collection/batches/b1/export"


def hold(answer, took=0.0, **plan):
    plan.setdefault("edition", "2026-03")
    target = Scripted(answer, took)
    conversation = record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), **plan))
    return target, conversation


def states(rehearsal, kind):
    """The states that the subject's own operations report, in order."""
    return [
        (exchange.method, exchange.response.state)
        for exchange in rehearsal.exchanges
        if exchange.operation
        == Operation(kind, "request" if exchange.method == "POST" else "status")
        and exchange.response.state
    ]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("generation", [0, 3, 40])
def test_conversation_stays_within_its_request_limits(edition, fate, generation):
    rehearsal = rehearse(fate, Fate.FORBIDDEN, edition=edition, generation=generation)
    subjects = [subject for subject in rehearsal.plan.subjects if not subject.forbidden]
    polls = 2 * (math.ceil(generation / CAREFUL.steady) + 2) * len(subjects)

    assert rehearsal.conversation.cut_short is None
    assert all(len(started(rehearsal, subject)) <= MOST_EXPORT_REQUESTS for subject in subjects)
    requests, methods = (70, set()) if edition == "2026-03" else (165, {"DELETE"})
    assert len(rehearsal.exchanges) <= requests * len(subjects) + 2 * polls
    assert {exchange.method for exchange in rehearsal.exchanges} == {"GET", "POST", *methods}


@pytest.mark.parametrize("edition", EDITIONS)
def test_requests_of_an_export_follow_the_documented_order(edition):
    rehearsal = rehearse(edition=edition)
    again = [
        ("POST", "generating"),
        ("GET", "generating"),
        ("POST", "generating"),
        ("GET", "generating"),
    ]
    done = [("GET", "complete")] * 3
    # After the attempt to delete it: two requests with a filter, three with filters near it, and
    # one without.
    pressed = [
        ("GET", "generating"),
        *[("POST", "generating"), ("GET", "generating")] * 2,
        *[("POST", "generating")] * 4,
    ]
    reported = states(rehearsal, "batch")

    if edition == "2026-03":
        first = [*again, ("GET", "generating"), *done]
        assert reported == [*first, ("POST", "complete"), done[0]]
        return
    first = [*again, *pressed, ("GET", "generating"), *done, *done]
    # The first job is polled beside the second one. Then the filter whose export is complete.
    second = [*again, ("GET", "generating"), done[0], ("POST", "generating"), *done]
    # The refused deletions leave the job as it was. Three jobs are polled only at the end.
    assert reported == [*first, done[0], *second, done[0], *[done[0]] * 4]


@pytest.mark.parametrize("edition", EDITIONS)
def test_failed_export_is_polled_twice_more_and_requested_again(edition):
    reported = states(rehearse(Fate.FAILS_ONCE, edition=edition), "collection")
    first = reported.index(("GET", "failed"))
    again = next(i for i in range(first, len(reported)) if reported[i] == ("POST", "generating"))

    assert reported[first : first + 3] == [("GET", "failed")] * 3
    assert {state for method, state in reported[first:again] if state == "generating"} == set()
    # Only then there is a complete export, after which it can be requested.
    last = [state for method, state in reported if method == "POST"][-1]
    assert last == ("complete" if edition == "2026-03" else "generating")


def test_exports_of_all_resources_run_concurrently():
    rehearsal = rehearse(generation=40)
    last = rehearsal.exchanges[-1]

    assert last.at < 60


def test_unknown_id_is_polled_again_at_the_end():
    rehearsal = rehearse()
    polled = Counter(
        exchange.address.export_id
        for exchange in rehearsal.exchanges
        if exchange.method == "GET" and exchange.address and exchange.credential is Credential.VALID
    )

    assert polled[UNKNOWN_EXPORT_ID] == 2 * 2 + 2


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_invalid_credential_is_probed_at_every_operation(edition):
    rehearsal = rehearse(edition=edition)
    tried = {
        (exchange.operation, exchange.credential)
        for exchange in rehearsal.exchanges
        if exchange.operation
    }
    actions = ("request", "status") if edition == "2026-03" else ("request", "list", "delete")
    bad = (*BAD_CREDENTIALS, *NEAR_MISSES, Credential.EMPTY)

    assert tried >= {
        (Operation(kind, action), credential)
        for kind in ("batch", "collection")
        for action in actions
        for credential in bad
    }


def test_requests_without_token_also_name_unknown_and_forbidden_ids():
    rehearsal = rehearse(edition="2026-11")
    batch, _, forbidden, _ = rehearsal.plan.subjects
    job = next(
        one.response.member("export_id") for one in started(rehearsal, batch) if one.response
    )
    tried = {
        (one.method, one.address.resource_id, one.address.export_id)
        for one in rehearsal.exchanges
        if one.address and one.credential is Credential.NONE
    }

    assert tried >= {
        *(("POST", each, None) for each in (batch.id, UNKNOWN_RESOURCE_ID, forbidden.id)),
        *(("GET", each, None) for each in (batch.id, UNKNOWN_RESOURCE_ID, forbidden.id)),
        *(("GET", batch.id, each) for each in (job, UNKNOWN_EXPORT_ID)),
        *(("DELETE", batch.id, each) for each in (job, UNKNOWN_EXPORT_ID)),
        *((method, forbidden.id, UNKNOWN_EXPORT_ID) for method in ("GET", "DELETE")),
    }


def test_empty_credential_is_sent_to_every_path_with_a_final_slash():
    rehearsal = rehearse(edition="2026-11")
    slashed = [one for one in rehearsal.exchanges if one.url.endswith("/")]

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
    rehearsal = rehearse()
    batch, collection, forbidden, _ = rehearsal.plan.subjects
    response = rehearsal.exchanges[0].response
    assert response is not None
    job = response.member("export_id")
    places = {
        (one.address.kind, one.address.resource_id)
        for one in rehearsal.exchanges
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
    rehearsal = rehearse()
    forbidden = rehearsal.plan.subjects[2]

    assert len(started(rehearsal, forbidden)) == 1
    assert [
        one.response and one.response.status
        for one in rehearsal.exchanges
        if one.address
        and (one.address.resource_id, one.address.export_id) == (forbidden.id, UNKNOWN_EXPORT_ID)
    ] == [404, 401, 401]


def test_full_profile_probes_undocumented_methods():
    rehearsal = rehearse(profile="full")
    tried = Counter(
        (one.address.kind, one.address.operation.action, one.method)
        for one in rehearsal.exchanges
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


# Pace and patience.


@pytest.mark.parametrize("edition", EDITIONS)
def test_requests_are_spaced(edition):
    rehearsal = rehearse(edition=edition)
    gaps = [later.at - earlier.at for earlier, later in pairwise(rehearsal.exchanges)]
    hurried = sum(gap < CAREFUL.gap for gap in gaps)
    # The second request for a job and the polls around it, while it is generated; then the
    # list, the attempt to delete it, and the requests with a filter.
    each = {"2026-03": 3, "2026-11": 3 + 3 + 4 + 4 + 3 + 3 + 1}[edition]

    assert hurried == each * 2


def test_loopback_server_gets_requests_without_pauses():
    assert all(gap == 0 for gap in (BRISK.gap,))
    rehearsal = rehearse(generation=0, pace=BRISK)

    assert rehearsal.exchanges[-1].at == 0


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
    assert gaps[3:-1] == [2, 4, 4, 4, 4, 4, 0.5]


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


# Servers that do not answer, or tell nothing.


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
        return NoResponseError("gone") if turns["get"] >= 11 else running()

    target, conversation = hold(answer)

    # Three at first, four without the token, three where it
    # does not belong; then the polling, and once more of the other kind.
    assert [one.method for one in target.asked].count("GET") == 10 + 3 + 1
    assert conversation.cut_short is None


# Exports that are ready at once, and archives.


def test_export_ready_at_once_without_id_is_not_polled():
    served = Scripted(
        lambda asked: complete("https://store.example/x") if asked.method == "POST" else error(404)
    )
    conversation = record_conversation(
        served, BASE, TOKEN, ConversationPlan((BATCH,), edition="2026-03")
    )
    posts = [one for one in served.asked if one.method == "POST" and one.path == PATH]

    assert sum(one.authorization == f"Token {TOKEN}" for one in posts) == 2
    assert conversation.cut_short is None


def test_export_ready_at_once_with_id_is_polled():
    body = b'{"status": "complete", "export_id": "j", "url": "https://store.example/x"}'
    target, _ = hold(
        lambda asked: HttpResponse(200, body=body) if asked.path.startswith(PATH) else error(404)
    )

    assert [one.path for one in target.asked].count(f"{PATH}/j") > 3


@pytest.mark.parametrize(
    "url",
    [
        "http://store.example/x",
        "https://user:secret@store.example/x",
        "/x",
        "ftp://store.example/x",
        "https://store.example:0/x",
    ],
)
def test_unsafe_url_is_not_fetched(url):
    target, _ = hold(lambda asked: complete(url))

    assert all(asked.url.startswith(BASE + "/api/") for asked in target.asked)


def archive(asked, size, respond):
    if asked.path.startswith(PATH):
        return complete("https://store.example/x")
    return respond(asked) if asked.url == "https://store.example/x" else error(404)


def spans(target):
    return [asked.headers.get("Range") for asked in target.asked if "store.example" in asked.url]


def test_archive_is_read_once_from_its_end():
    asked_for = spans(hold(lambda asked: archive(asked, 10, lambda _: HttpResponse(403)))[0])

    assert asked_for == [f"bytes=-{TAIL}"]


def test_large_directory_is_fetched_separately():
    # An end record that says that the directory is 100000 bytes long, and begins at 500000.
    size = 600022
    end = b"PK\5\6" + bytes(4) + b"\1\0\1\0" + (100000).to_bytes(4, "little")
    end += (500000).to_bytes(4, "little") + bytes(2)
    tail = bytes(TAIL - len(end)) + end
    served = HttpResponse(206, (("Content-Range", f"bytes {size - TAIL}-{size - 1}/{size}"),), tail)
    asked_for = spans(hold(lambda asked: archive(asked, size, lambda _: served))[0])

    assert asked_for == [
        f"bytes=-{TAIL}",
        *["bytes=500000-599999"] * 2,
        # At the end, the last bytes once more, and the first.
        "bytes=600000-600021",
        "bytes=0-21",
        "bytes=-22",
    ]


def test_oversized_directory_is_not_fetched():
    size = BODY_LIMIT * 3
    start = size - 22 - BODY_LIMIT - 1
    end = b"PK\5\6" + bytes(4) + b"\1\0\1\0" + (BODY_LIMIT + 1).to_bytes(4, "little")
    end += start.to_bytes(4, "little") + bytes(2)
    tail = bytes(TAIL - len(end)) + end
    served = HttpResponse(206, (("Content-Range", f"bytes {size - TAIL}-{size - 1}/{size}"),), tail)

    assert spans(hold(lambda asked: archive(asked, size, lambda _: served))[0]) == [
        f"bytes=-{TAIL}",
        f"bytes={size - 22}-{size - 1}",
        "bytes=0-21",
        "bytes=-22",
    ]


def test_empty_file_is_requested_without_range():
    def respond(asked):
        if "Range" in asked.headers:
            return HttpResponse(416, (("Content-Range", "bytes */0"),))
        return HttpResponse(200, (("Content-Length", "0"),))

    assert spans(hold(lambda asked: archive(asked, 0, respond))[0]) == [f"bytes=-{TAIL}", None]


def test_store_without_suffix_ranges_is_asked_without_them():
    def respond(asked):
        if asked.headers.get("Range", "").startswith("bytes=-"):
            return HttpResponse(400)
        return HttpResponse(200, body=b"PK")

    asked_for = spans(hold(lambda asked: archive(asked, 0, respond))[0])

    assert asked_for == [f"bytes=-{TAIL}", None, "bytes=0-1", "bytes=0-1"]


def test_store_that_refuses_everything_gets_two_requests():
    refused = spans(hold(lambda asked: archive(asked, 0, lambda _: HttpResponse(416)))[0])

    assert refused == [f"bytes=-{TAIL}", None]


def test_store_without_ranges_gets_one_request_and_another_at_the_end():
    asked_for = spans(
        hold(lambda asked: archive(asked, 0, lambda _: HttpResponse(200, body=b"PK")))[0]
    )

    assert asked_for == [f"bytes=-{TAIL}", "bytes=0-1", "bytes=0-1", "bytes=-2"]


def test_first_archive_is_fetched_again_before_the_last_poll():
    rehearsal = rehearse(edition="2026-11")
    fetched = [one for one in rehearsal.exchanges if "/store/" in one.url]
    urls = Counter(one.url for one in fetched)
    first, second = (
        [one for one in fetched if one.url == url] for url, count in urls.items() if count > 1
    )

    for again in (first[-1], second[-1]):
        poll = rehearsal.exchanges[again.index + 1]
        end = rehearsal.exchanges[again.index - 2]
        assert end.response is not None
        assert end.response.body.startswith(b"PK\5\6")
        assert poll.operation is not None
        assert (poll.method, poll.operation.action) == ("GET", "status")


def test_url_refused_at_the_end_is_refreshed_and_the_new_one_fetched():
    urls = iter(f"https://store.example/{number}" for number in range(99))
    served = Counter[str]()

    def answer(asked):
        if asked.path == PATH:
            return generating() if asked.method == "POST" else error(404)
        if asked.path.startswith(PATH):
            return complete(next(urls))
        if "store.example" not in asked.url:
            return error(404)
        served[asked.url] += 1
        return HttpResponse(200 if served[asked.url] == 1 else 403, body=b"PK")

    target, _ = hold(answer)
    fetched = [asked.url for asked in target.asked if "store.example" in asked.url]

    assert fetched.count(fetched[0]) == 1 + 3
    assert fetched[-4:-1] == [fetched[0]] * 3
    assert fetched[-1] not in fetched[:-1]


def test_failed_export_is_not_fetched():
    target, conversation = hold(lambda asked: failed())

    assert all(asked.url.startswith(BASE) for asked in target.asked)
    assert conversation.cut_short is None


def test_conversation_without_resources_requests_only_forbidden_ones():
    target = Scripted(lambda asked: error(403))
    record_conversation(
        target, BASE, TOKEN, ConversationPlan((Subject("batch", "x", forbidden=True),))
    )

    assert [asked.method for asked in target.asked] == [
        *("POST", "GET"),
        *("POST", "POST", "GET", "GET"),
    ]


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
