"""Recordings: written without secrets, judged like the conversation, read from other tools."""

import base64
import json
from typing import Any

import pytest
from attrs import evolve
from helpers.conversations import BASE, TOKEN, Scripted, rehearse
from helpers.traces import (
    EXPIRES_AT,
    JOB,
    OTHER_JOB,
    complete,
    error,
    generating,
    json_answer,
    running,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract import UNKNOWN_EXPORT_ID, DocumentError
from prolific_contract.gate import judge
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
    Subject,
    Trace,
    har_of,
    parse_har,
    read_har,
    write_har,
)
from prolific_contract.sandbox import Fate, ManualClock, SandboxSettings
from prolific_contract.sandbox.mutants import MutatedSite, mutant

from helpers.conversations import subjects_of  # isort: skip

FEW = settings(max_examples=25, deadline=None)

PATH = "/api/v1/data-collection/batches/b1/export"
HOST = "127.0.0.1"
SUBJECTS = (Subject("batch", "b1"), Subject("collection", "c1", forbidden=True))


def again(trace) -> Any:
    return parse_har(json.dumps(har_of(trace)), "recording")


def verdict(trace):
    return judge(trace, target="x", profile="full")


# The gate's own.


@pytest.mark.parametrize("fate", [Fate.COMPLETES, Fate.FAILS_ONCE])
def test_recording_has_the_same_verdict(fate):
    trace = rehearse(fate, Fate.FORBIDDEN, edition="2026-11", profile="full").conversation.trace
    read = again(trace)

    assert verdict(read) == evolve(verdict(trace), trace=read)
    assert (read.subjects, read.max_wait) == (trace.subjects, trace.max_wait)


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
    trace = rehearse(edition="2026-11").conversation.trace
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
BYTES = st.binary(max_size=30).filter(lambda body: b"?" not in body and b"=" not in body)


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
    log = har_of(rehearse().conversation.trace)["log"]

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


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("far", [1.7e308, -1.7e308, 1e10])
def test_impossible_times_of_the_gates_recording_can_be_reported(render, far):
    trace = rehearse().conversation.trace
    document = har_of(trace)
    for one in document["log"]["entries"]:
        one |= {"_at": far, "_took": far, "time": far}
    document["log"]["_prolific"]["maxWait"] = far
    read = parse_har(json.dumps(document), "recording")

    assert render(verdict(read))
    assert har_of(read)


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_impossible_times_of_a_foreign_recording_can_be_reported(render):
    moments = ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", None, "9999-12-31T23:59:59Z")
    entries = [{**entry(time=1.7e308), "startedDateTime": moment} for moment in moments]

    assert render(verdict(parse(*entries)))


# Recordings of other tools.


def entry(
    method="GET", path=f"{PATH}/{JOB}", authorization=None, response=None, at=0, base=BASE, **more
):
    response = running() if response is None else response
    headers = [] if authorization is None else [{"name": "authorization", "value": authorization}]
    return {
        "startedDateTime": f"2026-03-20T10:{at // 60:02}:{at % 60:02}.500Z",
        "time": 120.5,
        "request": {"method": method, "url": base + path, "headers": headers},
        "response": {
            "status": response.status,
            "headers": [{"name": name, "value": value} for name, value in response.headers],
            "content": {
                "size": len(response.body),
                "mimeType": "application/json",
                "text": response.body.decode(),
            },
        },
        **more,
    }


def answering(url="https://cdn.example/x.js", **response):
    """An entry whose response has these members changed."""
    one = entry(base=url, path="")
    return {**one, "response": {**one["response"], **response}}


def har(*entries, **log):
    return json.dumps({"log": {"version": "1.2", "entries": list(entries), **log}})


def parse(*entries, **options) -> Any:
    return parse_har(har(*entries), "x.har", **options)


def test_foreign_recording_is_read():
    [exchange] = parse(entry()).exchanges

    assert (exchange.method, exchange.base_url) == ("GET", BASE)
    assert exchange.operation is not None
    assert exchange.response.state == "generating"
    assert exchange.took == 0.1205
    assert exchange.sent.isoformat() == "2026-03-20T10:00:00.500000+00:00"
    assert exchange.response.echoes_token is None
    assert not exchange.generated


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_report_of_a_foreign_recording_has_no_secrets(render):
    fields = {
        "X-Api-Key": "s3cret-1",
        "Proxy-Authorization": "Basic s3cret-2",
        "X-Amz-Security-Token": "s3cret-3",
        "X-Auth-Token": "s3cret-4",
    }
    one = entry(response=json_answer(500, {}))
    one["request"]["headers"] += [{"name": name, "value": value} for name, value in fields.items()]
    report = render(verdict(parse(one)))

    assert "curl -sS" in report
    assert "s3cret" not in report


