"""The time limit of a network exchange."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from prolific_exports._flows._policy import SLOWEST
from prolific_exports._model._clock import Clock


class LateError(Exception):
    """The limit is reached; the message says what is missing, as a clause."""


@define
class Limit:
    """The time by which an exchange, or its current phase, has to be over.

    Sockets and httpx bound the wait for each byte. A server that sends one byte now and then,
    or interim responses without end, would hold a call forever.

    Attributes:
        clock: Where the time comes from.
        seconds: How long the current phase may take.
    """

    clock: Clock
    seconds: float
    _until: float = field(init=False)
    _is_moving: bool = field(default=False, init=False)
    _received: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.restart(self.seconds)

    def restart(self, seconds: float, *, moving: bool = False) -> None:
        """Begin the next phase.

        Args:
            seconds: How long it may take.
            moving: Whether that starts anew each time enough bytes have arrived in it, so
                that a long body only has to keep coming.
        """
        self.seconds, self._is_moving = seconds, moving
        self._received = 0
        self._until = self.clock.monotonic() + seconds

    def received(self, count: int) -> None:
        """Note bytes of the body; framing and headers are no progress."""
        self._received += count
        if self._is_moving and self._received >= SLOWEST * self.seconds:
            self.restart(self.seconds, moving=True)

    def left(self) -> float:
        """Seconds that are left, above 0.

        Raises:
            LateError: None are.
        """
        left = self._until - self.clock.monotonic()
        if left <= 0:
            raise LateError(self.reason)
        return left

    def check(self) -> None:
        """Make sure that some time is left.

        Raises:
            LateError: None is.
        """
        self.left()

    @property
    def reason(self) -> str:
        """What it means that no time is left, in half a sentence."""
        if not self._is_moving:
            return f"no complete response within {self.seconds:g} s"
        if not self._received:
            return "no data arrived in time"
        return f"only {self._received} bytes arrived within {self.seconds:g} s"

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock inside this block: the time is the client's, not the server's."""
        began = self.clock.monotonic()
        try:
            yield
        finally:
            self._until += self.clock.monotonic() - began
