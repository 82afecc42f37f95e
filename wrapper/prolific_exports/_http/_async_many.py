"""Run many flows at once in asyncio: one task for each flow."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Generic, TypeVar

from attrs import define, field, frozen

from prolific_exports._errors import ExportsError
from prolific_exports._flows._effects import Effect, FlowOutcome, Start
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._async_driver import AsyncDriver

T = TypeVar("T")


@define
class ManyFlowsAsync(Generic[T]):
    """Runs many flows at once; the counterpart of `ManyFlows`.

    Attributes:
        driver: Runs one flow.
        scheduler: Decides about the order.
        planned: The flows, none of which has begun.
        window: The most flows that have begun and not ended.
    """

    driver: AsyncDriver
    scheduler: Scheduler[int]
    planned: deque[tuple[int, Start[T]]]
    window: int
    _tasks: set[asyncio.Task[None]] = field(factory=set, init=False)
    _waiting: dict[int, asyncio.Future[None]] = field(factory=dict, init=False)
    _outcomes: deque[tuple[int, FlowOutcome[T]]] = field(factory=deque, init=False)
    _changed: asyncio.Event = field(factory=asyncio.Event, init=False)
    # The flow that has begun and not yet yielded an effect.
    _starting: int | None = field(default=None, init=False)

    async def run(self) -> AsyncGenerator[tuple[int, FlowOutcome[T]], None]:
        """Yield each flow's number and its result or error, as they end.

        Closing the iterator ends all flows; partial downloads can be resumed.
        """
        try:
            while self._tasks or self.planned or self._outcomes:
                self._changed.clear()
                self._begin()
                for number, _ in self.scheduler.ready():
                    # A task that was cancelled from outside waits no longer.
                    with suppress(asyncio.InvalidStateError):
                        self._waiting.pop(number).set_result(None)
                while self._outcomes:
                    yield self._outcomes.popleft()
                self._raise_failures()
                if self._tasks or self.planned:
                    await self._wait()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self) -> None:
        """Begin a flow if its first request can be sent at once."""
        if (
            self.planned
            and self._starting is None
            and len(self._tasks) < self.window
            and self.scheduler.can_begin()
        ):
            number, start = self.planned.popleft()
            self._starting = number
            self._tasks.add(asyncio.create_task(self._run(number, start)))

    async def _run(self, number: int, start: Start[T]) -> None:
        flow, events = start()
        try:
            result: FlowOutcome[T] = await self.driver.run(flow, events, _Admission(self, number))
        except ExportsError as error:
            result = error
        finally:
            self.scheduler.end(number)
            self._started(number)
        self._outcomes.append((number, result))

    async def admit(self, number: int, effect: Effect) -> None:
        """Wait until the scheduler lets a flow's effect be carried out."""
        admitted = asyncio.get_running_loop().create_future()
        self._waiting[number] = admitted
        self.scheduler.submit(number, effect)
        self._started(number)
        await admitted

    def _started(self, number: int) -> None:
        if self._starting == number:
            self._starting = None
        self._changed.set()

    def _raise_failures(self) -> None:
        """Forget the tasks that have ended; raise what is no `ExportsError`."""
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            task.result()

    async def _wait(self) -> None:
        """Wait until a flow has moved on, or the scheduler has another effect."""
        self.scheduler.report(len(self.planned), len(self._tasks))
        longest = self.scheduler.longest_wait
        delay = self.scheduler.delay()
        if delay is None and self.planned and len(self._tasks) < self.window:
            delay = self.scheduler.budget.wait(self.scheduler.clock.monotonic())
        if len(self._waiting) == len(self._tasks):
            await self.scheduler.clock.sleep_async(min(delay or 0.0, longest))
            return
        changed = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait(
                (changed, *self._tasks),
                timeout=longest if delay is None else min(delay, longest),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            changed.cancel()


@frozen
class _Admission(Generic[T]):
    """Lets the effects of one flow be carried out when the scheduler says so."""

    many: ManyFlowsAsync[T]
    number: int

    async def admit(self, effect: Effect) -> None:
        await self.many.admit(self.number, effect)

    def record(self, effect: Effect, result: object) -> None:
        self.many.scheduler.record(effect, result)
