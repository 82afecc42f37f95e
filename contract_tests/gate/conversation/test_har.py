"""HAR files of the gate: the same verdict as the conversation, and no secrets."""

import base64
import json

import pytest
from attrs import evolve
from helpers.conversations import BASE, TOKEN, Scripted, run_gate
from helpers.traces import JOB
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract.gate.conversation import (
    ConversationPlan,
    NoResponseError,
    record_conversation,
)
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.gate.reports import FORMATS
from prolific_contract.gate.trace import (
    Credential,
    Exchange,
    HttpResponse,
    Trace,
    har_of,
    parse_har,
    write_har,
)
from prolific_contract.gate.trace._archive_content import ArchiveContent, ContentFlaw
from prolific_contract.sandbox import Fate, ManualClock, SandboxSettings
from prolific_contract.sandbox.mutants import MutatedSite, mutant

from helpers.conversations import subjects_of  # isort: skip
from helpers.recordings import PATH, SUBJECTS, again, verdict

FEW = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize("fate", [Fate.COMPLETES, Fate.FAILS_ONCE])
def test_recording_has_the_same_verdict(fate):
    trace = run_gate(fate, Fate.FORBIDDEN, edition="2026-11", profile="full").conversation.trace
    read = again(trace)

    assert verdict(read) == evolve(verdict(trace), trace=read)
    assert (read.subjects, read.max_wait) == (trace.subjects, trace.max_wait)


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "name",
    [
        "url-http@batch-status",
        "url-userinfo@batch-status",
        "url-expiry-differs@batch-status",
        "expired@batch-status",
        "archive-html@batch-archive",
        "archive-no-members@batch-archive",
        "archive-truncated@batch-archive",
        "token-echo@batch-status",
        "json-bom@batch-status",
        "json-utf16@batch-status",
        "json-duplicate-key@batch-status",
        "json-nan@batch-status",
        "reset@batch-status",
        "error-html@batch-request",
        "auth-any-token@batch-request",
    ],
)
def test_fault_is_detected_in_a_recording(name):
    settings = SandboxSettings(files=1)
    clock = ManualClock()
    site = MutatedSite(mutant(name), settings, clock)
    plan = ConversationPlan(subjects_of(settings, Fate.COMPLETES))
    trace = record_conversation(InProcessTarget(site, clock), BASE, settings.token, plan).trace
    site.close()
    found = [violation.fingerprint for violation in verdict(trace).violations]

    assert found
    assert [violation.fingerprint for violation in verdict(again(trace)).violations] == found


def test_written_har_has_no_secrets(tmp_path):
    trace = run_gate(edition="2026-11").conversation.trace
    path = tmp_path / "new folder" / "conversation.har"
    write_har(path, trace)
    text = path.read_text(encoding="utf-8")

    assert "sandbox-token" not in text
    assert "Bearer" not in text
    assert text.count("X-Amz-Signature=") == text.count("X-Amz-Signature=redacted-") > 2
    for entry in json.loads(text)["log"]["entries"]:
        content = entry["response"]["content"]
        if content.get("encoding") == "base64":
            body = base64.b64decode(content["text"])
            # The second request for an archive is for its end record only.
            directory = body.find(b"PK\1\2")
            assert not any(body[4:directory]) or body.startswith(b"PK\5\6")


# What looks like a query may be one.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="?="), max_size=20)
# Queries are secrets, and of binary data only the beginning is kept.
BYTES = st.binary(max_size=30).filter(
    lambda body: not (set(b"?=\0") & set(body) or body.startswith((b"x", b"\x1f", b"\x28")))
)


CONTENT = ArchiveContent(
    2,
    (ContentFlaw("archive.field.zip", "responses.jsonl can't be decompressed"),),
    (ContentFlaw("archive.field.metadata", "collection.json: the file is not a JSON object"),),
    ("collection c1",),
    1,
    ("2026-03-01T00:00:00+00:00",),
    exported_at="2026-03-02T00:00:00+00:00",
)


