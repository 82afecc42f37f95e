"""The clock, which callers pass in so that tests need not wait."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Provides the time to the SDK, and waits.

    The default is `SystemClock`. In tests, ``prolific_exports.testing.FakeClock`` waits without
    delay.
    """

    def monotonic(self) -> float:
        """Seconds from an arbitrary point, never going back."""
        ...

    def now(self) -> datetime:
        """Return the date and time, aware."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait in this thread."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        ...


class SystemClock:
    """The system's clock."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary point, never going back."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the date and time in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait in this thread."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Wait without blocking the event loop."""
        import asyncio  # noqa: PLC0415 - start-up time: only async callers need it

        await asyncio.sleep(seconds)
