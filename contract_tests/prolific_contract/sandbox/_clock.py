"""The sandbox's clocks."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the sandbox takes the time from."""

    def now(self) -> datetime:
        """The present moment, with time zone UTC; never earlier than a moment before."""
        ...


class SystemClock:
    """The machine's clock, read once and then carried on by its monotonic clock.

    When somebody sets the machine's clock back, a job that is complete must not
    read ``generating`` again. It goes on where the code under test has the time
    stand still, in some threads or in all.
    """

    _monotonic = staticmethod(time.monotonic)

    def __init__(self) -> None:
        self._started_at = datetime.now(UTC)
        self._started = self._monotonic()

    def now(self) -> datetime:
        """The present moment."""
        return self._started_at + timedelta(seconds=self._monotonic() - self._started)


class ManualClock:
    """A clock that stands still until it is told to advance, for tests."""

    def __init__(self, start: datetime = datetime(2026, 3, 19, 10, 30, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        """The present moment."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let that many seconds pass."""
        self._now += timedelta(seconds=seconds)
