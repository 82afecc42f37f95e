"""What is sent, and what is kept of it: neither the token nor what people answered."""

import io
import json
import struct
import zipfile
from typing import Any
from urllib.parse import quote

import pytest
from attrs import evolve
from helpers.conversations import BASE, BATCH, TOKEN, Scripted, run_gate
from helpers.traces import complete, error
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract.gate.conversation import (
    WRONG_TOKEN,
    ApiRequest,
    ArchiveRequest,
    ConversationPlan,
    NoResponseError,
    Pause,
    Recorder,
    TargetUnreachableError,
    record_conversation,
)
from prolific_contract.gate.trace import Credential, HttpResponse
from prolific_contract.gate.trace._body_parts import part_of
from prolific_contract.gate.trace._redaction import without_token
from prolific_contract.gate.trace._zip_directory import Damaged, Directory, FilePart, read_directory
from prolific_exports._model._redactor import Redactor

FEW = settings(max_examples=25, deadline=None)

PATH = "/api/v1/data-collection/batches/b1/export"
STORE = "https://store.example/a.zip?X-Amz-Signature=s"

FEW = settings(max_examples=25, deadline=None)


def recorder(answer: Any) -> tuple[Scripted, Any]:
    respond: Any = answer if callable(answer) else lambda asked: answer
    target = Scripted(respond, took=0.5)
    return target, Recorder(target, BASE, TOKEN, 30)


@pytest.mark.parametrize(
    ("credential", "authorization"),
    [
        (Credential.VALID, f"Token {TOKEN}"),
        (Credential.NONE, None),
        (Credential.MALFORMED, "Token"),
        (Credential.WRONG_SCHEME, f"Bearer {TOKEN}"),
        (Credential.WRONG_TOKEN, f"Token {WRONG_TOKEN}"),
        (Credential.EMPTY, ""),
        (Credential.NO_SCHEME, TOKEN),
        (Credential.NEAR_SCHEME, f"Tokens {TOKEN}"),
        (Credential.TRUNCATED, f"Token {TOKEN[:-1]}"),
        (Credential.BEHEADED, f"Token {TOKEN[1:]}"),
        (Credential.EXTENDED, f"Token {TOKEN}x"),
        (Credential.OTHER_END, f"Token {TOKEN[:-1]}~"),
        (Credential.OTHER_START, f"Token ~{TOKEN[1:]}"),
        (Credential.OTHER_CASE, f"Token {TOKEN.upper()}"),
    ],
)
def test_request_identifies_its_sender_as_configured(credential, authorization):
    target, record = recorder(error(401))
    exchange = record.record(ApiRequest("POST", PATH, credential, (("X-Made", "up"),)))

    assert target.asked[0].authorization == authorization
    assert target.asked[0].headers["User-Agent"].startswith("prolific-contract/")
    assert target.asked[0].headers["Referer"].startswith("https://")
    assert target.asked[0].headers["X-Made"] == "up"
    assert target.asked[0].timeout == 30
    assert exchange.credential is credential
    assert TOKEN not in repr(exchange.headers)
    assert ("Authorization" in dict(exchange.headers)) == (authorization is not None)


def test_other_characters_differ_from_the_token():
    target = Scripted(lambda asked: error(401))
    record = Recorder(target, BASE, "~a-token~", 30)
    for credential in (Credential.OTHER_END, Credential.OTHER_START):
        record.record(ApiRequest("POST", PATH, credential))

    assert [asked.authorization for asked in target.asked] == [
        "Token ~a-token-",
        "Token -a-token~",
    ]


def test_token_without_letters_gets_another_character_instead_of_case():
    target = Scripted(lambda asked: error(401))
    Recorder(target, BASE, "12345678-90", 30).record(
        ApiRequest("POST", PATH, Credential.OTHER_CASE)
    )

    assert target.asked[0].authorization == "Token 12345678-90X"


