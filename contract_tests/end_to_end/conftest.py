from collections.abc import Iterator

import pytest
from helpers.clients import Clients


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine's comes between."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(params=["sync", "async"])
def clients(request: pytest.FixtureRequest) -> Iterator[Clients]:
    """Every test that takes it runs over the sync and over the async client."""
    with Clients(request.param) as clients:
        yield clients


@pytest.fixture(params=["collection", "batch"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)
