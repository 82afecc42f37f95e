"""The events of an export as lines of text."""

from collections.abc import Callable
from typing import Final

from attrs import define, field

from prolific_exports._console._errors import error_message
from prolific_exports._console._text import duration, printable, size
from prolific_exports._events import (
    Adopted,
    Deleted,
    Downloading,
    Event,
    Polled,
    Refreshed,
    Requested,
    Restarted,
    Resuming,
    Retrying,
    Saved,
    StartedOver,
    Verifying,
)

# Seconds. CI systems take a long silence for a hang.
_STILL_WAITING_EVERY: Final = 60.0
_PROGRESS_EVERY: Final = 5.0


def notable_line(event: Event) -> str | None:
    """A line for an event that should stay on the screen; None for other events."""
    match event:
        case Retrying(error=error, delay=delay):
            return f"retrying in {delay:.1f} s: {printable(error_message(error))}"
        case Adopted(ref=ref):
            return f"the server received the request: continuing with export {ref.export_id}"
        case Deleted(ref=ref):
            return f"deleted export {ref.export_id} from Prolific"
        case Restarted(is_gone=is_gone):
            return f"the export {'was deleted' if is_gone else 'failed'}; requesting a new one"
        case Refreshed(received=received):
            return (
                f"the download URL has expired after {size(received)}; requesting a new one"
                if received
                else "the download URL has expired; requesting a new one"
            )
        case Resuming(received=received):
            return f"resuming after {size(received)} of an earlier run"
        case StartedOver(reason=reason):
            return f"starting again from the first byte: {printable(reason)}"
        case Saved():
            return f"saved {size(event.size)}"
    return None


@define
class EventLines:
    """Turns the events of one export into lines for a log, without repetitions.

    Attributes:
        now: Returns the monotonic time in seconds.
        repeats: Whether to report regularly that an export is still being generated.
    """

    now: Callable[[], float]
    repeats: bool = True
    _status: str | None = field(default=None, init=False)
    _last_line_at: float = field(default=float("-inf"), init=False)

    def line(self, event: Event) -> str | None:
        """The line for an event; None if the event only repeats what earlier lines state."""
        match event:
            case Requested(status=status):
                self._change_to(status)
                job = event.ref.export_id
                return f"requested: {status}" + (f" (export {printable(job)})" if job else "")
            case Polled(status=status, elapsed=elapsed):
                return self._polled(status, elapsed)
            case Downloading(received=received, total=total):
                return self._downloading(received, total)
            case Verifying():
                return f"verifying {size(event.size)}"
        return notable_line(event)

    def _polled(self, status: str, elapsed: float) -> str | None:
        if status != self._status:
            self._change_to(status)
            return f"{status} after {duration(elapsed)}"
        if not self.repeats or self._since_last_line() < _STILL_WAITING_EVERY:
            return None
        self._last_line_at = self.now()
        return f"still {status} after {duration(elapsed)}"

    def _downloading(self, received: int, total: int | None) -> str | None:
        if self._status == "downloading" and self._since_last_line() < _PROGRESS_EVERY:
            return None
        self._change_to("downloading")
        if not total:
            return f"downloading: {size(received)}"
        return f"downloading: {size(received)} of {size(total)} ({received * 100 // total} %)"

    def _change_to(self, status: str) -> None:
        self._status, self._last_line_at = status, self.now()

    def _since_last_line(self) -> float:
        return self.now() - self._last_line_at
