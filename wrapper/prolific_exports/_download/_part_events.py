"""Pass the events of several threads to one callback in one thread."""

from collections import deque
from collections.abc import Callable
from threading import get_ident

from attrs import define, field

from prolific_exports._events import Event


@define
class PartEvents:
    """Collects events from any thread and passes them on, in order, in the thread that made it.

    Attributes:
        notify: Takes the events. Its exceptions are raised in that thread.
        notify_at_once: Takes the events in their own threads; None without such a callback.
    """

    notify: Callable[[Event], object]
    notify_at_once: Callable[[Event], object] | None = None
    _thread: int = field(factory=get_ident, init=False)
    _waiting: deque[Event] = field(factory=deque, init=False)

    def put(self, event: Event) -> None:
        """Add an event. From another thread, it waits for the next `deliver`."""
        if self.notify_at_once is not None:
            self.notify_at_once(event)
        self._waiting.append(event)
        if get_ident() == self._thread:
            self.deliver()

    def deliver(self) -> None:
        """Pass on the waiting events. Call it only in the thread that made this object."""
        while self._waiting:
            self.notify(self._waiting.popleft())
