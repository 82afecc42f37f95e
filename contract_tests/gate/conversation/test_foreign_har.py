"""HAR files of other tools: what is read, whatever they contain."""

import base64

import pytest
from attrs import evolve
from helpers.conversations import BASE, TOKEN, run_gate
from helpers.recordings import PATH, SUBJECTS, VALID, again, entry, parse, verdict
from helpers.traces import JOB, complete, error, generating, json_answer, running
from prolific_contract.gate.reports import FORMATS
from prolific_contract.gate.trace import HttpResponse
from prolific_contract.sandbox import Fate


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_impossible_times_of_a_foreign_recording_can_be_reported(render):
    moments = ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", None, "9999-12-31T23:59:59Z")
    entries = [{**entry(time=1.7e308), "startedDateTime": moment} for moment in moments]

    assert render(verdict(parse(*entries)))


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


@pytest.mark.parametrize("fate", [Fate.COMPLETES, Fate.FAILS_ONCE])
def test_trailing_slash_of_a_path_is_ignored(fate):
    trace = run_gate(fate, edition="2026-11").conversation.trace
    slashed = [
        evolve(one, url=f"{one.url.rstrip('/')}/") if one.address and "?" not in one.url else one
        for one in trace.exchanges
    ]
    with_slashes = verdict(evolve(trace, exchanges=tuple(slashed)))

    assert [one.address for one in slashed] == [one.address for one in trace.exchanges]
    assert slashed != list(trace.exchanges)
    assert with_slashes.exit_code == verdict(trace).exit_code == 0
    assert again(evolve(trace, exchanges=tuple(slashed))).exchanges[0].operation is not None


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
