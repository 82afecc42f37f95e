"""The events of an export as lines of text."""

from collections.abc import Callable
from typing import Final

from attrs import define, field

from prolific_exports._console._errors import error_message
from prolific_exports._console._text import duration, printable, size
from prolific_exports._events import (
    Adopted,
    CodebookNotSaved,
    Deleted,
    Downloading,
    Event,
    Polled,
    Refreshed,
    Requested,
    Restarted,
    Resuming,
    Retrying,
    Reused,
    Saved,
    StartedOver,
    Verifying,
)

SILENCE: Final = 9.0
"""Seconds without a line after which one says what is going on. It is checked every second, so no
silence is longer than ten."""

_PROGRESS_EVERY: Final = 5.0


def notable_line(event: Event) -> str | None:
    """A line for an event that should stay on the screen; None for other events."""
    match event:
        case Retrying(error=error, delay=delay, is_connecting=False):
            return f"retrying in {delay:.1f} s: {printable(error_message(error))}"
        case Adopted() | Reused() | Restarted():
            return _other_export(event)
        case Deleted(ref=ref):
            return f"deleted export {ref.export_id} from Prolific"
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
        case CodebookNotSaved(error=error):
            return f"saved without its codebook: {printable(error_message(error))}"
    return None


def _other_export(event: Adopted | Reused | Restarted) -> str:
    """A line about the export that is downloaded in place of that which was requested."""
    match event:
        case Adopted(ref=ref):
            return f"the server received the request: continuing with export {ref.export_id}"
        case Reused(path=None, ref=ref):
            return f"export {ref.export_id} is complete, so no new one is requested"
        case Reused(path=path):
            return f"{printable(str(path))} is complete, so nothing is requested"
    return f"the export {'was deleted' if event.is_gone else 'failed'}; requesting a new one"


@define
class EventLines:
    """Turns the events of one export into lines for a log, without repetitions.

    Attributes:
        now: Returns the monotonic time in seconds.
        doing: What is going on, for `still`.
    """

    now: Callable[[], float]
    doing: str = field(default="waiting for a response", init=False)
    _status: str | None = field(default=None, init=False)
    _retried: str | None = field(default=None, init=False)
    _began: float = field(init=False)
    _last_line_at: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self._last_line_at = self.now()

    def line(self, event: Event) -> str | None:
        """The line for an event; None if the event only repeats what earlier lines state."""
        self.doing = _activity(event) or self.doing
        line = self._line(event)
        if line is not None:
            self._last_line_at = self.now()
        return line

    def still(self) -> str | None:
        """A line about what is going on; None if the last line is recent."""
        if self.now() - self._last_line_at < SILENCE:
            return None
        self._last_line_at = self.now()
        return f"still {self.doing} after {duration(self.now() - self._began)}"

    def _line(self, event: Event) -> str | None:
        retried, self._retried = self._retried, None
        match event:
            case Retrying(error=error, is_connecting=False):
                self._retried = str(error)
                return notable_line(event) if self._retried != retried else None
            case Requested(status=status):
                self._status = status
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
        if status == self._status:
            return None
        self._status = status
        return f"{status} after {duration(elapsed)}"

    def _downloading(self, received: int, total: int | None) -> str | None:
        is_recent = self.now() - self._last_line_at < _PROGRESS_EVERY
        if self._status == "downloading" and is_recent:
            return None
        self._status = "downloading"
        return f"downloading: {_progress(received, total)}"


def _activity(event: Event) -> str | None:
    """What is going on after an event, as a word; None if the event changes nothing."""
    match event:
        case Requested(status="complete") | Polled(status="complete"):
            return "waiting for the archive"
        case Requested(status=status) | Polled(status=status):
            return printable(status)
        case Retrying():
            return "waiting to retry"
        case Restarted() | Refreshed():
            return "requesting"
        case Downloading(received=received, total=total):
            return f"downloading: {_progress(received, total)}"
        case Verifying():
            return "verifying"
        case Saved():
            return "finishing"
    return None


def _progress(received: int, total: int | None) -> str:
    if not total:
        return size(received)
    return f"{size(received)} of {size(total)} ({received * 100 // total} %)"
