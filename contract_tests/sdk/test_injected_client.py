"""Calls over the caller's `httpx.Client` end at their limit, whatever its transport does."""

import json
import socket
import threading

import httpx
import pytest
from helpers import api
from helpers.slow_server import SLOW_HEADS, SlowServer
from prolific_exports import Exports, NoAnswerError
from prolific_exports.testing import FakeClock

GENERATING = json.dumps({"status": "generating", "export_id": api.EXPORT_ID}).encode()


def threads():
    return [one for one in threading.enumerate() if one.name == "prolific-call"]


def exports_over(client, clock=None):
    return Exports(
        "t0ken",
        base_url="https://api.example" if clock else None,
        http_client=client,
        clock=clock,
        timeout=5,
    )


class Stream:
    """A connection as httpcore describes it."""

    def __init__(self, connected, protocol):
        self._info = {"socket": connected, "ssl_object": self if protocol else None}
        self._protocol = protocol

    def get_extra_info(self, name):
        return self._info[name]

    def selected_alpn_protocol(self):
        return self._protocol


@pytest.mark.parametrize(("protocol", "is_shut"), [(None, True), ("http/1.1", True), ("h2", False)])
def test_connection_that_a_late_call_opened_is_shut_unless_it_is_shared(protocol, is_shut):
    clock, over = FakeClock(), threading.Event()
    ours, other = socket.socketpair()

    def handle(request):
        note = request.extensions["trace"]
        note("connection.connect_tcp.started", {})
        note("connection.connect_tcp.complete", {"return_value": Stream(ours, protocol)})
        clock.advance(5)
        over.wait(30)
        return httpx.Response(202, content=GENERATING)

    with ours, other:
        client = httpx.Client(transport=httpx.MockTransport(handle))
        with pytest.raises(NoAnswerError, match="no complete response within 5 s"):
            exports_over(client, clock).collections.export(api.COLLECTION)
        other.settimeout(0)
        if is_shut:
            assert other.recv(1) == b""
        else:
            with pytest.raises(BlockingIOError):
                other.recv(1)
        over.set()
        for one in threads():
            one.join()


def test_thread_of_a_late_call_over_a_new_connection_ends():
    with SlowServer(SLOW_HEADS["dripped head"]) as server, httpx.Client() as client:
        exports = Exports(
            "t0ken", base_url=server.url, http_client=client, timeout=0.15, call_timeout=0.15
        )
        with pytest.raises(NoAnswerError):
            exports.collections.export(api.COLLECTION)
        for one in threads():
            one.join(30)
            assert not one.is_alive()


def test_late_call_over_a_reused_connection_ends_before_its_thread():
    answer = b"HTTP/1.1 202 OK\r\nContent-Length: %d\r\n\r\n" % len(GENERATING) + GENERATING
    dripping = SLOW_HEADS["dripped head"]
    asked = []

    def once(connection, head):
        asked.append(head)
        if len(asked) > 1:
            dripping(connection, head)
        connection.sendall(answer)

    with SlowServer(once) as server, httpx.Client() as client:
        exports = Exports("t0ken", base_url=server.url, http_client=client)
        job = exports.collections.export(api.COLLECTION)
        exports = Exports("t0ken", base_url=server.url, http_client=client, timeout=0.2)
        with pytest.raises(NoAnswerError):
            exports.collections.job(api.COLLECTION, job.export_id).status()
        assert any(one.is_alive() for one in threads())
    for one in threads():
        one.join(30)


def test_interrupt_in_the_transport_reaches_the_caller():
    def handle(_request):
        raise KeyboardInterrupt

    client = httpx.Client(transport=httpx.MockTransport(handle))
    with pytest.raises(KeyboardInterrupt):
        exports_over(client, FakeClock()).collections.export(api.COLLECTION)
