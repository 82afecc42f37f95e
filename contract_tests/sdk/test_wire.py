"""Connecting, to hosts with several addresses and through proxies."""

import socket
import ssl

import httpx
import pytest
from attrs import evolve
from helpers import api
from helpers.slow_server import SlowServer, dripping, endless
from prolific_exports import Exports, UnreachableError
from prolific_exports._flows._effects import Fetch
from prolific_exports._http import _store_client as _store
from prolific_exports._http._connections import dial, enforce_limit
from prolific_exports._http._environment import Environment
from prolific_exports._http._limit import Limit
from prolific_exports._http._routing import client
from prolific_exports._http._store_client import StoreClient
from prolific_exports._http._unreachable import Reachability
from prolific_exports.testing import FakeClock

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def addresses(monkeypatch):
    """What the name service says of names."""
    real = socket.getaddrinfo

    def addresses(*found):
        def look_up(host, port, *args, **options):
            if host not in ("host.example", "localhost"):
                return real(host, port, *args, **options)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return addresses


def test_every_address_gets_its_share_of_the_time(addresses):
    tried = []

    def connect(address, seconds):
        tried.append((address, seconds))
        if address != "192.0.2.3":
            raise TimeoutError("timed out")
        return "connected"

    addresses("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert dial("host.example", 443, 9, connect) == "connected"
    assert tried == [("192.0.2.1", 3), ("192.0.2.2", 3), ("192.0.2.3", 3)]


def test_failure_of_the_last_address_is_reported_for_the_host(addresses):
    def connect(address, seconds):
        raise ConnectionRefusedError(address)

    addresses("192.0.2.1", "192.0.2.2")
    with pytest.raises(ConnectionRefusedError, match=r"192\.0\.2\.2"):
        dial("host.example", 443, 9, connect)


def test_call_goes_to_the_address_that_answers(addresses):
    body = b'{"status": "generating", "export_id": "%s"}' % api.EXPORT_ID.encode()
    answer = b"HTTP/1.1 202 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with SlowServer(lambda connection, _head: connection.sendall(answer)) as server:
        # No server listens at the first one's port.
        addresses("::1", "127.0.0.1")
        url = f"http://localhost:{server.port}"
        with Exports("t0ken", base_url=url, clock=FakeClock()) as exports:
            assert exports.collections.export(api.COLLECTION).export_id == api.EXPORT_ID


def test_unknown_name_is_a_connection_failure(monkeypatch):
    def unknown(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    clock = FakeClock()
    with (
        Exports("t0ken", base_url="https://host.example", clock=clock, timeout=1) as exports,
        pytest.raises(UnreachableError, match=r"there is no host host\.example") as caught,
    ):
        exports.collections.job(api.COLLECTION, api.EXPORT_ID).status()
    assert not caught.value.sent


def test_no_connection_is_made_without_time(clock):
    limit = Limit(clock, 5)
    clock.advance(5)
    with (
        client(Environment.read()) as sending,
        enforce_limit(limit),
        pytest.raises(httpx.ConnectTimeout, match="no complete response within 5 s"),
    ):
        sending.get("http://127.0.0.1:1/")


class RefusingTLS(ssl.SSLContext):
    """Refuses every handshake; records how many seconds each may take."""

    def wrap_socket(self, sock, *args, **options):
        self.seconds = sock.gettimeout()
        raise ssl.SSLError("no handshake")


def call_over_httpx(url, environment, clock):
    with (
        client(environment) as sending,
        enforce_limit(Limit(clock, 10)),
        pytest.raises(httpx.ConnectError, match="no handshake"),
    ):
        sending.get(url)


def fetch_from_store(url, environment, clock):
    fetch = Fetch(url, {}, 5.0, lambda head: True, lambda data: None)
    fetched = StoreClient(environment, Reachability(environment), clock).fetch(fetch)
    assert "no handshake" in str(fetched.failure)


@pytest.mark.parametrize("request_over_tls", [call_over_httpx, fetch_from_store])
def test_handshake_has_the_time_that_connecting_leaves(request_over_tls, clock, monkeypatch):
    connect = socket.create_connection

    def slowly(*args, **options):
        clock.advance(7)
        return connect(*args, **options)

    monkeypatch.setattr(socket, "create_connection", slowly)
    context = RefusingTLS(ssl.PROTOCOL_TLS_CLIENT)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"
        request_over_tls(url, evolve(Environment.read(), context=context), clock)
    assert context.seconds == 3


def fetch_through(proxy, monkeypatch, host="store.example"):
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    fetch = Fetch(f"https://{host}/a", {}, 5.0, lambda head: True, lambda data: None)
    environment = Environment.read()
    return StoreClient(environment, Reachability(environment)).fetch(fetch)


def test_proxy_that_refuses_is_named(monkeypatch):
    answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with SlowServer(lambda connection, _head: connection.sendall(answer)) as proxy:
        fetched = fetch_through(proxy, monkeypatch)
    assert fetched.head is None
    assert "requires a user name and password" in str(fetched.failure)
    assert fetched.permanent
    assert proxy.requests[0].startswith(
        b"CONNECT store.example:443 HTTP/1.1\r\nHost: store.example:443\r\n"
    )


@pytest.mark.parametrize(
    "handle",
    [
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: "),
        endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(b"HTTP/1.1 102 Processing\r\n\r\n"),
        # The handshake of TLS, behind the proxy's answer.
        dripping(b"HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03\x40\x00"),
    ],
)
def test_slow_proxy_is_given_up(handle, monkeypatch):
    monkeypatch.setattr(_store, "CONNECT_TIMEOUT", 0.2)
    with SlowServer(handle) as proxy:
        fetched = fetch_through(proxy, monkeypatch)
    assert str(fetched.failure).startswith(("connecting timed out", "no connection"))


def test_ipv6_address_of_a_store_is_put_into_brackets(monkeypatch):
    with SlowServer(lambda connection, _head: connection.close()) as proxy:
        fetch_through(proxy, monkeypatch, "[2001:db8::1]")
    assert proxy.requests[0].startswith(b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\n")


@pytest.fixture
def clock():
    return FakeClock()
