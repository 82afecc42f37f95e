"""`Exports`: the SDK with blocking calls."""

import os
from datetime import datetime
from random import Random
from types import TracebackType
from typing import Self

import httpx

from prolific_exports._client_base import ClientFlows, PendingExport, select_by_kind
from prolific_exports._events import ProgressCallback
from prolific_exports._export_archive import ExportArchive
from prolific_exports._flows._policy import (
    CALL_TIMEOUT,
    DEFAULT_POLL_INTERVAL,
    DEFAULT_TIMEOUT,
    STALL_TIMEOUT,
)
from prolific_exports._http._sync_driver import SyncDriver
from prolific_exports._model._clock import Clock
from prolific_exports._model._listed_jobs import ListedJob
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
        """Make a client; nothing is sent yet.

        Args:
            token: API token; by default from ``PROLIFIC_TOKEN``.
            base_url: Where the API is; by default from ``PROLIFIC_URL``, else production.
                https, or http to this machine.
            http_client: Carries all traffic instead of a client made here, and is not
                closed. Its proxies, certificates and transports apply, its
                ``Authorization`` header and ``auth`` do not.
            timeout: Seconds to wait for an export to be ready: all calls, polls and pauses
                together, plus at most a second. The transfer that follows is limited by
                ``stall_timeout`` alone; a fresh download URL is waited for as long again.
            poll_interval: Seconds between polls: a quarter less in the first minute, up to
                a quarter more after ten. The first two come sooner.
            call_timeout: Seconds that one call to the API may take, from connecting to the
                end of its answer. Looking up the host's name takes as long as the operating
                system allows. Over an ``http_client``, a server that sends its header fields
                or trailers byte by byte can take longer: httpx has a limit for each read
                only.
            stall_timeout: Seconds for the store to answer, and over which it has to send
                1 KiB/s on average. A slower connection is given up, and the download
                resumes over a new one.
            on_event: Called with each event (`prolific_exports.Event`).
            clock: Where the time comes from and how to wait; for tests.
            random: Where jitter comes from; for tests.

        Raises:
            UsageError: No token, or an argument that cannot be used.
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

    def close(self) -> None:
        """Close the connections, unless they are an injected client's."""
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


