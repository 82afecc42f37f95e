"""The scheduler of many flows: what is carried out next."""

import json
from collections import Counter, deque
from random import Random
from uuid import UUID

import pytest
from helpers.simulated_driver import SimulatedDriver
from prolific_exports import DownloadProgress, ExportRef
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import ApiReply, Fetch, FetchAll, Request, Run, Send, Sleep
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport, request_and_wait
from prolific_exports._flows._rate_budget import RateBudget
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._model._redactor import Redactor
from prolific_exports.testing import FakeClock

FETCH = Fetch("https://store.example/x", {}, 1, bool, bool)
PARTS = FetchAll((FETCH, FETCH), bool)
WORK = Run(bool)


def send(method="GET"):
    return Send(Request(method, ExportRef("batch", "1"), method, "/"), 30)


def scheduler(clock=None, *, rate=10.0, burst=100.0, transfers=2):
    return Scheduler(clock or FakeClock(), RateBudget(rate, burst), transfers)


def keys(found):
    return [key for key, _ in found]


def test_sleep_is_over_when_its_time_has_passed():
    clock = FakeClock()
    many = scheduler(clock)
    many.submit("late", Sleep(3))
    many.submit("soon", Sleep(1))

    assert many.ready() == []
    assert many.delay() == 1
    clock.advance(1)
    assert keys(many.ready()) == ["soon"]
    clock.advance(5)
    assert many.delay() == 0
    assert keys(many.ready()) == ["late"]
    assert many.delay() is None


def test_deletions_and_requests_come_before_polls():
    clock = FakeClock()
    many = scheduler(clock, rate=1, burst=1)
    assert many.can_begin()
    for key, method in [
        ("poll", "GET"),
        ("request", "POST"),
        ("second", "POST"),
        ("end", "DELETE"),
    ]:
        many.submit(key, send(method))

    order = []
    while len(order) < 4:
        order += keys(many.ready())
        clock.advance(many.delay() or 1)

    assert order == ["end", "request", "second", "poll"]


def test_new_flow_begins_only_if_its_request_can_be_sent_at_once():
    clock = FakeClock()
    many = scheduler(clock, rate=1, burst=1)
    assert many.can_begin()
    many.submit("a", send("POST"))
    assert not many.can_begin()
    many.ready()
    assert not many.can_begin()
    assert many.bottleneck == "generation"
    clock.advance(1)
    assert many.can_begin()


def test_new_flow_begins_before_polls_that_wait():
    many = scheduler(rate=1, burst=1)
    many.submit("poll", send())

    assert many.can_begin()

    many.submit("new", send("POST"))
    assert keys(many.ready()) == ["new"]


def test_transfers_are_limited_and_a_flow_keeps_its_place():
    many = scheduler(transfers=2)
    for key, effect in [("a", FETCH), ("b", PARTS), ("c", FETCH)]:
        many.submit(key, effect)

    assert keys(many.ready()) == ["a", "b"]
    assert many.bottleneck == "transfers"
    # After a failure, the flow pauses and fetches again: its URL must not expire meanwhile.
    many.submit("a", FETCH)
    assert keys(many.ready()) == ["a"]
    # The file is complete: another flow can download while this one verifies.
    many.submit("a", WORK)
    assert keys(many.ready()) == ["a", "c"]
    # No export is being generated.
    assert many.bottleneck == "transfers"
    for key in "bc":
        many.submit(key, WORK)
    many.ready()
    assert many.bottleneck == "transfers"
    many.submit("d", send())
    many.ready()
    assert many.bottleneck == "generation"
    many.submit("d", Sleep(4))
    assert many.bottleneck == "generation"


def test_progress_is_reported_with_what_it_waits_for():
    reported = []
    clock = FakeClock()
    many = Scheduler(clock, RateBudget(1, 1), 2, reported.append)
    many.submit("a", send())
    many.ready()
    many.report(0, 1)
    # The next flow cannot begin.
    many.report(3, 1)
    many.end("a")
    many.submit("b", FETCH)
    many.ready()
    many.report(0, 1)

    assert reported == [
        DownloadProgress(0, 1, "generation"),
        DownloadProgress(3, 1, "rate"),
        DownloadProgress(0, 1, "transfers"),
    ]
    assert many.longest_wait == 1


