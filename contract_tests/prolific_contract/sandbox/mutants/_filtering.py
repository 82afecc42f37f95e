"""Faults of filters and of the job limit (edition 2026-11)."""

from collections.abc import Callable
from typing import Any

from attrs import evolve, field, mutable

from prolific_contract._vocabulary import JOB_LIMIT
from prolific_contract.sandbox._filter import NO_FILTER, JobFilter, filter_of
from prolific_contract.sandbox._http import Reply, error_reply, json_reply
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._replies import (
    NO_CONTENT,
    body_of,
    is_error,
    is_generating,
    with_json,
)
from prolific_contract.sandbox.mutants._fault import Fault, MutantBehaviour, Places, always
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

_FILTERED: Places = {"request": ("2026-11",)}


def _generating(job: SandboxJob) -> Reply:
    return json_reply(202, {"status": "generating", "export_id": job.export_id})


def _given_again(
    same: Callable[[JobFilter, JobFilter], bool],
) -> Callable[[], MutantBehaviour]:
    """A server that returns a job that is generating for another filter.

    Args:
        same: Whether the server confuses the two filters.
    """

    def behave(request: FaultyRequest) -> Reply:
        wanted = filter_of(request.call)
        for job in request.jobs_before:
            generating = job.is_unfinished(request.now)
            if request.is_request and generating and same(wanted, job.filter):
                return _generating(job)
        return request.reply()

    return always(behave)


def _new_job_each_time(request: FaultyRequest) -> Reply:
    wanted, reply = filter_of(request.call), request.reply()
    if wanted == NO_FILTER or not is_generating(reply) or request.started:
        return reply
    return _generating(request.jobs.start(request.kind, request.resource_id, request.now, wanted))


def _refused(status: int) -> Callable[[], MutantBehaviour]:
    """A server that refuses every filter."""

    def behave(request: FaultyRequest) -> Reply:
        if request.is_request and not request.forbidden and filter_of(request.call) != NO_FILTER:
            return error_reply(status, 8, "The filter is not valid.")
        return request.reply()

    return always(behave)


def _refused_form(which: Callable[[JobFilter], bool]) -> Callable[[], MutantBehaviour]:
    """A server that refuses some filters with 400."""

    def behave(request: FaultyRequest) -> Reply:
        if request.is_request and not request.forbidden and which(filter_of(request.call)):
            return error_reply(400, 8, "The filter is not valid.")
        return request.reply()

    return always(behave)


def _is_study_alone(wanted: JobFilter) -> bool:
    return wanted == JobFilter(study_id=wanted.study_id) != NO_FILTER


def _is_study_undated(wanted: JobFilter) -> bool:
    return wanted.study_id is not None and None in (wanted.from_, wanted.to)


def _is_one_time(wanted: JobFilter) -> bool:
    return (wanted.from_ is None) != (wanted.to is None)


def _has_study_without_dashes(wanted: JobFilter) -> bool:
    return wanted.study_id is not None and "-" not in wanted.study_id


@mutable
class _ByText:
    """Returns a running job only to a request with the same text as the one that started it."""

    _texts: dict[str, object] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if not request.is_request or not is_generating(reply):
            return reply
        export_id = body_of(reply)["export_id"]
        if self._texts.setdefault(export_id, request.call.query) == request.call.query:
            return reply
        wanted = filter_of(request.call)
        job = request.jobs.start(request.kind, request.resource_id, request.now, wanted)
        self._texts[job.export_id] = request.call.query
        return _generating(job)


@mutable
class _DeletedAgain:
    """Returns the deleted job of a filter again."""

    _deleted: list[SandboxJob] = field(factory=list)

    def __call__(self, request: FaultyRequest) -> Reply:
        if request.action == "delete":
            reply = request.reply()
            if reply.status == NO_CONTENT:
                self._deleted += [
                    job for job in request.jobs_before if job.export_id == request.export_id
                ]
            return reply
        wanted = filter_of(request.call)
        present = [job for job in request.jobs_before if job.filter == wanted]
        for job in self._deleted if request.is_request and not present else ():
            if (job.resource_id, job.filter) == (request.resource_id, wanted):
                return _generating(job)
        return request.reply()


def _cancelling(request: FaultyRequest) -> Reply:
    """Starts a job, and makes the other generating jobs of the resource fail."""
    reply, now = request.reply(), request.now
    for job in request.jobs_before if request.started else ():
        if job.is_unfinished(now):
            request.jobs.replace(job, evolve(job, ready_at=now, failed_at=now))
    return reply


def _is_same_day(wanted: JobFilter, present: JobFilter) -> bool:
    def days(one: JobFilter) -> list[object]:
        return [one.study_id, *(moment and moment.date() for moment in (one.from_, one.to))]

    return days(wanted) == days(present)


def _complete_again(request: FaultyRequest) -> Reply:
    wanted = filter_of(request.call)
    for job in request.jobs_before:
        complete = job.state(request.now) == "complete"
        if request.is_request and complete and wanted == job.filter != NO_FILTER:
            return _generating(job)
    return request.reply()


