"""The base of the sync and the async client: everything except the driver."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from inspect import iscoroutinefunction
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final, Self, TypeVar

from attrs import evolve, field, frozen

from prolific_exports._archive import inspect_export, verify_export
from prolific_exports._archive._codebook_file import store_beside
from prolific_exports._download._flow import Options, download
from prolific_exports._download._part_events import PartEvents
from prolific_exports._download._system import System
from prolific_exports._errors import UsageError
from prolific_exports._events import DownloadProgress, Event, ProgressCallback
from prolific_exports._files._destinations import make_folder
from prolific_exports._flows import _codebooks as codebooks
from prolific_exports._flows import _jobs as jobs
from prolific_exports._flows import _lists as lists
from prolific_exports._flows import _polling as polling
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import Flow, Start
from prolific_exports._flows._lists import Pages
from prolific_exports._flows._policy import Policy, check_connections, check_jobs
from prolific_exports._flows._polling import PendingExport
from prolific_exports._flows._rate_budget import RateBudget
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._logging import LOGGER
from prolific_exports._model._clock import Clock, SystemClock
from prolific_exports._model._codebook import Codebook
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._listed_jobs import ListedJob, ListedJobs
from prolific_exports._model._listed_resources import Resource, Workspace
from prolific_exports._model._only import Only, check_only
from prolific_exports._model._references import ExportRef, Kind, check_id
from prolific_exports._model._reuse import Reuse
from prolific_exports._model._settings import Settings, resolve
from prolific_exports._model._states import Complete, ExportState

if TYPE_CHECKING:
    from prolific_exports._console._client_progress import ClientProgress

T = TypeVar("T")
EntryT = TypeVar("EntryT", bound=lists.ListedResource)

__all__ = [
    "WINDOW",
    "ClientFlows",
    "EntryT",
    "Pages",
    "PendingExport",
    "advice_for_many",
    "noting_interrupts",
    "select_by_kind",
]


WINDOW: Final = 200
"""The most exports that are requested and not yet saved: each holds a claim and an open file."""


class PlannedExports:
    """Exports that a caller names, which were not requested yet or exist already."""

    def job(
        self,
        kind: Kind,
        resource_id: str,
        filter_: ExportFilter | None,
        *,
        reuse: bool | timedelta = False,
    ) -> PendingExport:
        """An export that has not been requested yet."""
        found = Reuse.of(reuse)
        return PendingExport(kind, check_id(resource_id, kind), filter=filter_, reuse=found)

    def named_job(
        self, kind: Kind, resource_id: str, export_id: str, filter_: ExportFilter | None
    ) -> PendingExport:
        """A job that the caller names."""
        job = self.job(kind, resource_id, filter_)
        return evolve(job, export_id=check_id(export_id, "export"), named=True)

    def exports_of(
        self,
        kind: Kind,
        resource_ids: Iterable[str],
        filter_: ExportFilter | None,
        *,
        reuse: bool | timedelta,
    ) -> list[PendingExport]:
        """The exports of several collections or batches, each once."""
        ids = dict.fromkeys(resource_ids)
        return [self.job(kind, resource_id, filter_, reuse=reuse) for resource_id in ids]

    def exports_like(
        self, items: Iterable[Resource | ExportRef], *, reuse: bool | timedelta
    ) -> list[PendingExport]:
        """The exports that a mixed list names, each once."""
        found: dict[ExportRef, PendingExport] = {}
        for item in items:
            if isinstance(item, Resource):
                job = self.job(item.kind, item.id, None, reuse=reuse)
            elif item.export_id is None:
                job = self.job(item.kind, item.resource_id, item.filter, reuse=reuse)
            else:
                job = self.named_job(item.kind, item.resource_id, item.export_id, item.filter)
            found.setdefault(job.ref, job)
        return list(found.values())


@frozen
class ClientFlows(PlannedExports):
    """Creates the flows of one client, with its settings filled in.

    Attributes:
        notify: Takes the events of downloads, which `progress` shows without a delay.
        save_codebooks: Whether downloads store the codebook beside the archive.
        progress: Shows downloads; None if nothing does.
    """

    settings: Settings
    policy: Policy
    context: Context
    notify: Callable[[Event], object]
    save_codebooks: bool
    system: System = field(factory=System)
    progress: "ClientProgress | None" = None

    @classmethod
    def create(
        cls,
        *,
        token: str | None,
        base_url: str | None,
        timeout: float,
        poll_interval: float,
        call_timeout: float,
        stall_timeout: float,
        save_codebooks: bool,
        on_event: ProgressCallback | None,
        progress: bool | None,
        clock: Clock | None,
        random: Random | None,
    ) -> Self:
        """Check the arguments of a client.

        Raises:
            UsageError: An argument is invalid.
        """
        settings = resolve(token, base_url)
        _check_plain("on_event", on_event)
        clock = clock or SystemClock()
        shown = _progress(clock, progress=progress)

        def notify(event: Event) -> None:
            LOGGER.debug("%r", event)
            if on_event is not None:
                on_event(event)

        def notify_and_show(event: Event) -> None:
            notify(event)
            if shown is not None:
                shown.event(event)

        return cls(
            settings,
            Policy(timeout, poll_interval, call_timeout, stall_timeout),
            Context(clock, random or Random(), settings.redactor, notify_and_show),  # noqa: S311
            notify,
            save_codebooks,
            progress=shown,
        )

    @property
    def clock(self) -> Clock:
        """Tells the time and waits."""
        return self.context.clock

    def resources(self, kind: Kind, workspace_id: str) -> Pages[Resource]:
        """The collections or batches of a workspace, page by page."""
        return lists.list_of(kind, check_id(workspace_id, "workspace"))

    def workspaces(self) -> Pages[Workspace]:
        """The workspaces of the account, page by page."""
        return lists.list_of_workspaces()

    def next_page(self, pages: Pages[EntryT]) -> Flow[tuple[EntryT, ...]]:
        """The next page of a list."""
        return pages.read(self.context, self.policy)

    def list_jobs(self, kind: Kind, resource_id: str) -> Flow[tuple[ListedJob, ...]]:
        """The jobs of a collection or batch."""
        ref = ExportRef(kind, check_id(resource_id, kind))
        return ListedJobs((yield from jobs.list_jobs(ref, self.context, self.policy)))

    def codebook(self, kind: Kind, resource_id: str) -> Flow[Codebook]:
        """The questions of a collection or batch."""
        ref = ExportRef(kind, check_id(resource_id, kind))
        return codebooks.codebook_of(ref, self.context, self.policy)

    def delete(self, job: PendingExport) -> Flow[None]:
        """Delete a job and its archive."""
        yield from jobs.delete(job.ref, self.context, self.policy)
        job.note_deletion()

    def request_export(self, job: PendingExport) -> Flow[ExportState]:
        """Request an export."""
        return polling.request_export(job, self.context, self.policy)

    def read_or_request_status(self, job: PendingExport) -> Flow[ExportState]:
        """The job's state now."""
        return polling.read_or_request_status(job, self.context, self.policy)

    def request_and_wait(self, job: PendingExport, timeout: float | None) -> Flow[Complete]:
        """Request the export unless that was done, and poll until the archive is ready."""
        flow = polling.request_and_wait(job, self.context, self._policy(timeout))
        return self._shown(job, flow, "ready")

    def part_events(self) -> PartEvents:
        """Where a download puts its events, to be handed on in this thread."""
        at_once = None if self.progress is None else self.progress.event
        return PartEvents(self.notify, at_once)

    def download(
        self,
        job: PendingExport,
        path: str | os.PathLike[str] | None,
        part_events: PartEvents,
        *,
        overwrite: bool,
        verify: bool,
        connections: int,
        timeout: float | None,
        delete_after: bool,
        only: Only | None,
    ) -> Flow[Path]:
        """Wait for the archive, download it, verify it and move it to its destination.

        Raises:
            UsageError: The arguments exclude each other.
        """
        check_deletion(delete_after=delete_after, verify=verify)
        check_only(only)
        flow = download(
            job,
            path,
            self.context,
            self._policy(timeout),
            options=Options(
                overwrite,
                partial(verify_export, kind=job.kind) if verify else None,
                check_connections(connections),
                delete_after,
                partial(store_beside, overwrite=overwrite) if self.save_codebooks else None,
                partial(
                    inspect_export,
                    kind=job.kind,
                    resource_id=job.resource_id,
                    verify=verify,
                    only=only,
                ),
                only,
            ),
            system=self.system,
            part_events=part_events,
        )
        return self._shown(job, flow, "saved")

    def many(
        self,
        jobs: Sequence[PendingExport],
        folder: str | os.PathLike[str] | None,
        *,
        overwrite: bool,
        verify: bool,
        connections: int,
        timeout: float | None,
        delete_after: bool,
        only: Only | None,
    ) -> list[Start[Path]]:
        """Plan the downloads of several jobs to one folder, which is created if it is missing.

        Raises:
            UsageError: The arguments exclude each other.
            DownloadError, StorageError: The folder cannot be created.
        """
        check_deletion(delete_after=delete_after, verify=verify)
        check_only(only)
        check_connections(connections)
        path = make_folder(folder)

        def begin(job: PendingExport) -> tuple[Flow[Path], PartEvents]:
            part_events = self.part_events()
            flow = self.download(
                job,
                path,
                part_events,
                overwrite=overwrite,
                verify=verify,
                connections=connections,
                timeout=timeout,
                delete_after=delete_after,
                only=only,
            )
            return flow, part_events

        return [partial(begin, job) for job in jobs]

    def scheduler(
        self, jobs: int, on_progress: Callable[[DownloadProgress], object] | None
    ) -> Scheduler[int]:
        """Decides in which order the effects of many flows are carried out.

        Raises:
            UsageError: An argument is invalid.
        """
        _check_plain("on_progress", on_progress)
        callbacks = [on_progress] if on_progress is not None else []
        callbacks += [self.progress.progress] if self.progress is not None else []

        def report(progress: DownloadProgress) -> None:
            for callback in callbacks:
                callback(progress)

        return Scheduler(self.clock, RateBudget(), check_jobs(jobs), report if callbacks else None)

    def _shown(self, job: PendingExport, flow: Flow[T], done: str) -> Flow[T]:
        return flow if self.progress is None else self.progress.shown(job.ref, flow, done)

    def _policy(self, timeout: float | None) -> Policy:
        return self.policy if timeout is None else evolve(self.policy, timeout=timeout)


