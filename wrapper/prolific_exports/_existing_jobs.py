"""`ExistingJobs`: what exists at Prolific of one kind, with blocking calls."""

from collections.abc import Iterator
from datetime import datetime

from prolific_exports._client_base import ClientFlows, EntryT, Pages
from prolific_exports._export_job import ExportJob
from prolific_exports._http._sync_driver import SyncDriver
from prolific_exports._model._codebook import Codebook
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._listed_resources import Resource
from prolific_exports._model._references import Kind, check_filter


def entries(pages: Pages[EntryT], flows: ClientFlows, driver: SyncDriver) -> Iterator[EntryT]:
    """The entries of a list, requested page by page."""
    while not pages.done:
        yield from driver.run(flows.next_page(pages))


class ExistingJobs:
    """Collections or batches, and the export jobs that were requested of them."""

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
        return entries(pages, self._flows, self._driver)

    def job(
        self,
        resource_id: str,
        export_id: str,
        *,
        study_id: str | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
    ) -> ExportJob:
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

    def codebook(self, resource_id: str) -> Codebook:
        """What was asked: the questions, with all their options, limits and units.

        >>> exports.collections.codebook(collection_id).questions[2].options
        ('Every day', 'A few times a week', 'Hardly ever')

        Args:
            resource_id: Id of the collection or batch.

        Raises:
            UsageError: The id is malformed.
            AccessDeniedError, NotFoundError: There is no such collection or batch for you.
            ExportsError: The call failed for another reason.
        """
        return self._driver.run(self._flows.codebook(self._kind, resource_id))

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