class ExportResource:
    """Exports of one kind: ``exports.collections`` or ``exports.batches``."""

    def __init__(self, flows: ClientFlows, driver: SyncDriver, kind: Kind) -> None:
        self._flows = flows
        self._driver = driver
        self._kind: Kind = kind

    def export(
        self,
        resource_id: str,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
    ) -> "ExportJob":
        """Ask for an export: one POST, answered at once by a job.

        In edition 2026-03 a recent export is used again. In edition 2026-11 every
        call starts a new job unless one with the same filter is still being generated,
        and ten jobs are all that a collection or batch can have.

        A filter takes edition 2026-11, where the jobs are listed once to make sure that
        it is in effect.

        Args:
            resource_id: Id of the collection or batch.
            study_id: Only responses submitted under this study.
            from_: Only responses created at this moment or later (aware).
            to: Only responses created before this moment (aware).

        Raises:
            UsageError: This is not an id, a time has no zone, or ``from_`` is not before
                ``to``.
            FilterIgnoredError: The server does not filter.
            TooManyExportsError: There are ten jobs: delete one.
            ApiError: The API answered with an error.
            ContractViolation: It answered with something outside the contract.
            NoAnswerError: It did not answer.
        """
        job = self._flows.job(self._kind, resource_id, check_filter(study_id, from_, to))
        self._driver.run(self._flows.start(job))
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
        """A job that exists already, requested earlier or elsewhere. Sends nothing.

        Args:
            resource_id: Id of the collection or batch.
            export_id: Id of the job.
            study_id: The study that it was requested for, if it was for one. With its
                filter, a download goes on with what an earlier one left, and the server
                is asked whether it is the job's.
            from_: The first moment that it was requested for, likewise.
            to: The moment after the last, likewise.

        Raises:
            UsageError: One of them is not an id, or the filter cannot be one.
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
        """Request, wait, download, verify: the data of a collection or batch in a file.

        Args:
            resource_id: Id of the collection or batch.
            path: The file, or an existing folder to put it in; by default the working directory.
                ``~/`` at its beginning is the home folder. A link to a file is followed.
                The default name is ``<id>-export-<YYYYMMDD-HHMMSS>.zip``, or with a filter
                ``<id>-export-<YYYYMMDD-HHMMSS>-study-<id>-from-<time>-to-<time>.zip``.
            study_id: Only responses submitted under this study (edition 2026-11).
            from_: Only responses created at this moment or later (aware).
            to: Only responses created before this moment (aware).
            overwrite: Whether an existing file may be replaced.
            verify: Whether to check the archive's every checksum before it gets its name.
                Without, its length is all that is looked at.
            connections: How many parts to fetch at once, up to 32, from a store that sends
                parts and tags them. Helps where it limits each connection.
            timeout: Seconds to wait for the export, instead of the client's.
            delete_after: Whether to delete the job on the server once its archive is
                verified and at its place. If that fails, the archive is there all the same
                and the event `NotDeleted` says why.

        Returns:
            The archive: `os.fspath` of it is the file's path.

        Raises:
            ExportsError: What `export` and `ExportJob.download` raise.
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

    def list(self, resource_id: str) -> tuple[ListedJob, ...]:
        """The export jobs of a collection or batch, newest first (edition 2026-11).

        Args:
            resource_id: Id of the collection or batch.

        Raises:
            UsageError: This is not an id.
            UnsupportedError: The server lists no jobs: it is of edition 2026-03. Some such
                servers may answer with a `NotFoundError`.
            ExportsError: What `ExportJob.status` raises.
        """
        return self._driver.run(self._flows.list_jobs(self._kind, resource_id))

    def delete(self, resource_id: str, export_id: str) -> None:
        """Delete an export job and its archive, at once and for good (edition 2026-11).

        Args:
            resource_id: Id of the collection or batch.
            export_id: Id of the job.

        Raises:
            ExportsError: What `ExportJob.delete` raises.
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
        """Kind, id of the collection or batch, id of the job: what identifies it anywhere."""
        return self._job.ref

    @property
    def export_id(self) -> str | None:
        """Id of the job; None when the server answered that one is ready without naming it."""
        return self._job.export_id

    def status(self) -> ExportState:
        """The job's state now: one call, repeated if the connection or server fails.

        Raises:
            ApiError: The API answered with an error.
            ContractViolation: It answered with something outside the contract.
            NoAnswerError: It did not answer.
        """
        return self._driver.run(self._flows.read_status(self._job))

    def wait(self, *, timeout: float | None = None) -> Complete:
        """Poll until the archive is ready.

        Args:
            timeout: Seconds to wait, instead of the client's.

        Returns:
            The presigned URL and when it expires. Once the archive is ready this is the
            URL seen last; `status` asks for a fresh one.

        Raises:
            ExportFailedError: The job failed. One that this client requested has been
                requested anew once before.
            ExportTimeoutError: It is not ready yet; waiting can go on.
            ExportsError: What `status` raises.
        """
        return self._driver.run(self._flows.wait(self._job, timeout))

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

        The file at the path is whole and verified, or it is not there. What has arrived
        when a download ends early is kept beside the path, in hidden files named
        ``.prolific-<kind>-<id>``, and the next download of the same collection or batch
        with the same filter to the same folder goes on with it, in any process.

        Args:
            path: The file, or an existing folder to put it in; by default the working directory.
                ``~/`` at its beginning is the home folder. A link to a file is followed.
                In a folder, a download that goes on keeps the name that it began with.
            overwrite: Whether an existing file may be replaced.
            verify: Whether to check the archive's every checksum before it gets its name.
                Without, its length is all that is looked at.
            connections: How many parts to fetch at once, up to 32, from a store that sends
                parts and tags them. Helps where it limits each connection.
            timeout: Seconds to wait for the export, instead of the client's. The
                download itself may take as long as bytes arrive.
            delete_after: Whether to delete the job on the server once its archive is
                verified and at its place. If that fails, the archive is there all the same
                and the event `NotDeleted` says why.

        Returns:
            The archive: `os.fspath` of it is the file's path.

        Raises:
            UsageError: ``delete_after`` without ``verify``.
            TargetExistsError: There is a file, and ``overwrite`` is False.
            TargetInUseError: The same is being downloaded to the same folder already.
            StorageError: The disk is full, read-only, over quota or gone.
            DownloadError: The archive could not be fetched or saved for another reason.
            ArchiveError: What the store sent is not a whole ZIP, or the archive of the other
                kind.
            ExportsError: What `wait` raises.
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
        """Delete the job and its archive on the server, at once and for good (edition 2026-11).

        Raises:
            UsageError: The server did not name the job.
            ConflictError: It is still being generated.
            NotFoundError: There is no such job, or none any more.
            UnsupportedError: The server deletes no jobs: it is of edition 2026-03.
            ExportsError: What `status` raises.
        """
        self._driver.run(self._flows.delete(self._job))

    def __repr__(self) -> str:
        state = self._job.state.status if self._job.state else "not asked yet"
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
    """The data of a collection or batch in a file: `Exports` and its ``download`` in one call.

    >>> archive = download("collection", "65f0c1d2e3a4b5c6d7e8f901")

    Args:
        kind: ``"collection"`` or ``"batch"``.
        resource_id: Its id.
        path: The file, or an existing folder to put it in; by default the working directory.
            ``~/`` at its beginning is the home folder. A link to a file is followed.
        study_id: Only responses submitted under this study (edition 2026-11).
        from_: Only responses created at this moment or later (aware).
        to: Only responses created before this moment (aware).
        token: API token; by default from ``PROLIFIC_TOKEN``.
        overwrite: Whether an existing file may be replaced.
        timeout: Seconds to wait for the export.
        on_event: Called with each event (`prolific_exports.Event`).
        delete_after: Whether to delete the job on the server once its archive is verified
            and at its place. The event `NotDeleted` says if that fails.

    Raises:
        ExportsError: What `Exports` and `ExportJob.download` raise.
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
