"""How a command shows the progress of downloads on stderr."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from attrs import define, field

from prolific_exports._console import _streams as streams
from prolific_exports._console._event_lines import EventLines
from prolific_exports._console._heartbeat import beating
from prolific_exports._console._text import printable
from prolific_exports._events import Event
from prolific_exports._model._clock import Clock

if TYPE_CHECKING:
    from rich.console import Console


class ProgressDisplay(Protocol):
    """Shows downloads that run one after another."""

    def begin(self, title: str) -> None:
        """Start the display of a download."""
        ...

    def event(self, event: Event) -> None:
        """Show an event of the download."""
        ...

    def doing(self, what: str) -> None:
        """Note what is going on, for `beat`."""
        ...

    def beat(self) -> None:
        """Show that the command is alive; called about once a second, also in another thread."""
        ...

    def end(self) -> None:
        """End the display of a download; does nothing if none has begun."""
        ...


class NoDisplay:
    """Shows nothing."""

    def begin(self, title: str) -> None:
        """Do nothing."""

    def event(self, event: Event) -> None:
        """Do nothing."""

    def doing(self, what: str) -> None:
        """Do nothing."""

    def beat(self) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


@define
class LogLines:
    """Prints a line for each event of interest, for logs."""

    clock: Clock
    _title: str = field(default="", init=False)
    _lines: EventLines = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._lines = EventLines(self.clock.monotonic)

    def begin(self, title: str) -> None:
        """Start each line with this title from now on."""
        self._title = title
        self._lines = EventLines(self.clock.monotonic)

    def event(self, event: Event) -> None:
        """Print a line, unless the event repeats known facts."""
        line = self._lines.line(event)
        if line is not None:
            streams.print_message(f"{self._title}: {line}")

    def doing(self, what: str) -> None:
        """Note what is going on."""
        self._lines.doing = what

    def beat(self) -> None:
        """Print what is going on, unless a line was printed recently."""
        line = self._lines.still()
        if line is not None:
            streams.print_message(f"{self._title}: {line}")

    def end(self) -> None:
        """Do nothing: lines stay."""


@contextmanager
def working(title: str, what: str, clock: Clock, *, quiet: bool = False) -> Iterator[None]:
    """Print regularly what the command is doing within the ``with`` block.

    Args:
        title: Starts each line.
        what: The work, as a word such as ``writing``.
        clock: Tells the time.
        quiet: Print nothing.
    """
    lines: ProgressDisplay = NoDisplay() if quiet else LogLines(clock)
    lines.begin(printable(title))
    lines.doing(what)
    with beating(lines.beat, clock):
        yield


def choose_display(clock: Clock, *, quiet: bool) -> ProgressDisplay:
    """The display that suits stderr: a live line on a terminal, lines elsewhere."""
    if quiet:
        return NoDisplay()
    console = live_console()
    if console is not None:
        from prolific_exports._console._live import LiveLine  # noqa: PLC0415 - rich, only to draw

        return LiveLine(clock, console)
    return LogLines(clock)


def live_console() -> "Console | None":
    """The console of stderr, if it is a terminal that can redraw lines; else None."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    from prolific_exports._console import _live as live  # noqa: PLC0415 - rich, only to draw

    console = live.terminal_console()
    return console if live.can_redraw(console) else None
