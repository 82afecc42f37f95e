"""What is cancelled at a limit, and what is not taken for it."""

import asyncio

import httpx
import pytest
from prolific_exports._http._exchange import exchange
from prolific_exports._http._limit import Limit
from prolific_exports.testing import FakeClock


def test_timeout_of_the_caller_is_not_the_limits():
    async def run():
        async with exchange(httpx.Request("GET", "https://a.example"), Limit(FakeClock(), 5)):
            raise TimeoutError("another's")

    with pytest.raises(TimeoutError, match="another's"):
        asyncio.run(run())


def test_limit_that_passes_during_a_pause_is_not_reached():
    clock = FakeClock()

    async def run():
        limit = Limit(clock, 5)
        async with exchange(httpx.Request("GET", "https://a.example"), limit) as scope:
            scope.restart(10, moving=True)
            with scope.paused():
                clock.advance(100)
            scope.received(1)
            return limit.left()

    assert asyncio.run(run()) == 10
