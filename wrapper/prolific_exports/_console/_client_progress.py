"""The progress of one client's downloads, which may run one by one or at the same time."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, TypeVar

from attrs import define, evolve, field

from prolific_exports._console._many_progress import ManyDisplay, display_on_stderr
from prolific_exports._console._notebook import NotebookDisplay, in_notebook
from prolific_exports._console._overview import Overview
from prolific_exports._events import DownloadProgress, Event
from prolific_exports._model._clock import Clock
from prolific_exports._model._references import ExportRef

EffectT = TypeVar("EffectT")
ResultT = TypeVar("ResultT")


def client_progress(clock: Clock, *, progress: bool | None) -> "ClientProgress | None":
    """What shows the downloads of a client; None if nothing does.

    Args:
        clock: Tells the time.
        progress: Whether to show them; None for notebooks only.
    """
    notebook = in_notebook()
    if not (notebook if progress is None else progress):
        return None

    def choose(overview: Overview) -> ManyDisplay:
        if notebook:
            return NotebookDisplay(overview, clock.monotonic)
        return display_on_stderr(overview)

    return ClientProgress(clock, choose)


@define
class ClientProgress:
    """Shows the downloads of a client while some run, in one display.

    Attributes:
        clock: Tells the time.
        choose: Makes the display.
    """

    clock: Clock
    choose: Callable[[Overview], ManyDisplay]
    # A client may be shared between threads.
    _lock: RLock = field(factory=RLock, init=False)
    _running: list[str] = field(factory=list, init=False)
    _begun: int = field(default=0, init=False)
    _overview: Overview = field(init=False)
    _display: ManyDisplay = field(init=False)

    def event(self, event: Event) -> None:
        """Show an event of a download."""
        title = _title(event.ref)
        with self._lock:
            if title in self._running:
                self._display.event(title, event)
                self._display.beat()

    def progress(self, progress: DownloadProgress) -> None:
        """Show how far many downloads are."""
        with self._lock:
            if self._running:
                # Not those that run: one that has ended counts as running until its result is read.
                self._expect(progress.planned)
                self._display.progress(progress)

    def shown(
        self, ref: ExportRef, flow: Generator[EffectT, Any, ResultT], done: str
    ) -> Generator[EffectT, Any, ResultT]:
        """A flow whose events are shown.

        Args:
            ref: The export.
            flow: The flow.
            done: What its end means: ``"saved"`` or ``"ready"``.
        """
        with self._running_as(_title(ref), done):
            return (yield from flow)

    @contextmanager
    def _running_as(self, title: str, done: str) -> Iterator[None]:
        with self._lock:
            if not self._running:
                self._overview = Overview(self.clock.monotonic, 0, done)
                self._display = self.choose(self._overview)
                self._begun = 0
            self._running.append(title)
            self._begun += 1
            self._expect(0)
        failed, interrupted = True, False
        try:
            yield
            failed = False
        except GeneratorExit:
            # The driver closes a flow that was interrupted or cancelled.
            interrupted = True
            raise
        finally:
            with self._lock:
                self._running.remove(title)
                self._display.ended(title, failed=failed)
                if interrupted:
                    self._overview.interrupted()
                if not self._running:
                    self._display.end()

    def _expect(self, planned: int) -> None:
        self._overview.count = max(self._overview.count, self._begun + planned)


def _title(ref: object) -> str:
    """The export that an event is about, without its job, which may be unknown."""
    return str(evolve(ref, export_id=None)) if isinstance(ref, ExportRef) else ""
