"""Call a function about once a second while a command waits or works.

Readers of a log take a long silence for a hang, and CI systems end silent jobs.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from attrs import frozen

from prolific_exports._model._clock import Clock, SystemClock

TICK: Final = 1.0
"""Seconds between two calls."""


@frozen
class TickingClock:
    """A clock that calls a function while it waits.

    Attributes:
        clock: Tells the time and waits.
        tick: The function.
    """

    clock: Clock
    tick: Callable[[], object]

    def monotonic(self) -> float:
        """Seconds from an arbitrary point, never going back."""
        return self.clock.monotonic()

    def now(self) -> datetime:
        """Return the date and time, aware."""
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait in this thread, and call the function in between."""
        while seconds > 0:
            part = min(seconds, TICK)
            self.clock.sleep(part)
            seconds -= part
            self.tick()

    async def sleep_async(self, seconds: float) -> None:
        """Wait without blocking the event loop; commands do not use it."""
        await self.clock.sleep_async(seconds)


@contextmanager
def beating(tick: Callable[[], object], clock: Clock) -> Iterator[Clock]:
    """Call a function about once a second within the ``with`` block.

    On the system's clock, a thread calls it, also while this thread works. On another clock,
    which only tests have, it is called while the clock waits.

    Args:
        tick: The function.
        clock: Tells the time and waits.

    Yields:
        The clock to wait with.
    """
    if not isinstance(clock, SystemClock):
        yield TickingClock(clock, tick)
        return
    over = threading.Event()

    def run() -> None:
        while not over.wait(TICK):
            tick()

    # A daemon: a process that exits must not wait for it.
    thread = threading.Thread(target=run, name="prolific-heartbeat", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        # The system allows no more threads.
        yield TickingClock(clock, tick)
        return
    try:
        yield clock
    finally:
        over.set()
        thread.join()
