"""The sandbox's clocks."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class SandboxClock(Protocol):
    """The sandbox's source of time."""

    def now(self) -> datetime:
        """The current time in UTC; never earlier than a previous result."""
        ...


class SteadyClock:
    """The machine's clock, read once and then advanced by the monotonic clock.

    If the machine's clock is set back, a complete job must not become ``generating``
    again. Tests that freeze ``time.monotonic`` do not stop this clock.
    """

    _monotonic = staticmethod(time.monotonic)

    def __init__(self) -> None:
        self._started_at = datetime.now(UTC)
        self._started = self._monotonic()

    def now(self) -> datetime:
        """The current time."""
        return self._started_at + timedelta(seconds=self._monotonic() - self._started)


class ManualClock:
    """A clock for tests, which advances only when `advance` is called."""

    def __init__(self, start: datetime = datetime(2026, 3, 19, 10, 30, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        """The current time."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Advance by a number of seconds."""
        self._now += timedelta(seconds=seconds)
