"""The flow of one export: request it or take up its job, download the archive."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from attrs import define, evolve, field, frozen

from prolific_exports._archive import verify_export
from prolific_exports._download._flow import Options, download
from prolific_exports._download._part_events import PartEvents
from prolific_exports._download._system import System
from prolific_exports._errors import (
    ExportsError,
    ExportTimeoutError,
    NoAnswerError,
    NotFoundError,
    ServerError,
    UnsupportedError,
)
from prolific_exports._events import Deleted, Event, NotDeleted, Restarted
from prolific_exports._flows import _boundary as api
from prolific_exports._flows._calls import Caller, Context, raise_cause_on_timeout
from prolific_exports._flows._effects import Flow
from prolific_exports._flows._jobs import delete, list_jobs
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport
from prolific_exports._model._references import ExportRef
from prolific_exports._model._states import UNFINISHED, Failed
from prolific_exports._sync._export_queue import PlannedExport

# After these, a job may exist and be of use to the next run.
_MAY_LEAVE_A_JOB = (ExportTimeoutError, NoAnswerError, ServerError)


@frozen
class SavedArchive:
    """An archive that was downloaded and verified.

    Attributes:
        path: The archive.
        export_id: Id of its job; None if the server did not send it.
    """

    path: Path
    export_id: str | None


@frozen
class ServerFacts:
    """What a run has to know of the server first.

    Attributes:
        has_filters: Whether it is of edition 2026-11.
        now: Its time; None if it does not send it.
    """

    has_filters: bool
    now: datetime | None


def read_server_facts(ref: ExportRef, context: Context, policy: Policy) -> Flow[ServerFacts]:
    """List the jobs of one resource, which only servers of edition 2026-11 can.

    Raises:
        NotFoundError: The resource is gone, or the server has no such list.
        ApiError, ContractViolation, NoAnswerError: The call failed.
    """
    call = Caller.start(context, policy).call(api.list_request(ref), api.interpret_list)
    try:
        listed = yield from raise_cause_on_timeout(call)
    except UnsupportedError:
        return ServerFacts(has_filters=False, now=None)
    return ServerFacts(has_filters=True, now=listed.date)


@define
class ExportFlows:
    """Makes the flows of a run's exports.

    Attributes:
        context: Clock, randomness, secrets, events.
        policy: Timeouts and retries.
        system: Files and processes.
        folder: Where the archives are saved until a worker has read them.
        deletes: Whether the server can delete jobs.
        leftover: Exports that failed and whose job may exist: the next run takes it up.
    """

    context: Context
    policy: Policy
    system: System
    folder: Path
    deletes: bool = True
    leftover: list[PlannedExport] = field(factory=list, init=False)

    def export(
        self, planned: PlannedExport, *, was_begun: bool
    ) -> Callable[[], tuple[Flow[SavedArchive], PartEvents]]:
        """Begin to export a resource.

        Args:
            planned: The export.
            was_begun: Whether an earlier run may have requested it.
        """

        def start() -> tuple[Flow[SavedArchive], PartEvents]:
            spent: list[ExportRef] = []
            events = PartEvents(partial(self._watch, spent))
            return self._export(planned, events, spent, was_begun=was_begun), events

        return start

    def delete(
        self, ref: ExportRef, record: Callable[[ExportRef, bool], object]
    ) -> Callable[[], tuple[Flow[bool], PartEvents]]:
        """Begin to delete a job; the flow records and returns whether it is gone."""

        def flow() -> Flow[bool]:
            is_gone = yield from self._delete(ref)
            record(ref, is_gone)
            return is_gone

        return lambda: (flow(), PartEvents(self.context.notify))

    def _watch(self, spent: list[ExportRef], event: Event) -> None:
        """Pass on an event, and take note of a failed job that another one replaces."""
        if isinstance(event, Restarted) and not event.is_gone:
            spent.append(event.ref)
        self.context.notify(event)

    def _export(
        self,
        planned: PlannedExport,
        events: PartEvents,
        spent: list[ExportRef],
        *,
        was_begun: bool,
    ) -> Flow[SavedArchive]:
        ref, policy = planned.ref, self.policy
        job = PendingExport(ref.kind, ref.resource_id, filter=ref.filter, checks_responses=True)
        try:
            if was_begun:
                job.export_id = yield from self._left_job(ref)
            path = yield from download(
                job,
                self.folder / f"{ref.kind}-{ref.resource_id}.zip",
                self.context,
                policy,
                options=Options(overwrite=True, verify=partial(verify_export, kind=ref.kind)),
                system=self.system,
                part_events=events,
            )
        except ExportsError as error:
            yield from self._delete_spent(spent)
            if (yield from self._may_exist(job, error)):
                self.leftover.append(planned)
            raise
        yield from self._delete_spent(spent)
        return SavedArchive(path, job.export_id)

    def _delete_spent(self, spent: list[ExportRef]) -> Flow[None]:
        """Delete failed jobs, which would use up the places of the resource."""
        for ref in spent if self.deletes else ():
            yield from self._delete(ref)

    def _may_exist(self, job: PendingExport, error: ExportsError) -> Flow[bool]:
        """Delete the job of a failed export, unless it still runs; return whether it may exist."""
        if not self.deletes:
            return False
        if isinstance(error, ExportTimeoutError) or job.export_id is None:
            return isinstance(error, _MAY_LEAVE_A_JOB)
        return not (yield from self._delete(job.ref))

    def _delete(self, ref: ExportRef) -> Flow[bool]:
        try:
            yield from delete(ref, self.context, self.policy)
        except NotFoundError:
            # Another user deleted it.
            return True
        except ExportsError as error:
            self.context.notify(NotDeleted(ref, error))
            return False
        self.context.notify(Deleted(ref))
        return True

    def _left_job(self, ref: ExportRef) -> Flow[str | None]:
        """The job that an earlier run requested: only ours has exactly this filter."""
        if ref.filter is None:
            return None
        listed = yield from list_jobs(ref, self.context, self.policy)
        ours = [
            job for job in listed if job.filter is not None and ref.filter.is_applied_by(job.filter)
        ]
        usable = next((job.export_id for job in ours if job.status != Failed.status), None)
        for job in ours:
            if job.export_id != usable and job.status not in UNFINISHED:
                yield from self._delete(evolve(ref, export_id=job.export_id))
        return usable
