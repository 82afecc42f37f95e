"""Variants of listing, deleting and filtering export jobs (edition 2026-11)."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from attrs import evolve, field, mutable
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract._vocabulary import Edition, address_of
from prolific_contract.sandbox._api import listed
from prolific_contract.sandbox._filter import JobFilter
from prolific_contract.sandbox._http import Reply, json_reply
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._replies import NO_CONTENT, with_json, without
from prolific_contract.sandbox._resources import LIMIT_STATUSES, Fate
from prolific_contract.sandbox._store import STORE_PREFIX, export_id_of
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox.variants._bodies import listing
from prolific_contract.sandbox.variants._variant import (
    Variant,
    VariantBehaviour,
    VariantRequest,
    with_settings,
)

_EDITIONS: tuple[Edition, ...] = ("2026-11",)
_WORDS = {"generating": "IN_PROGRESS", "complete": "ready", "failed": "error"}
# After the request that started the job: a poll, a second request, a poll, a list and the
# deletion.
_REQUESTS_OF_AN_EXPORT = 5
_SECONDS_BEHIND = 0.9

_ACCEPTED = Reply(202, (("Content-Type", "text/plain"), ("Content-Length", "4")), b"gone")

_NO_CONDITIONS = dict.fromkeys(("study_id", "from", "to"))


def _earlier(created_at: str) -> str:
    return utc_timestamp(parse_timestamp(created_at).moment - timedelta(minutes=4))


@mutable
class _Snapshots:
    """A server whose lists come from a replica that is behind.

    Attributes:
        behind: How far.
    """

    behind: timedelta
    _taken: list[tuple[datetime, Mapping[str, SandboxJob]]] = field(factory=list)

    def __call__(self, request: VariantRequest) -> Reply:
        address = address_of(request.call.path)
        is_list = request.call.method == "GET" and address and address.export_id is None
        reply = request.answer()
        self._taken.append((request.now, {job.export_id: job for job in request.jobs.every()}))
        if address is None or not is_list or reply.status != 200:
            return reply
        then = request.now - self.behind
        past = [jobs for at, jobs in self._taken if at <= then]
        known = past[-1].values() if past else ()
        jobs = [
            listed(job, then)
            for job in known
            if (job.kind, job.resource_id) == (address.kind, address.resource_id)
        ]
        return with_json(reply, sorted(jobs, key=lambda job: job["created_at"], reverse=True))


_LISTS = (
    Variant(
        "list-filter-absent",
        "It omits the filter of listed jobs that have none",
        listing(lambda job: job if job["filter"] else without(job, "filter")),
        editions=_EDITIONS,
    ),
    Variant(
        "list-filter-empty",
        "It lists an empty filter for jobs without one",
        listing(lambda job: {**job, "filter": job["filter"] or {}}),
        editions=_EDITIONS,
    ),
    Variant(
        "list-filter-nulls",
        "It lists a filter with null for every condition that the request did not have",
        listing(lambda job: {**job, "filter": {**_NO_CONDITIONS, **(job["filter"] or {})}}),
        editions=_EDITIONS,
    ),
    Variant(
        "list-clock-behind",
        "Its database, whose clock is four minutes behind, sets created_at",
        listing(lambda job: {**job, "created_at": _earlier(job["created_at"])}),
        editions=_EDITIONS,
    ),
    Variant(
        "list-words",
        "It lists states under names of its own",
        listing(lambda job: {**job, "status": _WORDS[job["status"]]}),
        editions=_EDITIONS,
    ),
    Variant(
        "list-behind",
        "Its lists have the jobs and their states of two seconds ago",
        lambda: _Snapshots(timedelta(seconds=2)),
        editions=_EDITIONS,
    ),
)


@mutable
class _Remembering:
    """A server that remembers deleted jobs.

    Attributes:
        archives: Whether it still serves their archives; otherwise it reports them as failed.
    """

    archives: bool
    _deleted: dict[str, SandboxJob] = field(factory=dict)

    def __call__(self, request: VariantRequest) -> Reply:
        path = request.call.path
        if path.startswith(STORE_PREFIX):
            return self._again(request, export_id_of(path)) if self.archives else request.answer()
        address = address_of(path)
        export_id = address.export_id if address is not None else None
        if address is None or export_id is None:
            return request.answer()
        if request.call.method == "DELETE":
            job = request.jobs.find(export_id)
            reply = request.answer()
            if job is not None and reply.status == NO_CONTENT:
                self._deleted[export_id] = evolve(
                    job, failed_at=None if self.archives else request.now
                )
            return reply
        gone = self._deleted.get(export_id)
        own = gone is not None and (gone.kind, gone.resource_id) == (
            address.kind,
            address.resource_id,
        )
        return self._again(request, export_id) if own and not self.archives else request.answer()

    def _again(self, request: VariantRequest, export_id: str) -> Reply:
        job = self._deleted.get(export_id)
        if job is None:
            return request.answer()
        request.jobs.restore(job)
        reply = request.answer()
        request.jobs.remove(job)
        return reply


def _deleting(reply_for: Callable[[str], Reply]) -> Callable[[], VariantBehaviour]:
    """Replace the reply to deletions: no document specifies 204."""

    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        if request.call.method != "DELETE" or reply.status != NO_CONTENT:
            return reply
        return reply_for(request.call.path.rpartition("/")[2])

    return lambda: behave


def _remembering(*, archives: bool) -> Callable[[], VariantBehaviour]:
    return lambda: _Remembering(archives=archives)


def _behind(request: VariantRequest) -> Reply:
    """A server whose deletions learn of the end of a job a moment later."""
    address = address_of(request.call.path)
    job = request.jobs.find(address.export_id) if address and address.export_id else None
    if request.call.method != "DELETE" or job is None:
        return request.answer()
    late = timedelta(seconds=_SECONDS_BEHIND)
    if not job.ready_at <= request.now < job.ready_at + late:
        return request.answer()
    request.jobs.replace(job, evolve(job, ready_at=job.ready_at + late))
    reply = request.answer()
    for found in filter(None, [request.jobs.find(job.export_id)]):
        request.jobs.replace(found, job)
    return reply


_DELETIONS = (
    Variant(
        "delete-behind",
        "It still refuses to delete a job for a moment after it has ended",
        lambda: _behind,
        editions=_EDITIONS,
    ),
    Variant(
        "delete-200",
        "It answers deletions with 200 and the deleted job's id",
        _deleting(lambda export_id: json_reply(200, {"export_id": export_id})),
        editions=_EDITIONS,
    ),
    Variant(
        "delete-202",
        "It answers deletions with 202 and a text",
        _deleting(lambda _: _ACCEPTED),
        editions=_EDITIONS,
    ),
    Variant(
        "deleted-failed",
        "It reports deleted jobs as failed",
        _remembering(archives=False),
        editions=_EDITIONS,
    ),
    Variant(
        "deleted-archives-stay",
        "It still serves the archives of deleted jobs under earlier URLs",
        _remembering(archives=True),
        editions=_EDITIONS,
    ),
)


def _used_by_others(jobs: int) -> Callable[[], VariantBehaviour]:
    """Every resource has jobs before the first request, all but one of them with a filter."""
    return lambda: _jobs_of_others(jobs)


def _jobs_of_others(jobs: int) -> VariantBehaviour:
    known: set[tuple[str, str]] = set()

    def behave(request: VariantRequest) -> Reply:
        address = address_of(request.call.path)
        resource = (address.kind, address.resource_id) if address is not None else None
        exists = any(
            (one.kind, one.id) == resource and one.fate is not Fate.FORBIDDEN
            for one in request.settings.resources
        )
        if address is not None and exists and resource not in known:
            known.add((address.kind, address.resource_id))
            for number in range(jobs):
                wanted = JobFilter(study_id=f"study-{number}" if number else None)
                at = request.now - timedelta(hours=jobs - number)
                request.jobs.start(address.kind, address.resource_id, at, wanted)
        return request.answer()

    return behave


_OTHERS = (
    Variant(
        "used-by-others",
        "It has three jobs of every resource before the first request",
        _used_by_others(3),
        editions=_EDITIONS,
    ),
    Variant(
        "almost-full",
        "It has nine jobs of every resource before the first request",
        _used_by_others(9),
        editions=_EDITIONS,
    ),
    *(
        Variant(
            f"limit-{status}",
            f"It refuses an eleventh job with {status}",
            settings=with_settings(limit_status=status),
            editions=_EDITIONS,
        )
        for status in LIMIT_STATUSES
    ),
)


def _ending_between() -> VariantBehaviour:
    """Jobs that finish right after a poll reported that they are generating."""
    asked: Counter[str] = Counter()

    def behave(request: VariantRequest) -> Reply:
        address = address_of(request.call.path)
        jobs = request.jobs.of(address.kind, address.resource_id) if address is not None else ()
        for job in jobs:
            asked[job.export_id] += 1
            if asked[job.export_id] == _REQUESTS_OF_AN_EXPORT:
                request.jobs.replace(job, evolve(job, ready_at=min(job.ready_at, request.now)))
        return request.answer()

    return behave


_ENDINGS = (
    Variant(
        "ready-between",
        "It completes every job between the second poll and the deletion request",
        _ending_between,
        editions=_EDITIONS,
    ),
)

JOB_MANAGEMENT = (*_LISTS, *_DELETIONS, *_OTHERS, *_ENDINGS)
