"""`AsyncExports`: the SDK for asyncio. The same surface as `Exports`, awaited."""

import os
from asyncio import CancelledError
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    Sequence,
)
from contextlib import aclosing
from datetime import datetime, timedelta
from functools import partial
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
    advice_for_many,
    noting_interrupts,
)
from prolific_exports._download_outcome import DownloadOutcome
from prolific_exports._events import DownloadProgress, ProgressCallback
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
from prolific_exports._http._async_driver import AsyncDriver
from prolific_exports._http._async_many import ManyFlowsAsync
from prolific_exports._model._clock import Clock
from prolific_exports._model._codebook import Codebook
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._listed_resources import Resource, Workspace
from prolific_exports._model._only import Only
from prolific_exports._model._references import ExportRef, Kind, check_filter
from prolific_exports._model._states import Complete, ExportState


class AsyncExports:
    """Exports of Prolific's Task Builder, for asyncio.

    Belongs to the event loop of its first use; in any other loop, methods raise `UsageError`.

    >>> async with AsyncExports() as exports:
    ...     archive = await exports.collections.download("65f0c1d2e3a4b5c6d7e8f901")

    Attributes:
        collections: Exports of collections.
        batches: Exports of batches.
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        base_url: str | None = None,
        http_client: httpx.AsyncClient | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        poll_interval: float = DEFAULT_POLL_INTERVAL,
        call_timeout: float = CALL_TIMEOUT,
        stall_timeout: float = STALL_TIMEOUT,
        save_codebooks: bool = True,
        on_event: ProgressCallback | None = None,
        progress: bool | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        """Create a client. Sends nothing. Arguments and errors are those of `Exports`.

        An ``http_client`` should allow 100 connections, httpx's default: with fewer, calls wait
        until downloads end.
        """
        self._flows = ClientFlows.create(
            token=token,
            base_url=base_url,
            timeout=timeout,
            poll_interval=poll_interval,
            call_timeout=call_timeout,
            stall_timeout=stall_timeout,
            save_codebooks=save_codebooks,
            on_event=on_event,
            progress=progress,
            clock=clock,
            random=random,
        )
        self._driver = AsyncDriver(self._flows.settings, http_client, self._flows.clock)
        self.collections = AsyncExportResource(self._flows, self._driver, "collection")
        self.batches = AsyncExportResource(self._flows, self._driver, "batch")

    def workspaces(self) -> AsyncIterator[Workspace]:
        """The workspaces of your account, as for `Exports.workspaces`."""
        return _entries(self._flows.workspaces(), self._flows, self._driver)

    def find(self, workspace_id: str) -> AsyncIterator[Resource]:
        """The collections and then the batches of a workspace, as for `Exports.find`."""
        return _chain(self.collections.find(workspace_id), self.batches.find(workspace_id))

    def download_many(
        self,
        items: Iterable[Resource | ExportRef] | AsyncIterable[Resource | ExportRef],
        folder: str | os.PathLike[str] | None = None,
        *,
        jobs: int = DEFAULT_JOBS,
        overwrite: bool = False,
        reuse: bool | timedelta = False,
        verify: bool = True,
        connections: int = 1,
        timeout: float | None = None,
        delete_after: bool = False,
        only: Only | None = None,
        on_progress: Callable[[DownloadProgress], object] | None = None,
    ) -> AsyncGenerator[DownloadOutcome, None]:
        """Download many exports at once, as `Exports.download_many` does.

        ``items`` may also be an asynchronous iterator, such as that of `find`.
        """

        def begin(
            found: Iterable[Resource | ExportRef],
        ) -> AsyncGenerator[DownloadOutcome, None]:
            planned = self._flows.exports_like(found, reuse=reuse)
            starts = self._flows.many(
                planned,
                folder,
                overwrite=overwrite,
                verify=verify,
                connections=connections,
                timeout=timeout,
                delete_after=delete_after,
                only=only,
            )
            scheduler = self._flows.scheduler(jobs, on_progress)
            return _outcomes(planned, starts, scheduler, self._driver)

        return _after(items, begin) if isinstance(items, AsyncIterable) else begin(items)

    async def close(self) -> None:
        """Close the connections, unless they belong to an injected client.

        Raises:
            UsageError: They belong to another event loop that is still open.
        """
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._flows.settings.base_url!r})"


async def _entries(
    pages: Pages[EntryT], flows: ClientFlows, driver: AsyncDriver
) -> AsyncIterator[EntryT]:
    while not pages.done:
        for entry in await driver.run(flows.next_page(pages)):
            yield entry


async def _chain(*iterators: AsyncIterator[EntryT]) -> AsyncIterator[EntryT]:
    for iterator in iterators:
        async for entry in iterator:
            yield entry


async def _after(
    items: AsyncIterable[Resource | ExportRef],
    begin: Callable[[Iterable[Resource | ExportRef]], AsyncGenerator[DownloadOutcome, None]],
) -> AsyncGenerator[DownloadOutcome, None]:
    """Yield what ``begin`` does, once all items are there."""
    async with aclosing(begin([item async for item in items])) as outcomes:
        async for outcome in outcomes:
            yield outcome


async def _outcomes(
    planned: Sequence[PendingExport],
    starts: Iterable[Start[Path]],
    scheduler: Scheduler[int],
    driver: AsyncDriver,
) -> AsyncGenerator[DownloadOutcome, None]:
    many = ManyFlowsAsync(driver, scheduler, deque(enumerate(starts)), WINDOW)
    noted = noting_interrupts(advice_for_many, CancelledError, KeyboardInterrupt)
    with noted:
        async with aclosing(many.run()) as results:
            async for number, result in results:
                ref = planned[number].ref
                yield await driver.look(partial(DownloadOutcome.of, ref, result))


class AsyncExportResource:
    """Exports of one kind: ``exports.collections`` or ``exports.batches``."""

    def __init__(self, flows: ClientFlows, driver: AsyncDriver, kind: Kind) -> None:
        self._flows = flows
        self._driver = driver
        self._kind: Kind = kind

    def find(self, workspace_id: str) -> AsyncIterator[Resource]:
        """The collections or batches of a workspace, as for `ExportResource.find`."""
        pages = self._flows.resources(self._kind, workspace_id)
        return _entries(pages, self._flows, self._driver)

    async def export(
        self,
        resource_id: str,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
    ) -> "AsyncExportJob":
        """Request an export, as `ExportResource.export` does."""
        job = self._flows.job(self._kind, resource_id, check_filter(study_id, from_, to))
        await self._driver.run(self._flows.request_export(job))
        return AsyncExportJob(self._flows, self._driver, job)

    def job(
        self,
        resource_id: str,
        export_id: str,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
    ) -> "AsyncExportJob":
        """An existing job, as for `ExportResource.job`. Sends nothing."""
        filter_ = check_filter(study_id, from_, to)
        job = self._flows.named_job(self._kind, resource_id, export_id, filter_)
        return AsyncExportJob(self._flows, self._driver, job)

    async def download(
        self,
        resource_id: str,
        path: str | os.PathLike[str] | None = None,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        overwrite: bool = False,
        reuse: bool | timedelta = False,
        verify: bool = True,
        connections: int = 1,
        timeout: float | None = None,  # noqa: ASYNC109 - the export's, not this coroutine's
        delete_after: bool = False,
        only: Only | None = None,
    ) -> ExportArchive:
        """Request, wait, download, verify, as `ExportResource.download` does."""
        job = self._flows.job(
            self._kind, resource_id, check_filter(study_id, from_, to), reuse=reuse
        )
        return await AsyncExportJob(self._flows, self._driver, job).download(
            path,
            overwrite=overwrite,
            verify=verify,
            connections=connections,
            timeout=timeout,
            delete_after=delete_after,
            only=only,
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
        reuse: bool | timedelta = False,
        verify: bool = True,
        connections: int = 1,
        timeout: float | None = None,
        delete_after: bool = False,
        only: Only | None = None,
        on_progress: Callable[[DownloadProgress], object] | None = None,
    ) -> AsyncGenerator[DownloadOutcome, None]:
        """Download many exports of this kind at once, as `ExportResource.download_many` does."""
        filter_ = check_filter(study_id, from_, to)
        planned = self._flows.exports_of(self._kind, resource_ids, filter_, reuse=reuse)
        starts = self._flows.many(
            planned,
            folder,
            overwrite=overwrite,
            verify=verify,
            connections=connections,
            timeout=timeout,
            delete_after=delete_after,
            only=only,
        )
        return _outcomes(planned, starts, self._flows.scheduler(jobs, on_progress), self._driver)

    async def codebook(self, resource_id: str) -> Codebook:
        """What was asked, as for `ExportResource.codebook`."""
        return await self._driver.run(self._flows.codebook(self._kind, resource_id))

    async def list(self, resource_id: str) -> tuple[ListedJob, ...]:
        """The export jobs, newest first, as for `ExportResource.list`."""
        return await self._driver.run(self._flows.list_jobs(self._kind, resource_id))

    async def delete(self, resource_id: str, export_id: str) -> None:
        """Delete an export job, as `ExportResource.delete` does."""
        await self.job(resource_id, export_id).delete()


class AsyncExportJob:
    """An export job of a collection or batch."""

    def __init__(self, flows: ClientFlows, driver: AsyncDriver, job: PendingExport) -> None:
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

    async def status(self) -> ExportState:
        """The job's current state, as for `ExportJob.status`."""
        return await self._driver.run(self._flows.read_or_request_status(self._job))

    async def wait(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the export's, not this coroutine's
    ) -> Complete:
        """Poll until the archive is ready, as `ExportJob.wait` does."""
        with noting_interrupts(self._job.continuation, CancelledError, KeyboardInterrupt):
            return await self._driver.run(self._flows.request_and_wait(self._job, timeout))

    async def download(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        overwrite: bool = False,
        verify: bool = True,
        connections: int = 1,
        timeout: float | None = None,  # noqa: ASYNC109 - the export's, not this coroutine's
        delete_after: bool = False,
        only: Only | None = None,
    ) -> ExportArchive:
        """Wait, download and verify, as `ExportJob.download` does."""
        part_events = self._flows.part_events()
        flow = self._flows.download(
            self._job,
            path,
            part_events,
            overwrite=overwrite,
            verify=verify,
            connections=connections,
            timeout=timeout,
            delete_after=delete_after,
            only=only,
        )
        with noting_interrupts(self._job.continuation, CancelledError, KeyboardInterrupt):
            target = await self._driver.run(flow, part_events)
        return await self._driver.look(partial(ExportArchive.open, target))

    async def delete(self) -> None:
        """Delete the job and its archive, as `ExportJob.delete` does."""
        await self._driver.run(self._flows.delete(self._job))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._job.ref}: {self._job.state_text}>"

    def _repr_html_(self) -> str:
        return self._job.as_html()
