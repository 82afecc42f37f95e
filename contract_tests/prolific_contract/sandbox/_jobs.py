"""Export jobs: which one a request gets, and what state it is in. No HTTP here."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from attrs import frozen

from prolific_contract._vocabulary import JOB_LIMIT, UNFINISHED, Edition, Kind, State
from prolific_contract.sandbox._filter import NO_FILTER, JobFilter
from prolific_contract.sandbox._resources import Fate, SandboxResource


@frozen
class SandboxJob:
    """One export job. Its whole history is fixed when it is requested.

    Attributes:
        requested_at: When the job was requested; the archive contains the data of
            that time.
        ready_at: When generation ends.
        failed_at: When the state becomes ``failed``: at ``ready_at`` if generation
            fails, later if the archive is deleted, None for never.
    """

    export_id: str
    kind: Kind
    resource_id: str
    requested_at: datetime
    ready_at: datetime
    failed_at: datetime | None
    filter: JobFilter = NO_FILTER

    def state(self, now: datetime) -> State:
        """The job's state at a given time."""
        if now < self.ready_at:
            return "generating"
        # A job whose archive was deleted is also failed (documents/000, 001).
        if self.failed_at is not None and now >= self.failed_at:
            return "failed"
        return "complete"

    def is_unfinished(self, now: datetime) -> bool:
        """Whether the server still works on the job at a given time."""
        return self.state(now) in UNFINISHED


@frozen
class RequestedJob:
    """The result of an export request.

    Attributes:
        job: The new or reused job.
        state: Its state; a new job is always ``generating``.
        is_new: Whether the request started the job.
    """

    job: SandboxJob
    state: State
    is_new: bool


class JobLimitError(Exception):
    """The resource has reached the job limit; no job was started."""


class StillGeneratingError(Exception):
    """The job can't be deleted while it is generating."""


def is_reusable(edition: Edition, state: State) -> bool:
    """Whether a request returns the latest job with the same filter, given the job's state.

    Edition 2026-03, which has no filters, reuses generating and complete jobs; 2026-11 only
    generating ones (D-2, D-3). The documents call a reusable export "recent" without a limit,
    so the sandbox reuses it as long as its archive exists.
    """
    return state in UNFINISHED or (edition == "2026-03" and state == "complete")


def failure_time(
    fate: Fate, earlier_jobs: int, requested_at: datetime, ready_at: datetime
) -> datetime | None:
    """When a job becomes ``failed``, according to its resource's fate; None for never."""
    if fate is Fate.FAILS or (fate is Fate.FAILS_ONCE and earlier_jobs == 0):
        return ready_at
    if fate is Fate.VANISHES:
        return ready_at + (ready_at - requested_at)
    return None


class SandboxJobs:
    """The jobs of one sandbox. Safe to use from several threads."""

    def __init__(
        self,
        edition: Edition,
        generation_time: timedelta,
        seed: int,
        serials: Iterator[int] | None = None,
        *,
        ready: bool = False,
    ) -> None:
        """Start without jobs.

        Args:
            edition: Decides when a job is reused.
            generation_time: How long a job stays ``generating``.
            seed: Determines the export ids.
            serials: Numbers for export ids. Two instances that share them never create
                the same export id.
            ready: Whether the first request for a resource finds a complete job, as if
                another user had requested it; in edition 2026-03 and if its jobs complete.
        """
        self._ready = ready
        self._edition: Edition = edition
        self._generation_time = generation_time
        self._seed = seed
        self._serials = count() if serials is None else serials
        self._by_resource: dict[tuple[Kind, str], list[SandboxJob]] = {}
        self._by_export_id: dict[str, SandboxJob] = {}
        # Including deleted jobs.
        self._started: Counter[tuple[Kind, str]] = Counter()
        self._lock = threading.Lock()

    def request(
        self, resource: SandboxResource, now: datetime, wanted: JobFilter = NO_FILTER
    ) -> RequestedJob:
        """Return the resource's current job with that filter, or start one.

        Raises:
            JobLimitError: The resource has reached the job limit.
        """
        with self._lock:
            jobs = self._by_resource.get((resource.kind, resource.id), [])
            latest = next((job for job in reversed(jobs) if job.filter == wanted), None)
            if latest is not None and is_reusable(self._edition, latest.state(now)):
                return RequestedJob(latest, latest.state(now), is_new=False)
            if self._ready and not jobs and resource.fate is Fate.COMPLETES:
                job = self._start(resource, now - self._generation_time, wanted)
                return RequestedJob(job, job.state(now), is_new=False)
            # Only the edition with lists and deletions has the limit (D-3).
            if self._edition == "2026-11" and len(jobs) >= JOB_LIMIT:
                raise JobLimitError
            return RequestedJob(self._start(resource, now, wanted), "generating", is_new=True)

    def find(self, export_id: str) -> SandboxJob | None:
        """The job with that id, or None."""
        return self._by_export_id.get(export_id)

    def of(self, kind: Kind, resource_id: str) -> tuple[SandboxJob, ...]:
        """A resource's jobs, oldest first, without deleted ones."""
        return tuple(self._by_resource.get((kind, resource_id), ()))

    def delete(self, job: SandboxJob, now: datetime) -> None:
        """Delete a job and its archive.

        Raises:
            StillGeneratingError: The job is not finished; it was not deleted.
        """
        with self._lock:
            if job.is_unfinished(now):
                raise StillGeneratingError
            self._discard(job)

    def _discard(self, job: SandboxJob) -> None:
        """Remove a job. The caller holds the lock. Idempotent."""
        if self._by_export_id.pop(job.export_id, None) is not None:
            self._by_resource[job.kind, job.resource_id].remove(job)

    def _start(
        self, resource: SandboxResource, now: datetime, wanted: JobFilter = NO_FILTER
    ) -> SandboxJob:
        """Start a job. The caller holds the lock."""
        key = (resource.kind, resource.id)
        ready_at = now + self._generation_time
        job = SandboxJob(
            self._new_export_id(),
            resource.kind,
            resource.id,
            now,
            ready_at,
            failure_time(resource.fate, self._started[key], now, ready_at),
            wanted,
        )
        self._started[key] += 1
        self._by_resource.setdefault(key, []).append(job)
        self._by_export_id[job.export_id] = job
        return job

    def _new_export_id(self) -> str:
        material = f"{self._seed}/{next(self._serials)}".encode()
        return str(UUID(bytes=hashlib.sha256(material).digest()[:16], version=4))
