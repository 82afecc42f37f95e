"""HAR files that are invalid, in part or altogether."""

import json

import pytest
from helpers.conversations import BASE
from helpers.recordings import PATH, entry, har, parse, verdict
from helpers.traces import complete
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract import DocumentError
from prolific_contract.gate.trace import HttpResponse, parse_har, read_har

HOST = "127.0.0.1"

FEW = settings(max_examples=25, deadline=None)


def answering(url="https://cdn.example/x.js", **response):
    """An entry whose response has these members changed."""
    one = entry(base=url, path="")
    return {**one, "response": {**one["response"], **response}}


@pytest.mark.parametrize(
    "time", [None, "12", True, -1, float("nan"), float("inf"), pytest.param(10**400, id="huge")]
)
def test_invalid_duration_is_ignored(time):
    assert parse(entry(time=time)).exchanges[0].took == 0


@pytest.mark.parametrize("content", [None, "text", 7, float("nan"), ["text"], {"text": 7}])
def test_invalid_content_is_read_as_no_body(content):
    odd = entry()
    odd["response"]["content"] = content
    response = parse(odd).exchanges[0].response

    assert (response.body, response.cut) == (b"", False)


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
            har(
                {**entry(), "response": {"status": 200, "headers": [], "_content": {"read": 1}}},
                _prolific={"baseUrl": BASE},
            ),
            f"entry 0 ({HOST}): the content of an archive is malformed",
        ),
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
