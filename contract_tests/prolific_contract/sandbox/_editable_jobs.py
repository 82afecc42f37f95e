"""A job book whose entries can be changed behind the sandbox's back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prolific_contract._vocabulary import Kind
from prolific_contract.sandbox import _resources as known
from prolific_contract.sandbox._filter import EVERYTHING, ExportFilter
from prolific_contract.sandbox._jobs import Job, JobBook, Requested


class OpenBook(JobBook):
    """The clean sandbox's jobs, open to a fault.

    What is written here the sandbox answers by, as if it had happened.
    """

    def __init__(self, *order: Any, fates: Mapping[Kind, known.Fate] | None = None) -> None:
        """Open an empty book.

        Args:
            order: What a `JobBook` is made from.
            fates: By kind, what becomes of jobs that would have completed.
        """
        super().__init__(*order)
        self._fates = fates or {}
        self._ever: dict[tuple[str, str], list[str]] = {}

    def every(self) -> list[Job]:
        """The jobs of all resources that have not been deleted."""
        return list(self._by_export_id.values())

    def ever(self, kind: Kind, resource_id: str) -> tuple[str, ...]:
        """The ids of all jobs that a resource ever had, oldest first."""
        return tuple(self._ever.get((kind, resource_id), ()))

    def _start(
        self, resource: known.Resource, now: datetime, wanted: ExportFilter = EVERYTHING
    ) -> Job:
        job = super()._start(resource, now, wanted)
        self._ever.setdefault((resource.kind, resource.id), []).append(job.export_id)
        return job

    def start(
        self, kind: Kind, resource_id: str, now: datetime, wanted: ExportFilter = EVERYTHING
    ) -> Job:
        """Start a job, whatever jobs there are."""
        with self._lock:
            return self._start(known.Resource(kind, resource_id), now, wanted)

    def remove(self, job: Job) -> None:
        """Delete a job, whatever its state."""
        with self._lock:
            self._discard(job)

    def restore(self, job: Job) -> None:
        """Have a job again that was deleted."""
        with self._lock:
            self._by_resource[job.kind, job.resource_id].append(job)
            self._by_export_id[job.export_id] = job

    def replace(self, old: Job, new: Job) -> None:
        """Write ``new`` where ``old`` stands; both may have the same id."""
        with self._lock:
            jobs = self._by_resource[old.kind, old.resource_id]
            jobs[jobs.index(old)] = new
            self._by_export_id.pop(old.export_id, None)
            self._by_export_id[new.export_id] = new

    def request(
        self, resource: known.Resource, now: datetime, wanted: ExportFilter = EVERYTHING
    ) -> Requested:
        """Give the resource's present job of that filter, or start one."""
        if resource.fate is known.Fate.COMPLETES:
            fate = self._fates.get(resource.kind, resource.fate)
            resource = resource._replace(fate=fate)
        return super().request(resource, now, wanted)

    def forget(self, export_id: str) -> None:
        """Lose a job's id: nobody finds it any more; its resource still counts it."""
        with self._lock:
            self._by_export_id.pop(export_id, None)
