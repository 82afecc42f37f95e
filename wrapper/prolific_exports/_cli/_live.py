"""One line on the terminal that changes in place."""

from typing import Final, TextIO

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
from prolific_exports._clock import Clock
from prolific_exports._events import Downloading, Event, Polled, Requested, Verifying

_NAME: Final = "{task.description}"


class LiveLine:
    """Shows state and time, and bytes, rate and remaining time while they arrive.

    What is worth keeping stays on the screen, above the line.
    """

    def __init__(self, clock: Clock, file: TextIO | None = None) -> None:
        """Draw on stderr, or on another terminal."""
        self._clock = clock
        self._console = Console(file=file, stderr=True, highlight=False)
        self._began = clock.monotonic()
        self._drawn: Progress | None = None
        self._downloading = False

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
        if self._drawn is not None:
            self._drawn.stop()
            self._drawn = None

    def _wait(self, state: str) -> None:
        if self._drawn is None or self._downloading:
            self._downloading = False
            # Not the default spinner, which not every encoding has.
            self._draw(SpinnerColumn("line"), TextColumn(_NAME), TimeElapsedColumn())
        self._update(state, 0, None)

    def _download(self, received: int, total: int | None) -> None:
        if self._drawn is None or not self._downloading:
            self._downloading = True
            self._draw(
                TextColumn(_NAME),
                BarColumn(bar_width=16),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
            )
        self._update("downloading", received, total)

    def _draw(self, *columns: ProgressColumn) -> None:
        self.end()
        self._drawn = Progress(
            *columns,
            console=self._console,
            transient=True,
            # stdout belongs to the results.
            redirect_stdout=False,
            redirect_stderr=False,
            get_time=self._clock.monotonic,
        )
        task = self._drawn.add_task("", total=None)
        self._drawn.tasks[task].start_time = self._began
        self._drawn.start()

    def _update(self, state: str, received: int, total: int | None) -> None:
        if self._drawn is not None:
            self._drawn.update(
                self._drawn.task_ids[0], description=state, completed=received, total=total
            )
