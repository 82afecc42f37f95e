from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import respx
from helpers import api
from helpers.clients import Clients
from helpers.paused_threads import PausedThreads
from prolific_exports.testing import FakeClock


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxies and certificates do not count."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("REQUEST_METHOD", raising=False)


@pytest.fixture
def events() -> list[Any]:
    return []


@pytest.fixture
def post(router: respx.MockRouter, kind: str) -> respx.Route:
    """The request for a new job."""
    return router.post(api.post_url(kind)).mock(return_value=api.generating())


@pytest.fixture
def get(router: respx.MockRouter, kind: str) -> respx.Route:
    """The job's status: complete."""
    return router.get(api.get_url(kind)).mock(return_value=api.complete())


@pytest.fixture
def store(router: respx.MockRouter) -> respx.Route:
    """Every URL of the archive."""
    return router.get(url__startswith=api.STORE).mock(return_value=api.stored())


@pytest.fixture
def exports(clients: Clients, clock: FakeClock, events: list[Any], router: respx.MockRouter) -> Any:
    """A client on a clock that never waits, its traffic answered by ``router``."""
    return clients.make(base_url=api.BASE, clock=clock, random=Random(7), on_event=events.append)


@pytest.fixture
def resource(exports: Any, kind: str) -> Any:
    return getattr(exports, api.PLURAL[kind])


@pytest.fixture
def paused_threads() -> Iterator[PausedThreads]:
    paused_threads = PausedThreads()
    yield paused_threads
    paused_threads.release()
