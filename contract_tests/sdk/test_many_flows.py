"""How the blocking driver of many flows ends, and what it waits for."""

import threading
import time
from collections import deque
from contextlib import suppress

import pytest
from prolific_exports import NoAnswerError
from prolific_exports._flows._effects import Fetch, FetchAll, Run, Sleep
from prolific_exports._flows._rate_budget import RateBudget
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._sync_driver import FetchCancelledError
from prolific_exports._http._sync_many import ManyFlows
from prolific_exports.testing import FakeClock

FETCH = Fetch("https://store.example/x", {}, 1, bool, bool)
LIMIT = 10.0


class NoEvents:
    def deliver(self):
        """Nothing is queued."""


class Driver:
    """Carries out effects; downloads last until they are stopped."""

    def __init__(self):
        self.began = threading.Event()
        self.ended = []

    def perform(self, effect):
        return effect.work()

    def fetch(self, fetch, stop):
        return self._block(stop)

    def fetch_all(self, effect, stop):
        effect.deliver()
        return [self._block(stop) for _ in effect.fetches]

    def _block(self, stop):
        self.began.set()
        assert stop._over.wait(LIMIT)
        self.ended.append("fetch")
        raise FetchCancelledError


def many(driver, *flows, clock=None, window=10, rate=100.0):
    scheduler = Scheduler(clock or FakeClock(), RateBudget(rate, rate), 2)
    planned = deque(enumerate((lambda flow=flow: (flow, NoEvents())) for flow in flows))
    return ManyFlows(driver, scheduler, planned, window)


def flow_of(*effects, result=None, closed=None):
    try:
        for effect in effects:  # noqa: UP028 - tuples take no results
            yield effect
    finally:
        if closed is not None:
            closed.append(result)
    return result


@pytest.mark.parametrize("effect", [FETCH, FetchAll((FETCH, FETCH), bool)])
def test_closing_stops_a_download_before_its_flow_ends(effect):
    driver, order = Driver(), []
    driver.ended = order
    began_first = Run(lambda: driver.began.wait(LIMIT), reads_only=True)
    running = many(driver, flow_of(began_first, result=1), flow_of(effect, result=2, closed=order))
    found = running.run()
    assert next(found) == (0, 1)

    began = time.monotonic()
    found.close()

    assert time.monotonic() - began < LIMIT
    assert order == ["fetch", 2]


def test_closing_waits_for_work_that_changes_files(monkeypatch):
    started, release, order = threading.Event(), threading.Event(), []

    def work():
        started.set()
        assert release.wait(LIMIT)
        order.append("work")

    running = many(
        Driver(),
        flow_of(Run(work), result="closed", closed=order),
        flow_of(Run(lambda: started.wait(LIMIT), reads_only=True), result="first"),
    )
    next_result = running._workers.next_result

    def wait_briefly(_seconds):
        result = next_result(0.001)
        if result is None and started.is_set() and order == []:
            release.set()
        return result

    found = running.run()
    assert next(found) == (1, "first")
    monkeypatch.setattr(running._workers, "next_result", wait_briefly)
    found.close()

    assert order == ["work", "closed"]


def test_closing_does_not_wait_for_work_that_only_reads():
    release, started, order = threading.Event(), threading.Event(), []

    def verify():
        started.set()
        release.wait(LIMIT)

    def wait_for_start():
        assert started.wait(LIMIT)

    found = many(
        Driver(),
        flow_of(Run(verify, reads_only=True), result="closed", closed=order),
        flow_of(Run(wait_for_start), result="first"),
    ).run()
    assert next(found) == (1, "first")
    found.close()

    assert order == ["closed"]
    release.set()


def test_error_of_an_effect_is_raised_in_its_flow():
    failure = NoAnswerError("No answer.", operation="GET /", ref=None, sent=True)

    def fail():
        raise failure

    def flow():
        with suppress(NoAnswerError):
            yield Run(fail)
        return "handled"

    assert list(many(Driver(), flow(), flow_of(Run(fail))).run()) in (
        [(0, "handled"), (1, failure)],
        [(1, failure), (0, "handled")],
    )


def test_other_exceptions_end_all_flows():
    closed = []

    def fail():
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        list(many(Driver(), flow_of(Run(fail)), flow_of(FETCH, closed=closed)).run())

    assert closed in ([], [None])


def test_window_limits_the_flows_that_have_begun():
    begun = []

    def flow(number):
        begun.append(number)
        yield Sleep(1)
        return number

    clock = FakeClock()
    found = many(Driver(), *(flow(number) for number in range(4)), clock=clock, window=2).run()
    assert next(found) == (0, 0)
    assert begun == [0, 1]
    assert [number for number, _ in found] == [1, 2, 3]
    assert clock.monotonic() == 2


def test_flows_begin_as_the_rate_allows():
    clock = FakeClock()
    running = many(Driver(), *(flow_of(Sleep(0)) for _ in range(3)), clock=clock)
    running.scheduler.budget.record_rejection(30, 0)

    assert len(list(running.run())) == 3
    assert clock.monotonic() >= 30
