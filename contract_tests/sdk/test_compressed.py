"""Compressed answers: decoded within bounds, on every way that they can take."""

import gzip
import json
import tracemalloc
import zlib
from contextlib import contextmanager
from random import Random

import httpx
import pytest
from helpers import api
from helpers.slow_server import SlowServer
from prolific_exports import (
    BadRequestError,
    ContractViolation,
    DownloadError,
    Downloading,
    NoAnswerError,
    StartedOver,
)
from prolific_exports.testing import FakeClock

MIB = 1024 * 1024


def bomb():
    """Less than 2 kB under two layers of gzip, 200 MiB without."""
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    parts = [compressor.compress(bytes(MIB)) for _ in range(200)]
    return gzip.compress(b"".join(parts) + compressor.flush())


BOMB = bomb()


def deflated(data):
    return zlib.compress(data)


def message(status, body, **fields):
    lines = {"Content-Length": len(body), **{n.replace("_", "-"): v for n, v in fields.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


@pytest.fixture(params=["own", "the caller's"])
def exports(request, clients):
    """Clients of an API whose every answer is what the test says."""

    def exports(server):
        options = {}
        if request.param != "own":
            # Codings that would not be undone must not be asked for.
            options["http_client"] = clients.http_client(headers={"Accept-Encoding": "br, zstd"})
        return clients.make(base_url=server.url, clock=FakeClock(), random=Random(7), **options)

    return exports


def answering(*messages):
    """A server that answers one request after the other; the last answer again and again."""
    left = list(messages)

    def handle(connection, head):
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return SlowServer(handle)


pytestmark = pytest.mark.usefixtures("clean_environment")


STATE = json.dumps({"status": "generating", "export_id": api.EXPORT_ID}).encode()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(STATE)),
        ("deflate", deflated(STATE)),
        ("gzip, deflate", deflated(gzip.compress(STATE))),
        ("utf-8", STATE),
    ],
    ids=["gzip", "deflate", "both", "none"],
)
def test_compressed_response_is_decoded(exports, encoding, body):
    with answering(message(202, body, Content_Encoding=encoding)) as server:
        assert exports(server).collections.export(api.COLLECTION).export_id == api.EXPORT_ID
    assert b"accept-encoding: gzip, deflate\r\n" in server.requests[0].lower()


@pytest.mark.unmeasured
@pytest.mark.every_python
def test_api_bomb_is_not_decoded_completely(exports, memory):
    with (
        answering(message(200, BOMB, Content_Encoding="gzip, gzip")) as server,
        memory(),
        pytest.raises(ContractViolation, match="is not JSON"),
    ):
        exports(server).collections.export(api.COLLECTION)


@pytest.mark.unmeasured
@pytest.mark.every_python
def test_api_error_bomb_is_not_decoded_completely(exports, memory):
    with (
        answering(message(418, BOMB, Content_Encoding="gzip, gzip")) as server,
        memory(),
        pytest.raises(BadRequestError, match="418"),
    ):
        exports(server).collections.export(api.COLLECTION)


def test_damaged_compressed_response_raises(exports):
    with (
        answering(message(200, b"PK\x03\x04", Content_Encoding="gzip")) as server,
        pytest.raises(NoAnswerError, match="its gzip coding is damaged"),
    ):
        exports(server).collections.job(api.COLLECTION, api.EXPORT_ID).status()


def test_response_already_decoded_by_the_transport_is_read(clients):
    """A transport that is no network may hand over a body that httpx has read and decoded."""

    def handler(request):
        headers = {"Content-Encoding": "gzip"}
        return httpx.Response(202, headers=headers, content=gzip.compress(STATE))

    client = clients.http_client(transport=httpx.MockTransport(handler))
    exports = clients.make(base_url=api.BASE, http_client=client, clock=FakeClock())
    assert exports.collections.export(api.COLLECTION).export_id == api.EXPORT_ID


@pytest.fixture
def memory():
    """Whether less was held at once than a bomb becomes."""

    @contextmanager
    def bounded():
        tracemalloc.start()
        try:
            yield
            assert tracemalloc.get_traced_memory()[1] < 50 * MIB
        finally:
            tracemalloc.stop()

    return bounded


