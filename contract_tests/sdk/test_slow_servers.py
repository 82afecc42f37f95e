"""Servers that take their time, over real sockets: every call and every transfer ends."""

import json
import time
from random import Random

import pytest
from helpers import api
from helpers.slow_server import (
    SLOW_BODIES,
    SLOW_HANDSHAKES,
    SLOW_HEADS,
    SlowServer,
    dripping,
    endless,
)
from prolific_exports import DownloadError, Exports, NoAnswerError
from prolific_exports._http import _requests as _http
from prolific_exports._http import _store_client as _store
from prolific_exports.testing import FakeClock

# Longest real waiting time in seconds.
MOMENT = 0.15


SLOW = SLOW_HEADS | SLOW_BODIES


class ClockWithoutWaits(FakeClock):
    """The system's clock, but for waits, which take no time."""

    def monotonic(self):
        return time.monotonic() + super().monotonic()


pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def make(clients):
    def make(server, scheme="http", clock=None, **options):
        return clients.make(
            base_url=f"{scheme}://127.0.0.1:{server.port}",
            clock=clock or ClockWithoutWaits(),
            random=Random(7),
            **{"timeout": MOMENT, "call_timeout": MOMENT} | options,
        )

    return make


@pytest.mark.parametrize("name", SLOW)
def test_call_to_a_slow_api_ends(make, name):
    with SlowServer(SLOW[name]) as server, pytest.raises(NoAnswerError):
        make(server).collections.export(api.COLLECTION)


def test_call_that_was_sent_may_have_arrived(make):
    with (
        SlowServer(SLOW_HEADS["dripped head"]) as server,
        pytest.raises(NoAnswerError, match="may have received the request") as caught,
    ):
        # Long enough to connect to this machine, however busy it is.
        make(server, timeout=2, call_timeout=2).collections.export(api.COLLECTION)
    assert caught.value.sent


@pytest.mark.parametrize("name", SLOW_HANDSHAKES)
def test_call_to_an_api_with_a_slow_handshake_ends_unsent(make, name):
    with (
        SlowServer(SLOW_HANDSHAKES[name], reads=False) as server,
        pytest.raises(NoAnswerError) as caught,
    ):
        make(server, "https").collections.job(api.COLLECTION, api.EXPORT_ID).status()
    assert not caught.value.sent
    assert "connecting timed out" in str(caught.value)


@pytest.mark.parametrize("name", SLOW)
def test_call_with_injected_client_ends(clients, make, name):
    with SlowServer(SLOW[name]) as server:
        client = clients.http_client()
        with pytest.raises(NoAnswerError):
            make(server, http_client=client).collections.export(api.COLLECTION)


@pytest.mark.parametrize("name", ["dripped head", "endless 103", "dripped body"])
def test_deadline_uses_the_given_clock(name):
    clock = FakeClock()
    piece, beginning = {
        "dripped head": (b"a", b"HTTP/1.1 200 OK\r\nX-Long: "),
        "endless 103": (b"HTTP/1.1 103 Early Hints\r\n\r\n", b""),
        "dripped body": (b" ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"),
    }[name]
    handle = endless(piece, beginning, lambda: clock.advance(1))
    with (
        SlowServer(handle) as server,
        Exports("t0ken", base_url=server.url, clock=clock, timeout=5, call_timeout=30) as exports,
        pytest.raises(NoAnswerError, match="no complete response within 5 s"),
    ):
        exports.collections.export(api.COLLECTION)


def api_with_archive(handle):
    """An API whose exports are ready at once, and a store with the given responses."""

    def both(connection, head):
        if not head.startswith(b"POST "):
            return handle(connection, head)
        port = connection.getsockname()[1]
        url = f"http://127.0.0.1:{port}/archive?X-Amz-Signature=5ecret"
        state = {"status": "complete", "url": url, "expires_at": "2099-01-01T00:00:00Z"}
        body = json.dumps(state).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return None

    return both


@pytest.fixture
def fail(make, tmp_path, monkeypatch):
    """Downloads from a store that is too slow."""

    def fail(name, **options):
        for module in (_http, _store):
            monkeypatch.setattr(module, "CONNECT_TIMEOUT", MOMENT)
        with SlowServer(api_with_archive(SLOW[name])) as server:
            exports = make(server, timeout=1000, call_timeout=30, stall_timeout=MOMENT, **options)
            with pytest.raises(DownloadError, match="8 times in a row"):
                exports.collections.download(api.COLLECTION, tmp_path)

    return fail


@pytest.mark.parametrize("name", SLOW)
def test_transfer_from_a_slow_store_ends(fail, name):
    fail(name)


@pytest.mark.parametrize("name", SLOW)
def test_transfer_with_injected_client_ends(clients, fail, name):
    fail(name, http_client=clients.http_client())


def test_slow_error_page_is_shown_in_part(make, tmp_path):
    page = dripping(b"HTTP/1.1 410 Gone\r\nContent-Length: 99999\r\n\r\nIt is gone.")
    with SlowServer(api_with_archive(page)) as server:
        exports = make(server, timeout=1000, call_timeout=30, stall_timeout=MOMENT)
        with pytest.raises(DownloadError, match=r"410 to a fresh URL\. The store said: It is go"):
            exports.collections.download(api.COLLECTION, tmp_path)


def test_connection_is_kept_for_the_next_call(clients):
    body = json.dumps({"status": "generating", "export_id": api.EXPORT_ID}).encode()

    def answer(connection, head):
        connection.sendall(
            b"HTTP/1.1 202 Accepted\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )

    connections = set()

    def noting(connection, head):
        connections.add(connection)
        answer(connection, head)

    with SlowServer(noting) as server:
        exports = clients.make(base_url=server.url, clock=FakeClock())
        for _ in range(3):
            exports.collections.export(api.COLLECTION)
        exports.close()
    assert len(connections) == 1
