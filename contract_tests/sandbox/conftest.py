from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prolific_contract import KINDS, Kind
from prolific_contract.sandbox import ManualClock, SandboxSettings

from sandbox.site_client import SiteClient


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def open_client(clock: ManualClock) -> Iterator[Callable[..., SiteClient]]:
    clients: list[SiteClient] = []

    def open_one(**settings: Any) -> SiteClient:
        clients.append(SiteClient(SandboxSettings(**settings), clock))
        return clients[-1]

    yield open_one
    for client in clients:
        client.site.close()


@pytest.fixture
def client(open_client: Callable[..., SiteClient]) -> SiteClient:
    return open_client()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    kind: Kind = request.param
    return kind
