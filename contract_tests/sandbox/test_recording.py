"""Recording the traffic of a test, and judging it."""

import asyncio
import gzip
import json

import httpx
import pytest
from helpers import api
from prolific_contract import DocumentError
from prolific_contract.recording import record_traffic
from prolific_contract.sandbox import Sandbox
from prolific_exports import AsyncExports, Exports
from prolific_exports.testing import FakeClock

pytest_plugins = ["pytester"]

JOB = "11111111-2222-4333-8444-555555555555"
TOKEN = "t0ken-of-a-user"
POST = f"{api.BASE}/api/v1/data-collection/batches/{api.BATCH}/export"
HEADERS = {"Authorization": f"Token {TOKEN}"}


def broken_laws(verdict):
    return {violation.law.id for violation in verdict.violations}


@pytest.mark.prolific_sandbox(generation_seconds=0)
def test_downloads_are_recorded_and_conform(prolific_sandbox, tmp_path):
    of = (prolific_sandbox.token,), {"base_url": prolific_sandbox.url, "clock": FakeClock()}
    with record_traffic() as recording:
        with Exports(*of[0], **of[1]) as exports:
            exports.collections.download(prolific_sandbox.collection_id, tmp_path / "a.zip")

        async def download():
            async with AsyncExports(*of[0], **of[1]) as exports:
                await exports.batches.download(prolific_sandbox.batch_id, tmp_path / "b.zip")

        asyncio.run(download())

    verdict = recording.judge(edition="2026-03")
    assert verdict.violations == ()
    assert {evidence.archives for evidence in verdict.evidence} == {1}
    assert repr(recording) == f"<Recording of {len(recording)} requests>"
    written = recording.write(tmp_path / "traffic.har").read_text("utf-8")
    assert prolific_sandbox.token not in written
    # The questions, which each download reads last, are no part of an export.
    assert len(json.loads(written)["log"]["entries"]) == len(recording) - 2


def test_recording_ends_with_its_context(respx_mock):
    respx_mock.post(POST).mock(return_value=api.generating())
    send = httpx.Client.send, httpx.AsyncClient.send
    with record_traffic() as recording:
        httpx.post(POST)
    httpx.post(POST)
    assert len(recording) == 1
    assert (httpx.Client.send, httpx.AsyncClient.send) == send


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("is_async", [False, True])
def test_body_that_breaks_a_law_is_found_however_it_is_read(stream, coding, is_async):
    body = b'{"status": "Generating"}'
    sent = gzip.compress(body) if coding == "gzip" else body
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}

    class Sent(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            yield from (sent[:5], sent[5:])

        async def __aiter__(self):
            yield sent

    transport = httpx.MockTransport(lambda _: httpx.Response(202, headers=headers, stream=Sent()))

    def request():
        with httpx.Client(transport=transport) as client:
            if not stream:
                return client.post(POST, headers=HEADERS).content
            with client.stream("POST", POST, headers=HEADERS) as response:
                return response.read()

    async def request_async():
        async with httpx.AsyncClient(transport=transport) as client:
            if not stream:
                return (await client.post(POST, headers=HEADERS)).content
            async with client.stream("POST", POST, headers=HEADERS) as response:
                return await response.aread()

    with record_traffic() as recording:
        assert (asyncio.run(request_async()) if is_async else request()) == body
    assert "shape.body" in broken_laws(recording.judge())
    (exchange,) = recording.trace().exchanges
    assert exchange.response.body == body
    assert exchange.response.cut is False


def test_body_that_is_not_read_to_its_end_is_cut():
    class Endless(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                yield b'{"status": '

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Endless()))
    with (
        record_traffic() as recording,
        httpx.Client(transport=transport) as client,
        client.stream("POST", POST) as response,
    ):
        next(response.iter_raw())
    (exchange,) = recording.trace().exchanges
    assert (exchange.response.cut, exchange.response.body) == (True, b'{"status": ')


def test_body_is_kept_up_to_the_limit(monkeypatch):
    monkeypatch.setattr("prolific_contract.recording._MOST_BYTES", 4)

    class Long(httpx.SyncByteStream):
        def __iter__(self):
            yield from (b"abc", b"def", b"ghi")

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Long()))
    with record_traffic() as recording, httpx.Client(transport=transport) as client:
        assert client.post(POST).content == b"abcdefghi"
    (exchange,) = recording.trace().exchanges
    assert (exchange.response.cut, exchange.response.body) == (True, b"abcd")


def test_body_that_cannot_be_decoded_is_no_response():
    class Damaged(httpx.SyncByteStream):
        def __iter__(self):
            yield from (b"not gzip", b"at all")

    damaged = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Damaged())
    transport = httpx.MockTransport(lambda _: damaged)
    with (
        record_traffic() as recording,
        httpx.Client(transport=transport) as client,
        client.stream("POST", POST) as response,
    ):
        assert b"".join(response.iter_raw()) == b"not gzipat all"
    (exchange,) = recording.trace().exchanges
    assert exchange.response is None
    assert exchange.failure


