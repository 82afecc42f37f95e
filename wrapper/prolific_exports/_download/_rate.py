"""The smoothed transfer rate."""

import math
from typing import Final

from attrs import define

# Seconds after which a measurement has a third of its weight.
_MEMORY: Final = 3.0


@define
class Rate:
    """Bytes per second, as an average in which recent bytes count more.

    Attributes:
        value: The average; None before the first measurement.
    """

    value: float | None = None
    _since: float | None = None
    _received: int = 0

    def measure(self, now: float, received: int) -> None:
        """Add a measurement.

        Args:
            now: Monotonic time in seconds.
            received: Bytes so far; fewer than before if the download restarted.
        """
        since, before = self._since, self._received
        if since is None or received < before:
            self._since, self._received, self.value = now, received, None
            return
        passed = now - since
        if passed <= 0:
            return
        measured = (received - before) / passed
        if self.value is None:
            self.value = measured
        else:
            weight = 1 - math.exp(-passed / _MEMORY)
            self.value += weight * (measured - self.value)
        self._since, self._received = now, received
