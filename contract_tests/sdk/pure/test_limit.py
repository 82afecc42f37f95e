"""How long an exchange may take."""

import pytest
from prolific_exports._http._limit import LateError, Limit
from prolific_exports.testing import FakeClock


@pytest.fixture
def limit(clock):
    return Limit(clock, 5)


def test_limit_expires_despite_activity(clock, limit):
    for left in (5, 4, 3, 2, 1):
        limit.received(1_000_000)
        assert limit.left() == left
        clock.advance(1)
    with pytest.raises(LateError, match="^no complete response within 5 s$"):
        limit.check()


def test_moving_limit_restarts_with_enough_bytes(clock, limit):
    limit.restart(10, moving=True)
    for _ in range(100):
        clock.advance(9)
        limit.received(5 * 1024)
        limit.received(5 * 1024)
        assert limit.left() == 10


@pytest.mark.parametrize(
    ("count", "reason"),
    [(0, "no data arrived in time"), (10_239, "only 10239 bytes arrived within 10 s")],
)
def test_moving_limit_does_not_restart_with_too_few_bytes(clock, limit, count, reason):
    limit.restart(10, moving=True)
    limit.received(count)
    clock.advance(10)
    with pytest.raises(LateError, match=reason):
        limit.left()


def test_limit_does_not_advance_during_a_pause(clock, limit):
    clock.advance(2)
    with limit.paused():
        clock.advance(100)
    assert limit.left() == 3


def test_pause_ends_with_an_error(clock, limit):
    def fail():
        with limit.paused():
            clock.advance(100)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert limit.left() == 5


@pytest.fixture
def clock():
    return FakeClock()
