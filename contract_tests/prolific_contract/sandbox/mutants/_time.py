"""Faults that need several responses to show: the history of a job."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from attrs import evolve, field, mutable

from prolific_contract.sandbox._filter import filter_of
from prolific_contract.sandbox._http import Reply, error_reply, json_reply
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._replies import (
    body_of,
    is_complete,
    is_failed,
    is_generating,
    reports_state,
    with_json,
)
from prolific_contract.sandbox.mutants._changed_replies import changing
from prolific_contract.sandbox.mutants._fault import (
    ARCHIVE,
    EVERYWHERE,
    REQUEST,
    STATUS,
    Fault,
    MutantBehaviour,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

# Longer than any client waits.
_NEVER: Final = timedelta(days=3650)
_AGAIN: Final = timedelta(seconds=10)
_NAMES: Final = UUID("6f1c9d58-7a1e-4f0b-9a43-1f2d3c4b5a69")


def _job(request: FaultyRequest) -> SandboxJob | None:
    return None if request.export_id is None else request.jobs.find(request.export_id)


def _generating(reply: Reply, export_id: str, status: int = 200) -> Reply:
    return with_json(evolve(reply, status=status), {"status": "generating", "export_id": export_id})


def _lost_at_once(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if is_generating(reply):
        request.jobs.forget(body_of(reply)["export_id"])
    return reply


def _lost_when_complete(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if is_complete(reply) and request.export_id is not None:
        request.jobs.forget(request.export_id)
    return reply


def _lost_when_asked(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if is_generating(reply) and request.export_id is not None:
        request.jobs.forget(request.export_id)
    return reply


def _another_id_each_time(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if not is_generating(reply):
        return reply
    return _generating(reply, str(uuid5(_NAMES, str(request.number))))


def _id_of_another(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if not is_generating(reply):
        return reply
    return _generating(reply, str(uuid5(_NAMES, request.resource_id)))


def _same_id_again(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for job in request.started:
        if request.jobs_before:
            first = request.jobs_before[0].export_id
            request.jobs.replace(job, evolve(job, export_id=first))
            return _generating(reply, first, reply.status)
    return reply


def _new_job_while(which: Callable[[Reply], bool]) -> Callable[[], MutantBehaviour]:
    """A POST that starts a job although an existing job should be returned."""

    def behave(request: FaultyRequest) -> Reply:
        reply = request.reply()
        if not which(reply) or request.started:
            return reply
        job = request.jobs.start(request.kind, request.resource_id, request.now)
        return _generating(reply, job.export_id, 202)

    return always(behave)


def _asked_later(status: int) -> Callable[[], MutantBehaviour]:
    """A server that asks to repeat every request a second later."""

    def behave(request: FaultyRequest) -> Reply:
        del request
        return error_reply(status, 1, "Try again later.", (("Retry-After", "1"),))

    return always(behave)


def _latest(request: FaultyRequest) -> list[SandboxJob]:
    """The most recent job with the requested filter, if any."""
    wanted = filter_of(request.call)
    return [job for job in request.jobs_before if job.filter == wanted][-1:]


def _completed_job_again(request: FaultyRequest) -> Reply:
    latest = _latest(request)
    if request.is_request and latest and latest[0].state(request.now) == "complete":
        path = f"{request.call.path}/{latest[0].export_id}"
        return request.answer_to(evolve(request.call, method="GET", path=path))
    return request.reply()


def _never_ready(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for job in request.started:
        request.jobs.replace(job, evolve(job, ready_at=request.now + _NEVER))
    return reply


def _generating_again(request: FaultyRequest) -> Reply:
    job = _job(request)
    reply = request.reply()
    if job is not None and is_failed(reply):
        request.jobs.replace(job, evolve(job, ready_at=request.now + _AGAIN, failed_at=None))
    return reply


def _complete_after_all(request: FaultyRequest) -> Reply:
    job = _job(request)
    reply = request.reply()
    if job is not None and is_failed(reply):
        request.jobs.replace(job, evolve(job, failed_at=None))
    return reply


def _restarting_failed(request: FaultyRequest) -> Reply:
    """A server whose next POST generates the failed job again."""
    for job in _latest(request):
        if request.is_request and job.state(request.now) == "failed":
            request.jobs.replace(job, evolve(job, ready_at=request.now + _AGAIN, failed_at=None))
    return request.reply()


@mutable
class _CreatingByGet:
    """Creates a job for every id that is requested."""

    _asked: set[tuple[str, str]] = field(factory=set)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if request.export_id is None or request.forbidden or request.jobs.find(request.export_id):
            return reply
        asked = (request.resource_id, request.export_id)
        if not request.authorized or asked not in self._asked:
            self._asked.add(asked)
            return reply
        return json_reply(200, {"status": "generating", "export_id": request.export_id})


@mutable
class _RegressingJobs:
    """Jobs that report ``generating`` in every second response after the first complete one."""

    _complete_reports: Counter[str] = field(factory=Counter)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if request.export_id is None or not is_complete(reply):
            return reply
        self._complete_reports[request.export_id] += 1
        if self._complete_reports[request.export_id] % 2:
            return reply
        return _generating(reply, request.export_id)


TIME = (
    Fault(
        "job-unknown",
        "It answers 404 to status requests for a job that it just started",
        STATUS,
        always(_lost_at_once),
        watches=("request",),
        also={"status": ("second",)},
    ),
    Fault(
        "job-vanishes",
        "It loses a job after it reported that the job is complete",
        STATUS,
        always(_lost_when_complete),
        also={"status": ("second",)},
    ),
    Fault(
        "job-vanishes-early",
        "It loses a generating job after the first status request",
        STATUS,
        always(_lost_when_asked),
        also={"status": ("late",)},
    ),
    Fault(
        "id-changes",
        "It sends a new export_id in every status response",
        STATUS,
        always(_another_id_each_time),
        also={"status": ("late", "second", "sometimes")},
    ),
    Fault(
        "id-of-another",
        "It sends another job's export_id in status responses",
        STATUS,
        always(_id_of_another),
        also={"status": ("late",)},
    ),
    Fault(
        "id-reused",
        "It gives a resource's new job the id of its first job",
        REQUEST,
        always(_same_id_again),
        needs_failed_job=True,
    ),
    Fault(
        "request-restarts",
        "It starts a new job for every request, even while one is generating",
        REQUEST,
        _new_job_while(is_generating),
    ),
    Fault(
        "complete-not-reused",
        "It starts a new job although a finished export exists",
        {"request": ("2026-03",)},
        _new_job_while(is_complete),
    ),
    Fault(
        "request-always-starts",
        "It starts a new job for every request, whatever jobs exist",
        {"request": ("2026-03",)},
        _new_job_while(reports_state),
    ),
    Fault(
        "complete-reused",
        "It returns the finished export instead of starting a new job",
        {"request": ("2026-11",)},
        always(_completed_job_again),
    ),
    Fault(
        "never-completes",
        "It never completes a job",
        STATUS,
        always(_never_ready),
        watches=("request",),
        also={"status": ("second",)},
    ),
    Fault(
        "complete-regresses",
        "It sends generating in every second response after a job was complete",
        STATUS,
        _RegressingJobs,
        also={"status": ("second",)},
    ),
    Fault(
        "failed-completes",
        "It completes a job after it reported that the job failed",
        STATUS,
        always(_complete_after_all),
        needs_failed_job=True,
    ),
    Fault(
        "failed-regenerates",
        "It generates a job again after it reported that the job failed",
        STATUS,
        always(_generating_again),
        needs_failed_job=True,
    ),
    Fault(
        "failed-restarts",
        "It generates the failed job again instead of starting a new one",
        REQUEST,
        always(_restarting_failed),
        needs_failed_job=True,
    ),
    Fault(
        "get-creates",
        "It creates an unknown job when its status is requested",
        STATUS,
        _CreatingByGet,
    ),
    Fault(
        "limited-for-ever",
        "It answers every request with 429 and Retry-After",
        EVERYWHERE,
        _asked_later(429),
    ),
    Fault(
        "unavailable-for-ever",
        "It answers every request with 503 and Retry-After",
        EVERYWHERE,
        _asked_later(503),
    ),
    Fault(
        "store-unavailable",
        "It answers every request for an archive with 503",
        ARCHIVE,
        changing(lambda _: True, lambda _: Reply(503, (("Content-Length", "0"),), b"")),
    ),
)
