"""How fast many exports together may send requests."""

from typing import Final

from attrs import define, field

RATE: Final = 20.0
"""Requests per second. No limit is published; the API has the same one as the web application,
whose pages send dozens of requests at once."""

BURST: Final = 50
"""Requests that may be sent at once after a pause."""

_SLOWEST: Final = 0.1
_ROUNDING: Final = 1e-6
_RESTORED_AFTER: Final = 60.0
_RESTORED_BY: Final = 1.1


@define
class RateBudget:
    """A token bucket that all requests of one client share.

    A 429 halves the rate and empties the bucket; `Retry-After` pauses all requests. After a
    minute without a 429, the rate grows by a tenth, and so on each minute up to the original.

    Attributes:
        rate: Requests per second that are allowed without a 429.
        burst: The most requests that may be sent at once.
        sent: How many requests were sent.
        rejected: How many of them got a 429.
    """

    rate: float = RATE
    burst: float = BURST
    sent: int = field(default=0, init=False)
    rejected: int = field(default=0, init=False)
    _current: float = field(init=False)
    _tokens: float = field(init=False)
    _filled_at: float | None = field(default=None, init=False)
    _paused_until: float = field(default=0.0, init=False)
    _restore_at: float = field(default=0.0, init=False)

    def __attrs_post_init__(self) -> None:
        self._current, self._tokens = self.rate, self.burst

    @property
    def current(self) -> float:
        """Requests per second that are allowed now."""
        return self._current

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 if it may be sent now.

        Args:
            now: Monotonic time.
        """
        self._refill(now)
        # Rounding must not leave a wait that is too short to move the clock.
        missing = 0.0 if self._tokens > 1.0 - _ROUNDING else (1.0 - self._tokens) / self._current
        return max(missing, self._paused_until - now, 0.0)

    def take(self) -> None:
        """Count a request that is sent now."""
        self._tokens -= 1.0
        self.sent += 1

    def record_rejection(self, pause: float | None, now: float) -> None:
        """Take note of a 429.

        Args:
            pause: Seconds that the server asks to wait; None if it does not say.
            now: Monotonic time.
        """
        self.rejected += 1
        self._refill(now)
        self._current = max(self._current / 2, min(_SLOWEST, self.rate))
        self._tokens = min(self._tokens, 0.0)
        self._restore_at = now + _RESTORED_AFTER
        if pause is not None:
            self._paused_until = max(self._paused_until, now + pause)

    def _refill(self, now: float) -> None:
        if self._filled_at is not None:
            self._tokens = min(self.burst, self._tokens + (now - self._filled_at) * self._current)
        self._filled_at = now
        while self._current < self.rate and now >= self._restore_at:
            self._current = min(self.rate, self._current * _RESTORED_BY)
            self._restore_at += _RESTORED_AFTER