def test_unrelated_requests_are_left_out():
    store = "https://store.example/a.zip?sig=1"
    exchanges = parse(
        entry(path="/api/v1/users/me/"),
        entry(base="https://store.example", path="/a.zip?sig=0"),
        entry(response=complete(store)),
        entry(base=store, path=""),
        entry(base="https://analytics.example"),
        entry(response=HttpResponse(0)),
    ).exchanges

    assert [one.index for one in exchanges] == [0, 1, 2]
    assert [one.url for one in exchanges][1] == store
    assert exchanges[2].response is None


@pytest.mark.parametrize("cache", ["memory", "disk"])
def test_responses_from_the_browser_cache_are_left_out(cache):
    exchanges = parse(
        entry(response=running()),
        entry(response=complete(), at=1),
        entry(response=running(), at=2, _fromCache=cache),
    ).exchanges

    assert [one.response.state for one in exchanges] == ["generating", "complete"]


def test_base_url_is_taken_from_most_requests():
    exchanges = parse(*[entry(base="https://b.example")] * 2, entry(base="https://a.example/p"))

    assert {one.base_url for one in exchanges.exchanges} == {"https://b.example"}
    other = parse(
        *[entry(base="https://b.example")] * 2,
        entry(base="https://a.example/p"),
        base_url="https://a.example/p",
    )
    assert [one.address.resource_id for one in other.exchanges] == ["b1"]


def test_entries_are_sorted_by_start_time():
    trace = parse(entry(at=61, method="POST"), entry(at=0), entry(at=30))

    assert [one.at for one in trace.exchanges] == [0, 30, 61]
    assert [one.method for one in trace.exchanges] == ["GET", "GET", "POST"]


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-03-20T10:00:00", 7, "0001-01-01T00:00+23:59"]
)
def test_entries_without_readable_time_keep_their_order(moment):
    trace = parse(
        entry(method="POST", startedDateTime=moment), entry(startedDateTime=moment, time=500)
    )

    assert [one.method for one in trace.exchanges] == ["POST", "GET"]
    assert [one.at for one in trace.exchanges] == [0, 0.1205]
    assert trace.exchanges[0].sent is None


@pytest.mark.parametrize(
    "time", [None, "12", True, -1, float("nan"), float("inf"), pytest.param(10**400, id="huge")]
)
def test_invalid_duration_is_ignored(time):
    assert parse(entry(time=time)).exchanges[0].took == 0


VALID = f"Token {TOKEN}"


@pytest.mark.parametrize(
    ("value", "token", "credential"),
    [
        (VALID, TOKEN, Credential.VALID),
        (VALID, None, Credential.VALID),
        ("Token other-one", TOKEN, Credential.WRONG_TOKEN),
        ("Token other-one", None, Credential.UNKNOWN),
        (f"Bearer {TOKEN}", TOKEN, Credential.WRONG_SCHEME),
        (f"token {TOKEN}", TOKEN, Credential.WRONG_SCHEME),
        # A web application may well have another way in.
        ("Bearer eyJhbGciOi", TOKEN, Credential.UNKNOWN),
        ("Bearer eyJhbGciOi", None, Credential.UNKNOWN),
        (TOKEN, TOKEN, Credential.MALFORMED),
        ("Token", TOKEN, Credential.MALFORMED),
        ("Token ", None, Credential.MALFORMED),
        ("", None, Credential.MALFORMED),
        ("[Filtered]", TOKEN, Credential.UNKNOWN),
        ("Token ***", TOKEN, Credential.UNKNOWN),
        ("Token <redacted>", None, Credential.UNKNOWN),
        (None, TOKEN, Credential.NONE),
    ],
)
def test_sender_is_known_only_if_unambiguous(value, token, credential):
    response = error(401)
    trace = parse(
        entry(authorization=VALID), entry(authorization=value, response=response), token=token
    )

    assert trace.exchanges[1].credential is credential
    assert TOKEN not in repr(trace.exchanges)


def test_accepted_bearer_is_not_known_to_be_valid():
    assert parse(entry(authorization="Bearer x")).exchanges[0].credential is Credential.UNKNOWN


ALICE, BOB = "Token alice-token", "Token bob-token"


