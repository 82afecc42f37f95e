"""A progress line that a terminal redraws in place."""

import os
import shutil
import sys
from typing import Any, Final, TextIO, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from prolific_exports._console import _streams as streams
from prolific_exports._console._event_lines import notable_line
from prolific_exports._events import Downloading, Event, Polled, Requested, Verifying
from prolific_exports._model._clock import Clock

_STATE: Final = "{task.description}"


class _TerminalWriter:
    """Writes to a terminal, and drops the text once the terminal has been closed.

    rich writes to this object. Catching errors around the calls of rich would not be enough:
    rich also draws in its own thread, and ends the process on a broken pipe.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError:
            streams.abandon(self._file)

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            streams.abandon(self._file)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def terminal_console(file: TextIO | None = None) -> Console:
    """A console that draws on a terminal, stderr by default."""
    writer = cast("TextIO", _TerminalWriter(sys.stderr if file is None else file))
    width = height = None
    if "COLUMNS" in os.environ or "LINES" in os.environ:
        # rich expects numbers, but users may set anything.
        width, height = shutil.get_terminal_size()
    return Console(file=writer, highlight=False, width=width, height=height)


def can_redraw(console: Console) -> bool:
    """Whether the terminal can redraw lines instead of printing one below the other.

    Old Windows consoles have no escape sequences. There, rich moves the cursor of stdout's
    console, which does not exist if stdout is a file.
    """
    return not console.legacy_windows or (sys.stdout is not None and sys.stdout.isatty())


class LiveLine:
    """Shows the state and the time; during the transfer also bytes, rate and remaining time.

    Notable events stay on the screen, above the line.
    """

    def __init__(self, clock: Clock, console: Console) -> None:
        """Draw on a console."""
        self._clock = clock
        self._console = console
        self._began = clock.monotonic()
        self._waiting: Progress | None = None
        self._downloading: Progress | None = None

    def begin(self, title: str) -> None:
        """Print the title, and the line below it."""
        self._began = self._clock.monotonic()
        self._console.print(Text(title))
        self._wait("requesting")

    def event(self, event: Event) -> None:
        """Update the line."""
        line = notable_line(event)
        if line is not None:
            self._console.print(Text(f"  {line}"))
        match event:
            case Requested(status=status) | Polled(status=status):
                self._wait(status)
            case Downloading(received=received, total=total):
                self._download(received, total)
            case Verifying():
                self._wait("verifying")

    def doing(self, what: str) -> None:
        """Do nothing: the line shows the time."""

    def beat(self) -> None:
        """Do nothing: rich redraws the line."""

    def end(self) -> None:
        """Remove the line."""
        for progress in (self._waiting, self._downloading):
            if progress is not None:
                progress.stop()
        self._waiting = self._downloading = None

    def _wait(self, state: str) -> None:
        if self._waiting is None:
            self.end()
            # Some encodings lack the characters of the default spinner.
            self._waiting = self._draw(
                state, SpinnerColumn("line"), TextColumn(_STATE), TimeElapsedColumn()
            )
        self._waiting.update(self._waiting.task_ids[0], description=state, refresh=True)

    def _download(self, received: int, total: int | None) -> None:
        if self._downloading is None:
            self.end()
            self._downloading = self._draw(
                "downloading",
                TextColumn(_STATE),
                BarColumn(bar_width=16),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
            )
        task = self._downloading.task_ids[0]
        self._downloading.update(task, completed=received, total=total, refresh=True)

    def _draw(self, state: str, *columns: ProgressColumn) -> Progress:
        progress = Progress(
            *columns,
            console=self._console,
            transient=True,
            # Only results go to stdout.
            redirect_stdout=False,
            redirect_stderr=False,
            get_time=self._clock.monotonic,
        )
        task = progress.add_task(state, total=None)
        # Count the elapsed time from the start of the whole download.
        progress.tasks[task].start_time = self._began
        progress.start()
        return progress
