"""`Exports`: the SDK with blocking calls."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

import httpx

from prolific_exports._client_base import (
    WINDOW,
    ClientFlows,
    EntryT,
    Pages,
    PendingExport,
    select_by_kind,
)
from prolific_exports._download_outcome import DownloadOutcome
from prolific_exports._events import ProgressCallback
from prolific_exports._export_archive import ExportArchive
from prolific_exports._flows._effects import Start
from prolific_exports._flows._policy import (
    CALL_TIMEOUT,
    DEFAULT_JOBS,
    DEFAULT_POLL_INTERVAL,
    DEFAULT_TIMEOUT,
    STALL_TIMEOUT,
)
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._sync_driver import SyncDriver
from prolific_exports._http._sync_many import ManyFlows
from prolific_exports._model._clock import Clock
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._listed_resources import Resource, Workspace
from prolific_exports._model._references import ExportRef, Kind, check_filter
from prolific_exports._model._states import Complete, ExportState


class Exports:
    """Exports of Prolific's Task Builder.

    >>> with Exports() as exports:
    ...     archive = exports.collections.download("65f0c1d2e3a4b5c6d7e8f901")
    ...     for record in archive.responses():
    ...         print(record)

    Safe to share between threads. Close it, or use it in a ``with`` statement.

    Attributes:
        collections: Exports of collections.
        batches: Exports of batches.
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        base_url: str | None = None,
        http_client: httpx.Client | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        poll_interval: float = DEFAULT_POLL_INTERVAL,
        call_timeout: float = CALL_TIMEOUT,
        stall_timeout: float = STALL_TIMEOUT,
        on_event: ProgressCallback | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        """Create a client. Sends nothing.

        Args:
            token: API token; by default from ``PROLIFIC_TOKEN``.
            base_url: Address of the API; by default from ``PROLIFIC_URL``, else production.
                https, or http to this machine.
            http_client: Sends all requests, in place of a client created here. You close it. Its
                proxies, certificates and transports apply; its ``Authorization`` header and
                ``auth`` do not.
            timeout: Seconds to wait until an export is ready: all calls, polls and pauses
                together, plus at most a second. Only ``stall_timeout`` limits the download
                that follows. If its URL expires, the same timeout applies to a new URL.
            poll_interval: Seconds between polls: a quarter less in the first minute, up to
                a quarter more after ten. The first two come sooner.
            call_timeout: Seconds that one call to the API may take, from connecting to the end
                of the response. The operating system limits the DNS lookup. With an
                ``http_client``, a server that sends header fields or trailers byte by byte can
                take longer, since httpx only limits each read.
            stall_timeout: Seconds within which the store must respond, and over which it must send
                1 KiB/s on average. The download resumes over a new connection if the old one
                is slower.
            on_event: Called with each event (`prolific_exports.Event`).
            clock: Tells the time and waits; for tests.
            random: Source of jitter; for tests.

        Raises:
            UsageError: There is no token, or an argument is invalid.
        """
        self._flows = ClientFlows.create(
            token=token,
            base_url=base_url,
            timeout=timeout,
            poll_interval=poll_interval,
            call_timeout=call_timeout,
            stall_timeout=stall_timeout,
            on_event=on_event,
            clock=clock,
            random=random,
        )
        self._driver = SyncDriver(self._flows.settings, http_client, self._flows.clock)
        self.collections = ExportResource(self._flows, self._driver, "collection")
        self.batches = ExportResource(self._flows, self._driver, "batch")

    def workspaces(self) -> Iterator[Workspace]:
        """The workspaces of your account, requested page by page as you iterate.

        >>> for workspace in exports.workspaces():
        ...     for collection in exports.collections.find(workspace.id):
        ...         print(workspace.title, collection.id, collection.name)

        Raises:
            ExportsError: As for `ExportResource.find`.
        """
        return _entries(self._flows.workspaces(), self._flows, self._driver)

    def download_many(
        self,
        items: Iterable[Resource | ExportRef],
        folder: str | os.PathLike[str] | None = None,
        *,
        jobs: int = DEFAULT_JOBS,
        overwrite: bool = False,
        verify: bool = True,
        connections: int = 1,
        timeout: float | None = None,
        delete_after: bool = False,
    ) -> Iterator[DownloadOutcome]:
        """Download many exports at once; yield how each ended, as they end.

        Requests all exports first, polls them together, and downloads a few at a time. All
        requests share one rate limit, which is halved after a 429. An error does not stop the
        others. If you stop iterating, the other downloads end, and can be resumed.

        >>> for outcome in exports.download_many(exports.collections.find(workspace_id), "data"):
        ...     print(outcome.ref, outcome.error or outcome.archive)

        Args:
            items: Collections and batches, as `ExportResource.find` returns them, or references
                of exports. Repeated ones count once.
            folder: Where to save the archives, under their default names; by default the working
                directory. It is created if it is missing.
            jobs: How many archives to download at a time, at most 32.
            overwrite: Whether existing files may be replaced.
            verify: Whether to check all checksums of an archive before its file appears.
            connections: How many parts of each archive to download at once, at most 32.
            timeout: Seconds to wait for each export, instead of the client's timeout.
            delete_after: Whether to delete each job on the server once its archive is verified and
                saved.

        Raises:
            UsageError: An argument is invalid.
            DownloadError, StorageError: The folder cannot be created.
        """
        planned = self._flows.exports_like(items)
        starts = self._flows.many(
            planned,
            folder,
            overwrite=overwrite,
            verify=verify,
            connections=connections,
            timeout=timeout,
            delete_after=delete_after,
        )
        return _outcomes(planned, starts, self._flows.scheduler(jobs), self._driver)

    def close(self) -> None:
        """Close the connections, unless they belong to an injected client."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._flows.settings.base_url!r})"


def _entries(pages: Pages[EntryT], flows: ClientFlows, driver: SyncDriver) -> Iterator[EntryT]:
    while not pages.done:
        yield from driver.run(flows.next_page(pages))


def _outcomes(
    planned: Sequence[PendingExport],
    starts: Iterable[Start[Path]],
    scheduler: Scheduler[int],
    driver: SyncDriver,
) -> Iterator[DownloadOutcome]:
    many = ManyFlows(driver, scheduler, deque(enumerate(starts)), WINDOW)
    for number, result in many.run():
        yield DownloadOutcome.of(planned[number].ref, result)


class ExportResource:
    """Exports of one kind: ``exports.collections`` or ``exports.batches``."""

    def __init__(self, flows: ClientFlows, driver: SyncDriver, kind: Kind) -> None:
        self._flows = flows
        self._driver = driver
        self._kind: Kind = kind

    def find(self, workspace_id: str) -> Iterator[Resource]:
        """The collections or batches of a workspace, requested page by page as you iterate.

        Args:
            workspace_id: Id of the workspace; `Exports.workspaces` has yours.

        Raises:
            UsageError: The id is invalid.
            IncompleteListError: The server sent fewer entries than it counts. It is raised after
                those that it sent.
            ApiError: The API responded with an error.
            ContractViolation: The response is outside the contract.
            NoAnswerError: No response arrived.
        """
        pages = self._flows.resources(self._kind, workspace_id)
        return _entries(pages, self._flows, self._driver)

    def export(
        self,
        resource_id: str,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
    ) -> "ExportJob":
        """Request an export (one POST). Returns its job without waiting for the archive.

        In edition 2026-03 the server may return a recent export. In edition 2026-11 every
        call starts a new job, unless a job with the same filter is still generating. A
        collection or batch can have at most ten jobs.

        A filter requires edition 2026-11. The client then lists the jobs once to check that
        the server applied it.

        Args:
            resource_id: Id of the collection or batch.
            study_id: Only responses submitted under this study.
            from_: Only responses created at this moment or later (aware).
            to: Only responses created before this moment (aware).

        Raises:
            UsageError: The id is invalid, a time has no time zone, or ``from_`` is not before
                ``to``.
            FilterIgnoredError: The server did not apply the filter.
            TooManyExportsError: The limit of ten jobs is reached: delete one.
            ApiError: The API responded with an error.
            ContractViolation: The response is outside the contract.
            NoAnswerError: No response arrived.
        """
        job = self._flows.job(self._kind, resource_id, check_filter(study_id, from_, to))
        self._driver.run(self._flows.request_export(job))
        return ExportJob(self._flows, self._driver, job)

    def job(
        self,
        resource_id: str,
        export_id: str,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
    ) -> "ExportJob":
        """An existing job, requested earlier or elsewhere. Sends nothing.

        Args:
            resource_id: Id of the collection or batch.
            export_id: Id of the job.
            study_id: The study of the job's filter, if any. With the filter, a download resumes
                a partial file left by an earlier run, and the client checks that the job has
                this filter.
            from_: The ``from_`` of the job's filter, if any.
            to: The ``to`` of the job's filter, if any.

        Raises:
            UsageError: An id or the filter is invalid.
        """
        filter_ = check_filter(study_id, from_, to)
        job = self._flows.named_job(self._kind, resource_id, export_id, filter_)
        return ExportJob(self._flows, self._driver, job)

    def download(
        self,
        resource_id: str,
        path: str | os.PathLike[str] | None = None,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        overwrite: bool = False,
        verify: bool = True,
        connections: int = 1,
        timeout: float | None = None,
        delete_after: bool = False,
    ) -> ExportArchive:
        """Request an export, wait for it, download and verify it.

        Args:
            resource_id: Id of the collection or batch.
            path: A file, or an existing folder; by default the working directory. ``~/`` at its
                beginning is the home folder. Follows a link to a file.
                The default name is ``<id>-export-<YYYYMMDD-HHMMSS>.zip``, or with a filter
                ``<id>-export-<YYYYMMDD-HHMMSS>-study-<id>-from-<time>-to-<time>.zip``.
            study_id: Only responses submitted under this study (edition 2026-11).
            from_: Only responses created at this moment or later (aware).
            to: Only responses created before this moment (aware).
            overwrite: Whether an existing file may be replaced.
            verify: Whether to check all checksums of the archive before the file appears at its
                destination. If False, only its length is checked.
            connections: How many parts to download at once, at most 32. Takes effect if the store
                supports ranges and ETags; helps if it limits the rate of each connection.
            timeout: Seconds to wait for the export, instead of the client's timeout.
            delete_after: Whether to delete the job on the server once its archive is saved and
                verified. If that fails, the archive is kept and the event `NotDeleted` has the
                reason.

        Returns:
            The archive; it can be passed wherever a path is expected.

        Raises:
            ExportsError: As for `export` and `ExportJob.download`.
        """
        job = self._flows.job(self._kind, resource_id, check_filter(study_id, from_, to))
        return ExportJob(self._flows, self._driver, job).download(
            path,
            overwrite=overwrite,
            verify=verify,
            connections=connections,
            timeout=timeout,
            delete_after=delete_after,
        )

    def download_many(
        self,
        resource_ids: Iterable[str],
        folder: str | os.PathLike[str] | None = None,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        jobs: int = DEFAULT_JOBS,
        overwrite: bool = False,
        verify: bool = True,
        connections: int = 1,
        timeout: float | None = None,
        delete_after: bool = False,
    ) -> Iterator[DownloadOutcome]:
        """Download many exports of this kind at once, as `Exports.download_many` does.

        Args:
            resource_ids: Ids of collections or batches. Repeated ones count once.
            study_id: Only responses submitted under this study (edition 2026-11).
            from_: Only responses created at this moment or later (aware).
            to: Only responses created before this moment (aware).
            folder: Where to save the archives, under their default names; by default the working
                directory. It is created if it is missing.
            jobs: How many archives to download at a time, at most 32.
            overwrite: Whether existing files may be replaced.
            verify: Whether to check all checksums of an archive before its file appears.
            connections: How many parts of each archive to download at once, at most 32.
            timeout: Seconds to wait for each export, instead of the client's timeout.
            delete_after: Whether to delete each job on the server once its archive is verified and
                saved.

        Raises:
            UsageError: An argument is invalid.
            DownloadError, StorageError: The folder cannot be created.
        """
        filter_ = check_filter(study_id, from_, to)
        planned = self._flows.exports_of(self._kind, resource_ids, filter_)
        starts = self._flows.many(
            planned,
            folder,
            overwrite=overwrite,
            verify=verify,
            connections=connections,
            timeout=timeout,
            delete_after=delete_after,
        )
        return _outcomes(planned, starts, self._flows.scheduler(jobs), self._driver)

    def list(self, resource_id: str) -> tuple[ListedJob, ...]:
        """The export jobs of a collection or batch, newest first (edition 2026-11).

        Args:
            resource_id: Id of the collection or batch.

        Raises:
            UsageError: The id is invalid.
            UnsupportedError: The server does not list jobs: it is of edition 2026-03. Some of
                these servers may cause a `NotFoundError` instead.
            ExportsError: As for `ExportJob.status`.
        """
        return self._driver.run(self._flows.list_jobs(self._kind, resource_id))

    def delete(self, resource_id: str, export_id: str) -> None:
        """Delete an export job and its archive, immediately and permanently (edition 2026-11).

        Args:
            resource_id: Id of the collection or batch.
            export_id: Id of the job.

        Raises:
            ExportsError: As for `ExportJob.delete`.
        """
        self.job(resource_id, export_id).delete()


class ExportJob:
    """An export job of a collection or batch."""

    def __init__(self, flows: ClientFlows, driver: SyncDriver, job: PendingExport) -> None:
        self._flows = flows
        self._driver = driver
        self._job = job

    @property
    def ref(self) -> ExportRef:
        """Kind, id of the collection or batch, filter, and id of the job."""
        return self._job.ref

    @property
    def export_id(self) -> str | None:
        """Id of the job; None if the server reported a ready export without its job's id."""
        return self._job.export_id

    def status(self) -> ExportState:
        """The job's current state: one call, retried if the connection or server fails.

        Raises:
            ApiError: The API responded with an error.
            ContractViolation: The response is outside the contract.
            NoAnswerError: No response arrived.
        """
        return self._driver.run(self._flows.read_or_request_status(self._job))

    def wait(self, *, timeout: float | None = None) -> Complete:
        """Poll until the archive is ready.

        Args:
            timeout: Seconds to wait, instead of the client's timeout.

        Returns:
            The presigned URL and its expiry. Once the archive is ready, this is the latest known
            URL; `status` requests a new one.

        Raises:
            ExportFailedError: The job failed. If this client requested it, so did a second job.
            ExportTimeoutError: The archive is not ready in time; you can wait again.
            ExportsError: As for `status`.
        """
        return self._driver.run(self._flows.request_and_wait(self._job, timeout))

    def download(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        overwrite: bool = False,
        verify: bool = True,
        connections: int = 1,
        timeout: float | None = None,
        delete_after: bool = False,
    ) -> ExportArchive:
        """Wait until the archive is ready, download and verify it.

        The file at the destination is complete and verified, or it is not there. If a
        download ends early, hidden files named ``.prolific-<kind>-<id>`` beside the
        destination keep the partial download. The next download of the same collection or
        batch with the same filter to the same folder resumes it, in any process.

        Args:
            path: A file, or an existing folder; by default the working directory. ``~/`` at its
                beginning is the home folder. Follows a link to a file. In a folder, a resumed
                download keeps its original file name.
            overwrite: Whether an existing file may be replaced.
            verify: Whether to check all checksums of the archive before the file appears at its
                destination. If False, only its length is checked.
            connections: How many parts to download at once, at most 32. Takes effect if the store
                supports ranges and ETags; helps if it limits the rate of each connection.
            timeout: Seconds to wait for the export, instead of the client's timeout. The
                download itself has no timeout while bytes arrive.
            delete_after: Whether to delete the job on the server once its archive is saved and
                verified. If that fails, the archive is kept and the event `NotDeleted` has the
                reason.

        Returns:
            The archive; it can be passed wherever a path is expected.

        Raises:
            UsageError: ``delete_after`` without ``verify``.
            TargetExistsError: The destination exists, and ``overwrite`` is False.
            TargetInUseError: Another process or thread downloads it to the same folder.
            StorageError: The disk is full, read-only, over quota or missing.
            DownloadError: The archive could not be downloaded or saved for another reason.
            ArchiveError: The store did not send a complete ZIP, or sent an archive of the
                other kind.
            ExportsError: As for `wait`.
        """
        target = self._driver.run(
            self._flows.download(
                self._job,
                path,
                self._flows.part_events(),
                overwrite=overwrite,
                verify=verify,
                connections=connections,
                timeout=timeout,
                delete_after=delete_after,
            )
        )
        return ExportArchive.open(target)

    def delete(self) -> None:
        """Delete the job and its archive, immediately and permanently (edition 2026-11).

        Raises:
            UsageError: The job's id is unknown.
            ConflictError: The export is still being generated.
            NotFoundError: The job does not exist, or no longer.
            UnsupportedError: The server does not delete jobs: it is of edition 2026-03.
            ExportsError: As for `status`.
        """
        self._driver.run(self._flows.delete(self._job))

    def __repr__(self) -> str:
        state = self._job.state.status if self._job.state else "not requested yet"
        return f"<{type(self).__name__} of {self._job.ref}: {state}>"


