"""Something done every few seconds in the background, while something else goes on."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

Stop: TypeAlias = Callable[[], None]


def beat(act: Callable[[], object], interval: float) -> Stop:
    """Call a function regularly, in a thread, until the returned one is called.

    A download verifies for minutes, waits as long as a server asks it to, or waits for bytes
    that don't come: none of these can stop to do something else.

    Args:
        act: What to do; an `OSError` of it is ignored.
        interval: Seconds between two calls.

    Returns:
        Ends it, and waits for a call under way.
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
        # The system allows no more threads. What goes on meanwhile may do without.
        return over.set
    return stop
