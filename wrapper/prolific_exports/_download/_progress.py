"""Report the progress of a download as events."""

from typing import Final

from attrs import define, field

from prolific_exports._download._partial_file import PartialFile
from prolific_exports._download._rate import Rate
from prolific_exports._events import Downloading, Resuming, StartedOver
from prolific_exports._flows._calls import Context
from prolific_exports._flows._polling import PendingExport

# Seconds between two reports, at least.
PROGRESS_INTERVAL: Final = 0.1


@define
class Progress:
    """Reports how many bytes have arrived, and where they came from.

    Attributes:
        connections: Parts that are being fetched.
        beside: Bytes that were received and are not part of the partial file.
    """

    job: PendingExport
    context: Context
    file: PartialFile
    connections: int = field(default=1, init=False)
    beside: int = field(default=0, init=False)
    _kept: int = field(init=False)
    _resumed_from: int = field(default=0, init=False)
    _rate: Rate = field(factory=Rate, init=False)
    _reported: float = field(default=float("-inf"), init=False)

    def __attrs_post_init__(self) -> None:
        self._kept = self.file.received

    def restarted(self, reason: str) -> None:
        """Report that the download begins again at byte 0.

        Args:
            reason: Why, as half a sentence.
        """
        self._kept = self._resumed_from = 0
        self.context.notify(StartedOver(self.job.ref, reason))

    def resumed(self) -> bool:
        """Report that the store sends the rest. False if that is reported already."""
        if not self._kept:
            return False
        self._resumed_from, self._kept = self._kept, 0
        self.context.notify(Resuming(self.job.ref, self._resumed_from, self.file.total))
        return True

    def report_regularly(self) -> None:
        """Report the bytes so far, unless they were reported a moment ago."""
        if self.context.clock.monotonic() - self._reported >= PROGRESS_INTERVAL:
            self.report()

    def report(self) -> None:
        """Report the bytes so far."""
        self._reported = now = self.context.clock.monotonic()
        received, total = self.file.received + self.beside, self.file.total
        self._rate.measure(now, received)
        self.context.notify(
            Downloading(
                self.job.ref,
                received,
                None if total is None else total + self.beside,
                rate=self._rate.value,
                connections=self.connections,
                resumed_from=self._resumed_from,
            )
        )
