"""The time limit of a network exchange."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from prolific_exports._flows._policy import SLOWEST
from prolific_exports._model._clock import Clock


class LateError(Exception):
    """An exchange reached its limit; the message is a clause that describes what is missing."""


@define
class Limit:
    """The deadline of an exchange, or of its current phase.

    Sockets and httpx limit the wait for each read only. A server that sends a byte now and then,
    or endless interim responses, could block a call forever.

    Attributes:
        clock: The source of the time.
        seconds: Time for the current phase.
    """

    clock: Clock
    seconds: float
    _until: float = field(init=False)
    _is_moving: bool = field(default=False, init=False)
    _received: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.restart(self.seconds)

    def restart(self, seconds: float, *, moving: bool = False) -> None:
        """Start the next phase.

        Args:
            seconds: Time for the phase.
            moving: Whether the phase restarts each time enough bytes have arrived. A long body
                then has no total limit, only a minimum speed.
        """
        self.seconds, self._is_moving = seconds, moving
        self._received = 0
        self._until = self.clock.monotonic() + seconds

    def received(self, count: int) -> None:
        """Count received bytes of the body; framing and headers are not progress."""
        self._received += count
        if self._is_moving and self._received >= SLOWEST * self.seconds:
            self.restart(self.seconds, moving=True)

    def left(self) -> float:
        """Return the remaining time in seconds, above 0.

        Raises:
            LateError: No time remains.
        """
        left = self._until - self.clock.monotonic()
        if left <= 0:
            raise LateError(self.reason)
        return left

    def check(self) -> None:
        """Check that time remains.

        Raises:
            LateError: No time remains.
        """
        self.left()

    @property
    def reason(self) -> str:
        """The message of a `LateError`, as a clause."""
        if not self._is_moving:
            return f"no complete response within {self.seconds:g} s"
        if not self._received:
            return "no data arrived in time"
        return f"only {self._received} bytes arrived within {self.seconds:g} s"

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Exclude the time of the ``with`` block: the client spends it, not the server."""
        began = self.clock.monotonic()
        try:
            yield
        finally:
            self._until += self.clock.monotonic() - began
