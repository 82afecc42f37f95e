from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prolific_contract._vocabulary import KINDS, Kind
from prolific_contract.sandbox import ManualClock, SandboxSettings

from sandbox.desk import Desk


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def open_desk(clock: ManualClock) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def open_one(**settings: Any) -> Desk:
        desks.append(Desk(SandboxSettings(**settings), clock))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.site.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    kind: Kind = request.param
    return kind