class Store:
    """An API whose exports are ready at once, and what the store answers, one after the other."""

    def __init__(self, *messages):
        self.asked = []
        self.messages = list(messages)

    def __call__(self, connection, head):
        if head.startswith(b"POST "):
            port = connection.getsockname()[1]
            url = f"http://127.0.0.1:{port}/archive?X-Amz-Signature=5ecret"
            state = {"status": "complete", "url": url, "expires_at": "2099-01-01T00:00:00Z"}
            connection.sendall(message(200, json.dumps(state).encode()))
            return
        self.asked.append(head)
        message_ = self.messages.pop(0) if len(self.messages) > 1 else self.messages[0]
        connection.sendall(message_)
        if b"Connection: close" in message_:
            raise ConnectionError


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", deflated),
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    ],
)
def test_compressed_archive_is_saved_decompressed(exports, tmp_path, encoding, pack):
    body = pack(api.ARCHIVE)
    store = Store(message(200, body, Content_Encoding=encoding, ETag=api.ETAG))
    with SlowServer(store) as server:
        archive = exports(server).collections.download(api.COLLECTION, tmp_path / "a.zip")
    assert archive.path.read_bytes() == api.ARCHIVE
    assert len(store.asked) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_unknown_coding_word_is_ignored(exports, tmp_path):
    half = len(api.ARCHIVE) // 2
    fields = {"Content_Encoding": "utf-8", "ETag": api.ETAG}
    cut = message(200, api.ARCHIVE, Connection="close", **fields)[: half - len(api.ARCHIVE)]
    span = f"bytes {half}-{len(api.ARCHIVE) - 1}/{len(api.ARCHIVE)}"
    rest = message(206, api.ARCHIVE[half:], Content_Range=span, **fields)
    store = Store(cut, rest)
    with SlowServer(store) as server:
        archive = exports(server).collections.download(api.COLLECTION, tmp_path / "a.zip")
    assert archive.path.read_bytes() == api.ARCHIVE
    assert f"range: bytes={half}-\r\n".encode() in store.asked[1].lower(), "it is resumed"


def test_interrupted_compressed_archive_restarts(exports, tmp_path):
    whole = message(200, gzip.compress(api.ARCHIVE), Content_Encoding="gzip", Connection="close")
    ends = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    # Without a length, only the compression shows that something is missing.
    store = Store(whole[:-30], ends + gzip.compress(api.ARCHIVE)[:-30], whole)
    with SlowServer(store) as server:
        archive = exports(server).collections.download(api.COLLECTION, tmp_path / "a.zip")
    assert archive.path.read_bytes() == api.ARCHIVE
    assert len(store.asked) == 3
    assert all(b"range:" not in head.lower() for head in store.asked)


def test_compressed_archive_is_not_fetched_in_parts(clients, tmp_path):
    packed = gzip.compress(api.ARCHIVE)
    span = f"bytes 0-{len(packed) - 1}/{len(packed)}"
    fields = {"Content_Encoding": "gzip", "ETag": api.ETAG}
    part = message(206, packed, Content_Range=span, **fields)
    store, events = Store(part, message(200, packed, **fields)), []
    with SlowServer(store) as server:
        exports = clients.make(base_url=server.url, clock=FakeClock(), on_event=events.append)
        archive = exports.collections.download(api.COLLECTION, tmp_path / "a.zip", connections=4)
    assert archive.path.read_bytes() == api.ARCHIVE
    assert [b"range:" in head.lower() for head in store.asked] == [True, False]
    assert [event.reason for event in events if isinstance(event, StartedOver)] == [
        "the store compresses the archive"
    ]
    assert {event.connections for event in events if isinstance(event, Downloading)} == {1}


@pytest.mark.unmeasured
@pytest.mark.every_python
def test_bomb_of_the_store_fills_neither_memory_nor_disk(exports, tmp_path, memory):
    store = Store(message(200, BOMB, Content_Encoding="gzip, gzip"))
    with (
        SlowServer(store) as server,
        memory(),
        pytest.raises(DownloadError, match="compresses it, and .* expand to more"),
    ):
        exports(server).collections.download(api.COLLECTION, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(store.asked) == 1


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [("br", "this client can't decode"), ("gzip", "its gzip coding is damaged")],
)
def test_undecodable_archive_ends_the_download(exports, tmp_path, encoding, reason):
    store = Store(message(200, api.ARCHIVE, Content_Encoding=encoding))
    with SlowServer(store) as server, pytest.raises(DownloadError, match=reason):
        exports(server).collections.download(api.COLLECTION, tmp_path)
    assert len(store.asked) == 1


@pytest.mark.parametrize(
    ("encoding", "page", "said"),
    [
        ("gzip", gzip.compress(b"It is gone."), " The store said: It is gone."),
        ("gzip, gzip", BOMB, ""),
        ("gzip", b"no gzip", ""),
    ],
    ids=["small", "bomb", "damaged"],
)
def test_compressed_error_page_of_the_store_is_shown_within_bounds(
    exports, tmp_path, memory, encoding, page, said
):
    store = Store(message(410, page, Content_Encoding=encoding))
    with SlowServer(store) as server, memory(), pytest.raises(DownloadError) as failure:
        exports(server).collections.download(api.COLLECTION, tmp_path)
    assert f"answered 410 to a fresh URL.{said}" in str(failure.value)
