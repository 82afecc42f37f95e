"""Odd responses of a store mean the same to the sync and the async client."""

import json
import socket
from collections import Counter
from random import Random

import pytest
from helpers import api
from helpers.clients import Clients
from helpers.connection_server import ConnectionServer
from prolific_exports import DownloadError
from prolific_exports.testing import FakeClock

ZIP = api.ARCHIVE
SIZE = len(ZIP)
OK = b"HTTP/1.1 200 OK"
LENGTH = b"Content-Length: %d" % SIZE
CHUNKED = b"Transfer-Encoding: chunked"
FIRST, REST = ZIP[:100], ZIP[100:]
CHUNKS = b"64\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (FIRST, len(REST), REST)
LAST = b"0\r\n\r\n"


def response(*fields, status=OK, body=ZIP, end=b"\r\n"):
    return end.join([status, *fields, b"", b""]) + body


def chunked(body, *fields):
    return response(CHUNKED, *fields, body=body)


ARCHIVES = {
    "two equal lengths in one field": response(LENGTH + b", %d" % SIZE),
    "two equal lengths in two fields": response(LENGTH, LENGTH),
    "no length": response(),
    "no length, HTTP/1.0": response(status=b"HTTP/1.0 200 OK"),
    "more bytes than announced": response(LENGTH, body=ZIP + b"more"),
    "chunks": chunked(CHUNKS),
    "chunks, HTTP/1.0": response(CHUNKED, status=b"HTTP/1.0 200 OK", body=CHUNKS),
    "chunks and a length": chunked(CHUNKS, b"Content-Length: 7"),
    "chunks in capitals": response(b"TRANSFER-ENCODING:  Chunked ", body=CHUNKS),
    "chunks with extensions": chunked(CHUNKS.replace(b"64\r", b'64;a=b;c="d"\r', 1)),
    "chunks with trailers": chunked(CHUNKS[:-2] + b'X: 1\r\nETag: "z"\r\n\r\n'),
    "chunks with spaces behind their size": chunked(CHUNKS.replace(b"64\r", b"64  \r", 1)),
    "1000 fields": response(*(b"X-%d: 1" % number for number in range(1000)), LENGTH),
    "a line of 80 kB": response(b"X: " + bytes(80_000).replace(b"\0", b"x"), LENGTH),
    "a folded field": response(b"X: a", b" \t b", LENGTH),
    "a length in a folded field": response(b"Content-Length:", b" %d" % SIZE),
    "a length in the continuation of another field": response(b"X: a", b" Content-Length: 3"),
    "lines that end in LF": response(LENGTH, b"Y: 1", end=b"\n"),
    "Latin-1 in a field": response(b"X: \xe9", LENGTH),
    "UTF-8 in a field": response("X: é".encode(), LENGTH),
    "control characters in a field": response(b"X: a\x01\tb\x7f", LENGTH),
    "no reason": response(LENGTH, status=b"HTTP/1.1 200"),
    "an empty reason": response(LENGTH, status=b"HTTP/1.1 200 "),
    "a reason in Latin-1": response(LENGTH, status=b"HTTP/1.1 200 \xe9"),
    "HTTP/1.2": response(LENGTH, status=b"HTTP/1.2 200 OK"),
    "HTTP/2.0": response(LENGTH, status=b"HTTP/2.0 200 OK"),
    "100 before it": response(body=b"", status=b"HTTP/1.1 100 Continue") + response(LENGTH),
    "103 with fields 20 times before it": (
        response(b"Link: </a>", body=b"", status=b"HTTP/1.1 103 Early Hints") * 20
        + response(LENGTH)
    ),
}
FAILURES = {
    "nothing": b"",
    "two lengths in one field": response(LENGTH + b", 7"),
    "two lengths in two fields": response(LENGTH, b"Content-Length: 7"),
    "a length with a sign": response(b"Content-Length: +%d" % SIZE),
    "a negative length": response(b"Content-Length: -%d" % SIZE),
    "a length with an underscore": response(b"Content-Length: 0_%d" % SIZE),
    "an empty length": response(b"Content-Length:"),
    "a length in words": response(b"Content-Length: many"),
    "a length of 30 digits": response(b"Content-Length: %030d" % SIZE),
    "a length that is not reached": response(b"Content-Length: %d" % (SIZE + 1)),
    "chunked twice": response(CHUNKED, CHUNKED, body=CHUNKS),
    "gzip, chunked": response(b"Transfer-Encoding: gzip, chunked", body=CHUNKS),
    "transfer encoding identity": response(b"Transfer-Encoding: identity", LENGTH),
    "chunks with their end missing": chunked(CHUNKS.removesuffix(LAST)),
    "chunks with the last line missing": chunked(CHUNKS.removesuffix(b"\r\n")),
    "a chunk that breaks off": chunked(CHUNKS[:50]),
    "a chunk that is longer than its size": chunked(CHUNKS.replace(b"64\r", b"63\r", 1)),
    "chunks with LF": chunked(b"64\n%b\n0\n\n" % FIRST),
    "a chunk size with a prefix": chunked(CHUNKS.replace(b"64\r", b"0x64\r", 1)),
    "a chunk size with a sign": chunked(CHUNKS.replace(b"64\r", b"+64\r", 1)),
    "a negative chunk size": chunked(CHUNKS.replace(b"64\r", b"-64\r", 1)),
    "a chunk size with an underscore": chunked(CHUNKS.replace(b"64\r", b"0_64\r", 1)),
    "a chunk size of 30 digits": chunked(CHUNKS.replace(b"64\r", b"%030d\r" % 64, 1)),
    "a space before a chunk size": chunked(CHUNKS.replace(b"64\r", b" 64\r", 1)),
    "a chunk's extension without an end": chunked(b"64;" + b"a" * 300_000),
    "trailers that are none": chunked(CHUNKS[:-2] + b"no colon\r\n\r\n"),
    "trailers of 300 kB": chunked(CHUNKS[:-2] + b"X: 1\r\n" * 50_000),
    "a line of 120 kB": response(b"X: " + b"x" * 120_000, LENGTH),
    "a line of 300 kB": response(b"X: " + b"x" * 300_000, LENGTH),
    "fields of 120 kB": response(*(b"X: " + b"x" * 1000 for _ in range(120)), LENGTH),
    "fields of 300 kB": response(*(b"X: " + b"x" * 1000 for _ in range(300)), LENGTH),
    "a continuation line at first": response(b" a", LENGTH),
    "a line without a colon": response(b"no colon", LENGTH),
    "a line without a colon behind the length": response(LENGTH, b"no colon"),
    "a line that begins a mailbox": response(LENGTH, b"From x"),
    "CR in a field": response(LENGTH, b"X: 1\rY: 2"),
    "NUL in a field": response(LENGTH, b"X: a\0b"),
    "a vertical tab in a field": response(LENGTH, b"X: a\vb"),
    "a space before the colon": response(b"Content-Length : %d" % SIZE),
    "no name": response(LENGTH, b": x"),
    "a name with brackets": response(LENGTH, b"a(b): x"),
    "a name in Latin-1": response(LENGTH, b"\xe9: x"),
    "a header that breaks off": response(LENGTH, b"X: 1", body=b"")[:-4],
    "a header without its last line": response(LENGTH, body=b"")[:-2],
    "a status that breaks off": b"HTTP/1.1 200",
    "two spaces before the status": response(LENGTH, status=b"HTTP/1.1  200 OK"),
    "a space before everything": response(LENGTH, status=b" HTTP/1.1 200 OK"),
    "an empty line before everything": b"\r\n" + response(LENGTH),
    "lower case": response(LENGTH, status=b"http/1.1 200 OK"),
    "HTTP/2": response(LENGTH, status=b"HTTP/2 200 OK"),
    "HTTP/1.10": response(LENGTH, status=b"HTTP/1.10 200 OK"),
    "another protocol": response(LENGTH, status=b"ICY 200 OK"),
    "a status of four digits": response(LENGTH, status=b"HTTP/1.1 2000 OK"),
    "a status of two digits": response(LENGTH, status=b"HTTP/1.1 20 OK"),
    "a status below 100": response(LENGTH, status=b"HTTP/1.1 099 OK"),
    "a status with a sign": response(LENGTH, status=b"HTTP/1.1 +20 OK"),
    "a status without a space behind it": response(LENGTH, status=b"HTTP/1.1 200OK"),
    "another protocol from here on": response(LENGTH, status=b"HTTP/1.1 101 Switching Protocols"),
    "no content": response(LENGTH, status=b"HTTP/1.1 204 No Content"),
    "not modified": response(LENGTH, status=b"HTTP/1.1 304 Not Modified"),
    # Without the field, a client that retries may reuse the connection before it sees its end.
    "a status that does not exist": response(
        LENGTH, b"Connection: close", status=b"HTTP/1.1 999 Odd"
    ),
}
CASES = {**ARCHIVES, **FAILURES}
NAMES = list(CASES)


