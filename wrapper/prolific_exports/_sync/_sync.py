"""`Sync`: keep one dataset of all responses up to date."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Final

from attrs import evolve

from prolific_exports._client_base import ClientFlows
from prolific_exports._errors import UsageError
from prolific_exports._events import DownloadProgress, ProgressCallback
from prolific_exports._files._destinations import expanded, make_folder
from prolific_exports._flows._policy import (
    CALL_TIMEOUT,
    DEFAULT_JOBS,
    DEFAULT_POLL_INTERVAL,
    STALL_TIMEOUT,
    check_jobs,
)
from prolific_exports._flows._rate_budget import RateBudget
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._sync_driver import HttpClient, SyncDriver
from prolific_exports._model._clock import Clock
from prolific_exports._model._references import KINDS, Kind
from prolific_exports._sync._agenda import Selection
from prolific_exports._sync._compaction import compact
from prolific_exports._sync._dataset import Dataset
from prolific_exports._sync._lease import Lease
from prolific_exports._sync._one_export import ExportFlows
from prolific_exports._sync._readers import Readers
from prolific_exports._sync._receipts import to_json
from prolific_exports._sync._report import SyncedResource, SyncReport
from prolific_exports._sync._run import Deletions, SyncRun
from prolific_exports._sync._schemas import LAYOUT
from prolific_exports._sync._storage import LocalFolder
from prolific_exports._sync._waves import Waves
from prolific_exports._sync._windows import DEFAULT_LAG

DEFAULT_RATE: Final = 2.0
"""Requests per second. No limit is published; with 200 exports in flight, this is 2,400 exports
an hour."""
DEFAULT_IN_FLIGHT: Final = 200
CONFIG: Final = "_sync/config.json"
_FASTEST: Final = 100.0
# Windows waits for no more processes.
_MOST_WORKERS: Final = 61
# Of one export: to request it, to poll it, to delete its job.
_REQUESTS: Final = 3
# Waiting takes no worker, and at 2 requests per second 200 exports take minutes.
_TIMEOUT: Final = 6 * 3600.0


class Sync:
    """Keeps one dataset of all responses of your workspaces up to date.

    >>> report = Sync("data", ["64d0c0de00000000000000aa"]).run()
    >>> polars.read_delta("data/answers")

    The first run exports everything; later ones only the days since the last run, and the lag
    before it. Repeated, interrupted and overlapping runs never duplicate a response: see
    docs/sync.md. Needs ``pip install 'prolific-exports[sync]'``.
    """

    def __init__(
        self,
        target: str | os.PathLike[str],
        workspaces: Iterable[str] = (),
        *,
        kind: Kind | None = None,
        only: Iterable[str] = (),
        reconcile: bool = False,
        lag: timedelta = DEFAULT_LAG,
        files: bool = True,
        rate: float = DEFAULT_RATE,
        in_flight: int = DEFAULT_IN_FLIGHT,
        jobs: int = DEFAULT_JOBS,
        executor: Executor | None = None,
        workers: int | None = None,
        token: str | None = None,
        base_url: str | None = None,
        http_client: HttpClient | None = None,
        on_event: ProgressCallback | None = None,
        on_progress: Callable[[DownloadProgress], object] | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        """Check the arguments. Sends and writes nothing.

        Args:
            target: The dataset's folder. It is created if it is missing.
            workspaces: Ids of the workspaces; by default all of your account.
            kind: Only collections, or only batches.
            only: Only these collections and batches of the workspaces, by their ids.
            reconcile: Whether to export everything again. Only this finds responses that were
                deleted or changed before the window of an ordinary run.
            lag: How much earlier than the last run the window of an export begins: responses
                that change later are not seen.
            files: Whether to copy uploaded files.
            rate: Requests per second. A 429 halves it for a while.
            in_flight: The most exports that are requested and not yet downloaded.
            jobs: How many archives to download at a time, at most 32.
            executor: Reads the archives; by default processes that the run starts. Its workers
                need access to the folder.
            workers: How many processes; by default one for each processor.
            token: API token; by default from ``PROLIFIC_TOKEN``.
            base_url: Address of the API; by default from ``PROLIFIC_URL``, else production.
            http_client: As for `Exports`.
            on_event: As for `Exports`.
            on_progress: Called about once a second with how far the exports are.
            clock: As for `Exports`.
            random: As for `Exports`.

        Raises:
            UsageError: There is no token, or an argument is invalid.
        """
        _check_target(target)
        _check_numbers(rate, in_flight, workers)
        _check_selection(lag, kind)
        self._target = target
        self._selection = Selection(
            tuple(dict.fromkeys(workspaces)),
            KINDS if kind is None else (kind,),
            frozenset(only),
            lag,
            reconcile,
        )
        self._files = files
        self._in_flight = in_flight
        self._on_progress = on_progress
        self._start, self._owns_workers = partial(_start_processes, workers), executor is None
        self._executor = executor
        self._http_client = http_client
        flows = ClientFlows.create(
            token=token,
            base_url=base_url,
            timeout=_TIMEOUT,
            poll_interval=DEFAULT_POLL_INTERVAL,
            call_timeout=CALL_TIMEOUT,
            stall_timeout=STALL_TIMEOUT,
            save_codebooks=False,
            on_event=on_event,
            progress=False,
            clock=clock,
            random=random,
        )
        # All requests share the rate, which a 429 halves; it is not a failure of one of them.
        self._flows = evolve(flows, policy=evolve(flows.policy, counts_rejections=False))
        # No requests are saved up: the next second may belong to another program.
        self._budget = RateBudget(rate, max(rate, 1.0))
        self._scheduler = Scheduler[int](self._flows.clock, self._budget, check_jobs(jobs))

    def run(self) -> SyncReport:
        """Bring the dataset up to date.

        An error of one collection or batch does not stop the others: the report has it.

        Raises:
            UsageError: deltalake is not installed, or the dataset has a later layout.
            TargetInUseError: Another sync of this dataset is running.
            StorageError: The dataset cannot be written, or another sync has taken it over.
            ExportsError: The workspaces could not be listed.
        """
        began = self._flows.clock.now()
        with _claimed(self._target, self._flows) as (dataset, lease):
            driver = SyncDriver(self._flows.settings, self._http_client, self._flows.clock)
            readers = Readers(self._executor_of, owned=self._owns_workers)
            try:
                waves = Waves(LocalFolder(dataset.root), dataset, lease)
                return self._run(dataset.root, waves, driver, readers, began)
            finally:
                readers.close()
                driver.close()

    def compact(self) -> None:
        """Merge the small files of many runs. Remove what was replaced more than a week ago.

        Raises:
            ExportsError: As for `run`.
        """
        with _claimed(self._target, self._flows) as (dataset, lease):
            compact(dataset, lease, self._flows.clock.now())

    def preview(self) -> SyncReport:
        """What `run` would export now. Lists resources, but requests and writes nothing.

        Raises:
            ExportsError: As for `run`.
        """
        began = self._flows.clock.now()
        states = Dataset(expanded(self._target)).states()
        driver = SyncDriver(self._flows.settings, self._http_client, self._flows.clock)
        try:
            agenda = self._selection.agenda(self._flows, driver, self._scheduler, states)
        finally:
            driver.close()
        requests = len(agenda.exports) * (_REQUESTS if agenda.has_filters else _REQUESTS - 1)
        return SyncReport(
            began,
            began + timedelta(seconds=requests / self._budget.rate),
            _sorted(SyncedResource(one.ref, one.workspace_id, "due") for one in agenda.exports),
            agenda.not_due,
            agenda.unlisted,
            (),
            requests,
            0,
        )

    def _run(
        self,
        root: Path,
        waves: Waves,
        driver: SyncDriver,
        readers: Readers,
        began: datetime,
    ) -> SyncReport:
        unfinished = waves.unfinished()
        agenda = self._selection.agenda(self._flows, driver, self._scheduler, waves.tables.states())
        flows = ExportFlows(
            self._flows.context,
            self._flows.policy,
            self._flows.system,
            make_folder(root / "_sync" / "archives"),
            deletes=agenda.has_filters,
        )
        deletions = Deletions(waves, agenda.has_filters)
        run = SyncRun(
            flows,
            driver,
            self._scheduler,
            waves,
            deletions,
            readers,
            root,
            self._in_flight,
            self._files,
        )
        self._scheduler.on_progress = partial(self._tick, run)
        try:
            name = f"{began:%Y%m%dT%H%M%S}-{os.urandom(4).hex()}"
            run.run(name, unfinished, agenda.exports)
        finally:
            self._scheduler.on_progress = None
        return SyncReport(
            began,
            self._flows.clock.now(),
            _sorted(run.done),
            agenda.not_due,
            agenda.unlisted,
            tuple(deletions.left),
            self._budget.sent,
            self._budget.rejected,
        )

    def _tick(self, run: SyncRun, progress: DownloadProgress) -> None:
        run.tick()
        if self._on_progress is not None:
            self._on_progress(progress)

    def _executor_of(self) -> Executor:
        return self._start() if self._executor is None else self._executor


def _check_target(target: str | os.PathLike[str]) -> None:
    if "://" in os.fspath(target):
        raise UsageError(
            f"{target} is the address of an object store. A dataset is in a folder: give its path."
        )


def _check_numbers(rate: float, in_flight: int, workers: int | None) -> None:
    if not 0 < rate <= _FASTEST:
        raise UsageError(f"rate is {rate!r}: give requests per second, from above 0 to 100.")
    if in_flight < 1:
        raise UsageError(f"in_flight is {in_flight!r}: give a number from 1.")
    if workers is not None and not 1 <= workers <= _MOST_WORKERS:
        raise UsageError(f"workers is {workers!r}: give a number from 1 to {_MOST_WORKERS}.")


def _check_selection(lag: timedelta, kind: Kind | None) -> None:
    if lag < timedelta(0):
        raise UsageError(f"lag is {lag!r}: give a time that is not negative.")
    if kind is not None and kind not in KINDS:
        raise UsageError(f"Unknown kind {kind!r}: expected 'collection' or 'batch'.")


@contextmanager
def _claimed(target: str | os.PathLike[str], flows: ClientFlows) -> Iterator[tuple[Dataset, Lease]]:
    """A dataset, of which this is the only driver within the ``with`` block."""
    root = make_folder(target)
    dataset, storage = Dataset(root), LocalFolder(root)
    check_layout(storage)
    lease = Lease(storage, root, flows.clock, flows.system.processes)
    lease.take()
    try:
        yield dataset, lease
    finally:
        lease.give_up()


def _sorted(resources: Iterable[SyncedResource]) -> tuple[SyncedResource, ...]:
    return tuple(sorted(resources, key=lambda one: (one.ref.kind, one.ref.resource_id)))


def check_layout(storage: LocalFolder) -> None:
    """Check that this version knows the dataset's layout; record it in a new dataset.

    Raises:
        UsageError: The layout is a later one.
        StorageError: The system refuses.
    """
    if storage.put_if_absent(CONFIG, to_json({"layout": LAYOUT})):
        return
    layout = json.loads(storage.get(CONFIG) or b"{}").get("layout")
    if layout != LAYOUT:
        raise UsageError(
            f"The dataset {storage.root} has layout {layout!r}, and this version of "
            f"prolific-exports knows layout {LAYOUT}: install the version that wrote it, or a "
            "later one."
        )


def _start_processes(workers: int | None) -> Executor:
    # A forked process would inherit locks that threads of this one hold.
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
