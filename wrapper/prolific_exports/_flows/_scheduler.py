"""Run many flows at once: which effect is carried out next.

The scheduler performs nothing and reads no clock. A driver tells it which effects the flows
yield and which have ended, and asks what to carry out. So the same decisions serve threads,
asyncio, and a simulation of thousands of exports.
"""

from collections import deque
from collections.abc import Callable, Hashable
from heapq import heappop, heappush
from itertools import count
from typing import Final, Generic, TypeVar

from attrs import define, field

from prolific_exports._events import Bottleneck, DownloadProgress
from prolific_exports._flows._effects import ApiReply, Effect, Fetch, FetchAll, Send, Sleep
from prolific_exports._flows._policy import retry_after
from prolific_exports._flows._rate_budget import RateBudget
from prolific_exports._model._clock import Clock

K = TypeVar("K", bound=Hashable)

# All exports are requested before any is polled: the server generates them meanwhile.
_PRIORITIES: Final = {"DELETE": 0, "POST": 1}
_LOWEST: Final = 2
# Seconds between two reports of progress, and between two looks at the clock without them.
_REPORT_EVERY: Final = 1.0
_LONGEST_WAIT: Final = 3600.0


@define
class Scheduler(Generic[K]):
    """Decides when the effects of many flows are carried out.

    Requests share one rate budget. At most ``transfers`` flows download at a time; a flow keeps
    its place until it works on the finished file, so that its URL does not expire meanwhile.

    Attributes:
        clock: Tells the time; the scheduler never waits.
        budget: The budget of requests.
        transfers: The most downloads at a time.
        on_progress: Called while the driver waits.
    """

    clock: Clock
    budget: RateBudget
    transfers: int
    on_progress: Callable[[DownloadProgress], object] | None = None
    _order: "count[int]" = field(factory=count, init=False)
    _sleeps: list[tuple[float, int, K, Effect]] = field(factory=list, init=False)
    _sends: list[tuple[int, int, K, Effect]] = field(factory=list, init=False)
    _fetches: deque[tuple[K, Effect]] = field(factory=deque, init=False)
    _others: deque[tuple[K, Effect]] = field(factory=deque, init=False)
    _downloading: set[K] = field(factory=set, init=False)
    _calling: set[K] = field(factory=set, init=False)

    def submit(self, key: K, effect: Effect) -> None:
        """Queue the effect that a flow yielded.

        Args:
            key: Identifies the flow, which has one effect at a time.
            effect: The effect.
        """
        self._calling.discard(key)
        match effect:
            case Sleep():
                at = self.clock.monotonic() + effect.seconds
                heappush(self._sleeps, (at, next(self._order), key, effect))
            case Send():
                priority = _PRIORITIES.get(effect.request.method, _LOWEST)
                heappush(self._sends, (priority, next(self._order), key, effect))
            case Fetch() | FetchAll():
                self._fetches.append((key, effect))
            case _:
                self._downloading.discard(key)
                self._others.append((key, effect))

    def ready(self) -> list[tuple[K, Effect]]:
        """The effects to carry out now. A `Sleep` among them is over."""
        now = self.clock.monotonic()
        found = list(self._others)
        self._others.clear()
        while self._sleeps and self._sleeps[0][0] <= now:
            *_, key, effect = heappop(self._sleeps)
            found.append((key, effect))
        while self._sends and self.budget.wait(now) == 0:
            *_, key, effect = heappop(self._sends)
            self.budget.take()
            self._calling.add(key)
            found.append((key, effect))
        waiting: deque[tuple[K, Effect]] = deque()
        for key, effect in self._fetches:
            if key in self._downloading or len(self._downloading) < self.transfers:
                self._downloading.add(key)
                found.append((key, effect))
            else:
                waiting.append((key, effect))
        self._fetches = waiting
        return found

    def record(self, effect: Effect | None, result: object) -> None:
        """Take note of the result of an effect: a 429 slows all requests down."""
        if isinstance(effect, Send) and isinstance(result, ApiReply) and result.status == 429:
            headers = result.headers
            pause = retry_after(headers.get("retry-after"), headers.get("date"), self.clock.now())
            self.budget.record_rejection(pause, self.clock.monotonic())

    def end(self, key: K) -> None:
        """Forget a flow that has ended; another one can download."""
        self._downloading.discard(key)
        self._calling.discard(key)

    def can_begin(self) -> bool:
        """Whether a new flow could request its export at once, which comes before polls."""
        is_next = not self._sends or self._sends[0][0] == _LOWEST
        return is_next and self.budget.wait(self.clock.monotonic()) == 0

    def delay(self) -> float | None:
        """Seconds until `ready` has more effects; None if it first needs a result."""
        now = self.clock.monotonic()
        delays = [at - now for at, *_ in self._sleeps[:1]]
        if self._sends:
            delays.append(self.budget.wait(now))
        return max(min(delays), 0.0) if delays else None

    @property
    def longest_wait(self) -> float:
        """The most seconds that the driver may wait before it calls `report` again."""
        return _LONGEST_WAIT if self.on_progress is None else _REPORT_EVERY

    def report(self, planned: int, running: int) -> None:
        """Report how far the flows are.

        Args:
            planned: Flows that have not begun.
            running: Flows that have begun and not ended.
        """
        if self.on_progress is not None:
            limit = self.bottleneck
            if planned and limit == "generation" and not self.can_begin():
                limit = "rate"
            self.on_progress(DownloadProgress(planned, running, limit))

    @property
    def bottleneck(self) -> Bottleneck:
        """What progress waits for."""
        if self._fetches:
            return "transfers"
        if self._sends:
            return "rate"
        return "generation" if self._sleeps or self._calling else "transfers"
