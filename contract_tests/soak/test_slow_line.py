"""The faults of the soak's connection occur, each a limited number of times."""

import socket
import threading

import pytest

from soak import slow_line
from soak.slow_line import LineFaults, SlowLine, StoreRequest

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"


@pytest.fixture(autouse=True)
def _brief_pauses(monkeypatch):
    for name in ("_ENDLESS", "_BRIEF"):
        monkeypatch.setattr(slow_line, name, 0.02)
    for name in ("_INTERIM_PAUSE", "_DRIP_PAUSE"):
        monkeypatch.setattr(slow_line, name, 0.001)


@pytest.fixture
def port():
    """The port of a server that sends one response on each of three connections."""

    def serve():
        for _ in range(3):
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(RESPONSE)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def responses(port, faults, path="/store/x"):
    with SlowLine(port, 1e9, faults) as line:
        return [response(line, path) for _ in range(3)], line


def response(line, path):
    """The bytes that a client receives."""
    address = ("127.0.0.1", int(line.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nRange: bytes=2-6\r\n\r\n".encode())
        received = b""
        while data := connection.recv(4096):
            received += data
        return received


def test_line_without_faults_forwards_responses_and_records_requests(port):
    received, line = responses(port, None)
    assert received == [RESPONSE] * 3
    assert line.requested == [StoreRequest(2, 7)] * 3
    assert line.sent == 3 * len(RESPONSE)


@pytest.mark.parametrize("cut", [0, 10, len(RESPONSE) - 1])
def test_cut_ends_one_response_early(port, cut):
    received, _ = responses(port, LineFaults(cut=cut))
    assert received == [RESPONSE[:cut], RESPONSE, RESPONSE]


def test_cut_does_not_affect_the_api(port):
    assert responses(port, LineFaults(cut=0), "/api/x")[0] == [RESPONSE] * 3


def test_endless_interim_responses_precede_one_response(port):
    received, _ = responses(port, LineFaults(endless=1))
    assert received[::2] == [RESPONSE] * 2
    assert received[1].startswith(slow_line._INTERIM)
    assert received[1].endswith(RESPONSE)


def test_brief_interim_responses_precede_each_response_of_the_api_too(port):
    for received in responses(port, LineFaults(brief=True), "/api/x")[0]:
        assert received.startswith(slow_line._INTERIM)
        assert received.endswith(RESPONSE)


def test_dripped_start_arrives_byte_by_byte(port, monkeypatch):
    sizes = []
    send = SlowLine._send

    def recorded(self, connection, data):
        sizes.append(len(data))
        send(self, connection, data)

    monkeypatch.setattr(SlowLine, "_send", recorded)
    received, _ = responses(port, LineFaults(dripped=20))
    assert received == [RESPONSE] * 3
    assert sizes == [*[1] * 20, len(RESPONSE) - 20] * 3