@pytest.mark.parametrize("token", [TOKEN, "short-one"])
@pytest.mark.parametrize(
    "credential",
    [
        Credential.TRUNCATED,
        Credential.BEHEADED,
        Credential.EXTENDED,
        Credential.OTHER_END,
        Credential.OTHER_START,
        Credential.OTHER_CASE,
    ],
)
def test_quoted_near_token_is_redacted_without_counting_as_echo(token, credential):
    target = Scripted(lambda asked: HttpResponse(401, body=str(asked.authorization).encode()))
    recorder = Recorder(target, BASE, token, 30)
    quoted = recorder.record(ApiRequest("POST", PATH, credential)).response
    echoed = recorder.record(ApiRequest("POST", PATH)).response

    assert quoted is not None
    assert (quoted.echoes_token, quoted.redacted) == (None, True)
    assert token[1:-1].encode() not in quoted.body.lower()
    assert echoed is not None
    assert echoed.echoes_token


def test_store_request_has_no_credentials():
    target, record = recorder(HttpResponse(403))
    exchange = record.record(ArchiveRequest(STORE, "bytes=-9"))
    whole = record.record(ArchiveRequest(STORE, None))

    assert dict(target.asked[0].headers).keys() == {"Accept-Encoding", "User-Agent", "Range"}
    assert target.asked[0].headers["Range"] == "bytes=-9"
    assert "Range" not in dict(whole.headers)
    assert exchange.credential is Credential.NONE
    assert exchange.url == STORE


def test_exchange_has_start_and_duration():
    _, record = recorder(error(401))
    record.record(ApiRequest("POST", PATH))
    paused = record.pause(Pause(2))
    exchange = record.record(ApiRequest("GET", PATH, generated=True))

    assert (paused, exchange.index, exchange.at, exchange.took) == (2.5, 1, 2.5, 0.5)
    assert exchange.sent is not None
    assert exchange.sent.tzinfo is not None
    assert (exchange.url, exchange.base_url) == (BASE + PATH, BASE)
    assert [one.generated for one in record.exchanges] == [False, True]


@pytest.mark.parametrize("step", [ApiRequest("POST", PATH), ArchiveRequest(STORE, None)])
def test_failure_is_recorded(step):
    _, record = recorder(NoResponseError("the connection broke"))
    exchange = record.record(step)

    assert (exchange.response, exchange.failure) == (None, "the connection broke")


def test_server_unreachable_at_the_first_request_raises():
    target = Scripted(lambda asked: TargetUnreachableError("no connection"))

    with pytest.raises(TargetUnreachableError, match="no connection"):
        record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,)))


def test_server_unreachable_later_is_recorded_as_no_response():
    answers = iter([error(401)])
    _, record = recorder(lambda asked: next(answers, TargetUnreachableError("no connection")))
    record.record(ApiRequest("POST", PATH))
    exchange = record.record(ApiRequest("POST", PATH))

    assert exchange.failure == "no connection"


def test_progress_is_reported():
    reported = []
    conversation = record_conversation(
        Scripted(lambda asked: error(404)), BASE, TOKEN, ConversationPlan((BATCH,)), reported.append
    )

    assert tuple(reported) == conversation.trace.exchanges
    assert conversation.trace.subjects == (BATCH,)
    assert conversation.trace.max_wait == 600


# The token.

AWKWARD = 'to"ken/with+all="&<kinds>'


@pytest.mark.parametrize("form", [AWKWARD, json.dumps(AWKWARD)[1:-1], quote(AWKWARD, safe="")])
def test_token_in_responses_is_redacted(form):
    answer = HttpResponse(200, (("X-Echo", f"you are {form}!"),), f'{{"said": "{form}"}}'.encode())
    taken = without_token(answer, Redactor(AWKWARD))

    assert form not in taken.headers[0][1]
    assert form.encode() not in taken.body
    assert taken.echoes_token is True
    assert taken.redacted is True


@pytest.mark.parametrize(
    "answer", [HttpResponse(200, (("X", TOKEN),)), HttpResponse(200, body=f"x{TOKEN}".encode())]
)
def test_token_echo_is_detected_in_headers_and_bodies(answer):
    _, record = recorder(answer)
    echoed = record.record(ApiRequest("GET", PATH)).response
    stored = record.record(ArchiveRequest(STORE, None)).response

    assert echoed.echoes_token
    assert stored.echoes_token
    assert TOKEN not in repr((echoed, echoed.body, stored, stored.body))


def test_response_without_the_token_is_unchanged():
    answer = error(404)

    assert without_token(answer, Redactor(TOKEN)) == evolve(answer, echoes_token=False)


