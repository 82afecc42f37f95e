"""The fault server as a server: what a socket sees, and how it ends."""

import contextlib
import socket
import threading
import time

import httpx
import pytest
from prolific_contract.cli import main
from prolific_contract.sandbox import Sandbox, SandboxError, SandboxSettings
from prolific_contract.sandbox.faults import FAULTS, FaultServer

SETTINGS = SandboxSettings(generation_seconds=0, submissions=2, files=0)


@pytest.fixture
def start():
    """Gives a running sandbox with a fault and the URL of an archive in its store."""
    running = []

    def started(fault, **options):
        sandbox = Sandbox(SETTINGS, fault=fault, **options)
        running.append(sandbox.__enter__())
        path = f"{sandbox.url}/api/v1/data-collection/collections/{sandbox.collection_id}/export"
        answer = httpx.post(path, headers={"Authorization": f"Token {sandbox.token}"})
        while answer.json()["status"] != "complete":
            url = f"{path}/{answer.json()['export_id']}"
            answer = httpx.get(url, headers={"Authorization": f"Token {sandbox.token}"})
        return sandbox, answer.json()["url"]

    yield started
    for sandbox in running:
        sandbox.__exit__(None, None, None)


def connected(sandbox):
    url = httpx.URL(sandbox.url)
    return socket.create_connection((url.host, url.port), timeout=10)


def test_the_first_answers_have_the_fault_and_later_ones_not(start):
    _, url = start("length-too-short")
    short, whole = httpx.get(url).content, httpx.get(url).content
    assert len(short) == len(whole) // 2
    assert whole.startswith(short)


def test_a_fault_of_range_requests_waits_for_one(start):
    """An answer that was lost on the way leaves nothing to go on with."""
    _, url = start("range-refused")
    for beginning in ({}, {"Range": "bytes=0-"}):
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url, headers=beginning)
    rest = {"Range": "bytes=1-"}
    assert httpx.get(url, headers=rest).status_code == 416
    assert [httpx.get(url, headers=one).status_code for one in (rest, {})] == [206, 200]


def test_a_client_that_never_goes_on_gets_it_all_in_the_end(start):
    _, url = start("range-refused")
    for _ in range(3):
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url)
    assert httpx.get(url).status_code == 200


def test_a_reset_is_a_reset(start):
    _, url = start("reset-at-once")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        httpx.get(url)


def test_the_api_is_as_it_should_be(start):
    sandbox, _ = start("refused")
    # Building the contract takes seconds on a busy machine.
    reply = httpx.get(f"{sandbox.url}/openapi.json", timeout=60)
    assert reply.json()["openapi"].startswith("3.")


def test_etags_that_change(start):
    _, url = start("etag-changes")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url)
    rest = {"Range": "bytes=1-"}
    changed = httpx.get(url, headers=rest).headers["ETag"]
    assert httpx.get(url, headers={"If-Match": '"other"'}).status_code == 412
    assert httpx.get(url, headers={"If-Match": changed}).status_code == 200


@pytest.mark.parametrize(
    "said",
    [b"", b"GET / HTTP/1.1\r\n", b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000],
)
def test_what_is_no_request_is_not_answered(start, said):
    sandbox, _ = start("drip")
    with connected(sandbox) as connection:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):  # when it had not read everything
            assert connection.recv(100) == b""


def test_stopping_ends_connections_that_hang(start):
    sandbox, url = start("silent")
    with connected(sandbox) as connection:
        target = url.removeprefix(sandbox.url)
        host = sandbox.url.removeprefix("http://")
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        deadline = time.monotonic() + 10
        while not sandbox._server.requests:
            assert time.monotonic() < deadline
        connection.sendall(b"more")
        time.sleep(0.1)
        sandbox.__exit__(None, None, None)
        assert connection.recv(100) == b""
    assert not [one for one in threading.enumerate() if one.name == "prolific-sandbox-fault"]


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_stopping_does_not_wait_for_clients_that_say_nothing(tls):
    with Sandbox(SETTINGS, fault="drip", tls=tls) as sandbox, connected(sandbox) as connection:
        deadline = time.monotonic() + 10
        while not sandbox._server._connections:
            assert time.monotonic() < deadline
        begun = time.monotonic()
        sandbox.__exit__(None, None, None)
        assert time.monotonic() - begun < 5
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_what_is_stopped_before_it_serves_does_not_serve():
    server = FaultServer(None, FAULTS["drip"])
    server.stop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.run([listener])
        assert listener.fileno() == -1
    server.stop()


def test_a_client_that_comes_while_it_stops_is_not_waited_for():
    server = FaultServer(None, FAULTS["drip"])
    server._stopping.set()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        begun = time.monotonic()
        server._serve(ours)
        assert theirs.recv(100) == b""
        assert time.monotonic() - begun < 5


def test_it_goes_on_when_a_connection_could_not_be_taken(start, monkeypatch):
    failures = [OSError(24, "Too many open files"), ConnectionAbortedError()]

    def accept(listener, accept=socket.socket.accept):
        if failures:
            raise failures.pop()
        return accept(listener)

    monkeypatch.setattr(socket.socket, "accept", accept)
    sandbox, _ = start("refused")
    assert httpx.get(sandbox.url).status_code == 404
    assert not failures


@pytest.mark.parametrize("other", [{"mutant": "date-naive@batch-status"}, {"variant": "chunked"}])
def test_a_fault_is_all_that_a_sandbox_has(other):
    with pytest.raises(SandboxError, match="choose one"):
        Sandbox(fault="drip", **other)


def test_a_fault_that_does_not_exist():
    with pytest.raises(SandboxError, match="did you mean short-body"):
        Sandbox(fault="short-bodies")
    with pytest.raises(SandboxError, match="see --list-faults"):
        Sandbox(fault="qqq")


@pytest.fixture
def served(monkeypatch):
    def interrupt(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Sandbox, "serve_forever", interrupt)


def test_the_command_says_what_the_fault_is(served, capsys):
    assert main(["sandbox", "--fault", "drip"]) == 0
    out = capsys.readouterr().out
    assert "fault       drip\n" in out
    assert FAULTS["drip"].sentence in out


def test_the_command_says_how_to_believe_its_certificate(served, capsys):
    assert main(["sandbox", "--tls"]) == 0
    out = capsys.readouterr().out
    assert "PROLIFIC_URL=https://" in out or "$env:PROLIFIC_URL = 'https://" in out
    assert "authority   " in out
    assert "SSL_CERT_FILE" in out.splitlines()[-2]
