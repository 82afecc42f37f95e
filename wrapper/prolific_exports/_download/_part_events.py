"""Events of several threads, told in one."""

from collections import deque
from collections.abc import Callable
from threading import get_ident

from attrs import define, field

from prolific_exports._events import Event


@define
class Outbox:
    """Hands events on in the thread that made it, in the order in which they came.

    Attributes:
        notify: Takes them. What it raises comes out there, too.
    """

    notify: Callable[[Event], object]
    _thread: int = field(factory=get_ident, init=False)
    _waiting: deque[Event] = field(factory=deque, init=False)

    def put(self, event: Event) -> None:
        """Take an event, which waits for `deliver` if it comes from another thread."""
        self._waiting.append(event)
        if get_ident() == self._thread:
            self.deliver()

    def deliver(self) -> None:
        """Hand on what waits; not for other threads."""
        while self._waiting:
            self.notify(self._waiting.popleft())
