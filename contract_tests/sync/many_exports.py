"""Thousands of exports on a fake clock, at a server with faults.

Each resource has at most ten jobs, and a request joins an unfinished job with the same filter.
Faults: rejected requests, server errors, lost answers, jobs that fail or vanish, and resources
whose places other users' jobs take.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from attrs import define, evolve, field
from helpers.simulated_driver import SimulatedDriver
from prolific_exports import ExportFilter, ExportRef, NoAnswerError
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import ApiReply, Fetch, Flow, Request, Run
from prolific_exports._flows._jobs import delete
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport, request_and_wait
from prolific_exports._flows._rate_budget import RateBudget
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._model._redactor import Redactor
from prolific_exports._sync._export_queue import EndedExport, ExportQueue, PlannedExport
from prolific_exports.testing import FakeClock

WORKSPACE = "workspace"
MOST_JOBS = 10
COMMIT_AFTER = 200
FILTER = ExportFilter(to=datetime(2026, 3, 20, 10, 0, 0, tzinfo=UTC))
POLICY = Policy(timeout=6 * 3600.0, counts_rejections=False)


@define
class Job:
    """An export job at the server."""

    export_id: str
    created_at: str
    ready_at: float
    is_ours: bool = True
    fails: bool = False


@define
class FaultyApi:
    """Generates exports.

    Attributes:
        rejected_at: Times after which the next request gets a 429.
        full: Resources whose places other users' jobs take, with the requests until they
            delete one.
        requests: How many requests of each method were sent; ``429`` for rejected ones.
    """

    clock: FakeClock
    random: Random
    faults: float
    rejected_at: list[float]
    full: dict[str, int]
    jobs: dict[str, list[Job]] = field(factory=dict)
    requests: Counter[str] = field(factory=Counter)
    generation: float = 0.0
    broken_rule: str | None = None

    def reply(self, request: Request) -> object:
        """The answer to a request, or the error that the driver raises."""
        now = self.clock.monotonic()
        if self.rejected_at and now >= self.rejected_at[0]:
            self.rejected_at.pop(0)
            self.requests["429"] += 1
            return ApiReply(429, {"retry-after": "10"}, b"{}")
        self.requests[request.method] += 1
        fault = self.random.random()
        if fault < self.faults:
            return ApiReply(503, {}, b"{}")
        answer = self._answer(request)
        if fault < 2 * self.faults:
            return NoAnswerError(
                "The answer got lost.", operation=request.operation, ref=request.ref, sent=True
            )
        return answer

    def _answer(self, request: Request) -> ApiReply:
        parts = request.path.strip("/").split("/")
        at = parts.index("export")
        resource, export_id = parts[at - 1], "".join(parts[at + 1 :])
        jobs = self.jobs.setdefault(resource, self._jobs_of_others(resource))
        found = next((job for job in jobs if job.export_id == export_id), None)
        match request.method:
            case "POST":
                return self._post(resource, jobs, request)
            case "DELETE":
                if found is not None and not found.is_ours:
                    self.broken_rule = "another user's job was deleted"
                return self._delete(jobs, found)
            case _ if not export_id:
                return _json(200, [self._listed(job) for job in jobs], self._date())
        if found is None:
            return _json(404, {})
        return self._state(found)

    def _jobs_of_others(self, resource: str) -> list[Job]:
        number = MOST_JOBS if resource in self.full else self.random.randrange(3)
        return [self._job(is_ours=False) for _ in range(number)]

    def _post(self, resource: str, jobs: list[Job], request: Request) -> ApiReply:
        if request.params.get("to") is None:
            self.broken_rule = "a request had no filter"
        if resource in self.full:
            self.full[resource] -= 1
            if self.full[resource] == 0 and len(jobs) >= MOST_JOBS:
                jobs.pop()
        if len(jobs) >= MOST_JOBS:
            return _json(400, {"error": {"title": "too many exports"}})
        joined = [job for job in jobs if job.is_ours and job.ready_at > self.clock.monotonic()]
        job = joined[0] if joined else self._job(is_ours=True)
        if not joined:
            jobs.insert(0, job)
        if sum(job.is_ours for job in jobs) > 1:
            self.broken_rule = f"two jobs of ours for {resource}"
        if self.random.random() < self.faults:
            jobs.remove(job)  # vanishes
        return _json(202, {"status": "generating", "export_id": job.export_id})

    def _job(self, *, is_ours: bool) -> Job:
        seconds = self.random.lognormvariate(3, 0.5)
        self.generation += seconds if is_ours else 0.0
        return Job(
            str(UUID(int=self.random.getrandbits(128))),
            self.clock.now().isoformat(),
            self.clock.monotonic() + seconds,
            is_ours,
            fails=self.random.random() < self.faults,
        )

    def _delete(self, jobs: list[Job], found: Job | None) -> ApiReply:
        if found is None:
            return _json(404, {})
        jobs.remove(found)
        return ApiReply(204, {}, b"")

    def _state(self, job: Job) -> ApiReply:
        if self.clock.monotonic() < job.ready_at:
            return _json(202, {"status": "generating", "export_id": job.export_id})
        if job.fails:
            self.jobs = {k: [j for j in v if j is not job] for k, v in self.jobs.items()}
            return _json(200, {"status": "failed"})
        return _json(200, {"status": "complete", "url": "https://store.example/x?X-Signature=s"})

    def _listed(self, job: Job) -> dict[str, object]:
        filter_ = {"to": FILTER.conditions()["to"]} if job.is_ours else None
        status = "generating" if self.clock.monotonic() < job.ready_at else "complete"
        listed = {"export_id": job.export_id, "status": status, "created_at": job.created_at}
        return {**listed, "filter": filter_}

    def _date(self) -> dict[str, str]:
        return {"date": f"{self.clock.now():%a, %d %b %Y %H:%M:%S} GMT"}


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> ApiReply:
    return ApiReply(status, headers or {}, json.dumps(body).encode())


class ManyExports:
    """Runs many exports through the queue, as the driver of a sync does."""

    def __init__(
        self,
        exports: int,
        *,
        rate: float,
        window: int = 200,
        transfers: int = 16,
        faults: float = 0.0,
        rejections: tuple[float, ...] = (),
        full: dict[str, int] | None = None,
    ) -> None:
        """Plan the exports of one workspace."""
        self.clock = FakeClock(FILTER.to)
        self.random = Random(1)  # noqa: S311 - faults, not secrets
        self.api = FaultyApi(self.clock, self.random, faults, list(rejections), full or {})
        self.budget = RateBudget(rate, rate)
        self.context = Context(self.clock, self.random, Redactor("t0ken"), bool)
        self.context.contact.is_made = True
        self.queue = ExportQueue[ExportRef | None](
            lambda planned: lambda: (self._export(planned), Quiet()),
            lambda ref: lambda: (self._delete(ref), Quiet()),
        )
        refs = (ExportRef("collection", str(n), filter=FILTER) for n in range(exports))
        self.queue.add(PlannedExport(ref, WORKSPACE, self.clock.now()) for ref in refs)
        self.driver = SimulatedDriver(
            Scheduler(self.clock, self.budget, transfers),
            self.clock,
            self.queue.waiting,
            window,
            self.api.reply,
        )
        self.ended: list[EndedExport[ExportRef | None]] = []
        self._uncommitted: list[ExportRef] = []

    def run(self) -> None:
        """Export everything, commit in waves, delete the jobs."""
        while self.queue.waiting:
            for number, outcome in self.driver.run():
                ended = self.queue.settle(number, outcome)
                self.ended += ended
                self._uncommitted += [one.result for one in ended if one.result is not None]
                if len(self._uncommitted) >= COMMIT_AFTER:
                    self._commit()
            self._commit()
            self.queue.retry_blocked()

    def _commit(self) -> None:
        for ref in self._uncommitted:
            self.queue.add_deletion(ref)
        self._uncommitted.clear()

    def _export(self, planned: PlannedExport) -> Flow[ExportRef | None]:
        ref = planned.ref
        job = PendingExport(ref.kind, ref.resource_id, filter=ref.filter, checks_responses=True)
        yield from request_and_wait(job, self.context, POLICY)
        yield Fetch("https://store.example/x", {}, 1, bool, bool)
        yield Run(bool)
        return evolve(ref, export_id=job.export_id)

    def _delete(self, ref: ExportRef) -> Flow[None]:
        yield from delete(ref, self.context, POLICY)


class Quiet:
    """The events of a flow that has none."""

    def deliver(self) -> None:
        """Nothing is queued."""
