"""How the command shows what is going on, on stderr."""

import os
import sys
from typing import Protocol

from attrs import define, field

from prolific_exports._cli._narration import Narrator
from prolific_exports._console import _streams as streams
from prolific_exports._events import Event
from prolific_exports._model._clock import Clock


class Progress(Protocol):
    """Shows downloads that run one after another."""

    def begin(self, title: str) -> None:
        """A download begins."""
        ...

    def event(self, event: Event) -> None:
        """Something happened in it."""
        ...

    def end(self) -> None:
        """It ended, one way or another; also called when none began."""
        ...


class NoProgress:
    """Shows nothing."""

    def begin(self, title: str) -> None:
        """Say nothing."""

    def event(self, event: Event) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


@define
class Lines:
    """Shows a line for each thing worth knowing, for logs."""

    clock: Clock
    _title: str = field(default="", init=False)
    _narrator: Narrator = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._narrator = Narrator(self.clock.monotonic)

    def begin(self, title: str) -> None:
        """Name the download in the lines to come."""
        self._title = title
        self._narrator = Narrator(self.clock.monotonic)

    def event(self, event: Event) -> None:
        """Write a line, if there is something to say."""
        line = self._narrator.tell(event)
        if line is not None:
            streams.message(f"{self._title}: {line}")

    def end(self) -> None:
        """Nothing is left on the screen."""


def choose(clock: Clock, *, quiet: bool) -> Progress:
    """What suits stderr: a live line on a terminal, else lines."""
    if quiet:
        return NoProgress()
    if sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from prolific_exports._console._live import LiveLine  # noqa: PLC0415 - rich, only to draw

        live = LiveLine(clock)
        if live.can_change:
            return live
    return Lines(clock)
