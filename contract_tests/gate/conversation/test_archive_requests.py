"""Exports that are ready at once, and the requests for archives."""

import io
import zipfile
from collections import Counter

import pytest
from helpers.conversations import BASE, BATCH, PATH, TOKEN, Scripted, hold, run_gate
from helpers.traces import JOB, complete, error, failed, generating
from prolific_contract.gate.conversation import BODY_LIMIT, ConversationPlan, record_conversation
from prolific_contract.gate.trace import HttpResponse
from prolific_contract.gate.trace._zip_directory import TAIL


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
    gate_run = run_gate(edition="2026-11")
    fetched = [one for one in gate_run.exchanges if "/store/" in one.url]
    urls = Counter(one.url for one in fetched)
    first, second = (
        [one for one in fetched if one.url == url] for url, count in urls.items() if count > 1
    )

    for again in (first[-1], second[-1]):
        poll = gate_run.exchanges[again.index + 1]
        end = gate_run.exchanges[again.index - 2]
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


def test_url_refused_at_the_end_and_returned_again_is_fetched_again_and_the_job_polled():
    served = Counter[str]()

    def answer(asked):
        if asked.path == PATH:
            return generating() if asked.method == "POST" else error(404)
        if asked.path.startswith(PATH):
            return complete("https://store.example/0")
        served[asked.url] += 1
        return HttpResponse(200 if served[asked.url] == 1 else 403, body=b"PK")

    target, _ = hold(answer)
    fetched = [place for place, one in enumerate(target.asked) if "store.example" in one.url]

    assert len(fetched) == 1 + 3 + 1
    before, after = target.asked[fetched[-1] - 1], target.asked[fetched[-1] + 1]
    assert before.path == after.path == f"{PATH}/{JOB}"


def test_content_of_a_larger_archive_is_fetched_separately():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("x/responses.jsonl", b"{}\n")
        made.writestr("x/files/a.bin", bytes(TAIL))
    data = file.getvalue()

    def respond(asked):
        start, _, last = asked.headers["Range"].removeprefix("bytes=").partition("-")
        first = int(start) if start else max(0, len(data) - int(last))
        stop = int(last) + 1 if start else len(data)
        value = f"bytes {first}-{stop - 1}/{len(data)}"
        return HttpResponse(206, (("Content-Range", value),), data[first:stop])

    target, conversation = hold(lambda asked: archive(asked, len(data), respond))
    assert spans(target)[:2] == [f"bytes=-{TAIL}", f"bytes=0-{len(data) - TAIL - 1}"]
    contents = [one.response.content for one in conversation.trace.exchanges if one.response]
    (content,) = filter(None, contents)
    assert (content.read, content.records) == (2, 1)