def download(
    kind: Kind,
    resource_id: str,
    path: str | os.PathLike[str] | None = None,
    *,
    study_id: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    token: str | None = None,
    overwrite: bool = False,
    timeout: float = DEFAULT_TIMEOUT,
    on_event: ProgressCallback | None = None,
    delete_after: bool = False,
) -> ExportArchive:
    """Download the data of a collection or batch: `Exports` and its ``download`` in one call.

    >>> archive = download("collection", "65f0c1d2e3a4b5c6d7e8f901")

    Args:
        kind: ``"collection"`` or ``"batch"``.
        resource_id: Its id.
        path: A file, or an existing folder; by default the working directory. ``~/`` at its
            beginning is the home folder. Follows a link to a file.
        study_id: Only responses submitted under this study (edition 2026-11).
        from_: Only responses created at this moment or later (aware).
        to: Only responses created before this moment (aware).
        token: API token; by default from ``PROLIFIC_TOKEN``.
        overwrite: Whether an existing file may be replaced.
        timeout: Seconds to wait for the export.
        on_event: Called with each event (`prolific_exports.Event`).
        delete_after: Whether to delete the job on the server once its archive is saved and
            verified. If that fails, the archive is kept and the event `NotDeleted` has the
            reason.

    Raises:
        ExportsError: As for `Exports` and `ExportJob.download`.
    """
    with Exports(token, timeout=timeout, on_event=on_event) as exports:
        resource = select_by_kind(kind, collection=exports.collections, batch=exports.batches)
        return resource.download(
            resource_id,
            path,
            study_id=study_id,
            from_=from_,
            to=to,
            overwrite=overwrite,
            delete_after=delete_after,
        )
