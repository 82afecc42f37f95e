"""Servers on a socket, the hostile ones above all: each ends in an answer or a failure."""

import gzip
import socket
import struct
import threading
import time
import tracemalloc
import zlib
from contextlib import contextmanager, suppress

import httpx
import pytest
from helpers.slow_server import SLOW_HANDSHAKES, SlowServer
from prolific_contract import ContractToolError
from prolific_contract.gate.conversation import (
    BODY_LIMIT,
    LiveTarget,
    NoResponseError,
    TargetUnreachableError,
    TimedOutError,
)
from prolific_contract.sandbox import Sandbox

# Seconds: what is not waited for, and what a busy machine may take its time with.
TIMEOUT, PATIENCE = 0.2, 30


@contextmanager
def serving(handle):
    """A server that does what it likes with each connection; gives its URL and the requests."""
    requests = []
    over = threading.Event()

    def serve(connection):
        with connection, suppress(OSError):
            requests.append(connection.recv(65536))
            handle(connection, over)

    def accept():
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/path?a=b", requests
        finally:
            over.set()
            # Closing a socket does not wake who waits for it.
            listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def bytes_of(content):
    return lambda connection, over: connection.sendall(content)


def drip(beginning):
    def handle(connection, over):
        connection.sendall(beginning)
        while not over.wait(0.01):
            connection.sendall(b"a")

    return handle


def reset(connection, over):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(connection, over):
    over.wait()


def ask(handle, method="GET", headers=None, timeout: float = PATIENCE):
    with serving(handle) as (url, requests), LiveTarget() as target:
        return target.send(method, url, headers or {}, timeout), requests


HEAD = b"HTTP/1.1 200 OK\r\n"


def test_response_is_kept_unchanged():
    body = gzip.compress(b'{"a": 1}')
    content = HEAD + (
        b"Content-TYPE: application/json\r\nX-Twice: 1\r\nx-twice: 2\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    answer, requests = ask(bytes_of(content + body), "POST", {"Authorization": "Token t"})

    assert answer.status == 200
    assert answer.headers[:3] == (
        ("Content-TYPE", "application/json"),
        ("X-Twice", "1"),
        ("x-twice", "2"),
    )
    assert (answer.body, answer.cut) == (b'{"a": 1}', False)
    assert requests[0].startswith(b"POST /path?a=b HTTP/1.1\r\n")
    assert b"Authorization: Token t\r\n" in requests[0]
    assert b"Content-Length: 0\r\n" in requests[0]


def test_request_has_only_the_given_headers():
    _, requests = ask(bytes_of(HEAD + b"Content-Length: 0\r\n\r\n"), headers={"X-One": "1"})
    names = [line.partition(b":")[0] for line in requests[0].split(b"\r\n")[1:] if line]

    assert sorted(names) == [b"Host", b"X-One"]


@pytest.mark.parametrize("status", [100, 204, 302, 404, 520, 999])
def test_any_status_counts_as_a_response(status):
    reply = (
        b"HTTP/1.1 %d Odd\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n" % status
    )
    if status == 100:
        reply = b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 0\r\n\r\n"
    answer, _ = ask(bytes_of(reply))

    assert answer.status == (200 if status == 100 else status)


def test_http_1_0_response_is_accepted():
    answer, _ = ask(bytes_of(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}"))

    assert (answer.status, answer.body) == (200, b"{}")


def test_chunked_body_is_joined():
    chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"

    assert ask(bytes_of(chunks))[0].body == b"abc"


def test_body_of_ten_megabytes_is_truncated():
    answer, _ = ask(bytes_of(HEAD + b"Content-Length: 10000000\r\n\r\n" + bytes(10_000_000)))

    assert (len(answer.body), answer.cut) == (BODY_LIMIT, True)


def test_compressed_body_is_truncated_by_decompressed_size():
    body = gzip.compress(bytes(20_000_000))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    answer, _ = ask(bytes_of(head + body))

    assert (len(answer.body), answer.cut) == (BODY_LIMIT, True)


def test_bomb_is_truncated_at_every_layer():
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    inner = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    body = gzip.compress(inner)
    head = HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    tracemalloc.start()
    try:
        answer, _ = ask(bytes_of(head + body))
        assert tracemalloc.get_traced_memory()[1] < 10 * BODY_LIMIT
    finally:
        tracemalloc.stop()

    assert (len(answer.body), answer.cut) == (BODY_LIMIT, True)


def test_encoding_header_without_body_is_accepted():
    answer, _ = ask(bytes_of(b"HTTP/1.1 204 No\r\nContent-Encoding: gzip\r\n\r\n"))

    assert (answer.status, answer.body) == (204, b"")


def again(piece, beginning=b""):
    def handle(connection, over):
        connection.sendall(beginning)
        while not over.wait(0.001):
            connection.sendall(piece)

    return handle


CHUNK = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
DRIPS = [
    drip(b""),
    drip(HEAD + b"X-Long: "),
    drip(HEAD + b"Content-Length: 99999\r\n\r\n"),
    drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n9999\r\n"),
    drip(CHUNK + b"X-Long: "),
    again(b"X: y\r\n", CHUNK),
    again(b"HTTP/1.1 100 Continue\r\n\r\n"),
    again(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
]


@pytest.mark.parametrize("handle", [hang, *DRIPS])
def test_endless_response_is_abandoned_at_the_deadline(handle):
    began = time.monotonic()
    with pytest.raises(NoResponseError) as caught:
        ask(handle, timeout=TIMEOUT)

    assert time.monotonic() - began < TIMEOUT + 10
    # Bytes that drip before the status line soon stop being valid HTTP.
    if handle is not DRIPS[0]:
        assert isinstance(caught.value, TimedOutError)
        assert str(caught.value) == "no complete response within 0.2 s"


@pytest.mark.parametrize("handle", list(SLOW_HANDSHAKES.values()), ids=SLOW_HANDSHAKES)
def test_slow_handshake_is_abandoned_at_the_deadline(handle):
    with (
        SlowServer(handle, reads=False) as server,
        LiveTarget() as target,
        pytest.raises(TargetUnreachableError, match="connecting took too long"),
    ):
        target.send("GET", f"https://127.0.0.1:{server.port}/", {}, TIMEOUT)


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        (reset, "the connection broke|the response was not HTTP"),
        (bytes_of(b""), "the response was not HTTP .*disconnected"),
        (bytes_of(b"220 mail.example ESMTP\r\n\r\n"), "the response was not HTTP .*illegal"),
        (bytes_of(b"HTTP/1.1 abc\r\n\r\n"), "the response was not HTTP"),
        (
            bytes_of(HEAD + b"Content-Length: 99\r\n\r\nabc"),
            "the response was not HTTP .*incomplete|peer",
        ),
        (bytes_of(HEAD + b"Content-Length: minus\r\n\r\n"), "the response was not HTTP"),
        (bytes_of(HEAD + b"X: " + bytes(200_000)), "the response was not HTTP"),
        (
            bytes_of(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
            "its content encoding can't be decoded",
        ),
        (
            bytes_of(
                HEAD
                + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n"
                + gzip.compress(b"{}" * 99, mtime=0)[:20]
            ),
            "its content encoding can't be decoded .the compressed data break off",
        ),
    ],
)
def test_invalid_response_is_a_failure_with_its_reason(handle, reason):
    with pytest.raises(NoResponseError, match=reason) as caught:
        ask(handle)
    assert not isinstance(caught.value, TargetUnreachableError)


def test_connection_is_never_reused():
    reply = bytes_of(HEAD + b"Content-Length: 0\r\nConnection: keep-alive\r\n\r\n")
    with serving(reply) as (url, requests), LiveTarget() as target:
        for _ in range(3):
            target.send("GET", url, {}, 5)

    assert len(requests) == 3


def test_cookies_are_not_kept():
    reply = bytes_of(HEAD + b"Set-Cookie: session=1; Path=/\r\nContent-Length: 0\r\n\r\n")
    with serving(reply) as (url, requests), LiveTarget() as target:
        for _ in range(2):
            target.send("GET", url, {}, 5)

    assert b"cookie" not in requests[1].lower()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/", "no connection"),
        ("https://127.0.0.1:1/", "no connection"),
        ("ftp://127.0.0.1/", "the request failed .*protocol"),
    ],
)
def test_missing_server_is_unreachable(url, reason):
    with LiveTarget() as target, pytest.raises(TargetUnreachableError, match=reason):
        target.send("GET", url, {}, 5)


