"""Variants of listing, deleting and filtering export jobs, which edition 2026-11 has."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from attrs import evolve, field, mutable

from prolific_contract._vocabulary import Edition, address_of
from prolific_contract.sandbox._filter import ExportFilter
from prolific_contract.sandbox._http import Reply, json_reply
from prolific_contract.sandbox._jobs import Job
from prolific_contract.sandbox._replies import NO_CONTENT, without
from prolific_contract.sandbox._resources import LIMIT_STATUSES, Fate
from prolific_contract.sandbox._store import STORE_PREFIX, export_id_of
from prolific_contract.sandbox.variants._bodies import listing
from prolific_contract.sandbox.variants._job_histories import having
from prolific_contract.sandbox.variants._variant import Look, Variant, Visit

_LATER: tuple[Edition, ...] = ("2026-11",)
_WORDS = {"generating": "IN_PROGRESS", "complete": "ready", "failed": "error"}
# After the one that started it: a poll, another request for the export, a poll, a list, and
# the deletion.
_REQUESTS_OF_AN_EXPORT = 5

_ACCEPTED = Reply(202, (("Content-Type", "text/plain"), ("Content-Length", "4")), b"gone")

_LISTS = (
    Variant(
        "list-filter-absent",
        "It leaves the filter out of listed jobs that have none",
        listing(lambda job: job if job["filter"] else without(job, "filter")),
        editions=_LATER,
    ),
    Variant(
        "list-filter-empty",
        "It lists jobs without a filter with an empty one",
        listing(lambda job: {**job, "filter": job["filter"] or {}}),
        editions=_LATER,
    ),
    Variant(
        "list-words",
        "It lists states in words of its own",
        listing(lambda job: {**job, "status": _WORDS[job["status"]]}),
        editions=_LATER,
    ),
    Variant(
        "list-behind",
        "It lists every job as generating, whatever has become of it",
        listing(lambda job: {**job, "status": "generating"}),
        editions=_LATER,
    ),
)


@mutable
class _Remembering:
    """A server that still knows what was deleted.

    Attributes:
        archives: Whether it serves the archives of deleted jobs, or tells that they failed.
    """

    archives: bool
    _deleted: dict[str, Job] = field(factory=dict)

    def __call__(self, visit: Visit) -> Reply:
        path = visit.call.path
        if path.startswith(STORE_PREFIX):
            return self._again(visit, export_id_of(path)) if self.archives else visit.answer()
        address = address_of(path)
        export_id = address.export_id if address is not None else None
        if address is None or export_id is None:
            return visit.answer()
        if visit.call.method == "DELETE":
            job = visit.book.find(export_id)
            reply = visit.answer()
            if job is not None and reply.status == NO_CONTENT:
                self._deleted[export_id] = evolve(job, gone_at=None if self.archives else visit.now)
            return reply
        gone = self._deleted.get(export_id)
        own = gone is not None and (gone.kind, gone.resource_id) == (
            address.kind,
            address.resource_id,
        )
        return self._again(visit, export_id) if own and not self.archives else visit.answer()

    def _again(self, visit: Visit, export_id: str) -> Reply:
        job = self._deleted.get(export_id)
        if job is None:
            return visit.answer()
        visit.book.restore(job)
        reply = visit.answer()
        visit.book.remove(job)
        return reply


def _deleting(told: Callable[[str], Reply]) -> Callable[[], Look]:
    """Tells of deletions, which 204 stands for in no document, by an answer of its own."""

    def look(visit: Visit) -> Reply:
        reply = visit.answer()
        if visit.call.method != "DELETE" or reply.status != NO_CONTENT:
            return reply
        return told(visit.call.path.rpartition("/")[2])

    return lambda: look


def _remembering(*, archives: bool) -> Callable[[], Look]:
    return lambda: _Remembering(archives=archives)


_DELETIONS = (
    Variant(
        "delete-200",
        "It answers deletions with 200 and the deleted job's id",
        _deleting(lambda export_id: json_reply(200, {"export_id": export_id})),
        editions=_LATER,
    ),
    Variant(
        "delete-202",
        "It answers deletions with 202 and a text",
        _deleting(lambda _: _ACCEPTED),
        editions=_LATER,
    ),
    Variant(
        "deleted-failed",
        "It says of deleted jobs that they failed",
        _remembering(archives=False),
        editions=_LATER,
    ),
    Variant(
        "deleted-archives-stay",
        "It serves the archives of deleted jobs under URLs that were given before",
        _remembering(archives=True),
        editions=_LATER,
    ),
)


def _used_by_others() -> Look:
    """Every resource has three jobs before anybody asks, two of them with a filter."""
    known: set[tuple[str, str]] = set()

    def look(visit: Visit) -> Reply:
        address = address_of(visit.call.path)
        resource = (address.kind, address.resource_id) if address is not None else None
        exists = any(
            (one.kind, one.id) == resource and one.fate is not Fate.FORBIDDEN
            for one in visit.settings.resources
        )
        if address is not None and exists and resource not in known:
            known.add((address.kind, address.resource_id))
            for number in range(3):
                wanted = ExportFilter(study_id=f"study-{number}" if number else None)
                at = visit.now - timedelta(hours=3 - number)
                visit.book.start(address.kind, address.resource_id, at, wanted)
        return visit.answer()

    return look


_OTHERS = (
    Variant(
        "used-by-others",
        "It has three jobs of everything before the first request",
        _used_by_others,
        editions=_LATER,
    ),
    *(
        Variant(
            f"limit-{status}",
            f"It refuses an eleventh job with {status}",
            settings=having(limit_status=status),
            editions=_LATER,
        )
        for status in LIMIT_STATUSES
    ),
)


def _ending_between() -> Look:
    """Jobs whose time is over just when a poll has told that they are generating."""
    asked: Counter[str] = Counter()

    def look(visit: Visit) -> Reply:
        address = address_of(visit.call.path)
        jobs = visit.book.of(address.kind, address.resource_id) if address is not None else ()
        for job in jobs:
            asked[job.export_id] += 1
            if asked[job.export_id] == _REQUESTS_OF_AN_EXPORT:
                visit.book.replace(job, evolve(job, ready_at=min(job.ready_at, visit.now)))
        return visit.answer()

    return look


_ENDINGS = (
    Variant(
        "ready-between",
        "It completes every job between the second poll and the request to delete it",
        _ending_between,
        editions=_LATER,
    ),
)

MANAGING = (*_LISTS, *_DELETIONS, *_OTHERS, *_ENDINGS)
