"""The system's clock waits for real, the one for tests at once."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from prolific_exports import Clock, SystemClock
from prolific_exports.testing import FakeClock


def test_system_clock_returns_the_system_time():
    clock: Clock = SystemClock()
    before, began = datetime.now(UTC), time.monotonic()
    assert before <= clock.now() <= before + timedelta(minutes=1)
    assert clock.now().utcoffset() == timedelta(0)
    assert began <= clock.monotonic() <= began + 60


def test_system_clock_sleeps(monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    SystemClock().sleep(1.5)
    assert slept == [1.5]


def test_system_clock_sleeps_without_blocking_the_event_loop(monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    asyncio.run(SystemClock().sleep_async(2.5))
    assert slept == [2.5]


def test_test_clock_stands_still_until_something_waits():
    clock: Clock = FakeClock()
    assert clock.now() == clock.now() == datetime(2026, 3, 20, 10, tzinfo=UTC)
    assert clock.monotonic() == clock.monotonic() == 0


@pytest.mark.parametrize("way", ["sync", "async"])
def test_waiting_advances_the_test_clock_and_is_recorded(way):
    clock = FakeClock(datetime(2027, 1, 1, tzinfo=UTC))
    for seconds in (1.5, 60):
        if way == "sync":
            clock.sleep(seconds)
        else:
            asyncio.run(clock.sleep_async(seconds))
    clock.advance(0.5)
    assert clock.sleeps == [1.5, 60]
    assert clock.monotonic() == 62
    assert clock.now() == datetime(2027, 1, 1, 0, 1, 2, tzinfo=UTC)


def test_waiting_on_the_test_clock_lets_other_tasks_run():
    async def both():
        clock, ran = FakeClock(), []

        async def other():
            ran.append(clock.monotonic())

        task = asyncio.create_task(other())
        await clock.sleep_async(5)
        assert ran == [5]
        await task

    asyncio.run(both())