@pytest.mark.parametrize(("size", "kept", "cut"), [(2**20, 2**20, False), (2**20 + 1, 2**20, True)])
def test_api_response_is_kept_up_to_its_size_limit(size, kept, cut):
    _, record = recorder(HttpResponse(200, body=bytes(size)))
    answer = record.record(ApiRequest("GET", PATH)).response

    assert (len(answer.body), answer.cut) == (kept, cut)


def test_short_token_is_not_searched_in_responses():
    assert without_token(error(404), Redactor("detail")) == error(404)


# Archives.


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            archive.writestr(name, "what a participant answered, " * 40)
    return file.getvalue()


ARCHIVE = zipped("x/responses.jsonl", "x/collection.json")


def ranged(start, stop, content=ARCHIVE):
    value = f"bytes {start}-{stop - 1}/{len(content)}"
    return HttpResponse(206, (("Content-Range", value),), content[start:stop])


def recorded_directory(answers):
    replies = iter(answers)
    _, record = recorder(lambda asked: next(replies))
    parts = []
    size = 0
    for _ in answers:
        part, size = part_of(record.record(ArchiveRequest(STORE, "bytes=-9")).response)
        assert part is not None
        assert size is not None
        assert b"participant" not in part.data
        parts.append(part)
    return read_directory(parts, size)


@FEW
@given(st.integers(0, len(ARCHIVE) - 120), st.data())
def test_archive_is_recorded_with_its_directory_only(start, data):
    stop = data.draw(st.integers(start + 1, len(ARCHIVE)))
    found = recorded_directory([ranged(start, len(ARCHIVE)), ranged(start, stop), ranged(0, stop)])

    if start <= ARCHIVE.index(b"PK\1\2"):
        assert isinstance(found, Directory)
        assert found.names == ("x/responses.jsonl", "x/collection.json")


@pytest.mark.parametrize(
    "size", [len(ARCHIVE), len(ARCHIVE) - 400, ARCHIVE.index(b"PK\5\6"), 2**32 - 1]
)
@pytest.mark.parametrize("offset", [0, ARCHIVE.index(b"PK\1\2")])
def test_directory_with_wrong_size_is_recorded_without_participant_data(size, offset):
    end = ARCHIVE.index(b"PK\5\6")
    end_record = ARCHIVE[end : end + 12] + struct.pack("<LL", size, offset) + ARCHIVE[end + 20 :]
    damaged = ARCHIVE[:end] + end_record

    found = recorded_directory([ranged(0, len(damaged), damaged)])
    assert found == read_directory([FilePart(0, damaged)], len(damaged))
    assert isinstance(found, Damaged)


def test_directory_is_recorded_from_store_without_ranges():
    whole = HttpResponse(200, (("Content-Length", str(len(ARCHIVE))),), ARCHIVE)

    found = recorded_directory([whole])

    assert isinstance(found, Directory)
    assert found.names == ("x/responses.jsonl", "x/collection.json")


def small(name="x/responses.jsonl", text=b'{"submission_id": "s"}\n'):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, text)
    return file.getvalue()


def test_content_of_an_archive_is_noted_when_its_last_part_is_known():
    data = small()
    middle = len(data) - 150
    answers = [ranged(middle, len(data), data), ranged(0, middle, data), ranged(0, 9, data)]
    replies = iter(answers)
    _, record = recorder(lambda asked: next(replies))

    contents = [record.record(ArchiveRequest(STORE, "bytes=-9")).response.content for _ in answers]
    assert [content and content.records for content in contents] == [None, 1, None]
    assert b"submission_id" not in record.exchanges[1].response.body


def test_content_with_the_token_is_not_noted():
    # Redaction changes bytes, so that checksums no longer fit.
    data = small(text=TOKEN.encode())
    _, record = recorder(HttpResponse(200, body=data))

    first, second = (record.record(ArchiveRequest(STORE, None)).response for _ in range(2))
    assert first.redacted
    assert (first.content, second.content) == (None, None)


def test_archive_without_end_record_is_recorded_with_its_first_bytes_only():
    _, record = recorder(HttpResponse(200, body=ARCHIVE[:500]))

    assert record.record(ArchiveRequest(STORE, None)).response.body == b"PK\3\4" + bytes(496)