class Server(ConnectionServer):
    """An API and a store: collection c7 has an archive that comes as the seventh response."""

    def __init__(self):
        super().__init__(self.respond)
        self.base = f"http://{self.address}"
        self.asked = Counter()

    def respond(self, connection):
        asked = b""
        while b"\r\n\r\n" not in asked:
            piece = connection.recv(4096)
            if not piece:
                return
            asked += piece
        method, path, _ = asked.decode("latin-1").split(" ", 2)
        if method == "POST":
            number = path.split("/")[-2][1:]
            body = json.loads(api.complete(f"{self.base}/{number}").content)
            answer = json.dumps(body).encode()
            answer = response(
                b"Content-Length: %d" % len(answer), b"Connection: close", body=answer
            )
        else:
            self.asked[NAMES[int(path[1:])]] += 1
            answer = CASES[NAMES[int(path[1:])]]
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


@pytest.fixture(scope="module")
def server():
    with Server() as server:
        yield server


def outcome(flavour, server, name, folder):
    """The bytes of the archive, or the error."""
    with Clients(flavour) as clients:
        exports = clients.make(base_url=server.base, clock=FakeClock(), random=Random(7))
        try:
            archive = exports.collections.download(f"c{NAMES.index(name)}", folder / flavour)
        except DownloadError as error:
            return error
        return archive.path.read_bytes()


@pytest.mark.parametrize("name", ARCHIVES)
def test_both_clients_accept_the_archive_of_an_unusual_response(server, name, tmp_path):
    assert outcome("sync", server, name, tmp_path) == ZIP
    assert outcome("async", server, name, tmp_path) == ZIP


@pytest.mark.parametrize("name", FAILURES)
def test_both_clients_refuse_an_untrustworthy_response(server, name, tmp_path):
    errors, requests = [], []
    for flavour in ("sync", "async"):
        server.asked.clear()
        errors.append(outcome(flavour, server, name, tmp_path))
        requests.append(server.asked[name])
    assert [type(error) for error in errors] == [DownloadError, DownloadError]
    assert list(tmp_path.iterdir()) == []
    # What is final for one client is not temporary for the other.
    assert requests[0] == requests[1]
