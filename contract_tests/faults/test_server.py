"""The fault server as a server: what a socket sees, and how it ends."""

import contextlib
import socket
import threading
import time
from typing import Any

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


def test_fault_affects_only_the_first_responses(start):
    _, url = start("length-too-short")
    short, whole = httpx.get(url).content, httpx.get(url).content
    assert len(short) == len(whole) // 2
    assert whole.startswith(short)


def test_range_fault_starts_at_the_first_range_request(start):
    """A lost response leaves no bytes to resume from."""
    _, url = start("range-refused")
    for beginning in ({}, {"Range": "bytes=0-"}):
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url, headers=beginning)
    rest = {"Range": "bytes=1-"}
    assert httpx.get(url, headers=rest).status_code == 416
    assert [httpx.get(url, headers=one).status_code for one in (rest, {})] == [206, 200]


def test_client_that_never_resumes_gets_the_archive_eventually(start):
    _, url = start("range-refused")
    for _ in range(3):
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url)
    assert httpx.get(url).status_code == 200


def test_reset_fault_resets_the_connection(start):
    _, url = start("reset-at-once")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        httpx.get(url)


def test_api_is_unaffected_by_store_faults(start):
    sandbox, _ = start("refused")
    # Building the contract takes seconds on a busy machine.
    reply = httpx.get(f"{sandbox.url}/openapi.json", timeout=60)
    assert reply.json()["openapi"].startswith("3.")


def test_changing_etag_fault_changes_the_etag(start):
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
def test_invalid_request_gets_no_response(start, said):
    sandbox, _ = start("drip")
    with connected(sandbox) as connection:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):  # when it had not read everything
            assert connection.recv(100) == b""


def test_stop_ends_hanging_connections(start):
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


NO_SITE: Any = None


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_stop_does_not_wait_for_silent_clients(tls):
    with Sandbox(SETTINGS, fault="drip", tls=tls) as sandbox, connected(sandbox) as connection:
        deadline = time.monotonic() + 10
        server: Any = sandbox._server
        while not server._connections:
            assert time.monotonic() < deadline
        begun = time.monotonic()
        sandbox.__exit__(None, None, None)
        assert time.monotonic() - begun < 5
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_server_stopped_before_serving_does_not_serve():
    server = FaultServer(NO_SITE, FAULTS["drip"])
    server.stop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.run([listener])
        assert listener.fileno() == -1
    server.stop()


def test_stop_does_not_wait_for_new_clients():
    server = FaultServer(NO_SITE, FAULTS["drip"])
    server._stopping.set()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        begun = time.monotonic()
        server._serve(ours)
        assert theirs.recv(100) == b""
        assert time.monotonic() - begun < 5


def test_server_continues_after_a_failed_accept(start, monkeypatch):
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
def test_sandbox_refuses_fault_together_with_mutant_or_variant(other):
    with pytest.raises(SandboxError, match="choose one"):
        Sandbox(fault="drip", **other)


def test_unknown_fault_is_refused():
    with pytest.raises(SandboxError, match="did you mean short-body"):
        Sandbox(fault="short-bodies")
    with pytest.raises(SandboxError, match="see --list-faults"):
        Sandbox(fault="qqq")


@pytest.fixture
def served(monkeypatch):
    def interrupt(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Sandbox, "serve_forever", interrupt)


def test_command_prints_the_faults_description(served, capsys):
    assert main(["sandbox", "--fault", "drip"]) == 0
    out = capsys.readouterr().out
    assert "fault       drip\n" in out
    assert FAULTS["drip"].sentence in out


def test_command_prints_how_to_trust_its_certificate(served, capsys):
    assert main(["sandbox", "--tls"]) == 0
    out = capsys.readouterr().out
    assert "PROLIFIC_URL=https://" in out or "$env:PROLIFIC_URL = 'https://" in out
    assert "authority   " in out
    assert "SSL_CERT_FILE" in out.splitlines()[-2]
