"""How a command shows the progress of many downloads on stderr."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from attrs import define, field

from prolific_exports._console import _streams as streams
from prolific_exports._console._event_lines import SILENCE, EventLines
from prolific_exports._console._overview import Overview
from prolific_exports._console._progress import live_console
from prolific_exports._events import DownloadProgress, Event
from prolific_exports._model._clock import Clock


class ManyDisplay(Protocol):
    """Shows downloads that run at the same time."""

    def event(self, title: str, event: Event) -> None:
        """Show an event of a download."""
        ...

    def progress(self, progress: DownloadProgress) -> None:
        """Show how far all downloads are."""
        ...

    def beat(self) -> None:
        """Show that the command is alive; called about once a second, also in another thread."""
        ...

    def ended(self, title: str, *, failed: bool) -> None:
        """Count a download that has ended."""
        ...

    def paused(self) -> AbstractContextManager[None]:
        """Leave the terminal to other output within the ``with`` block."""
        ...

    def end(self) -> None:
        """End the display."""
        ...


class NoManyDisplay:
    """Shows nothing."""

    def event(self, title: str, event: Event) -> None:
        """Do nothing."""

    def progress(self, progress: DownloadProgress) -> None:
        """Do nothing."""

    def beat(self) -> None:
        """Do nothing."""

    def ended(self, title: str, *, failed: bool) -> None:
        """Do nothing."""

    def paused(self) -> AbstractContextManager[None]:
        """Do nothing."""
        return nullcontext()

    def end(self) -> None:
        """Do nothing."""


@define
class ManyLogLines:
    """Prints a line for each event of interest, and a summary after nine seconds without one."""

    overview: Overview
    _now: Callable[[], float]
    _lines: dict[str, EventLines] = field(factory=dict, init=False)
    _printed_at: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._printed_at = self._now()

    def event(self, title: str, event: Event) -> None:
        """Print a line, unless the event repeats known facts."""
        self.overview.event(title, event)
        if title not in self._lines:
            self._lines[title] = EventLines(self._now)
        line = self._lines[title].line(event)
        if line is not None:
            self._print(f"{title}: {line}")

    def progress(self, progress: DownloadProgress) -> None:
        """Take note of what the downloads wait for."""
        self.overview.progress(progress)
        self.beat()

    def beat(self) -> None:
        """Print the summary, unless another line was printed recently."""
        if self._now() - self._printed_at >= SILENCE:
            self._print(self.overview.summary())

    def ended(self, title: str, *, failed: bool) -> None:
        """Count a download that has ended."""
        self._lines.pop(title, None)
        self.overview.ended(title, failed=failed)

    def paused(self) -> AbstractContextManager[None]:
        """Do nothing: lines stay."""
        return nullcontext()

    def end(self) -> None:
        """Do nothing: lines stay."""

    def _print(self, text: str) -> None:
        streams.print_message(text)
        self._printed_at = self._now()


def choose_many_display(clock: Clock, count: int, *, quiet: bool) -> ManyDisplay:
    """The display of many downloads that suits stderr: a live one on a terminal, else lines."""
    if quiet:
        return NoManyDisplay()
    return display_on_stderr(Overview(clock.monotonic, count))


def display_on_stderr(overview: Overview) -> ManyDisplay:
    """The display that suits stderr: a live one on a terminal, else lines."""
    console = live_console()
    if console is not None:
        from prolific_exports._console._live_many import LiveOverview  # noqa: PLC0415 - rich

        return LiveOverview(overview, console, overview.now)
    return ManyLogLines(overview, overview.now)
