"""`ExportResource`: the exports of one kind, with blocking calls."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from prolific_exports._client_base import (
    WINDOW,
    PendingExport,
    advice_for_many,
    noting_interrupts,
)
from prolific_exports._download_outcome import DownloadOutcome
from prolific_exports._events import DownloadProgress
from prolific_exports._existing_jobs import ExistingJobs
from prolific_exports._export_archive import ExportArchive
from prolific_exports._export_job import ExportJob
from prolific_exports._flows._effects import Start
from prolific_exports._flows._policy import DEFAULT_JOBS
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._sync_driver import SyncDriver
from prolific_exports._http._sync_many import ManyFlows
from prolific_exports._model._only import Only
from prolific_exports._model._references import check_filter


def outcomes(
    planned: Sequence[PendingExport],
    starts: Iterable[Start[Path]],
    scheduler: Scheduler[int],
    driver: SyncDriver,
) -> Generator[DownloadOutcome, None, None]:
    """How each of many downloads ended, as they end."""
    many = ManyFlows(driver, scheduler, deque(enumerate(starts)), WINDOW)
    with noting_interrupts(advice_for_many, KeyboardInterrupt):
        for number, result in many.run():
            yield DownloadOutcome.of(planned[number].ref, result)


class ExportResource(ExistingJobs):
    """Exports of one kind: ``exports.collections`` or ``exports.batches``."""

    def export(
        self,
        resource_id: str,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
    ) -> ExportJob:
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

    def download(
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
        timeout: float | None = None,
        delete_after: bool = False,
        only: Only | None = None,
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
            reuse: Whether to use an earlier export in place of a new one: True, or its greatest
                age. That is a complete archive at the destination, which needs no request, or else
                a complete job with the same filter. See docs/python.md.
            verify: Whether to check all checksums of the archive before the file appears at its
                destination. If False, only its length is checked.
            connections: How many parts to download at once, at most 32. Takes effect if the store
                supports ranges and ETags; helps if it limits the rate of each connection.
            timeout: Seconds to wait for the export, instead of the client's timeout.
            delete_after: Whether to delete the job on the server once its archive is saved and
                verified. If that fails, the archive is kept and the event `NotDeleted` has the
                reason.
            only: As for `ExportJob.download`.

        Returns:
            The archive; it can be passed wherever a path is expected.

        Raises:
            ExportsError: As for `export` and `ExportJob.download`.
        """
        job = self._flows.job(
            self._kind, resource_id, check_filter(study_id, from_, to), reuse=reuse
        )
        return ExportJob(self._flows, self._driver, job).download(
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
    ) -> Generator[DownloadOutcome, None, None]:
        """Download many exports of this kind at once, as `Exports.download_many` does.

        Args:
            resource_ids: Ids of collections or batches. Repeated ones count once.
            folder: As for `Exports.download_many`, like the arguments that follow the filter.
            study_id: Only responses submitted under this study (edition 2026-11).
            from_: Only responses created at this moment or later (aware).
            to: Only responses created before this moment (aware).
            jobs: How many archives to download at a time, at most 32.
            overwrite: Whether existing files may be replaced.
            reuse: As for `download`.
            verify: Whether to check all checksums.
            connections: How many parts of each archive to download at once.
            timeout: Seconds to wait for each export.
            delete_after: Whether to delete each job once its archive is verified and saved.
            only: As for `ExportJob.download`.
            on_progress: Called about once a second with how far all downloads are.

        Raises:
            ExportsError: As for `Exports.download_many`.
        """
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
        return outcomes(planned, starts, self._flows.scheduler(jobs, on_progress), self._driver)