def test_without_a_listener_nothing_is_reported_and_waits_are_long():
    many = scheduler()
    many.report(1, 1)

    assert many.longest_wait >= 600


def test_end_of_a_flow_frees_its_place():
    many = scheduler(transfers=1)
    many.submit("a", FETCH)
    many.submit("b", FETCH)
    assert keys(many.ready()) == ["a"]

    many.end("a")

    assert keys(many.ready()) == ["b"]


def test_429_slows_all_requests_down():
    clock = FakeClock()
    many = scheduler(clock)

    many.record(send(), ApiReply(429, {"retry-after": "20"}, b""))
    many.submit("a", send())

    assert many.ready() == []
    assert many.bottleneck == "rate"
    assert many.delay() == 20
    assert many.budget.rejected == 1


@pytest.mark.parametrize(
    ("effect", "result"),
    [
        (send(), ApiReply(503, {"retry-after": "20"}, b"")),
        (WORK, None),
        (None, None),
        (send(), None),
    ],
)
def test_other_results_do_not_slow_requests_down(effect, result):
    many = scheduler()

    many.record(effect, result)

    assert many.can_begin()
    assert many.budget.rejected == 0


class SimulatedApi:
    """Generates exports, and sometimes rejects a request for being too fast."""

    def __init__(self, clock, random, *, rejections):
        self.clock = clock
        self.random = random
        self.rejections = rejections
        self.ready_at = {}
        self.requests = Counter()
        self.generation = self.longest = 0.0

    def reply(self, request):
        export_id = str(UUID(int=int(request.ref.resource_id)))
        if self.random.random() < self.rejections:
            self.requests["rejected"] += 1
            return ApiReply(429, {"retry-after": "5"}, b"{}")
        self.requests[request.method] += 1
        if request.method == "POST":
            seconds = self.random.lognormvariate(3, 0.5)
            self.generation += seconds
            self.longest = max(self.longest, seconds)
            self.ready_at[export_id] = self.clock.monotonic() + seconds
        if self.clock.monotonic() < self.ready_at[export_id]:
            body = {"status": "generating", "export_id": export_id}
        else:
            body = {"status": "complete", "url": "https://store.example/x"}
        return ApiReply(202, {}, json.dumps(body).encode())


class Simulation:
    """Runs the SDK's own flows through the scheduler, on a clock that jumps."""

    def __init__(self, exports, *, rate, window, transfers, rejections=0.0):
        self.clock = FakeClock()
        self.random = Random(1)
        self.api = SimulatedApi(self.clock, self.random, rejections=rejections)
        self.many = Scheduler(self.clock, RateBudget(rate, rate), transfers)
        planned = deque((n, lambda n=n: (self.flow(n), None)) for n in range(exports))
        self.driver = SimulatedDriver(self.many, self.clock, planned, window, self.api.reply)
        self.finished = []

    def flow(self, number):
        context = Context(self.clock, self.random, Redactor("t0ken"), bool)
        job = PendingExport("batch", str(number))
        yield from request_and_wait(job, context, Policy())
        yield FETCH
        yield WORK

    def run(self):
        for number, outcome in self.driver.run():
            assert outcome is None
            self.finished.append(number)


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("rate", "window", "transfers"), [(20.0, 200, 8), (100.0, 50, 8), (100.0, 200, 1)]
)
def test_many_exports_end_once_and_close_to_the_bound(rate, window, transfers):
    simulation = Simulation(500, rate=rate, window=window, transfers=transfers)
    simulation.run()

    sent = simulation.api.requests
    assert sorted(simulation.finished) == list(range(500))
    assert sent["POST"] == 500
    took = simulation.clock.monotonic()
    bound = max(
        sum(sent.values()) / rate,
        500 * simulation.driver.transfer / transfers,
        simulation.api.generation / window,
    )
    assert sum(sent.values()) <= rate * took + rate + 1
    # The export that takes longest may have begun last.
    assert took <= 1.1 * bound + simulation.api.longest


def test_rejected_requests_neither_lose_nor_repeat_an_export():
    simulation = Simulation(200, rate=20.0, window=200, transfers=8, rejections=0.02)
    simulation.run()

    assert sorted(simulation.finished) == list(range(200))
    assert simulation.api.requests["POST"] == 200
    assert simulation.many.budget.rejected == simulation.api.requests["rejected"] > 5