def test_connection_problem_is_explained_as_in_the_sdk():
    plain = bytes_of(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with serving(plain) as (url, _), LiveTarget() as target:
        with pytest.raises(TargetUnreachableError) as caught:
            target.send("GET", url.replace("http:", "https:"), {}, 5)
        assert str(caught.value) == (
            "127.0.0.1 does not answer https with TLS; check the target's URL"
        )


def test_unknown_certificate_authority_is_explained(monkeypatch):
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with (
        Sandbox(tls=True) as sandbox,
        LiveTarget() as target,
        pytest.raises(
            TargetUnreachableError, match=r"not trusted here \(.*\); set SSL_CERT_FILE to a"
        ),
    ):
        target.send("GET", sandbox.url, {}, 30)


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (httpx.ConnectTimeout(""), TargetUnreachableError, "connecting took too long"),
        (httpx.ProxyError("502"), TargetUnreachableError, "the proxy refused (502)"),
        (
            httpx.ProxyError("407"),
            TargetUnreachableError,
            (
                "the proxy requires a user name and password that it accepts (407); set "
                "HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT"
            ),
        ),
        (httpx.ReadError(""), NoResponseError, "the connection broke"),
        (
            httpx.InvalidURL("https://u:p@x/?k=secret"),
            NoResponseError,
            "the request failed (https://[redacted]@x/?[redacted])",
        ),
    ],
)
def test_every_failure_has_a_description(monkeypatch, error, kind, text):
    with LiveTarget() as target:

        async def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr(target._client, "send", fail)
        with pytest.raises(kind) as caught:
            target.send("GET", "http://127.0.0.1:1/", {}, 5)

    assert str(caught.value) == text
    assert type(caught.value) is kind


def test_unusable_proxy_is_reported(monkeypatch):
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "gopher://user:secret@x")
    monkeypatch.setenv("NO_PROXY", "")
    with (
        LiveTarget() as target,
        pytest.raises(TargetUnreachableError, match="HTTPS_PROXY") as caught,
    ):
        target.send("GET", "https://api.example/", {}, 5)

    assert "secret" not in str(caught.value)


def test_unreadable_certificate_file_is_reported(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "missing.pem")
    with pytest.raises(ContractToolError, match="SSL_CERT_FILE cannot be read: missing.pem"):
        LiveTarget()


def test_live_connection_provides_a_clock(monkeypatch):
    slept = []
    # Not measured: clocks of Windows move on every 16 ms.
    monkeypatch.setattr(time, "sleep", slept.append)
    with LiveTarget() as target:
        before = target.monotonic()
        target.sleep(0.01)

        assert slept == [0.01]
        assert target.monotonic() >= before
        assert target.now().tzinfo is not None