def _is_limit(request: FaultyRequest) -> bool:
    return (
        request.is_request and is_error(request.reply()) and len(request.jobs_before) >= JOB_LIMIT
    )


def _one_more(request: FaultyRequest) -> Reply:
    if not _is_limit(request):
        return request.reply()
    return _generating(
        request.jobs.start(request.kind, request.resource_id, request.now, filter_of(request.call))
    )


def _one_more_unsaid(request: FaultyRequest) -> Reply:
    if _is_limit(request):
        request.jobs.start(request.kind, request.resource_id, request.now, filter_of(request.call))
    return request.reply()


def _flat(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if not _is_limit(request):
        return reply
    detail: dict[str, Any] = {"detail": body_of(reply)["error"]["detail"]}
    return with_json(reply, detail)


@mutable
class _ForEver:
    """After it has refused a job once, it refuses every further one."""

    _refusals: dict[str, Reply] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        refusal = self._refusals.get(request.resource_id)
        if refusal is not None and request.is_request:
            return refusal
        if _is_limit(request):
            headers = tuple(one for one in request.reply().headers if one[0] != "Date")
            self._refusals[request.resource_id] = evolve(request.reply(), headers=headers)
        return request.reply()


FILTERING = (
    Fault(
        "filter-ignored",
        "It returns a job that is generating for another filter",
        _FILTERED,
        _given_again(lambda _, __: True),
    ),
    Fault(
        "filter-coarse",
        "It ignores filters that name no study",
        _FILTERED,
        _given_again(lambda wanted, present: wanted.study_id == present.study_id),
    ),
    Fault(
        "filter-to-ignored",
        "It ignores the end of a filter's period",
        _FILTERED,
        _given_again(lambda wanted, present: evolve(wanted, to=None) == evolve(present, to=None)),
    ),
    Fault(
        "filter-from-ignored",
        "It ignores the beginning of a filter's period",
        _FILTERED,
        _given_again(
            lambda wanted, present: evolve(wanted, from_=None) == evolve(present, from_=None)
        ),
    ),
    Fault(
        "filter-study-ignored",
        "It ignores the study of a filter",
        _FILTERED,
        _given_again(
            lambda wanted, present: evolve(wanted, study_id=None) == evolve(present, study_id=None)
        ),
    ),
    Fault(
        "filter-by-day",
        "It ignores the time of day in filters",
        _FILTERED,
        _given_again(_is_same_day),
    ),
    Fault(
        "request-cancels",
        "It lets the generating jobs of a resource fail when it starts another one",
        _FILTERED,
        always(_cancelling),
    ),
    Fault(
        "filter-for-all",
        "It returns a job with a filter to a request without one",
        _FILTERED,
        _given_again(lambda wanted, present: wanted == NO_FILTER != present),
    ),
    Fault(
        "filter-complete-reused",
        "It returns the complete job of a filter again",
        _FILTERED,
        always(_complete_again),
    ),
    Fault(
        "filter-restarts",
        "It starts a new job for every request with a filter, even while one is generating",
        _FILTERED,
        always(_new_job_each_time),
    ),
    Fault(
        "filter-refused",
        "It answers 400 to every request with a filter",
        _FILTERED,
        _refused(400),
    ),
    Fault(
        "filter-forbidden",
        "It answers 403 to every request with a filter",
        _FILTERED,
        _refused(403),
    ),
    Fault(
        "filter-one-time",
        "It answers 400 to a filter with from or to alone",
        _FILTERED,
        _refused_form(_is_one_time),
    ),
    Fault(
        "filter-study-alone",
        "It answers 400 to a filter with study_id alone",
        _FILTERED,
        _refused_form(_is_study_alone),
    ),
    Fault(
        "filter-study-undated",
        "It answers 400 to a filter with study_id that lacks from or to",
        _FILTERED,
        _refused_form(_is_study_undated),
    ),
    Fault(
        "filter-study-uuid",
        "It answers 400 to every study_id that is not a UUID",
        _FILTERED,
        _refused_form(_has_study_without_dashes),
    ),
    Fault(
        "filter-by-text",
        "It starts another job for the parameters of a running one in another order",
        _FILTERED,
        _ByText,
    ),
    Fault(
        "deleted-reused",
        "It returns the deleted job of a filter to a new request",
        _FILTERED,
        _DeletedAgain,
        watches=("delete",),
    ),
    Fault(
        "limit-none",
        "It starts an eleventh job",
        _FILTERED,
        always(_one_more),
    ),
    Fault(
        "limit-flat",
        "It refuses an eleventh job with an error outside the envelope",
        _FILTERED,
        always(_flat),
    ),
    Fault(
        "limit-in-name-only",
        "It refuses an eleventh job, and starts it anyway",
        _FILTERED,
        always(_one_more_unsaid),
    ),
    Fault(
        "limit-for-ever",
        "It still refuses a new job after one of ten was deleted",
        _FILTERED,
        _ForEver,
    ),
)
