"""Jobs that faults and variants can change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve

from prolific_contract._vocabulary import Kind
from prolific_contract.sandbox import _resources as known
from prolific_contract.sandbox._filter import NO_FILTER, JobFilter
from prolific_contract.sandbox._jobs import RequestedJob, SandboxJob, SandboxJobs


class EditableJobs(SandboxJobs):
    """The sandbox's jobs, with operations that no client has.

    The sandbox answers as if these changes had happened by themselves.
    """

    def __init__(
        self, *arguments: Any, fates: Mapping[Kind, known.Fate] | None = None, **options: Any
    ) -> None:
        """Start without jobs.

        Args:
            arguments: The arguments of `SandboxJobs`.
            fates: By kind, the fate of jobs that would otherwise complete.
            options: The options of `SandboxJobs`.
        """
        super().__init__(*arguments, **options)
        self._fates = fates or {}
        self._all_ids: dict[tuple[str, str], list[str]] = {}

    def every(self) -> list[SandboxJob]:
        """The jobs of all resources, without deleted ones."""
        return list(self._by_export_id.values())

    def all_ids(self, kind: Kind, resource_id: str) -> tuple[str, ...]:
        """The ids of all jobs of a resource, oldest first, including deleted ones."""
        return tuple(self._all_ids.get((kind, resource_id), ()))

    def _start(
        self, resource: known.SandboxResource, now: datetime, wanted: JobFilter = NO_FILTER
    ) -> SandboxJob:
        job = super()._start(resource, now, wanted)
        self._all_ids.setdefault((resource.kind, resource.id), []).append(job.export_id)
        return job

    def start(
        self, kind: Kind, resource_id: str, now: datetime, wanted: JobFilter = NO_FILTER
    ) -> SandboxJob:
        """Start a job, whatever jobs exist."""
        with self._lock:
            return self._start(known.SandboxResource(kind, resource_id), now, wanted)

    def remove(self, job: SandboxJob) -> None:
        """Delete a job, whatever its state."""
        with self._lock:
            self._discard(job)

    def restore(self, job: SandboxJob) -> None:
        """Restore a deleted job."""
        with self._lock:
            self._by_resource[job.kind, job.resource_id].append(job)
            self._by_export_id[job.export_id] = job

    def replace(self, old: SandboxJob, new: SandboxJob) -> None:
        """Replace ``old`` by ``new``; both may have the same id."""
        with self._lock:
            jobs = self._by_resource[old.kind, old.resource_id]
            jobs[jobs.index(old)] = new
            self._by_export_id.pop(old.export_id, None)
            self._by_export_id[new.export_id] = new

    def request(
        self, resource: known.SandboxResource, now: datetime, wanted: JobFilter = NO_FILTER
    ) -> RequestedJob:
        """Return the resource's current job with that filter, or start one."""
        if resource.fate is known.Fate.COMPLETES:
            fate = self._fates.get(resource.kind, resource.fate)
            resource = evolve(resource, fate=fate)
        return super().request(resource, now, wanted)

    def forget(self, export_id: str) -> None:
        """Make a job impossible to find by id; its resource still counts it."""
        with self._lock:
            self._by_export_id.pop(export_id, None)
