"""What is fetched from the store over real sockets, by the standard library's client."""

import json
import logging
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager
from random import Random
from typing import Any

import httpx
import pytest
import trustme
from attrs import evolve
from prolific_exports import DownloadError, Exports
from prolific_exports._flows._effects import Fetch, FetchAll
from prolific_exports._http import _store_client as _store
from prolific_exports._http._environment import Environment
from prolific_exports._http._store_client import Stop, StoreClient
from prolific_exports._http._sync_driver import FetchCancelledError, SyncDriver, ending
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._settings import resolve
from prolific_exports.testing import FakeClock

SECRET = "5ecret5ignature"
BODY = bytes(range(256)) * 1000


class ScriptedServer:
    """Answers each connection with given bytes, and records the requests."""

    def __init__(self, *answers, context=None, hold=False):
        self.answers, self.asked = list(answers), []
        self.listener = socket.create_server(("127.0.0.1", 0))
        # A test that failed before it connected must not be waited for without end.
        self.listener.settimeout(10)
        self.port = self.listener.getsockname()[1]
        self.context, self.hold = context, hold
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.listener.close()
        self.thread.join()

    def serve(self):
        for answer in self.answers:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(None)
            with closing(connection):
                self.respond(connection, answer)
        self.listener.close()

    def respond(self, connection, answer):
        asked = self.read(connection)
        self.asked.append(asked)
        if asked.startswith(b"CONNECT"):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        if self.context is not None:
            try:
                connection = self.context.wrap_socket(connection, server_side=True)
            except ssl.SSLError:
                return
            with closing(connection):
                self.asked.append(self.read(connection))
                connection.sendall(answer)
                if self.hold:
                    self.done.wait(10)
            return
        connection.sendall(answer)
        if self.hold:
            self.done.wait(10)

    def read(self, connection):
        if (
            self.context is not None
            and not isinstance(connection, ssl.SSLSocket)
            and not self.proxy
        ):
            return b""
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += connection.recv(4096)
        return asked

    proxy = False


