"""Faults of the list of export jobs (edition 2026-11)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract.sandbox._http import Reply, error_reply
from prolific_contract.sandbox._replies import is_list, jobs_of, with_json, without
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox.mutants._changed_replies import changing
from prolific_contract.sandbox.mutants._fault import LIST, Fault, MutantBehaviour, always
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

_Jobs: TypeAlias = list[dict[str, Any]]

_GHOST = {
    "export_id": "5f0e8d7c-6b5a-4940-8372-61504f3e2d1c",
    "status": "complete",
    "created_at": "2020-01-01T00:00:00Z",
}


def _listing(change: Callable[[_Jobs], object]) -> Callable[[], MutantBehaviour]:
    """A fault that changes non-empty lists."""

    def changed(reply: Reply) -> Reply:
        jobs = jobs_of(reply)
        return with_json(reply, change(jobs)) if jobs else reply

    return changing(is_list, changed)


def _each(change: Callable[[dict[str, Any]], object]) -> Callable[[], MutantBehaviour]:
    """A fault that changes every listed job."""
    return _listing(lambda jobs: [change(job) for job in jobs])


def _set(**members: object) -> Callable[[dict[str, Any]], object]:
    return lambda job: {**job, **members}


def _later(text: str, hours: int = 1) -> str:
    return utc_timestamp(parse_timestamp(text).moment + timedelta(hours=hours))


def _created_now(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if not is_list(reply):
        return reply
    now = utc_timestamp(request.now)
    return with_json(reply, [{**job, "created_at": now} for job in jobs_of(reply)])


def _shuffled(jobs: _Jobs) -> _Jobs:
    """The oldest job first, then the others in the documented order."""
    return [*jobs[-1:], *jobs[:-1]]


_FORMS = (
    Fault(
        "list-wrapped",
        "It wraps the list in a member named results",
        LIST,
        _listing(lambda jobs: {"results": jobs}),
        also={"list": ("sometimes",)},
    ),
    Fault(
        "list-null",
        "It sends null instead of the list",
        LIST,
        _listing(lambda _: None),
    ),
    Fault(
        "list-field-missing",
        "It omits export_id from listed jobs",
        LIST,
        _each(lambda job: without(job, "export_id")),
        also={"list": ("late",)},
    ),
    Fault(
        "list-created-missing",
        "It omits created_at from listed jobs",
        LIST,
        _each(lambda job: without(job, "created_at")),
    ),
    Fault(
        "list-uuid-not",
        "It lists ids that are not UUIDs",
        LIST,
        _each(lambda job: {**job, "export_id": f"job-{job['export_id'][:8]}"}),
    ),
    Fault(
        "list-date-naive",
        "It sends created_at without an offset",
        LIST,
        _each(lambda job: {**job, "created_at": job["created_at"].removesuffix("Z")}),
        also={"list": ("late", "second", "sometimes")},
    ),
    Fault(
        "list-filter-text",
        "It lists filters as text",
        LIST,
        _each(lambda job: {**job, "filter": str(job["filter"])}),
    ),
    Fault(
        "list-status-number",
        "It lists the status as a number",
        LIST,
        _each(_set(status=1)),
    ),
    Fault(
        "list-field-extra",
        "It adds an undocumented member to listed jobs",
        LIST,
        _each(_set(size=140000)),
        strict=True,
    ),
    Fault(
        "list-filter-extra",
        "It adds an undocumented member to listed filters",
        LIST,
        _each(lambda job: {**job, "filter": {**(job["filter"] or {}), "cohort": "a"}}),
        strict=True,
    ),
)

_VALUES = (
    Fault(
        "list-oldest-first",
        "It lists the oldest job first",
        LIST,
        _listing(lambda jobs: jobs[::-1]),
    ),
    Fault(
        "list-shuffled",
        "It lists the jobs in an arbitrary order",
        LIST,
        _listing(_shuffled),
        also={"list": ("late",)},
    ),
    Fault(
        "list-twice",
        "It lists the most recent job twice",
        LIST,
        _listing(lambda jobs: [*jobs[:1], *jobs]),
        also={"list": ("second", "sometimes")},
    ),
    Fault(
        "list-created-ahead",
        "It sends created_at one hour ahead",
        LIST,
        _each(lambda job: {**job, "created_at": _later(job["created_at"])}),
        # Not at random: a conversation has too few lists to be sure to meet it.
        also={"list": ("late",)},
    ),
    Fault(
        "list-created-behind",
        "It sends created_at in a time zone eight hours behind and labels it UTC",
        LIST,
        _each(lambda job: {**job, "created_at": _later(job["created_at"], -8)}),
    ),
    Fault(
        "list-created-moves",
        "It sends the time of the response as created_at",
        LIST,
        always(_created_now),
    ),
    Fault(
        "list-filter-lost",
        "It lists every filter as null",
        LIST,
        _each(_set(filter=None)),
    ),
    Fault(
        "list-filter-other",
        "It lists the end of a filter's time range as its start",
        LIST,
        _each(
            lambda job: (
                {**job, "filter": {**job["filter"], "from": job["filter"]["to"]}}
                if "to" in (job["filter"] or {})
                else job
            )
        ),
    ),
    Fault(
        "list-filter-invented",
        "It lists a filter for jobs that have none",
        LIST,
        _each(lambda job: {**job, "filter": job["filter"] or {"study_id": "64d0c0de"}}),
        also={"list": ("late",)},
    ),
)

_HISTORIES = (
    Fault(
        "list-empty-404",
        "It answers 404 to list requests for a resource without jobs",
        LIST,
        changing(
            lambda reply: is_list(reply) and not jobs_of(reply),
            lambda _: error_reply(404, 8, "There are no exports."),
        ),
    ),
    Fault(
        "list-empty",
        "It sends an empty list",
        LIST,
        _listing(lambda _: []),
        # Not at random: a conversation has too few lists to be sure to meet it.
        also={"list": ("late",)},
    ),
    Fault(
        "list-ghost",
        "It lists a job that does not exist",
        LIST,
        _listing(lambda jobs: [*jobs, {**jobs[-1], **_GHOST}]),
    ),
    Fault(
        "list-lacks-newest",
        "It omits the most recent job from the list",
        LIST,
        _listing(lambda jobs: jobs[1:]),
        also={"list": ("second",)},
    ),
    Fault(
        "list-lacks-generating",
        "It omits generating jobs from the list",
        LIST,
        _listing(lambda jobs: [job for job in jobs if job["status"] != "generating"]),
    ),
    Fault(
        "list-lacks-filtered",
        "It omits jobs with a filter from the list",
        LIST,
        _listing(lambda jobs: [job for job in jobs if job["filter"] is None]),
    ),
    Fault(
        "list-complete-early",
        "It lists every job as complete",
        LIST,
        _each(_set(status="complete")),
    ),
    Fault(
        "list-stuck",
        "It lists every job as generating",
        LIST,
        _each(_set(status="generating")),
    ),
    Fault(
        "list-failed",
        "It lists every job as failed",
        LIST,
        _each(_set(status="failed")),
        also={"list": ("late", "second")},
    ),
)

LISTS = (*_FORMS, *_VALUES, *_HISTORIES)
