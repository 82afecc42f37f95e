from collections.abc import Iterator

import pytest
from helpers.twins import Twin


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine's comes between."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(params=["sync", "async"])
def twin(request: pytest.FixtureRequest) -> Iterator[Twin]:
    """Every test that takes it runs over the sync and over the async client."""
    with Twin(request.param) as twin:
        yield twin


@pytest.fixture(params=["collection", "batch"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)
