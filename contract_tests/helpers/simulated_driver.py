"""Runs many flows through the scheduler as `ManyFlows` does, on a clock that jumps."""

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any

from prolific_exports import ExportsError
from prolific_exports._flows._effects import Effect, Fetch, Flow, Request, Send, Sleep, Start
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports.testing import FakeClock


class SimulatedDriver:
    """A driver without threads: each effect takes its time on the fake clock.

    Attributes:
        sent_at: When each request was sent.
    """

    latency = 0.1

    def __init__(
        self,
        scheduler: Scheduler[int],
        clock: FakeClock,
        planned: deque[tuple[int, Start[Any]]],
        window: int,
        reply: Callable[[Request], object],
        *,
        transfer: float = 1.0,
    ) -> None:
        """Begin nothing yet.

        Args:
            scheduler: Decides what is carried out next.
            clock: The scheduler's clock.
            planned: The flows; more may be added while they run.
            window: The most flows that have begun and not ended.
            reply: Answers a request, or returns the error to raise.
            transfer: Seconds of a download.
        """
        self.scheduler = scheduler
        self.clock = clock
        self.planned = planned
        self.window = window
        self.reply = reply
        self.transfer = transfer
        self.sent_at: list[float] = []
        self._order = count()
        self._active: dict[int, Flow[Any]] = {}
        self._running: list[tuple[float, int, int, Effect, object]] = []
        self._ended: deque[tuple[int, object]] = deque()

    def run(self) -> Iterator[tuple[int, object]]:
        """Yield each flow's number and its result or error, as they end."""
        while self.planned or self._active or self._ended:
            moved = self._begin()
            moved = self._carry_out() or moved
            while self._ended:
                yield self._ended.popleft()
            if not moved and (self.planned or self._active):
                self._wait()

    def _begin(self) -> bool:
        can_begin = len(self._active) < self.window and self.scheduler.can_begin()
        if not self.planned or not can_begin:
            return False
        number, start = self.planned.popleft()
        self._active[number] = start()[0]
        self._step(number, None)
        return True

    def _carry_out(self) -> bool:
        found = self.scheduler.ready()
        for number, effect in found:
            if isinstance(effect, Sleep):
                self._step(number, None)
                continue
            now, seconds, result = self.clock.monotonic(), self.latency, None
            if isinstance(effect, Fetch):
                seconds = self.transfer
            elif isinstance(effect, Send):
                self.sent_at.append(now)
                result = self.reply(effect.request)
            heappush(self._running, (now + seconds, next(self._order), number, effect, result))
        return bool(found)

    def _step(self, number: int, result: object) -> None:
        flow = self._active[number]
        try:
            effect = flow.throw(result) if isinstance(result, ExportsError) else flow.send(result)
        except StopIteration as end:
            self._finish(number, end.value)
        except ExportsError as error:
            self._finish(number, error)
        else:
            self.scheduler.submit(number, effect)

    def _finish(self, number: int, outcome: object) -> None:
        del self._active[number]
        self.scheduler.end(number)
        self._ended.append((number, outcome))

    def _wait(self) -> None:
        now = self.clock.monotonic()
        delays = [self._running[0][0] - now] if self._running else []
        delay = self.scheduler.delay()
        delays += [] if delay is None else [delay]
        if self.planned and len(self._active) < self.window:
            delays.append(self.scheduler.budget.wait(now))
        self.clock.advance(min(delays))
        while self._running and self._running[0][0] <= self.clock.monotonic():
            _, _, number, effect, result = heappop(self._running)
            self.scheduler.record(effect, result)
            self._step(number, result)
