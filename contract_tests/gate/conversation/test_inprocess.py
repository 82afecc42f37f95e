"""The sandbox as a target, without HTTP."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from helpers.conversations import BASE, run_gate
from prolific_contract.gate.conversation import BODY_LIMIT, NoResponseError, TimedOutError
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.sandbox import FileSlice, ManualClock, NoReplyError, Reply


class Answering:
    def __init__(self, answer):
        self.calls = []
        self._answer = answer

    def answer(self, call):
        self.calls.append(call)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer() if callable(self._answer) else self._answer


def send(answer, method="GET", url=f"{BASE}/a%20b?c=d%26&e=", clock=None, **headers):
    site: Any = Answering(answer)
    target = InProcessTarget(site, clock or ManualClock())
    return site, target, target.send(method, url, headers, 5)


def test_site_receives_the_request_as_over_http():
    site, _, response = send(Reply(200, (("X-A", "1"),), b"body"), Accept="x", AUTHORIZATION="y")
    [call] = site.calls

    assert (call.method, call.path, call.base_url) == ("GET", "/a b", BASE)
    assert call.query == (("c", "d&"), ("e", ""))
    assert dict(call.headers) == {"accept": "x", "authorization": "y"}
    assert (response.status, response.headers, response.body) == (200, (("X-A", "1"),), b"body")


def test_response_to_head_has_no_body():
    assert send(Reply(200, (), b"body"), "HEAD")[2].body == b""


def test_range_of_a_file_is_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")

    assert send(Reply(206, (), FileSlice(path, 2, 3)))[2].body == b"234"


@pytest.mark.parametrize("as_file", [True, False])
def test_body_over_the_limit_is_truncated(tmp_path, as_file):
    path = tmp_path / "file"
    path.write_bytes(bytes(BODY_LIMIT + 2))
    body = FileSlice(path, 0, BODY_LIMIT + 2) if as_file else path.read_bytes()
    answer = send(Reply(200, (), body))[2]

    assert (len(answer.body), answer.cut) == (BODY_LIMIT, True)


def test_body_at_the_limit_is_not_truncated():
    answer = send(Reply(200, (), bytes(BODY_LIMIT)))[2]

    assert (len(answer.body), answer.cut) == (BODY_LIMIT, False)


def test_compressed_body_is_decoded():
    assert send(Reply(200, (("content-encoding", "GZIP"),), gzip.compress(b"x")))[2].body == b"x"


@pytest.mark.parametrize(
    "body",
    [b"no gzip", gzip.compress(b"x" * 99, mtime=0)[:-9], b"\x1f\x8b\x08junk"],
    ids=["no gzip", "cut", "junk"],
)
def test_undecodable_body_counts_as_no_response(body):
    with pytest.raises(NoResponseError, match="can't be decoded"):
        send(Reply(200, (("Content-Encoding", "gzip"),), body))


@pytest.mark.parametrize("how", ["reset", "garbage", "cut"])
def test_connection_fault_counts_as_no_response(how):
    clock = ManualClock()
    before = clock.now()
    with pytest.raises(NoResponseError):
        send(NoReplyError(how), clock=clock)

    assert clock.now() == before


def test_hanging_server_uses_the_whole_timeout():
    clock = ManualClock()
    before = clock.now()
    with pytest.raises(TimedOutError, match="no complete response within 5 s"):
        send(NoReplyError("hang"), clock=clock)

    assert clock.now() - before >= timedelta(seconds=5)


@pytest.mark.parametrize(("takes", "in_time"), [(4.9, True), (5.1, False)])
def test_late_response_counts_as_a_timeout(takes, in_time):
    clock = ManualClock()

    def answer():
        clock.advance(takes)
        return Reply(200, (), b"")

    if in_time:
        assert send(answer, clock=clock)[2].status == 200
    else:
        with pytest.raises(TimedOutError):
            send(answer, clock=clock)


def test_simulated_time_advances_only_by_sleeping():
    clock = ManualClock()
    site: Any = Answering(None)
    target = InProcessTarget(site, clock)
    began = clock.now()
    target.sleep(2.5)

    assert target.monotonic() == 2.5
    assert target.now() == clock.now() == began + timedelta(seconds=2.5)


def test_conversation_takes_no_real_time():
    gate_run = run_gate(generation=500)

    assert gate_run.conversation.cut_short is None
    assert gate_run.exchanges[-1].at > 500
