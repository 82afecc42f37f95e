"""The sandbox on a socket."""

import io
import socket
import threading
import time
import zipfile
from typing import Any

import httpx
import pytest
from prolific_contract import PATH_SEGMENTS, Kind
from prolific_contract.sandbox import (
    ManualClock,
    Sandbox,
    SandboxError,
    SandboxSettings,
)
from prolific_contract.sandbox import _archive_files as _shelf
from prolific_contract.sandbox._uvicorn_server import UvicornServer


def export(sandbox, kind: Kind = "collection", resource_id=None):
    """Request, and one status answer after it."""
    resource_id = resource_id or sandbox.settings.id_of(kind)
    path = f"/api/v1/data-collection/{PATH_SEGMENTS[kind]}/{resource_id}"
    headers = {"Authorization": f"Token {sandbox.token}"}
    with httpx.Client(base_url=sandbox.url, headers=headers) as client:
        requested = client.post(f"{path}/export")
        if requested.status_code != 202:
            return requested
        return client.get(f"{path}/export/{requested.json()['export_id']}")


def threads_of(before):
    """Threads that came since; those still ending are waited for."""
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    return set(threading.enumerate()) - before


def test_export_over_a_socket():
    before = set(threading.enumerate())
    with Sandbox(SandboxSettings(generation_seconds=0)) as sandbox:
        complete = export(sandbox)
        whole = httpx.get(complete.json()["url"])
        part = httpx.get(
            complete.json()["url"],
            headers={"Range": "bytes=100-", "If-Match": whole.headers["ETag"]},
        )
        head = httpx.head(complete.json()["url"])

    assert complete.json()["url"].startswith(f"{sandbox.url}/store/")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.testzip() is None
    assert (part.status_code, part.content) == (206, whole.content[100:])
    assert (head.status_code, head.content) == (403, b"")
    assert not threads_of(before)
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.url)


def test_server_works_while_the_test_freezes_time(monkeypatch):
    before = set(threading.enumerate())
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    with Sandbox() as sandbox:
        assert export(sandbox).json()["status"] == "generating"

    assert not threads_of(before)


def test_server_knows_its_resource_ids():
    with Sandbox(SandboxSettings(generation_seconds=9, token="mine")) as sandbox:
        answers = [
            export(sandbox, "collection", sandbox.collection_id),
            export(sandbox, "batch", sandbox.batch_id),
            export(sandbox, "collection", sandbox.forbidden_collection_id),
            export(sandbox, "batch", sandbox.forbidden_batch_id),
        ]

        assert sandbox.token == "mine"
        assert sandbox.settings.generation_seconds == 9
    assert [answer.status_code for answer in answers] == [200, 200, 403, 403]


def test_date_header_is_the_clocks_and_sent_once():
    clock = ManualClock()
    with Sandbox(clock=clock) as sandbox:
        clock.advance(60)
        answer = httpx.get(sandbox.url)

    assert answer.headers.get_list("Date") == ["Thu, 19 Mar 2026 10:31:00 GMT"]
    assert "Server" not in answer.headers


def test_reset_removes_jobs_and_applies_new_settings():
    with Sandbox(SandboxSettings(generation_seconds=0)) as sandbox:
        url = export(sandbox).json()["url"]
        sandbox.reset(SandboxSettings(generation_seconds=60))
        forgotten = httpx.get(url)
        generating = export(sandbox)

    assert forgotten.status_code == 404
    assert generating.json()["status"] == "generating"


@pytest.fixture
def huge(monkeypatch):
    """Archives are larger than any buffer between server and client."""
    content = bytes(24 << 20)
    monkeypatch.setattr(_shelf, "write_archive", lambda order, target: target.write(content))
    return content


def test_client_that_disconnects_mid_download_is_harmless(huge):
    before = set(threading.enumerate())
    with Sandbox(SandboxSettings(generation_seconds=0)) as sandbox:
        url = export(sandbox).json()["url"]
        with httpx.stream("GET", url) as download:
            next(download.iter_raw())
        whole = httpx.get(url)

    assert whole.content == huge
    assert not threads_of(before)


def test_server_stops_despite_a_stalled_client(huge):
    before = set(threading.enumerate())
    with Sandbox(SandboxSettings(generation_seconds=0)) as sandbox:
        url = httpx.URL(export(sandbox).json()["url"])
        silent = socket.create_connection((url.host, url.port))
        silent.sendall(b"GET %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (url.raw_path, url.netloc))
        assert silent.recv(12) == b"HTTP/1.1 200"
    silent.close()

    assert not threads_of(before)


def test_body_does_not_wait_for_the_acknowledgement_of_its_head():
    with Sandbox() as sandbox, httpx.Client() as client:
        client.get(sandbox.url)
        server: Any = sandbox._server
        (connection,) = server.server_state.connections
        held_open = connection.transport.get_extra_info("socket")

        assert held_open.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_server_may_be_stopped_twice():
    with Sandbox() as sandbox:
        httpx.get(sandbox.url)
        sandbox.__exit__(None, None, None)

    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.url)


