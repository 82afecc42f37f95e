"""Servers that no second try would reach: one attempt, and a sentence that says what to set."""

import json
import socket
import ssl
from contextlib import contextmanager
from random import Random

import pytest
import trustme
from helpers import api
from helpers.connection_server import ConnectionServer
from prolific_exports import (
    DownloadError,
    NoAnswerError,
    Retrying,
    Saved,
    UnreachableError,
)
from prolific_exports.testing import FakeClock

ID = api.COLLECTION
TOKEN = "t0ken-of-a-test"


def tls(authority, host):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)

    def handle(connection):
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)

    return handle


def http(status="200 OK", body=b""):
    def handle(connection):
        connection.recv(65536)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    return handle


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(autouse=True)
def _clean(clean_environment):
    """No proxy of the machine's comes between."""


class CountedServer:
    """Address of an https server, and its number of connections."""

    def __init__(self, url, visits):
        self.url, self._visits = url, visits

    @property
    def visits(self):
        return self._visits()


@contextmanager
def unknown_authority(monkeypatch, authority, tmp_path):
    with ConnectionServer(tls(trustme.CA(), "127.0.0.1")) as server:
        yield CountedServer(f"https://127.0.0.1:{server.port}", lambda: server.visits)


@contextmanager
def wrong_host(monkeypatch, authority, tmp_path):
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with ConnectionServer(tls(authority, "other.example")) as server:
        yield CountedServer(f"https://127.0.0.1:{server.port}", lambda: server.visits)


@contextmanager
def no_tls(monkeypatch, authority, tmp_path):
    with ConnectionServer(http("400 Bad Request")) as server:
        yield CountedServer(f"https://127.0.0.1:{server.port}", lambda: server.visits)


@contextmanager
def proxy_needs_a_password(monkeypatch, authority, tmp_path):
    with refusing(monkeypatch, "407 Proxy Authentication Required") as place:
        yield place


@contextmanager
def proxy_forbids(monkeypatch, authority, tmp_path):
    with refusing(monkeypatch, "403 Forbidden") as place:
        yield place


@contextmanager
def refusing(monkeypatch, status):
    with ConnectionServer(http(status)) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:pa55word@127.0.0.1:{server.port}")
        yield CountedServer("https://far.example", lambda: server.visits)


@contextmanager
def unknown_host(monkeypatch, authority, tmp_path):
    with failing_names(monkeypatch, socket.EAI_NONAME) as place:
        yield place


@contextmanager
def failing_names(monkeypatch, number):
    resolve, asked = socket.getaddrinfo, []

    def fail(host, *args, **kwargs):
        if host in ("far.example", b"far.example"):
            asked.append(host)
            raise socket.gaierror(number, "of a test")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    yield CountedServer("https://far.example", lambda: len(asked))


# What it is, what the error says of it, and what to look at for the API and for the store.
OBSTACLES = [
    (unknown_authority, "from an authority that is not trusted here", "set SSL_CERT_FILE", None),
    (wrong_host, "is for another host", "PROLIFIC_URL", "check the network"),
    (no_tls, "does not answer https with TLS", "PROLIFIC_URL", "check the network"),
    (proxy_needs_a_password, r"requires a user name and password .* \(407\)", "HTTPS_PROXY", None),
    (proxy_forbids, r"does not connect to far\.example \(403\)", "set NO_PROXY=far.example", None),
    (unknown_host, "there is no host far.example", "PROLIFIC_URL", "set HTTPS_PROXY"),
]
NAMES = [obstacle.__name__ for obstacle, *_ in OBSTACLES]


@pytest.fixture(params=["own", "injected"])
def make(request, clients):
    """A client on a clock that never waits, with its own httpx client or the caller's."""

    def made(base_url, events):
        injected = {"http_client": clients.http_client()} if request.param == "injected" else {}
        return clients.make(
            TOKEN,
            base_url=base_url,
            clock=FakeClock(),
            random=Random(7),
            on_event=events.append,
            **injected,
        )

    return made


@pytest.mark.parametrize(("obstacle", "cause", "setting", "_"), OBSTACLES, ids=NAMES)
def test_unreachable_api_is_tried_once_and_explained(
    make, monkeypatch, authority, tmp_path, obstacle, cause, setting, _
):
    events = []
    with obstacle(monkeypatch, authority, tmp_path) as place:
        with pytest.raises(UnreachableError, match=cause) as failure:
            make(place.url, events).collections.export(ID)
        visits = place.visits
    message = str(failure.value)
    assert (visits, events, failure.value.sent) == (1, [], False)
    assert failure.value.retryable is False
    assert failure.value.hint is not None
    assert failure.value.hint[:-1].lower() in message.lower()
    assert message.startswith(f"No connection to {place.url}: ")
    assert message.endswith(f" for collection {ID})")
    assert setting in message
    assert "pa55word" not in message


@pytest.mark.parametrize(("obstacle", "cause", "setting", "of_store"), OBSTACLES, ids=NAMES)
@pytest.mark.parametrize("connections", [1, 3])
def test_unreachable_store_is_tried_once_and_explained(
    make, monkeypatch, authority, tmp_path, obstacle, cause, setting, of_store, connections
):
    events = []
    with obstacle(monkeypatch, authority, tmp_path) as place:
        ready = {
            "status": "complete",
            "url": f"{place.url}/a.zip?X-Amz-Signature=5ecret5ignature",
            "expires_at": "2099-01-01T00:00:00Z",
        }
        with ConnectionServer(http(body=json.dumps(ready).encode())) as server:
            exports = make(f"http://127.0.0.1:{server.port}", events)
            with pytest.raises(DownloadError, match=cause) as failure:
                exports.collections.download(ID, tmp_path, connections=connections)
        visits = place.visits
    message = str(failure.value)
    assert visits == 1
    assert not [event for event in events if isinstance(event, Retrying | Saved)]
    assert (of_store or setting) in message
    assert "PROLIFIC_URL" not in message
    assert "5ecret5ignature" not in message
    assert "pa55word" not in message


@pytest.mark.parametrize(
    ("obstacle", "reason"),
    [
        (lambda patch: failing_names(patch, socket.EAI_AGAIN), "no connection"),
        (lambda patch: refusing(patch, "502 Bad Gateway"), "502"),
        (lambda patch: refusing(patch, "429 Too Many Requests"), "429"),
    ],
    ids=["no name server", "gateway", "busy"],
)
def test_transient_obstacle_is_retried(make, monkeypatch, obstacle, reason):
    events = []
    with obstacle(monkeypatch) as place:
        with pytest.raises(NoAnswerError, match=reason) as failure:
            make(place.url, events).collections.job(ID, api.EXPORT_ID).status()
        visits = place.visits
    assert not isinstance(failure.value, UnreachableError)
    # Ten seconds; after the first response of the API it would be eight attempts.
    assert (visits, len(events)) == (5, 4)
