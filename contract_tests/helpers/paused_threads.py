"""Pauses threads at a place that a test chooses."""

import asyncio
import threading

_SECONDS = 10


class PausedThreads:
    """Pauses every thread that calls `hold`, until `release`."""

    def __init__(self) -> None:
        self._arrivals = threading.Semaphore(0)
        self._released = threading.Event()

    def hold(self, *_args: object, **_kwargs: object) -> None:
        """Pause this thread. Takes any arguments, so that it can replace a function."""
        self._arrivals.release()
        assert self._released.wait(_SECONDS)

    async def is_reached(self) -> None:
        """Wait until one more thread is paused."""
        assert await asyncio.to_thread(self._arrivals.acquire, timeout=_SECONDS)

    def release(self) -> None:
        """Let all threads continue, also later ones."""
        self._released.set()