class TestStartingFails:
    @pytest.fixture
    def listeners(self, monkeypatch):
        """The sockets that were opened to listen on."""
        opened = []

        def listen(*address):
            opened.append(socket.create_server(address))
            return opened[-1]

        monkeypatch.setattr(f"{Sandbox.__module__}._listen", listen)
        return opened

    @pytest.mark.parametrize(
        ("end", "said"),
        [
            (OSError(24, "Too many open files"), "start the sandbox: Too many open files"),
            (None, "start the sandbox: the server ended before it was ready"),
        ],
        ids=["fails", "ends"],
    )
    def test_server_that_does_not_start_is_reported_with_a_message(
        self, monkeypatch, listeners, end, said
    ):
        def run(server, sockets):
            if end is not None:
                raise end

        monkeypatch.setattr(UvicornServer, "run", run)
        before = set(threading.enumerate())
        sandbox = Sandbox(tls=True)

        with pytest.raises(SandboxError, match=said), sandbox:
            pass

        assert [listener.fileno() for listener in listeners] == [-1]
        assert sandbox.certificate_file is not None
        assert not sandbox.certificate_file.parent.exists()
        assert not threads_of(before)

    def test_slow_server_start_is_awaited(self, monkeypatch):
        asked_twice = threading.Event()

        class Ready(threading.Event):
            waits = 0

            def wait(self, timeout=None):
                self.waits += 1
                if self.waits == 1:
                    return False
                asked_twice.set()
                return super().wait(timeout)

        def make_server(sandbox, make_server=Sandbox._make_server):
            server = make_server(sandbox)
            server.ready = Ready()
            return server

        def run(server, sockets, run=UvicornServer.run):
            assert asked_twice.wait(30)
            run(server, sockets)

        monkeypatch.setattr(Sandbox, "_make_server", make_server)
        monkeypatch.setattr(UvicornServer, "run", run)

        with Sandbox() as sandbox:
            assert httpx.get(sandbox.url).status_code == 404

    def test_invalid_certificate_leaves_no_open_socket(self, monkeypatch, listeners):
        def refuse(host):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(f"{Sandbox.__module__}.Certificate", refuse)

        with pytest.raises(SandboxError, match="sandbox: No space left"), Sandbox(tls=True):
            pass

        assert [listener.fileno() for listener in listeners] == [-1]

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_later_errors_are_not_hidden(self, monkeypatch):
        def run(server, sockets):
            sockets[0].close()
            server.ready.set()
            raise OSError(5, "Input/output error")

        reported = []
        monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_value))
        monkeypatch.setattr(UvicornServer, "run", run)

        with Sandbox():
            pass

        assert [error.strerror for error in reported] == ["Input/output error"]


def test_localhost_is_the_ipv4_loopback_address():
    with Sandbox(host="localhost") as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert httpx.get(sandbox.url).status_code == 404


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_ipv6_address_is_put_into_brackets():
    with Sandbox(host="::1", settings=SandboxSettings(generation_seconds=0)) as sandbox:
        assert sandbox.url.startswith("http://[::1]:")
        assert httpx.get(export(sandbox).json()["url"]).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "example.com", ""])
def test_other_addresses_are_refused(host):
    with pytest.raises(SandboxError, match="is not a loopback address.*use 127.0.0.1"):
        Sandbox(host=host)


def test_port_in_use_is_reported_with_a_message():
    with (
        Sandbox() as first,
        pytest.raises(SandboxError, match=r"can't listen on 127.0.0.1 port \d+ \(.+\): choose"),
        Sandbox(port=httpx.URL(first.url).port or 0),
    ):
        pass


@pytest.mark.parametrize("port", [-1, 65_536])
def test_invalid_port_is_reported_with_a_message(port):
    with pytest.raises(SandboxError, match=f"invalid port {port}: choose 0 to 65535"):
        Sandbox(port=port)


def test_server_before_start_knows_everything_except_its_url():
    sandbox = Sandbox(SandboxSettings(token="mine"))

    assert sandbox.token == "mine"
    assert sandbox.collection_id
    with pytest.raises(SandboxError, match="enter its context"):
        sandbox.url  # noqa: B018 - asking is the test


def test_restarted_server_keeps_its_jobs():
    sandbox = Sandbox(SandboxSettings(generation_seconds=0))
    with sandbox:
        export(sandbox)
    with sandbox:
        known = export(sandbox)
        assert known.status_code == 200
        assert httpx.get(known.json()["url"]).status_code == 200


def test_serving_forever_ends_with_the_server():
    with Sandbox() as sandbox:
        server = threading.Thread(target=sandbox.serve_forever)
        server.start()
        httpx.get(sandbox.url)
        assert server.is_alive()
    server.join(5)

    assert not server.is_alive()