@pytest.mark.parametrize("is_async", [False, True])
def test_stand_in_without_a_stream_is_recorded(is_async):
    transport = httpx.MockTransport(lambda _: httpx.Response(202, json={"status": "generating"}))

    async def request():
        async with httpx.AsyncClient(transport=transport) as client:
            await client.post(POST, headers=HEADERS)

    with record_traffic() as recording:
        if is_async:
            asyncio.run(request())
        else:
            with httpx.Client(transport=transport) as client:
                client.post(POST, headers=HEADERS)
    # It lacks the id of the job.
    assert "shape.body" in broken_laws(recording.judge())


def test_request_without_a_response_is_recorded(respx_mock):
    respx_mock.post(POST).mock(side_effect=httpx.ConnectError("refused"))
    with record_traffic() as recording, pytest.raises(httpx.ConnectError):
        httpx.post(POST)
    assert [exchange.response for exchange in recording.trace().exchanges] == [None]


def test_recording_without_an_export_cannot_be_judged(respx_mock):
    respx_mock.get("https://example.org/").mock(return_value=httpx.Response(200))
    with record_traffic() as recording:
        httpx.get("https://example.org/")
    with pytest.raises(DocumentError, match="the recording has no request for an export"):
        recording.judge()


def test_strict_judgement_reports_undocumented_members(respx_mock):
    body = {"status": "generating", "export_id": JOB, "progress": 3}
    respx_mock.post(POST).mock(return_value=httpx.Response(202, json=body))
    with record_traffic() as recording:
        httpx.post(POST, headers=HEADERS)
    assert recording.judge().violations == ()
    assert broken_laws(recording.judge(strict=True)) == {"shape.additive"}


@pytest.fixture
def run(pytester, monkeypatch):
    """Runs a user's test module in a pytest with no other plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run_module(source):
        pytester.makepyfile(source)
        options = ["-p", "prolific_contract.pytest_plugin", "--strict-markers"]
        return pytester.runpytest_inprocess(*options)

    return run_module


USING = f"""
import httpx
import pytest

def post(body):
    answer = lambda request: httpx.Response(202, json=body)
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.post({POST!r}, headers={HEADERS!r})
"""


def test_fixture_fails_the_test_whose_stand_in_breaks_the_contract(run, pytester):
    result = run(
        USING
        + """
def test_mine(prolific_recording):
    post({"status": "generating"})
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*FAILED  1 law broken*", "*shape.body*", "recorded in *.har"])
    assert TOKEN not in result.stdout.str()


def test_fixture_passes_the_test_whose_stand_in_keeps_the_contract(run):
    result = run(
        USING
        + f"""
def test_mine(prolific_recording):
    post({{"status": "generating", "export_id": {JOB!r}}})
    assert len(prolific_recording) == 1
"""
    )
    result.assert_outcomes(passed=1)


def test_markers_say_how_to_judge_and_the_closest_wins(run):
    result = run(
        USING
        + f"""
@pytest.mark.prolific_recording(strict=True, edition="2026-03")
class TestMine:
    def test_strict(self, prolific_recording):
        post({{"status": "generating", "export_id": {JOB!r}, "progress": 1}})

    @pytest.mark.prolific_recording(strict=False)
    def test_tolerant(self, prolific_recording):
        post({{"status": "generating", "export_id": {JOB!r}, "progress": 1}})
"""
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*shape.additive*"])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "def test_mine(prolific_recording): pass",
            "prolific_recording: the recording has no request for an export*",
        ),
        (
            USING
            + "@pytest.mark.prolific_recording(editon='2026-03')\n"
            + "def test_mine(prolific_recording): post({})",
            "prolific_recording: *unexpected keyword argument 'editon'*",
        ),
    ],
    ids=["nothing recorded", "misspelled option"],
)
def test_fixture_that_judges_nothing_fails(run, source, message):
    result = run(source)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([message])


def test_environment_leads_to_the_sandbox_and_never_to_the_users_token(run, monkeypatch):
    monkeypatch.setenv("PROLIFIC_TOKEN", "secret-of-the-user")
    monkeypatch.setenv("PROLIFIC_TOKEN_FILE", "/nonexistent")
    monkeypatch.setenv("PROLIFIC_PROFILE", "lab")
    result = run(
        """
import os

def test_mine(prolific_env):
    assert os.environ["PROLIFIC_URL"] == prolific_env.url
    assert os.environ["PROLIFIC_TOKEN"] == prolific_env.token
    assert "PROLIFIC_TOKEN_FILE" not in os.environ
    assert "PROLIFIC_PROFILE" not in os.environ

def test_other():
    assert os.environ["PROLIFIC_TOKEN"] == "secret-of-the-user"
    assert "PROLIFIC_TOKEN_FILE" in os.environ
"""
    )
    result.assert_outcomes(passed=2)


@pytest.mark.prolific_sandbox(ready=True)
def test_ready_sandbox_returns_exports_without_waiting(prolific_env, tmp_path):
    clock = FakeClock()
    with Exports(clock=clock) as exports:
        for name in ("a.zip", "b.zip"):
            archive = exports.collections.download(prolific_env.collection_id, tmp_path / name)
            assert archive.table().rows()
    assert clock.sleeps == []


def test_representation_says_where_the_sandbox_is_and_how_it_behaves():
    sandbox = Sandbox(mutant="date-naive@batch-status")
    assert repr(sandbox) == (
        "<Sandbox not started, edition 2026-03, mutant date-naive@batch-status>"
    )
    with Sandbox() as sandbox:
        assert repr(sandbox) == f"<Sandbox at {sandbox.url}, edition 2026-03>"
