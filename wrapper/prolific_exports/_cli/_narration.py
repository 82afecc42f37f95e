"""The events of an export as lines to read in a log."""

from collections.abc import Callable
from typing import Final

from attrs import define, field

from prolific_exports._cli._reports import explain
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

# Systems that run scripts take long silence for a hang.
_STILL_WAITING_EVERY: Final = 60.0
_PROGRESS_EVERY: Final = 5.0


def notable(event: Event) -> str | None:
    """A line for what is worth keeping in sight; None for what passes."""
    match event:
        case Retrying(error=error, delay=delay):
            return f"trying again in {delay:.1f} s: {printable(explain(error))}"
        case Adopted(ref=ref):
            return f"the request had arrived: going on with export {ref.export_id}"
        case Deleted(ref=ref):
            return f"deleted export {ref.export_id} at Prolific"
        case Restarted(is_gone=is_gone):
            return f"the export {'was deleted' if is_gone else 'failed'}; requesting a new one"
        case Refreshed(received=received):
            return (
                f"the download URL works no longer; asking for a fresh one after {size(received)}"
            )
        case Resuming(received=received):
            return f"going on behind the {size(received)} of an earlier run"
        case StartedOver(reason=reason):
            return f"starting over: {printable(reason)}"
        case Saved():
            return f"saved {size(event.size)}"
    return None


@define
class Narrator:
    """Tells one export event by event, leaving out what repeats.

    Attributes:
        now: The monotonic time in seconds.
    """

    now: Callable[[], float]
    _status: str | None = field(default=None, init=False)
    _told: float = field(default=float("-inf"), init=False)

    def tell(self, event: Event) -> str | None:
        """The line for an event, or None when there is nothing to say."""
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
        return notable(event)

    def _polled(self, status: str, elapsed: float) -> str | None:
        if status != self._status:
            self._change_to(status)
            return f"{status} after {duration(elapsed)}"
        if self._silent_for() < _STILL_WAITING_EVERY:
            return None
        self._told = self.now()
        return f"still {status} after {duration(elapsed)}"

    def _downloading(self, received: int, total: int | None) -> str | None:
        if self._status == "downloading" and self._silent_for() < _PROGRESS_EVERY:
            return None
        self._change_to("downloading")
        if not total:
            return f"downloading: {size(received)}"
        return f"downloading: {size(received)} of {size(total)} ({received * 100 // total} %)"

    def _change_to(self, status: str) -> None:
        self._status, self._told = status, self.now()

    def _silent_for(self) -> float:
        return self.now() - self._told
