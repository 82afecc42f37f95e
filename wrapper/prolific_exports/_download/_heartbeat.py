"""Call a function every few seconds in the background."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

StopBeating: TypeAlias = Callable[[], None]


def beat(act: Callable[[], object], interval: float) -> StopBeating:
    """Call a function regularly in a thread, until the returned function is called.

    A download verifies for minutes, waits as long as a server asks, or waits for bytes that
    don't come. None of these can pause to do something else.

    Args:
        act: The function. An `OSError` from it is ignored.
        interval: Seconds between two calls.

    Returns:
        A function that stops the thread, and waits for a call in progress.
    """
    over = threading.Event()

    def run() -> None:
        while not over.wait(interval):
            with suppress(OSError):
                act()

    # A daemon: a process that exits in the middle of a download must not wait for it.
    thread = threading.Thread(target=run, name="prolific-claim", daemon=True)

    def stop() -> None:
        over.set()
        thread.join()

    try:
        thread.start()
    except RuntimeError:
        # The system allows no more threads. The download works without a heartbeat.
        return over.set
    return stop
