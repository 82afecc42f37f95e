"""One line on the terminal that changes in place."""

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

from prolific_exports._cli._narration import notable
from prolific_exports._console import _streams as streams
from prolific_exports._events import Downloading, Event, Polled, Requested, Verifying
from prolific_exports._model._clock import Clock

_STATE: Final = "{task.description}"


class _Lasting:
    """A terminal that may go away: from then on, what is drawn goes nowhere.

    It is what rich writes to, rather than something around the calls of rich, since rich also
    draws in a thread of its own, and ends the process when it finds a broken pipe.
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


class LiveLine:
    """Shows state and time, and bytes, rate and remaining time while they arrive.

    What is worth keeping stays on the screen, above the line.
    """

    def __init__(self, clock: Clock, file: TextIO | None = None) -> None:
        """Draw on stderr, or on another terminal."""
        self._clock = clock
        lasting = cast("TextIO", _Lasting(sys.stderr if file is None else file))
        width = height = None
        if "COLUMNS" in os.environ or "LINES" in os.environ:
            # rich takes them for numbers, which they may not be.
            width, height = shutil.get_terminal_size()
        self._console = Console(file=lasting, highlight=False, width=width, height=height)
        self._began = clock.monotonic()
        self._waiting: Progress | None = None
        self._downloading: Progress | None = None

    @property
    def can_change(self) -> bool:
        """Whether it changes in place, and not line after line down the screen.

        Without escape sequences (on Windows) rich moves the cursor by calls, and always that of
        stdout's console, which is none when the results go to a file.
        """
        return not self._console.legacy_windows or (sys.stdout is not None and sys.stdout.isatty())

    def begin(self, title: str) -> None:
        """Write the title, and the line below it."""
        self._began = self._clock.monotonic()
        self._console.print(Text(title))
        self._wait("requesting")

    def event(self, event: Event) -> None:
        """Change the line."""
        line = notable(event)
        if line is not None:
            self._console.print(Text(f"  {line}"))
        match event:
            case Requested(status=status) | Polled(status=status):
                self._wait(status)
            case Downloading(received=received, total=total):
                self._download(received, total)
            case Verifying():
                self._wait("verifying")

    def end(self) -> None:
        """Remove the line."""
        for drawn in (self._waiting, self._downloading):
            if drawn is not None:
                drawn.stop()
        self._waiting = self._downloading = None

    def _wait(self, state: str) -> None:
        if self._waiting is None:
            self.end()
            # Not the default spinner, which not every encoding has.
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
        drawn = Progress(
            *columns,
            console=self._console,
            transient=True,
            # stdout belongs to the results.
            redirect_stdout=False,
            redirect_stderr=False,
            get_time=self._clock.monotonic,
        )
        task = drawn.add_task(state, total=None)
        # Elapsed is what the whole download has taken.
        drawn.tasks[task].start_time = self._began
        drawn.start()
        return drawn