def answer(body=BODY, status="200 OK", **headers):
    headers = {"Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


# More than is gathered before it is handed over.
LARGE = answer(BODY * 3)


@pytest.fixture(autouse=True)
def _clean(clean_environment):
    """No proxy of the machine's comes between."""


def fetch(
    url, *, wanted=True, timeout=5.0, client=None, write=None, headers=None, stop=None
) -> tuple[Any, bytes]:
    heads, body = [], bytearray()

    def accept(head):
        heads.append(head)
        return wanted

    fetched = (client or store()).fetch(
        Fetch(
            url, headers or {"Accept-Encoding": "identity"}, timeout, accept, write or body.extend
        ),
        stop,
    )
    return fetched, bytes(body)


def store():
    environment = Environment.read()
    return StoreClient(environment, Reachability(environment))


def url(server, path=f"/a%20b?X-Amz-Signature={SECRET}", host="127.0.0.1", scheme="http"):
    return f"{scheme}://{host}:{server.port}{path}"


def test_body_arrives_unchanged_and_the_request_has_no_credentials():
    with ScriptedServer(answer(ETag='"e"', X_Twice="1")) as server:
        fetched, body = fetch(
            url(server), headers={"Accept-Encoding": "identity", "Range": "bytes=5-"}
        )
    assert body == BODY
    assert fetched.failure is None
    assert (fetched.head.status, fetched.head.headers["etag"]) == (200, '"e"')
    request, *fields = server.asked[0].decode().strip().split("\r\n")
    assert request == f"GET /a%20b?X-Amz-Signature={SECRET} HTTP/1.1"
    assert {field.partition(":")[0] for field in fields} == {
        *("Host", "Accept-Encoding", "User-Agent", "Range")
    }


EARLY = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: close\r\n\r\n"
PROCESSING = "HTTP/1.1 102 Processing\r\n\r\n"


@pytest.mark.parametrize("interim", [EARLY, PROCESSING + EARLY, EARLY * 100])
def test_interim_responses_are_skipped(interim):
    with ScriptedServer(interim.encode() + answer(ETag='"e"')) as server:
        fetched, body = fetch(url(server))
    assert (fetched.failure, body) == (None, BODY)
    assert (fetched.head.status, fetched.head.headers.get("link")) == (200, None)


def test_repeated_headers_are_joined():
    twice = answer(b"", X="1").replace(b"X: 1", b"X: 1\r\nx: 2")
    with ScriptedServer(twice) as server:
        assert fetch(url(server))[0].head.headers["x"] == "1, 2"


def test_chunks_are_joined():
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    with ScriptedServer(chunked, chunked[:-12]) as server:
        assert fetch(url(server))[1] == b"abcde"
        fetched, body = fetch(url(server))
    assert body in (b"abc", b"")
    assert fetched.failure.startswith("the connection broke")


def test_short_body_is_a_failure():
    short = answer().replace(b"Length: 256000", b"Length: 256007")
    with ScriptedServer(short) as server:
        fetched, body = fetch(url(server))
    assert body == BODY
    assert fetched.failure == "the connection broke (7 bytes are missing)"


FORBIDDEN = answer(status="403 Forbidden")
CHUNKED_403 = b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(
    b"100\r\n%b\r\n" % BODY[:256] for _ in range(20)
)


@pytest.mark.parametrize("forbidden", [FORBIDDEN, CHUNKED_403])
def test_body_of_an_error_is_shown_in_part(forbidden):
    with ScriptedServer(forbidden) as server:
        fetched, body = fetch(url(server), wanted=False)
    assert (fetched.head.status, fetched.evidence, body) == (403, BODY[:4096], b"")


@pytest.mark.parametrize(
    "sent", [b"", b"junk\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y" * 30_000 + b"\r\n\r\n"]
)
def test_invalid_response_is_a_failure(sent):
    with ScriptedServer(sent) as server:
        fetched, _ = fetch(url(server))
    assert fetched.head is None
    assert fetched.failure.startswith("the connection broke")


def test_missing_server_is_a_failure():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    fetched, _ = fetch(f"http://127.0.0.1:{port}/")
    assert fetched.failure.startswith("no connection (")


def test_silent_connection_is_abandoned():
    with ScriptedServer(answer()[:-1], hold=True) as server:
        fetched, body = fetch(url(server), timeout=0.2)
    assert body == BODY[:-1]
    assert fetched.failure == "no data arrived in time"


def test_bytes_before_the_silence_are_delivered_at_the_end():
    pieces = []
    with ScriptedServer(answer()[:-1], hold=True) as server:
        fetch(url(server), timeout=0.3, write=lambda data: pieces.append(bytes(data)))
    assert b"".join(pieces) == BODY[:-1]
    assert len(pieces) < 10, "gathered"


def test_slow_bytes_are_delivered_as_they_arrive(monkeypatch):
    monkeypatch.setattr(_store, "_GATHERING_SECONDS", 0.0)
    monkeypatch.setattr(_store, "_GATHERED", 1000)
    pieces = []
    with ScriptedServer(answer()) as server:
        fetch(url(server), write=lambda data: pieces.append(bytes(data)))
    assert b"".join(pieces) == BODY
    assert max(map(len, pieces)) <= 1000


def test_body_without_length_ends_with_the_connection():
    with ScriptedServer(b"HTTP/1.1 200 OK\r\n\r\n" + BODY) as server:
        fetched, body = fetch(url(server))
    assert (fetched.failure, body) == (None, BODY)


@pytest.mark.parametrize("tls", [False, True])
def test_stop_ends_a_silent_connection_at_once(authority, tls):
    stop, arrived = Stop(), threading.Event()

    def write(data):
        arrived.set()

    def stop_then():
        arrived.wait(10)
        stop.now()

    with (
        secure(authority, LARGE[:-1], hold=True)
        if tls
        else ScriptedServer(LARGE[:-1], hold=True) as server
    ):
        stopper = threading.Thread(target=stop_then)
        stopper.start()
        began = time.monotonic()
        fetched, _ = fetch(
            url(server, scheme="https" if tls else "http"),
            client=trusting(authority),
            timeout=30,
            write=write,
            stop=stop,
        )
        stopper.join()
    assert fetched.failure.startswith("the connection broke")
    assert time.monotonic() - began < 10


def test_request_after_stop_fails():
    stop = Stop()
    stop.now()
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        fetched, body = fetch(f"http://127.0.0.1:{listener.getsockname()[1]}/", stop=stop)
    assert fetched.failure.startswith("the connection broke")
    assert body == b""


@pytest.mark.parametrize("client", [None, httpx.Client], ids=["own", "the caller's"])
def test_silent_part_does_not_delay_the_failure_of_another(client):
    silent = threading.Event()

    def full(data):
        silent.wait(10)
        raise DownloadError("full")

    def noticing(head):
        silent.set()
        return True

    injected = client() if client else None
    driver = SyncDriver(resolve("t0ken", None), injected, FakeClock())
    with (
        ScriptedServer(answer()) as well,
        ScriptedServer(answer()[:-1], hold=True) as badly,
        closing(driver),
        closing(injected or driver),
    ):
        began = time.monotonic()
        with pytest.raises(DownloadError, match="full"):
            driver.fetch_all(
                raise_cause_on_timeout(
                    Fetch(url(well), {}, 30.0, lambda head: True, full),
                    Fetch(url(badly), {}, 30.0, noticing, lambda data: None),
                )
            )
        assert time.monotonic() - began < 10


@contextmanager
def silent_parts():
    """A driver, and two parts whose stores stop sending; what ends them must not take long."""
    driver = SyncDriver(resolve("t0ken", None), None, FakeClock())
    silent = answer()[:-1]
    with (
        ScriptedServer(silent, hold=True) as one,
        ScriptedServer(silent, hold=True) as other,
        closing(driver),
    ):
        began = time.monotonic()
        yield (
            driver,
            [
                Fetch(url(server), {}, 30.0, lambda head: True, lambda data: None)
                for server in (one, other)
            ],
        )
        assert time.monotonic() - began < 10


def test_events_and_interrupts_are_delivered_while_parts_are_silent():
    """On Windows, an interrupt breaks into no wait: it comes between two of them."""
    callers = []

    def interrupted():
        callers.append(threading.current_thread())
        if len(callers) == 3:
            raise KeyboardInterrupt

    with silent_parts() as (driver, parts), pytest.raises(KeyboardInterrupt):
        driver.fetch_all(raise_cause_on_timeout(*parts, deliver=interrupted))
    assert set(callers) == {threading.current_thread()}


def test_parts_end_when_the_downloads_around_them_end():
    outer = Stop()
    with silent_parts() as (driver, parts), pytest.raises(FetchCancelledError):
        driver.fetch_all(FetchAll((*parts,), outer.now), outer)


def raise_cause_on_timeout(*fetches, deliver=lambda: None):
    return FetchAll(fetches, deliver)


class Stream:
    """What httpx reports about a connection."""

    def __init__(self, one):
        self.one = one

    def get_extra_info(self, _name):
        return self.one


@pytest.mark.parametrize(("version", "broken"), [(b"HTTP/1.1", True), (b"HTTP/2", False)])
def test_shared_connection_is_not_closed(version, broken):
    here, there = socket.socketpair()
    extensions = {"network_stream": Stream(here), "http_version": version}
    stop = Stop()
    with closing(here), closing(there):
        with ending(httpx.Response(200, extensions=extensions), stop):
            stop.now()
        there.settimeout(5)
        if not broken:
            here.sendall(b"x")
        assert there.recv(1) == (b"" if broken else b"x")


def test_connection_without_socket_is_ignored():
    stop = Stop()
    with ending(httpx.Response(200, extensions={"network_stream": Stream(None)}), stop):
        stop.now()
    assert stop.is_over


def test_broken_connections_of_the_caller_are_not_reused():
    with httpx.Client() as client, ScriptedServer(answer(), answer()) as server:
        driver = SyncDriver(resolve("t0ken", None), client, FakeClock())
        part = Fetch(url(server), {}, 5.0, lambda head: True, lambda data: None)
        driver.fetch_all(raise_cause_on_timeout(part, part))
    assert all(b"connection: close" in asked.lower() for asked in server.asked)
    assert len(server.asked) == 2


def test_stop_after_close_is_harmless():
    stop, one = Stop(), socket.socket()
    with stop.ends(one):
        one.close()
        stop.now()
    assert stop.is_over


def test_exception_of_the_caller_is_not_a_network_failure():
    def full(data):
        raise DownloadError("full")

    def failing(data):
        raise OSError("of the caller")

    with ScriptedServer(answer(), answer()) as server:
        with pytest.raises(DownloadError):
            fetch(url(server), write=full)
        with pytest.raises(OSError, match="of the caller"):
            fetch(url(server), write=failing)


def test_store_that_disconnects_before_the_first_byte_is_given_up(tmp_path):
    server = ScriptedServer()
    ready = {
        "status": "complete",
        "url": url(server),
        "expires_at": "2030-01-01T00:00:00Z",
    }
    broken = answer(ETag='"e"').removesuffix(BODY)
    server.answers = [answer(json.dumps(ready).encode(), Connection="close"), *[broken] * 8]
    client = Exports(
        "t0ken", base_url=f"http://127.0.0.1:{server.port}", clock=FakeClock(), random=Random(7)
    )
    with server, client as exports, pytest.raises(DownloadError, match="missing.*8 times in a row"):
        exports.collections.download("65f0", tmp_path)
    assert len(server.asked) == 9


def test_invalid_redirect_is_shown_without_control_characters(tmp_path):
    server = ScriptedServer()
    ready = {"status": "complete", "url": url(server), "expires_at": "2030-01-01T00:00:00Z"}
    location = f"https://[\x1b]0;x\x07/a?X-Amz-Signature={SECRET}"
    server.answers = [
        answer(json.dumps(ready).encode(), Connection="close"),
        answer(b"", status="302 Found", Location=location),
    ]
    client = Exports("t0ken", base_url=f"http://127.0.0.1:{server.port}", clock=FakeClock())
    with (
        server,
        client as exports,
        pytest.raises(DownloadError, match="it is not a URL") as failure,
    ):
        exports.collections.download("65f0", tmp_path)
    message = str(failure.value)
    assert "https://[" in message
    assert message.isprintable()
    assert SECRET not in message


def test_url_signature_is_neither_logged_nor_printed(caplog, capfd, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("http.client.HTTPConnection.debuglevel", 1)
    with ScriptedServer(answer()) as server:
        fetch(url(server))
    assert "GET http://127.0.0.1" in caplog.text
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@contextmanager
def secure(authority, *answers, host="127.0.0.1", proxy=False, hold=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    server = ScriptedServer(*answers, context=context, hold=hold)
    server.proxy = proxy
    with server:
        yield server


def trusting(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    environment = evolve(Environment.read(), context=context)
    return StoreClient(environment, Reachability(environment))


def test_certificates_are_verified(authority):
    client = trusting(authority)
    with secure(authority, answer(), answer()) as server:
        assert fetch(url(server, scheme="https"), client=client)[1] == BODY
        assert fetch(url(server, scheme="https"), client=client)[1] == BODY
    with secure(authority, answer()) as server:
        fetched, _ = fetch(url(server, scheme="https"), client=store())
    assert "from an authority that is not trusted here" in fetched.failure
    with secure(authority, answer(), host="other.example") as server:
        fetched, _ = fetch(url(server, scheme="https"), client=client)
    assert "is for another host" in fetched.failure


def test_tls_is_tunnelled_through_a_proxy(authority, monkeypatch):
    with secure(authority, answer(), host="store.example", proxy=True) as proxy:
        monkeypatch.setenv("https_proxy", f"http://us%40er:pass@127.0.0.1:{proxy.port}")
        fetched, body = fetch("https://store.example/a", client=trusting(authority))
    assert (fetched.failure, body) == (None, BODY)
    asked = proxy.asked[0]
    assert asked.startswith(b"CONNECT store.example:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic dXNAZXI6cGFzcw==" in asked
    assert b"Proxy-Authorization" not in proxy.asked[1]


def test_loopback_needs_no_proxy(authority, monkeypatch):
    for scheme in ("http", "https", "all"):
        monkeypatch.setenv(f"{scheme}_proxy", "http://127.0.0.1:9")
    with ScriptedServer(answer()) as server:
        assert fetch(url(server))[1] == BODY
    with secure(authority, answer()) as server:
        assert fetch(url(server, scheme="https"), client=trusting(authority))[1] == BODY


def test_no_proxy_hosts_use_no_proxy(monkeypatch):
    monkeypatch.setenv("all_proxy", "socks5://p:1")
    assert not store().reaches("https://store.example/")
    monkeypatch.setenv("no_proxy", "store.example")
    assert store().reaches("https://store.example/")


@pytest.mark.parametrize(
    ("proxy", "reached"),
    [
        ("http://p:1", True),
        ("p:1", True),
        ("https://p:1", False),
        ("socks5://p:1", False),
    ],
)
def test_other_proxies_are_left_to_httpx(monkeypatch, proxy, reached):
    monkeypatch.setenv("https_proxy", proxy)
    assert store().reaches("https://store.example/") is reached


def test_proxy_without_user_name_receives_no_credentials(authority, monkeypatch):
    with secure(authority, answer(), host="store.example", proxy=True) as proxy:
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{proxy.port}")
        fetched, body = fetch("https://store.example/a", client=trusting(authority))
    assert (fetched.failure, body) == (None, BODY)
    assert b"Proxy-Authorization" not in proxy.asked[0]