@pytest.mark.parametrize(
    ("token", "alice", "bob"),
    [
        (None, Credential.VALID, Credential.UNKNOWN),
        ("alice-token", Credential.VALID, Credential.UNKNOWN),
        ("bob-token", Credential.UNKNOWN, Credential.VALID),
    ],
)
def test_accepted_account_has_no_wrong_token(token, alice, bob):
    trace = parse(
        entry(authorization=BOB, response=error(404)),
        entry(authorization=BOB, path="/api/v1/users/me/"),
        entry(authorization=ALICE),
        entry(authorization="Token  alice-token"),
        entry(authorization=ALICE),
        entry(authorization=BOB),
        token=token,
    )

    assert [one.credential for one in trace.exchanges] == [bob, alice, alice, alice, bob]


def test_own_token_is_one_that_was_recorded_and_accepted_by_the_server():
    trace = parse(
        *[entry(authorization=BOB, base="https://other.example")] * 2,
        *[entry(authorization="Token ***")] * 3,
        *[entry(authorization="Bearer x")] * 3,
        entry(authorization=BOB, response=error(404)),
        entry(authorization=ALICE),
    )

    credentials = [one.credential for one in trace.exchanges]
    assert credentials == [Credential.UNKNOWN] * 7 + [Credential.VALID]


def test_requests_with_equal_authorization_have_one_sender():
    fields = [ALICE, "Bearer x", None, "Token  alice-token", "Bearer y", "Bearer x"]
    trace = parse(*[entry(authorization=field) for field in fields])

    assert [one.sender for one in trace.exchanges] == [0, 1, None, 0, 2, 1]
    assert {one.sender for one in again(rehearse().conversation.trace).exchanges} == {None}


def test_missing_authorization_in_all_requests_counts_as_removed():
    trace = parse(entry(), entry(response=error(401)), token=TOKEN)

    assert {one.credential for one in trace.exchanges} == {Credential.UNKNOWN}


def test_given_token_is_found_in_responses():
    refused = entry(response=error(404, detail=f"no {TOKEN}"))
    trace = parse(refused, entry(), entry(response=HttpResponse(0)), token=TOKEN)
    answers = [one.response for one in trace.exchanges]

    assert [response and response.echoes_token for response in answers] == [True, False, None]
    assert TOKEN not in repr([response and response.body for response in answers])


def test_recorded_token_is_redacted_in_responses():
    echo = entry(response=error(404, detail=f"no {TOKEN}"), authorization=f"Token {TOKEN}")
    (exchange,) = parse(echo).exchanges

    assert exchange.response.redacted
    assert TOKEN.encode() not in exchange.response.body


def test_base64_and_missing_bodies_are_read():
    coded = entry()
    coded["response"]["content"] |= {
        "text": base64.b64encode(b"{}").decode(),
        "encoding": "base64",
    }
    without, empty, none = entry(), entry(), entry()
    del without["response"]["content"]["text"]
    empty["response"]["content"] = {"size": 0}
    del none["response"]["content"]
    exchanges = parse(coded, without, empty, none).exchanges

    assert [(one.response.body, one.response.cut) for one in exchanges] == [
        (b"{}", False),
        (b"", True),
        (b"", False),
        (b"", False),
    ]


@pytest.mark.parametrize("content", [None, "text", 7, float("nan"), ["text"], {"text": 7}])
def test_invalid_content_is_read_as_no_body(content):
    odd = entry()
    odd["response"]["content"] = content
    response = parse(odd).exchanges[0].response

    assert (response.body, response.cut) == (b"", False)


def test_lone_surrogate_in_a_body_is_kept():
    odd = entry()
    odd["response"]["content"]["text"] = "\ud800"

    assert parse(odd).exchanges[0].response.body == b"\xed\xa0\x80"


def test_failure_is_read_only_from_the_gates_own_recording():
    failed = entry(response=HttpResponse(0))
    failed["_failure"] = "the connection was reset"
    given_up = entry(response=HttpResponse(0))
    given_up["response"]["_error"] = "net::ERR_ABORTED"

    assert [one.failure for one in parse(failed, given_up).exchanges] == [
        "the connection was reset",
        None,
    ]


def test_subjects_of_a_recording_can_be_given():
    trace = parse(entry(), subjects=SUBJECTS, max_wait=7)

    assert (trace.subjects, trace.max_wait) == (SUBJECTS, 7)
    assert parse(entry()).max_wait == 600


