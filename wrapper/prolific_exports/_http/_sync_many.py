"""Run many flows at once with blocking calls, in a few threads."""

import threading
from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar

from attrs import define, evolve, field

from prolific_exports._errors import ExportsError
from prolific_exports._flows._effects import (
    Effect,
    EventQueue,
    Fetch,
    FetchAll,
    Flow,
    FlowOutcome,
    Run,
    Sleep,
    Start,
)
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._store_client import Stop
from prolific_exports._http._sync_driver import SyncDriver, cancellable

# Calls to the API that can be under way at the same time.
_CALLS: Final = 16
# Seconds between deliveries of events. On Windows, Ctrl-C does not end a wait.
_MOMENT: Final = 0.1

T = TypeVar("T")


@define
class _Active(Generic[T]):
    """A flow that has begun, and the effect that a thread carries out for it, if any."""

    flow: Flow[T]
    events: EventQueue
    working_on: Effect | None = None


@define
class ManyFlows(Generic[T]):
    """Runs many flows at once.

    All steps and events of the flows happen in the thread that iterates; other threads carry out
    calls, downloads and file work.

    Attributes:
        driver: Carries out one effect.
        scheduler: Decides about the order.
        planned: The flows, none of which has begun.
        window: The most flows that have begun and not ended.
    """

    driver: SyncDriver
    scheduler: Scheduler[int]
    planned: deque[tuple[int, Start[T]]]
    window: int
    _active: dict[int, _Active[T]] = field(factory=dict, init=False)
    _outcomes: deque[tuple[int, FlowOutcome[T]]] = field(factory=deque, init=False)
    _stop: Stop = field(factory=Stop, init=False)
    _workers: "_Workers" = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._workers = _Workers(self.scheduler.transfers + _CALLS)

    def run(self) -> Generator[tuple[int, FlowOutcome[T]], None, None]:
        """Yield each flow's number and its result or error, as they end.

        Closing the iterator ends all flows; partial downloads can be resumed.
        """
        try:
            while self._active or self.planned or self._outcomes:
                began = self._begin()
                moved = self._carry_out()
                self._deliver()
                while self._outcomes:
                    yield self._outcomes.popleft()
                if not (began or moved):
                    self._wait()
        finally:
            self._end()

    def _begin(self) -> bool:
        """Begin a flow if its first request can be sent at once; return whether one began."""
        if not self.planned or len(self._active) >= self.window or not self.scheduler.can_begin():
            return False
        number, start = self.planned.popleft()
        flow, events = start()
        self._active[number] = _Active(flow, events)
        self._step(number, partial(next, flow))
        return True

    def _carry_out(self) -> bool:
        """Start the effects whose time has come; return whether a flow moved on."""
        moved = False
        for number, effect in self.scheduler.ready():
            active = self._active[number]
            if isinstance(effect, Sleep):
                moved = True
                self._step(number, partial(active.flow.send, None))
            else:
                active.working_on = effect
                self._workers.start(number, partial(self._perform, effect))
        return moved or bool(self._outcomes)

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Fetch():
                return self.driver.fetch(cancellable(effect, self._stop), self._stop)
            case FetchAll():
                # This thread delivers the events of all flows.
                return self.driver.fetch_all(evolve(effect, deliver=_nothing), self._stop)
            case _:
                return self.driver.perform(effect)

    def _wait(self) -> None:
        """Wait for a result, or until the scheduler has another effect."""
        self.scheduler.report(len(self.planned), len(self._active))
        delay = self.scheduler.delay()
        if delay is None and self.planned and len(self._active) < self.window:
            delay = self.scheduler.budget.wait(self.scheduler.clock.monotonic())
        if not self._workers.busy:
            self.scheduler.clock.sleep(min(delay or 0.0, self.scheduler.longest_wait))
            return
        done = self._workers.next_result(_MOMENT if delay is None else min(delay, _MOMENT))
        if done is None:
            return
        number, result = done
        active = self._active[number]
        effect, active.working_on = active.working_on, None
        try:
            value = result()
        except ExportsError as error:
            self._step(number, partial(active.flow.throw, error))
        else:
            self.scheduler.record(effect, value)
            self._step(number, partial(active.flow.send, value))

    def _step(self, number: int, step: Callable[[], Effect]) -> None:
        """Advance a flow to its next effect, or to its end."""
        try:
            effect = step()
        except StopIteration as end:
            self._finish(number, end.value)
        except ExportsError as error:
            self._finish(number, error)
        else:
            self.scheduler.submit(number, effect)

    def _finish(self, number: int, outcome: FlowOutcome[T]) -> None:
        self._active.pop(number).events.deliver()
        self.scheduler.end(number)
        self._outcomes.append((number, outcome))

    def _deliver(self) -> None:
        for active in list(self._active.values()):
            active.events.deliver()

    def _end(self) -> None:
        """End all flows. Work on files must end before the flow gives up its claim on them."""
        self._stop.now()
        touching = {
            number for number, active in self._active.items() if _changes_files(active.working_on)
        }
        while touching:
            done = self._workers.next_result(_MOMENT)
            if done is not None:
                touching.discard(done[0])
        for active in self._active.values():
            active.flow.close()
        self._active.clear()
        self._workers.close()


def _nothing() -> None:
    """Deliver no events."""


def _changes_files(effect: Effect | None) -> bool:
    match effect:
        case Fetch() | FetchAll():
            return True
        case Run(reads_only=reads_only):
            return not reads_only
        case _:
            return False


class _Workers:
    """Threads that do blocking work. A process that exits does not wait for them."""

    def __init__(self, size: int) -> None:
        """Create no thread yet.

        Args:
            size: The most threads.
        """
        self._size = size
        self._threads = 0
        self._work: SimpleQueue[tuple[int, Callable[[], Any]] | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[int, Callable[[], Any]]] = SimpleQueue()
        self._unfinished = 0

    @property
    def busy(self) -> bool:
        """Whether a result is still to come."""
        return self._unfinished > 0

    def start(self, number: int, work: Callable[[], Any]) -> None:
        """Do some work in a thread."""
        self._unfinished += 1
        self._work.put((number, work))
        if self._threads < min(self._size, self._unfinished):
            self._threads += 1
            threading.Thread(target=self._run, name="prolific-many", daemon=True).start()

    def next_result(self, seconds: float) -> tuple[int, Callable[[], Any]] | None:
        """A piece of work that has ended, as a function that returns or raises its result.

        Args:
            seconds: How long to wait for one.

        Returns:
            Its number and its result; None if none has ended.
        """
        try:
            done = self._results.get(timeout=seconds)
        except Empty:
            return None
        self._unfinished -= 1
        return done

    def close(self) -> None:
        """End the threads once they have nothing to do."""
        for _ in range(self._threads):
            self._work.put(None)

    def _run(self) -> None:
        while (task := self._work.get()) is not None:
            number, work = task
            self._results.put((number, _result_of(work)))


def _result_of(work: Callable[[], Any]) -> Callable[[], Any]:
    try:
        value = work()
    except BaseException as error:  # noqa: BLE001 - raised in the other thread
        return partial(_throw, error)
    return lambda: value


def _throw(error: BaseException) -> None:
    raise error
