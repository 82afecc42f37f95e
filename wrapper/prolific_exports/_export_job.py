"""`ExportJob`: one export job, with blocking calls."""

import os

from prolific_exports._client_base import ClientFlows, PendingExport, noting_interrupts
from prolific_exports._export_archive import ExportArchive
from prolific_exports._http._sync_driver import SyncDriver
from prolific_exports._model._only import Only
from prolific_exports._model._references import ExportRef
from prolific_exports._model._states import Complete, ExportState


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
        with noting_interrupts(self._job.continuation, KeyboardInterrupt):
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
        only: Only | None = None,
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
            only: ``"responses"`` downloads all but the uploaded files, with range requests if
                the store supports them. The archive is then smaller, and lists the files that it
                does not contain (``ExportArchive.files``). None downloads the whole archive.

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
        flow = self._flows.download(
            self._job,
            path,
            self._flows.part_events(),
            overwrite=overwrite,
            verify=verify,
            connections=connections,
            timeout=timeout,
            delete_after=delete_after,
            only=only,
        )
        with noting_interrupts(self._job.continuation, KeyboardInterrupt):
            target = self._driver.run(flow)
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
        return f"<{type(self).__name__} of {self._job.ref}: {self._job.state_text}>"

    def _repr_html_(self) -> str:
        return self._job.as_html()
