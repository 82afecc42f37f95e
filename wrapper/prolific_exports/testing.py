"""Helpers for tests of code that uses this package."""

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that stands still until the code under test sleeps, and then jumps.

    ``Exports(token, clock=FakeClock())`` runs a whole export without waiting.

    Attributes:
        sleeps: Seconds of each sleep so far.
    """

    def __init__(self, now: datetime | None = None) -> None:
        """Start at ``now`` (aware), by default 2026-03-20T10:00:00Z."""
        self._start = now or datetime(2026, 3, 20, 10, 0, 0, tzinfo=UTC)
        self._elapsed = 0.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        """Seconds since the clock was created."""
        return self._elapsed

    def now(self) -> datetime:
        """The date and time, aware."""
        return self._start + timedelta(seconds=self._elapsed)

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._elapsed += seconds

    def sleep(self, seconds: float) -> None:
        """Move the clock forward at once and record the sleep."""
        self.sleeps.append(seconds)
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Move the clock forward at once and record the sleep; other tasks run meanwhile."""
        self.sleep(seconds)
        await asyncio.sleep(0)
