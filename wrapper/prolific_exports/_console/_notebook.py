"""The progress of downloads in a notebook: one output that is replaced while they run."""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from html import escape
from importlib import import_module
from typing import Any, Final, Protocol

from attrs import define, field

from prolific_exports._console._event_lines import notable_line
from prolific_exports._console._overview import Overview
from prolific_exports._events import DownloadProgress, Event, Saved

_MOST_ROWS: Final = 8
_MOST_NOTES: Final = 5
_FRAME_HEIGHT: Final = 720
# Seconds between two drawings.
_REDRAW_EVERY: Final = 0.2


class NotebookOutput(Protocol):
    """An output of a cell, as ``IPython.display`` returns it."""

    def update(self, content: Mapping[str, str], *, raw: bool) -> object:
        """Replace the content."""
        ...


def in_notebook() -> bool:
    """Whether this code runs in a Jupyter kernel, as in Jupyter, VS Code and Colab."""
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


def new_output(content: Mapping[str, str]) -> NotebookOutput:
    """Show content below the running cell; the result can replace it, also in other cells.

    rich would need ipywidgets for this, whose output is lost when a notebook is saved.
    """
    output: NotebookOutput = import_module("IPython.display").display(
        content, raw=True, display_id=True
    )
    return output


def show_page(html: str, title: str, display: Callable[..., object] | None = None) -> None:
    """Show a page below the running cell, in a frame that cannot reach the notebook.

    Args:
        html: The page.
        title: Describes it, also where only text can be shown.
        display: Shows content; by default the function of ``IPython.display``.
    """
    frame = (
        f'<iframe title="{escape(title)}" sandbox="allow-scripts allow-popups allow-downloads" '
        f'style="width: 100%; height: {_FRAME_HEIGHT}px; border: 1px solid" '
        f'srcdoc="{escape(html)}"></iframe>'
    )
    show: Any = import_module("IPython.display").display if display is None else display
    show({"text/plain": title, "text/html": frame}, raw=True)


@define
class NotebookDisplay:
    """Shows a line and a bar for each running download, notable events, and a summary."""

    overview: Overview
    _now: Callable[[], float]
    _open: Callable[[Mapping[str, str]], NotebookOutput] = new_output
    _output: NotebookOutput | None = field(default=None, init=False)
    _notes: list[str] = field(factory=list, init=False)
    _title: str = field(default="", init=False)
    _drawn_at: float = field(default=float("-inf"), init=False)

    def event(self, title: str, event: Event) -> None:
        """Update the lines."""
        self.overview.event(title, event)
        line = notable_line(event)
        # The summary has what was saved.
        if line is not None and not isinstance(event, Saved):
            self._notes = [*self._notes, f"{title}: {line}"][-_MOST_NOTES:]
        self._draw_if_due()

    def progress(self, progress: DownloadProgress) -> None:
        """Update the summary."""
        self.overview.progress(progress)
        self._draw_if_due()

    def beat(self) -> None:
        """Do nothing: the notebook shows the last lines."""

    def ended(self, title: str, *, failed: bool) -> None:
        """Remove the line of a download that has ended."""
        self._title = title
        self.overview.ended(title, failed=failed)

    def paused(self) -> AbstractContextManager[None]:
        """Do nothing: other output comes below."""
        return nullcontext()

    def end(self) -> None:
        """Leave the notable events and the summary."""
        self._draw()

    def _draw_if_due(self) -> None:
        if self._now() - self._drawn_at >= _REDRAW_EVERY:
            self._draw()

    def _draw(self) -> None:
        self._drawn_at = self._now()
        lines = [*self._notes, *self.overview.rows(_MOST_ROWS), *self._summary()]
        shown = "".join(f"<div>{escape(line)}</div>" for line in lines)
        content = {"text/plain": "\n".join(lines), "text/html": self._bar() + shown}
        if self._output is None:
            self._output = self._open(content)
        else:
            self._output.update(content, raw=True)

    def _summary(self) -> list[str]:
        summary = self.overview.summary()
        if self.overview.count > 1:
            return [summary]
        # The line of one download has everything while it runs.
        return [] if self.overview.left else [f"{self._title}: {summary}"]

    def _bar(self) -> str:
        received, total = self.overview.transfer()
        if not total:
            return ""
        return (
            f'<progress aria-label="Bytes received" value="{received}" max="{total}">'
            f"{received * 100 // total} %</progress>"
        )
