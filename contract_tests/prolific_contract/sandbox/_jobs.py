"""Export jobs: which one a request gets, and what state it is in. No HTTP here."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from attrs import frozen

from prolific_contract._vocabulary import JOB_LIMIT, Edition, Kind, State
from prolific_contract.sandbox._filter import EVERYTHING, ExportFilter
from prolific_contract.sandbox._resources import Fate, Resource


@frozen
class Job:
    """One export job; its whole future is settled when it is requested.

    Attributes:
        export_id: The job's id, a UUID.
        kind: What is exported.
        resource_id: The collection or batch that is exported.
        requested_at: When the job was requested; the archive holds the data of
            that moment.
        ready_at: When generation ends.
        gone_at: From when on the job reads ``failed``: ``ready_at`` when generation
            fails, later when the archive is deleted, None when it stays.
        filter: Which responses are exported.
    """

    export_id: str
    kind: Kind
    resource_id: str
    requested_at: datetime
    ready_at: datetime
    gone_at: datetime | None
    filter: ExportFilter = EVERYTHING

    def state(self, now: datetime) -> State:
        """The job's state at a moment."""
        if now < self.ready_at:
            return "generating"
        # An archive deleted from storage reads as failed too (documents/000, 001).
        if self.gone_at is not None and now >= self.gone_at:
            return "failed"
        return "complete"


@frozen
class Requested:
    """What a request for an export got.

    Attributes:
        job: The job, new or not.
        state: Its state; a new job is always ``generating``.
        is_new: Whether the request started it.
    """

    job: Job
    state: State
    is_new: bool


class JobLimitError(Exception):
    """The resource has as many jobs as it may have; nothing was started."""


class StillGeneratingError(Exception):
    """The job can't be deleted before it is generated."""


def answers_again(edition: Edition, state: State) -> bool:
    """Whether a request gets the latest job of the same filter again when it is in this state.

    Edition 2026-03, which has no filters, is idempotent while a job is generating or
    complete; 2026-11 while it is generating (D-2, D-3). The documents call a reusable export
    "recent" without a limit, so here it is reused as long as its archive exists.
    """
    return state == "generating" or (edition == "2026-03" and state == "complete")


def moment_gone(
    fate: Fate, earlier_jobs: int, requested_at: datetime, ready_at: datetime
) -> datetime | None:
    """From when on a job reads ``failed``, by its resource's fate; None for never."""
    if fate is Fate.FAILS or (fate is Fate.FAILS_ONCE and earlier_jobs == 0):
        return ready_at
    if fate is Fate.VANISHES:
        return ready_at + (ready_at - requested_at)
    return None


class JobBook:
    """The jobs of one sandbox. Safe to use from several threads."""

    def __init__(
        self,
        edition: Edition,
        generation_time: timedelta,
        seed: int,
        serials: Iterator[int] | None = None,
    ) -> None:
        """Open an empty book.

        Args:
            edition: Whose rules decide when a job is given again.
            generation_time: How long a job stays ``generating``.
            seed: Export ids are derived from it.
            serials: Numbers never given before; two books that share them never
                give the same export id.
        """
        self._edition: Edition = edition
        self._generation_time = generation_time
        self._seed = seed
        self._serials = count() if serials is None else serials
        self._by_resource: dict[tuple[Kind, str], list[Job]] = {}
        self._by_export_id: dict[str, Job] = {}
        # The deleted ones included.
        self._started: Counter[tuple[Kind, str]] = Counter()
        self._lock = threading.Lock()

    def request(
        self, resource: Resource, now: datetime, wanted: ExportFilter = EVERYTHING
    ) -> Requested:
        """Give the resource's present job of that filter, or start one.

        Raises:
            JobLimitError: It would be one job too many for the resource.
        """
        with self._lock:
            jobs = self._by_resource.get((resource.kind, resource.id), [])
            latest = next((job for job in reversed(jobs) if job.filter == wanted), None)
            if latest is not None and answers_again(self._edition, latest.state(now)):
                return Requested(latest, latest.state(now), is_new=False)
            # A limit on what can be listed and deleted: the edition without has none (D-3).
            if self._edition == "2026-11" and len(jobs) >= JOB_LIMIT:
                raise JobLimitError
            return Requested(self._start(resource, now, wanted), "generating", is_new=True)

    def find(self, export_id: str) -> Job | None:
        """The job of that id, or None."""
        return self._by_export_id.get(export_id)

    def of(self, kind: Kind, resource_id: str) -> tuple[Job, ...]:
        """A resource's jobs that have not been deleted, oldest first."""
        return tuple(self._by_resource.get((kind, resource_id), ()))

    def delete(self, job: Job, now: datetime) -> None:
        """Delete a job; it is not found any more, and its archive neither.

        Raises:
            StillGeneratingError: It is not finished; nothing was done.
        """
        with self._lock:
            if job.state(now) == "generating":
                raise StillGeneratingError
            self._discard(job)

    def _discard(self, job: Job) -> None:
        """Take a job out of the book; the lock is held. Twice is as good as once."""
        if self._by_export_id.pop(job.export_id, None) is not None:
            self._by_resource[job.kind, job.resource_id].remove(job)

    def _start(self, resource: Resource, now: datetime, wanted: ExportFilter = EVERYTHING) -> Job:
        """A new job; the lock is held."""
        key = (resource.kind, resource.id)
        ready_at = now + self._generation_time
        job = Job(
            self._new_export_id(),
            resource.kind,
            resource.id,
            now,
            ready_at,
            moment_gone(resource.fate, self._started[key], now, ready_at),
            wanted,
        )
        self._started[key] += 1
        self._by_resource.setdefault(key, []).append(job)
        self._by_export_id[job.export_id] = job
        return job

    def _new_export_id(self) -> str:
        material = f"{self._seed}/{next(self._serials)}".encode()
        return str(UUID(bytes=hashlib.sha256(material).digest()[:16], version=4))
