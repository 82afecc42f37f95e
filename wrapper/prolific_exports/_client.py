"""`Exports`: the SDK with blocking calls."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from random import Random
from types import TracebackType
from typing import Self

import httpx

from prolific_exports._client_base import (
    ClientFlows,
    select_by_kind,
)
from prolific_exports._download_outcome import DownloadOutcome
from prolific_exports._events import DownloadProgress, ProgressCallback
from prolific_exports._existing_jobs import entries
from prolific_exports._export_archive import ExportArchive
from prolific_exports._export_resource import ExportResource, outcomes
from prolific_exports._flows._policy import (
    CALL_TIMEOUT,
    DEFAULT_JOBS,
    DEFAULT_POLL_INTERVAL,
    DEFAULT_TIMEOUT,
    STALL_TIMEOUT,
)
from prolific_exports._http._sync_driver import SyncDriver
from prolific_exports._model._clock import Clock
from prolific_exports._model._listed_resources import Resource, Workspace
from prolific_exports._model._only import Only
from prolific_exports._model._references import ExportRef, Kind


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
        save_codebooks: bool = True,
        on_event: ProgressCallback | None = None,
        progress: bool | None = None,
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
                ``auth`` do not. Each request runs in a thread, so that it ends at its limit.
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
            save_codebooks: Whether downloads store the questions with all their options beside
                the archive: in ``data.codebook.json`` for ``data.zip``. Tidy tables then have the
                options that no answer has. A download without access to the questions succeeds
                too; the event `CodebookNotSaved` has the reason.
            on_event: Called with each event (`prolific_exports.Event`).
            progress: Whether to show downloads while they run: below the cell of a notebook, and
                elsewhere on stderr. By default only in notebooks.
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
            save_codebooks=save_codebooks,
            on_event=on_event,
            progress=progress,
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
        return entries(self._flows.workspaces(), self._flows, self._driver)

    def find(self, workspace_id: str) -> Iterator[Resource]:
        """The collections and then the batches of a workspace, requested as you iterate.

        Args:
            workspace_id: Id of the workspace.

        Raises:
            ExportsError: As for `ExportResource.find`.
        """
        return chain(self.collections.find(workspace_id), self.batches.find(workspace_id))

    def download_many(
        self,
        items: Iterable[Resource | ExportRef],
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
    ) -> Generator[DownloadOutcome, None, None]:
        """Download many exports at once; yield how each ended, as they end.

        Requests all exports first, polls them together, and downloads a few at a time. All
        requests share one rate limit, which is halved after a 429. An error does not stop the
        others. If you stop iterating, the other downloads end, and can be resumed.

        >>> for outcome in exports.download_many(exports.find(workspace_id), "data"):
        ...     print(outcome.ref, outcome.error or outcome.archive)

        Args:
            items: Collections and batches, as `ExportResource.find` returns them, or references
                of exports. Repeated ones count once.
            folder: Where to save the archives, under their default names; by default the working
                directory. It is created if it is missing.
            jobs: How many archives to download at a time, at most 32.
            overwrite: Whether existing files may be replaced.
            reuse: As for `ExportResource.download`; not for references that name a job.
            verify: Whether to check all checksums of an archive before its file appears.
            connections: How many parts of each archive to download at once, at most 32.
            timeout: Seconds to wait for each export, instead of the client's timeout.
            delete_after: Whether to delete each job on the server once its archive is verified and
                saved.
            only: As for `ExportJob.download`.
            on_progress: Called about once a second with how far all downloads are; ``on_event`` of
                the client has the single ones.

        Raises:
            UsageError: An argument is invalid.
            DownloadError, StorageError: The folder cannot be created.
        """
        planned = self._flows.exports_like(items, reuse=reuse)
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
        return outcomes(planned, starts, self._flows.scheduler(jobs, on_progress), self._driver)

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
    reuse: bool | timedelta = False,
    timeout: float = DEFAULT_TIMEOUT,
    on_event: ProgressCallback | None = None,
    progress: bool | None = None,
    delete_after: bool = False,
    only: Only | None = None,
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
        reuse: As for `ExportResource.download`.
        timeout: Seconds to wait for the export.
        on_event: Called with each event (`prolific_exports.Event`).
        progress: As for `Exports`.
        delete_after: Whether to delete the job on the server once its archive is saved and
            verified. If that fails, the archive is kept and the event `NotDeleted` has the
            reason.
        only: As for `ExportJob.download`.

    Raises:
        ExportsError: As for `Exports` and `ExportJob.download`.
    """
    with Exports(token, timeout=timeout, on_event=on_event, progress=progress) as exports:
        resource = select_by_kind(kind, collection=exports.collections, batch=exports.batches)
        return resource.download(
            resource_id,
            path,
            study_id=study_id,
            from_=from_,
            to=to,
            overwrite=overwrite,
            reuse=reuse,
            delete_after=delete_after,
            only=only,
        )
