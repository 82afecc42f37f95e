"""One run: export what is due, let workers read the archives, commit in waves, delete the jobs."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

from attrs import define, evolve, field

from prolific_exports._errors import ExportsError
from prolific_exports._files._staging import remove
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._sync_driver import SyncDriver
from prolific_exports._http._sync_many import ManyFlows
from prolific_exports._model._references import ExportRef
from prolific_exports._sync._export_queue import EndedExport, ExportQueue, PlannedExport
from prolific_exports._sync._one_export import ExportFlows, SavedArchive
from prolific_exports._sync._parts import Work
from prolific_exports._sync._readers import Readers
from prolific_exports._sync._receipts import Receipt
from prolific_exports._sync._report import SyncedResource
from prolific_exports._sync._waves import LeftWork, Wave, Waves, job_of

WAVE_SIZE: Final = 200
"""Exports of one wave: a commit for each export would cost 30 times as much."""
WAVE_SECONDS: Final = 60.0
"""Seconds after which a smaller wave is committed."""
_PLAN_SIZE: Final = 200

RunResult: TypeAlias = SavedArchive | bool
"""What flows return: those of exports an archive, those of deletions whether the job is gone."""


@define
class Deletions:
    """The jobs of committed exports, which are deleted before their wave is finished.

    Attributes:
        waves: Removes the files of finished waves.
        is_supported: Whether the server deletes jobs (edition 2026-11).
        left: Jobs that could not be deleted.
    """

    waves: Waves
    is_supported: bool
    left: list[ExportRef] = field(factory=list, init=False)
    _wave_of: dict[ExportRef, Wave] = field(factory=dict, init=False)
    _missing: dict[int, set[ExportRef]] = field(factory=dict, init=False)

    def expect(self, wave: Wave) -> list[ExportRef]:
        """The jobs of a wave, to be deleted. Finishes the wave if there are none."""
        jobs = wave.jobs if self.is_supported else []
        self._wave_of.update(dict.fromkeys(jobs, wave))
        self._missing[wave.number] = set(jobs)
        if not jobs:
            self.waves.finish(wave)
        return jobs

    def record(self, ref: ExportRef, is_gone: bool) -> None:
        """Take note of a deletion. After the last one, the wave is finished."""
        wave = self._wave_of.pop(ref, None)
        if not is_gone:
            # The file of the wave stays, so that the next run tries again.
            self.left.append(ref)
        elif wave is not None:
            missing = self._missing[wave.number]
            missing.discard(ref)
            if not missing:
                self.waves.finish(wave)


@define
class SyncRun:
    """One run of a sync.

    Attributes:
        flows: Makes the flows of exports and deletions.
        driver: Carries out one effect.
        scheduler: Decides when requests are sent, within the rate.
        waves: Plans and commits.
        deletions: The jobs to delete.
        readers: The workers.
        root: The dataset's folder.
        in_flight: The most exports that are requested and not yet downloaded.
        files: Whether to copy uploaded files.
        done: What became of each resource.
    """

    flows: ExportFlows
    driver: SyncDriver
    scheduler: Scheduler[int]
    waves: Waves
    deletions: Deletions
    readers: Readers
    root: Path
    in_flight: int
    files: bool
    done: list[SyncedResource] = field(factory=list, init=False)
    _queue: ExportQueue[RunResult] = field(init=False)
    _begun: set[PlannedExport] = field(factory=set, init=False)
    _unplanned: deque[PlannedExport] = field(factory=deque, init=False)
    _plans: list[str] = field(factory=list, init=False)
    _unread: dict[ExportRef, PlannedExport] = field(factory=dict, init=False)
    _ready: list[Receipt] = field(factory=list, init=False)
    _ready_since: float = field(default=0.0, init=False)

    def __attrs_post_init__(self) -> None:
        self._queue = ExportQueue(
            lambda planned: self.flows.export(planned, was_begun=planned in self._begun),
            lambda ref: self.flows.delete(ref, self._record_deletion),
        )

    def run(self, name: str, unfinished: LeftWork, exports: Iterable[PlannedExport]) -> None:
        """Finish what earlier runs left, then make the exports.

        Args:
            name: Names the run.
            unfinished: What earlier runs left.
            exports: What is due. Resources that earlier runs left are not exported twice.
        """
        for wave in unfinished.waves:
            self.waves.redo(wave)
            self._delete_jobs_of(wave)
        for receipt in unfinished.receipts:
            self._add_receipt(receipt)
        self._plans += unfinished.plans
        self._begun.update(unfinished.exports)
        self._queue.add(unfinished.exports)
        left = (*unfinished.exports, *(one.planned for one in unfinished.receipts))
        taken = {(one.ref.kind, one.ref.resource_id) for one in left}
        self._unplanned.extend(
            one for one in exports if (one.ref.kind, one.ref.resource_id) not in taken
        )
        self._work(name)
        self._close_plans(name)

    def tick(self) -> None:
        """Take results of workers, and commit a wave if it is time. Called once a second."""
        self.waves.lease.keep()
        self._collect(wait_for_all=False)
        age = self.scheduler.clock.monotonic() - self._ready_since
        if len(self._ready) >= WAVE_SIZE or (self._ready and age >= WAVE_SECONDS):
            self._commit()

    def _work(self, name: str) -> None:
        numbers = count()
        while True:
            self._plan_more(name, numbers)
            many = ManyFlows(self.driver, self.scheduler, self._queue.waiting, self.in_flight)
            with closing(many.run()) as outcomes:
                for number, outcome in outcomes:
                    for ended in self._queue.settle(number, outcome):
                        self._end(ended)
                    self.tick()
                    self._plan_more(name, numbers)
            self._collect(wait_for_all=True)
            while self._ready:
                self._commit()
            if not (self._queue.waiting or self._queue.retry_blocked()):
                return

    def _plan_more(self, name: str, numbers: Iterator[int]) -> None:
        """Write the next plan before the exports that wait run out."""
        while self._unplanned and len(self._queue.waiting) < self.in_flight:
            some = [self._unplanned.popleft() for _ in range(min(_PLAN_SIZE, len(self._unplanned)))]
            self._plans.append(self.waves.write_plan(name, next(numbers), some))
            self._queue.add(some)

    def _end(self, ended: EndedExport[RunResult]) -> None:
        result, planned = ended.result, ended.planned
        if isinstance(result, SavedArchive):
            work = Work(self.root, result.path, planned, result.export_id, self.files)
            self.readers.submit(work)
        else:
            ending = "failed" if ended.ending == "saved" else ended.ending
            self.done.append(
                SyncedResource(planned.ref, planned.workspace_id, ending, error=ended.error)
            )

    def _collect(self, *, wait_for_all: bool) -> None:
        for work, result in self.readers.results(wait_for_all=wait_for_all):
            with suppress(OSError):
                work.archive.unlink()
            if not isinstance(result, ExportsError):
                self._add_receipt(result)
                continue
            planned = work.planned
            ref = evolve(planned.ref, export_id=work.export_id)
            self.done.append(SyncedResource(ref, planned.workspace_id, "failed", error=result))
            if work.export_id is not None and self.deletions.is_supported:
                self._unread[ref] = planned
                self._queue.add_deletion(ref)

    def _add_receipt(self, receipt: Receipt) -> None:
        if not self._ready:
            self._ready_since = self.scheduler.clock.monotonic()
        self._ready.append(receipt)

    def _commit(self) -> None:
        receipts, self._ready = self._ready[:WAVE_SIZE], self._ready[WAVE_SIZE:]
        wave = self.waves.commit(receipts)
        for receipt, is_new in zip(wave.receipts, wave.news, strict=True):
            self.done.append(
                SyncedResource(
                    job_of(receipt),
                    receipt.planned.workspace_id,
                    "updated" if is_new else "unchanged",
                    receipt.rows,
                    receipt.submissions,
                    receipt.files,
                    receipt.size,
                )
            )
        self._delete_jobs_of(wave)

    def _record_deletion(self, ref: ExportRef, is_gone: bool) -> None:
        self.deletions.record(ref, is_gone)
        planned = self._unread.get(ref)
        if planned is not None and not is_gone:
            self.flows.leftover.append(planned)

    def _delete_jobs_of(self, wave: Wave) -> None:
        for ref in self.deletions.expect(wave):
            self._queue.add_deletion(ref)

    def _close_plans(self, name: str) -> None:
        """Leave only what the next run takes up: plans, and partial downloads."""
        if self.flows.leftover:
            self.waves.write_plan(f"{name}-left", 0, self.flows.leftover)
        else:
            remove(self.flows.folder)
        self.waves.close_plans(self._plans)