def test_byte_order_mark_is_ignored(tmp_path):
    path = tmp_path / "x.har"
    path.write_text(har(entry()), encoding="utf-8-sig")

    assert len(read_har(path).exchanges) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.har is not a HAR file: it is not JSON"),
        ("[" * 100_000, "x.har is not a HAR file: it is not JSON"),
        ("[]", "the member 'log' is missing or has the wrong type"),
        ("{}", "the member 'log' is missing or has the wrong type"),
        ('{"log": {}}', "the member 'entries' is missing or has the wrong type"),
        ('{"log": {"entries": [7]}}', "x.har has no request for an export"),
        ('{"log": {"entries": [{"request": {}}]}}', "x.har has no request for an export"),
        (
            har({**entry(), "request": {"url": BASE + PATH}}),
            f"entry 0 ({HOST}): the member 'method' is missing or has the wrong type",
        ),
        (har({**entry(), "response": None}), f"entry 0 ({HOST}): the member 'response' is missing"),
        (har({**entry(), "response": {}}), "the member 'status' is missing or has the wrong type"),
        (har({**entry(), "response": {"status": 200}}), "the member 'headers' is missing"),
        (
            har({**entry(), "response": {"status": 200, "headers": [{"name": 1}]}}),
            "the member 'name' is missing or has the wrong type",
        ),
        *(
            (
                har(
                    {
                        **entry(),
                        "response": {
                            "status": 200,
                            "headers": [],
                            "content": {"text": text, "encoding": "base64"},
                        },
                    }
                ),
                "a body is not in base64",
            )
            for text in ("abc", "\u00e9", "\ud800")
        ),
        ('{"log": ' + "9" * 5000 + "}", "x.har is not a HAR file: it is not JSON"),
        (har(entry(), _prolific=7), "the member 'baseUrl' is missing or has the wrong type"),
        (har(None, _prolific={"baseUrl": BASE}), "entry 0 has no request with a URL"),
        (
            har({**entry(), "response": {}}, _prolific={"baseUrl": BASE}),
            f"entry 0 ({HOST}): the member 'status' is missing",
        ),
        (har(entry(), _prolific={"baseUrl": BASE}), "the member '_credential' is missing"),
        (
            har(entry(_credential="KING"), _prolific={"baseUrl": BASE}),
            "entry 0 has a credential that does not exist",
        ),
        (
            har(
                entry(_credential="VALID"),
                _prolific={"baseUrl": BASE, "subjects": [{"kind": "study", "id": "x"}]},
            ),
            "one of its subjects is neither a batch nor a collection",
        ),
        (har(), "x.har has no request for an export"),
        (har(entry(path="/api/v1/users/me/")), "x.har has no request for an export"),
    ],
)
def test_invalid_recording_is_refused_with_a_message(text, message):
    with pytest.raises(DocumentError) as caught:
        parse_har(text, "x.har")
    assert message in str(caught.value)