def test_truncated_archive_is_recorded_without_participant_data():
    cut = HttpResponse(200, (("Content-Length", str(len(ARCHIVE))),), ARCHIVE[:900], cut=True)
    _, record = recorder(cut)

    assert record.record(ArchiveRequest(STORE, None)).response.body == b"PK\3\4" + bytes(896)


PAGE = (("Content-Type", "text/html; charset=utf-8"),)


@pytest.mark.parametrize("status", [200, 302, 500])
def test_error_page_instead_of_an_archive_is_recorded_in_part(status):
    _, record = recorder(HttpResponse(status, PAGE, b"<html>" + b"x" * 9000))

    assert record.record(ArchiveRequest(STORE, None)).response.body == b"<html>" + b"x" * 4090


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (HttpResponse(200), 4),
        (HttpResponse(200, (("Content-Type", "application/octet-stream"),)), 4),
        (HttpResponse(200, (("Content-Length", "many"),), cut=True), 4),
        (HttpResponse(206, (("Content-Range", "bytes 0-99/*"),)), 4),
        (HttpResponse(206, (("Content-Range", "bytes 9-108/*"),)), 0),
        (HttpResponse(206, (("Content-Range", "bytes 9-108/109"), *PAGE)), 0),
        (HttpResponse(206, PAGE), 0),
        (HttpResponse(203, PAGE), 0),
        (HttpResponse(203), 0),
        (HttpResponse(302), 0),
    ],
)
def test_unknown_content_instead_of_an_archive_is_not_recorded(answer, kept):
    content = (b'{"answer": "I am ill"}\n' * 5)[:100]
    _, record = recorder(evolve(answer, body=content))

    body = record.record(ArchiveRequest(STORE, "bytes=-100")).response.body
    assert body == content[:kept] + bytes(100 - kept)


def test_archive_with_html_content_type_is_not_recorded_as_a_page():
    _, record = recorder(HttpResponse(200, PAGE, ARCHIVE[:500]))

    assert record.record(ArchiveRequest(STORE, None)).response.body == b"PK\3\4" + bytes(496)


def test_store_refusal_is_recorded():
    refused = HttpResponse(403, body=b"<Error/>")
    _, record = recorder(refused)

    assert record.record(ArchiveRequest(STORE, None)).response == evolve(
        refused, echoes_token=False
    )


def test_recorded_sandbox_conversation_has_no_participant_data():
    for exchange in run_gate(edition="2026-11").exchanges:
        if "/store/" in exchange.url:
            assert exchange.response is not None
            body = exchange.response.body
            # The second request for an archive is for its end record only.
            directory = body.find(b"PK\1\2")
            assert not any(body[4:directory]) or body.startswith(b"PK\5\6")


# Parts.


@pytest.mark.parametrize(
    ("answer", "part", "size"),
    [
        (ranged(2, 9, b"0123456789"), FilePart(2, b"2345678"), 10),
        (HttpResponse(206, (("Content-Range", "bytes 0-1/*"),), b"01"), FilePart(0, b"01"), None),
        (HttpResponse(206, (("Content-Range", "bytes 0-1/2"),), b"0123"), FilePart(0, b"01"), 2),
        (HttpResponse(206, (("Content-Range", "bytes=0-1/2"),), b"01"), None, None),
        (HttpResponse(206, (), b"01"), None, None),
        (HttpResponse(200, (), b"01"), FilePart(0, b"01"), 2),
        (HttpResponse(200, (("Content-Length", "9"),), b"01", cut=True), FilePart(0, b"01"), 9),
        (
            HttpResponse(200, (("Content-Length", "many"),), b"01", cut=True),
            FilePart(0, b"01"),
            None,
        ),
        (HttpResponse(200, (("Content-Length", "0"),)), FilePart(0, b""), 0),
        (HttpResponse(200, (("Content-Length", "9"),)), None, None),
        (HttpResponse(200), None, None),
        (HttpResponse(404, (), b"01"), None, None),
        (complete(status=302), None, None),
    ],
)
def test_content_range_determines_the_recorded_part(answer, part, size):
    assert part_of(answer) == (part, size)