def _progress(clock: Clock, *, progress: bool | None) -> "ClientProgress | None":
    # A script without progress does not pay for the import.
    if progress is False or (progress is None and "IPython" not in sys.modules):
        return None
    from prolific_exports._console._client_progress import client_progress  # noqa: PLC0415

    return client_progress(clock, progress=progress)


@contextmanager
def noting_interrupts(
    advice: Callable[[], str], *interrupts: type[BaseException]
) -> Iterator[None]:
    """Add to an interrupt of the block what was interrupted, and how to continue.

    Args:
        advice: Returns the note.
        interrupts: The exceptions that interrupt the block.
    """
    try:
        yield
    except interrupts as interrupt:
        interrupt.add_note(advice())
        raise


def advice_for_many() -> str:
    """The note for an interrupt of many downloads."""
    return "The downloads were interrupted. Call the same method again to resume them."


def _check_plain(name: str, callback: object) -> None:
    if iscoroutinefunction(callback):
        raise UsageError(
            f"{name} is an async function, which the client cannot await: pass a plain "
            "function, which may start a task."
        )


def check_deletion(*, delete_after: bool, verify: bool) -> None:
    """Refuse to delete jobs whose archives were not verified.

    Raises:
        UsageError: Both are asked for.
    """
    if delete_after and not verify:
        raise UsageError(
            "delete_after cannot be combined with verify=False: a job is deleted only after "
            "its archive was verified. Pass one of them."
        )


def select_by_kind(kind: str, *, collection: T, batch: T) -> T:
    """The value for a kind.

    Raises:
        UsageError: The kind is unknown.
    """
    match kind:
        case "collection":
            return collection
        case "batch":
            return batch
    raise UsageError(f"Unknown kind {kind!r}: expected 'collection' or 'batch'.")