ODD = {
    "null": None,
    "a number": 7,
    "no request": {"response": {"status": 200, "headers": []}},
    "no URL": {**entry(), "request": {"method": "GET", "headers": []}},
    "no method": {**entry(), "request": {"url": "https://cdn.example/", "headers": []}},
    "no response": {"request": answering()["request"]},
    "an empty response": {**answering(), "response": {}},
    "a status of text": answering(status="200"),
    "no headers": answering(headers=None),
    "a header without a value": answering(headers=[{"name": "x"}]),
    "invalid base64": answering(content={"text": "abc", "encoding": "base64"}),
    "invalid base64 from where a URL has no host": answering(
        "https://[::1", content={"text": "abc", "encoding": "base64"}
    ),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_invalid_entry_of_other_traffic_is_ignored(odd):
    assert verdict(parse(odd, entry(), odd)).exit_code == verdict(parse(entry())).exit_code
    assert len(parse(odd, entry(), odd).exchanges) == 1


@pytest.mark.parametrize(
    ("url", "named"),
    [
        (f"{BASE}{PATH}", HOST),
        (f"https://[::1{PATH}", "no host"),
        (f"{PATH}", "no host"),
        (f"https://a\u202eb{PATH}", r"'a\u202eb'"),
    ],
)
def test_invalid_entry_of_an_export_is_named_in_the_error(url, named):
    with pytest.raises(DocumentError) as caught:
        parse(None, answering(url, status="200"))

    assert f"entry 1 ({named}): the member 'status' is missing or has the wrong type" in str(
        caught.value
    )


@pytest.mark.parametrize("fate", [Fate.COMPLETES, Fate.FAILS_ONCE])
def test_trailing_slash_of_a_path_is_ignored(fate):
    trace = rehearse(fate, edition="2026-11").conversation.trace
    slashed = [
        evolve(one, url=f"{one.url.rstrip('/')}/") if one.address and "?" not in one.url else one
        for one in trace.exchanges
    ]
    with_slashes = verdict(evolve(trace, exchanges=tuple(slashed)))

    assert [one.address for one in slashed] == [one.address for one in trace.exchanges]
    assert slashed != list(trace.exchanges)
    assert with_slashes.exit_code == verdict(trace).exit_code == 0
    assert again(evolve(trace, exchanges=tuple(slashed))).exchanges[0].operation is not None


def test_invalid_entry_of_an_archive_is_named_in_the_error():
    store = "https://store.example/a.zip?sig=1"

    with pytest.raises(DocumentError, match=r"entry 1 \(store\.example\): a body is not in base64"):
        parse(
            entry(response=complete(store)),
            answering(store, content={"text": "abc", "encoding": "base64"}),
        )


@pytest.mark.parametrize("status", [0, -1])
def test_impossible_status_is_read_as_no_response(status):
    [exchange] = parse(entry(response=HttpResponse(status))).exchanges

    assert exchange.response is None


def test_refusal_names_the_targets_of_the_recording():
    with pytest.raises(DocumentError, match=r"of https://other\.example; check that --target"):
        parse(entry(), base_url="https://other.example")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "log",
                    "entries",
                    "request",
                    "response",
                    "method",
                    "url",
                    "headers",
                    "status",
                    "_prolific",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@FEW
@given(JSON)
def test_any_json_is_read_or_refused(value):
    with pytest.raises(DocumentError):
        parse_har(json.dumps(value), "x.har")


def test_missing_file_is_reported_with_a_message(tmp_path):
    with pytest.raises(DocumentError, match="can't be read"):
        read_har(tmp_path / "none.har")


LISTED = json_answer(
    200, [{"export_id": JOB, "filter": None, "status": "complete", "created_at": EXPIRES_AT}]
)
JOB_PATH = f"{PATH}/{JOB}"


@pytest.mark.parametrize("edition", [None, "2026-11"])
@pytest.mark.parametrize(
    ("one", "other", "token"),
    [
        (ALICE, BOB, None),
        (ALICE, BOB, "alice-token"),
        (ALICE, BOB, "bob-token"),
        ("Bearer x", "Bearer y", None),
        ("Bearer x", "Bearer y", "alice-token"),
    ],
)
def test_job_hidden_from_another_account_is_not_a_violation(one, other, token, edition):
    refused = error(404)
    entries = [
        entry("POST", PATH, one, generating(), 0),
        entry("GET", JOB_PATH, other, refused, 3),
        entry("DELETE", JOB_PATH, other, refused, 4),
        entry("GET", JOB_PATH, one, running(), 5),
        entry("DELETE", JOB_PATH, other, refused, 6),
        entry("GET", JOB_PATH, other, refused, 7),
        entry("GET", JOB_PATH, one, running(), 8),
        entry("GET", JOB_PATH, one, complete(), 9),
        entry("GET", JOB_PATH, other, error(403), 10),
        entry("GET", f"{PATH}/{UNKNOWN_EXPORT_ID}", other, error(403), 11),
        entry("PUT", JOB_PATH, other, refused, 12),
        entry("GET", PATH, one, LISTED, 13),
        entry("GET", PATH, other, error(403), 14),
        # Accepted it is, elsewhere.
        entry("POST", PATH.replace("b1", "b2"), other, generating(OTHER_JOB), 15),
        entry("GET", JOB_PATH, one, complete(), 18),
    ]
    for order in (entries, [*entries[3:], *entries[:3]]):
        trace = parse(*order, token=token)
        found = judge(trace, target="x", profile="full", edition=edition)
        assert [str(each.observations) for each in found.violations] == []


@pytest.mark.parametrize("field", [None, ALICE, "Bearer x", "Token ***"])
def test_job_hidden_from_its_own_account_is_a_violation(field):
    begun = [entry("POST", PATH, field, generating(), 0)]
    lost = entry("GET", JOB_PATH, field, error(404), 6)

    def broken(*entries):
        return [one.law.id for one in verdict(parse(*entries)).violations]

    assert broken(*begun, lost) == ["time.pollable"]
    assert broken(*begun, entry("GET", JOB_PATH, field, running(), 3), lost) == ["time.job-stays"]


def test_foreign_recording_of_conforming_server_has_no_violations():
    requests = [
        entry("POST", PATH, VALID, generating(), 0),
        entry("GET", f"{PATH}/{JOB}", VALID, running(), 3),
        entry("GET", f"{PATH}/{JOB}", VALID, complete(), 6),
        entry("GET", f"{PATH}/{JOB}", None, error(401), 9),
    ]
    found = verdict(parse(*requests))

    assert found.violations == ()
    assert found.exit_code == 0