@FEW
@given(
    st.lists(
        st.builds(
            HttpResponse,
            status=st.integers(200, 599),
            headers=st.lists(st.tuples(st.just("X-Any"), TEXTS.map(repr)), max_size=2).map(tuple),
            body=st.one_of(
                BYTES,
                TEXTS.map(lambda text: json.dumps({"status": text}).encode()),
                TEXTS.map(str.encode),
            ),
            cut=st.booleans(),
            redacted=st.booleans(),
            echoes_token=st.sampled_from([True, False, None]),
            content=st.sampled_from([None, CONTENT]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(list(Credential)),
    st.booleans(),
)
def test_exchange_without_secrets_round_trips(answers, credential, generated):
    exchanges = tuple(
        Exchange(
            index,
            "GET",
            f"{BASE}{PATH}/{JOB}",
            BASE,
            credential,
            headers=(("Accept", "application/json"),),
            at=index * 1.25,
            sent=ManualClock().now(),
            took=0.5,
            response=response,
            generated=generated,
        )
        for index, response in enumerate(answers)
    )
    read = again(Trace(exchanges, SUBJECTS, 12.5))

    assert (read.subjects, read.max_wait) == (SUBJECTS, 12.5)
    for before, after in zip(exchanges, read.exchanges, strict=True):
        assert evolve(after, response=None) == evolve(before, response=None)
        assert before.response is not None
        assert after.response.status == before.response.status
        if not after.response.redacted:
            assert after.response == before.response


def test_failure_and_unknown_time_round_trip():
    failed = Exchange(0, "POST", BASE + PATH, BASE, Credential.VALID, failure="it broke")

    assert again(Trace((failed,))).exchanges == (failed,)


def test_written_file_is_har_1_2():
    log = har_of(run_gate().conversation.trace)["log"]

    assert log["version"] == "1.2"
    assert log["creator"].keys() == {"name", "version"}
    for entry in log["entries"]:
        assert entry.keys() >= {
            "startedDateTime",
            "time",
            "request",
            "response",
            "cache",
            "timings",
        }
        assert entry["request"].keys() >= {
            "method",
            "url",
            "httpVersion",
            "cookies",
            "headers",
            "queryString",
            "headersSize",
            "bodySize",
        }
        assert entry["response"].keys() >= {
            "status",
            "statusText",
            "httpVersion",
            "cookies",
            "headers",
            "content",
            "redirectURL",
            "headersSize",
            "bodySize",
        }
        assert entry["response"]["content"].keys() >= {"size", "mimeType"}


def test_undecodable_body_keeps_its_beginning_and_length():
    body = b"\xff\x00 https://h/x?sig=S3cr3t"
    exchange = Exchange(
        0, "GET", BASE + PATH + "/x", BASE, Credential.VALID, response=HttpResponse(200, body=body)
    )
    response = again(Trace((exchange,))).exchanges[0].response

    assert (response.body, response.cut, response.redacted) == (
        b"\xff" + bytes(len(body) - 1),
        False,
        False,
    )


def test_conversation_without_response_can_be_written():
    def respond(asked):
        return NoResponseError("gone")

    trace = record_conversation(
        Scripted(respond), BASE, TOKEN, ConversationPlan(SUBJECTS[:1])
    ).trace
    read = again(trace)

    assert [one.failure for one in read.exchanges] == [one.failure for one in trace.exchanges]
    assert verdict(read).exit_code == 1


@pytest.fixture(scope="module", params=[1.7e308, -1.7e308, 1e10])
def distant(request):
    """The gate's recording of a conversation at impossible times."""
    far = request.param
    document = har_of(run_gate().conversation.trace)
    for one in document["log"]["entries"]:
        one |= {"_at": far, "_took": far, "time": far}
    document["log"]["_prolific"]["maxWait"] = far
    return verdict(parse_har(json.dumps(document), "recording"))


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_impossible_times_of_the_gates_recording_can_be_reported(render, distant):
    assert render(distant)


def test_impossible_times_of_the_gates_recording_can_be_written_again(distant):
    assert har_of(distant.trace)
