"""The queue of a sync: each export once, within the budget, nearly as fast as possible."""

from collections import Counter

import pytest
from prolific_exports import (
    AccessDeniedError,
    AuthenticationError,
    ExportFailedError,
    ExportRef,
    TooManyExportsError,
)
from prolific_exports._sync._export_queue import EndedExport, ExportQueue, PlannedExport

from sync.many_exports import FILTER, ManyExports


def planned(name, workspace="w1"):
    return PlannedExport(ExportRef("collection", name, filter=FILTER), workspace, FILTER.to)


def api_error(type_, name="a"):
    ref = ExportRef("collection", name)
    return type_("refused", operation="POST", ref=ref, status=400)


@pytest.fixture
def queue():
    return ExportQueue(lambda one: ("export", one.ref.resource_id), lambda ref: ("delete", ref))


def waiting(queue):
    return [what for _, (what, _) in queue.waiting]


def test_deletions_come_before_exports(queue):
    queue.add([planned("a")])
    queue.add_deletion(planned("b").ref)

    assert waiting(queue) == ["delete", "export"]


def test_results_and_errors_end_an_export(queue):
    queue.add([planned("a"), planned("b")])
    error = ExportFailedError("failed", ref=planned("b").ref)

    assert queue.settle(0, "result") == [EndedExport(planned("a"), "saved", "result")]
    assert queue.settle(1, error) == [EndedExport(planned("b"), "failed", error=error)]
    # A deletion, or an export that has ended.
    assert queue.settle(0, "result") == []


def test_full_resource_is_tried_again_once_at_the_end(queue):
    queue.add([planned("a"), planned("b")])
    queue.waiting.clear()
    full = api_error(TooManyExportsError)

    assert queue.settle(0, full) == []
    assert waiting(queue) == []
    assert queue.retry_blocked()
    [(number, start)] = queue.waiting
    assert start == ("export", "a")
    assert queue.settle(number, full) == [EndedExport(planned("a"), "blocked", error=full)]
    assert not queue.retry_blocked()


@pytest.mark.parametrize("type_", [AccessDeniedError, AuthenticationError])
def test_refused_access_skips_the_other_exports_of_its_workspace(queue, type_):
    queue.add([planned("a"), planned("b"), planned("c", "w2"), planned("d")])
    held = queue.waiting
    held.popleft()
    error = api_error(type_)

    ended = queue.settle(0, error)

    assert ended == [
        EndedExport(planned("a"), "failed", error=error),
        EndedExport(planned("b"), "skipped", error=error),
        EndedExport(planned("d"), "skipped", error=error),
    ]
    assert [start for _, start in held] == [("export", "c")]


def test_deletions_outlast_a_workspace_without_access(queue):
    queue.add([planned("a")])
    queue.waiting.clear()
    queue.add_deletion(planned("b").ref)

    queue.settle(0, api_error(AccessDeniedError))

    assert waiting(queue) == ["delete"]


FULL = {str(number): 2 for number in range(0, 1000, 50)}
ALWAYS_FULL = {"7": 99, "77": 99}


def check(simulation, exports, *, within, rate):
    simulation.run()

    api = simulation.api
    endings = Counter(one.planned.ref.resource_id for one in simulation.ended)
    assert endings == Counter(map(str, range(exports)))
    assert api.broken_rule is None
    assert not any(job.is_ours for jobs in api.jobs.values() for job in jobs)
    check_budget(simulation.driver.sent_at, rate)
    requests = len(simulation.driver.sent_at)
    assert requests <= 1.05 * 3 * exports
    bound = max(
        requests / rate,
        exports * simulation.driver.transfer / simulation.driver.scheduler.transfers,
        api.generation / simulation.driver.window,
    )
    assert simulation.clock.monotonic() <= within * bound
    return Counter(one.ending for one in simulation.ended)


def check_budget(sent_at, rate):
    """No second has more requests than the rate allows, and one second's worth in reserve."""
    most = int(2 * rate) + 1
    for first, last in zip(sent_at, sent_at[most:], strict=False):
        assert last - first > 1.0


@pytest.mark.parametrize(("rate", "within"), [(2.0, 1.05), (5.0, 1.15)])
def test_many_exports_without_faults_come_close_to_the_bound(rate, within):
    endings = check(ManyExports(2000, rate=rate), 2000, within=within, rate=rate)

    assert endings == {"saved": 2000}


@pytest.mark.sampled
@pytest.mark.unmeasured
@pytest.mark.parametrize(("rate", "within"), [(2.0, 1.05), (5.0, 1.15)])
def test_ten_thousand_exports_end_once_despite_faults(rate, within):
    simulation = ManyExports(
        10_000,
        rate=rate,
        faults=0.002,
        rejections=(300.0, 3000.0),
        full={**FULL, **ALWAYS_FULL},
    )

    endings = check(simulation, 10_000, within=within, rate=rate)

    # Instead of one of them, the list of jobs may have failed.
    assert 1 <= endings["blocked"] <= 2
    assert endings["saved"] >= 9_990
    assert simulation.budget.rejected == 2


def test_faults_neither_lose_nor_repeat_an_export():
    simulation = ManyExports(
        600, rate=5.0, faults=0.005, rejections=(20.0, 21.0), full={"0": 2, **ALWAYS_FULL}
    )
    simulation.run()

    endings = Counter(one.ending for one in simulation.ended)
    assert len({one.planned.ref.resource_id for one in simulation.ended}) == 600
    assert len(simulation.ended) == 600
    assert endings["blocked"] == 2
    assert endings["saved"] >= 590
    assert simulation.api.broken_rule is None
    assert not any(job.is_ours for jobs in simulation.api.jobs.values() for job in jobs)
