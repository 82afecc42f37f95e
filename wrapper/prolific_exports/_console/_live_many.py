"""An overview of many downloads that a terminal redraws in place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from attrs import define, field
from rich.console import Console
from rich.live import Live
from rich.text import Text

from prolific_exports._console._event_lines import notable_line
from prolific_exports._console._overview import Overview
from prolific_exports._events import DownloadProgress, Event

_MOST_ROWS: Final = 8
# Lines of the terminal that are left to "and N more", the summary and the cursor.
_OTHER_LINES: Final = 3
# Seconds between two drawings.
_REDRAW_EVERY: Final = 0.1


@define
class LiveOverview:
    """Draws a line for each running download and a summary below them.

    Notable events stay on the screen, above the lines. Everything is drawn in the thread that
    calls the methods.
    """

    overview: Overview
    _console: Console
    _now: Callable[[], float]
    _live: Live | None = field(default=None, init=False)
    _drawn_at: float = field(default=float("-inf"), init=False)

    def event(self, title: str, event: Event) -> None:
        """Update the lines."""
        self.overview.event(title, event)
        line = notable_line(event)
        if line is not None:
            self._console.print(Text(f"{title}: {line}"))
        self._draw_if_due()

    def progress(self, progress: DownloadProgress) -> None:
        """Update the summary."""
        self.overview.progress(progress)
        self._draw_if_due()

    def beat(self) -> None:
        """Do nothing: a terminal shows the last lines."""

    def ended(self, title: str, *, failed: bool) -> None:
        """Remove the line of a download that has ended."""
        self.overview.ended(title, failed=failed)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal to other output within the ``with`` block."""
        self.end()
        yield
        self._draw()

    def end(self) -> None:
        """Remove all lines."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _draw_if_due(self) -> None:
        if self._now() - self._drawn_at >= _REDRAW_EVERY:
            self._draw()

    def _draw(self) -> None:
        self._drawn_at = self._now()
        most = min(_MOST_ROWS, self._console.height - _OTHER_LINES)
        lines = [*(self.overview.rows(most) if most > 0 else ()), self.overview.summary()]
        text = Text("\n".join(lines), no_wrap=True, overflow="crop")
        if self._live is None:
            self._live = Live(
                console=self._console,
                auto_refresh=False,
                transient=True,
                # Only results go to stdout.
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._live.update(text, refresh=True)
