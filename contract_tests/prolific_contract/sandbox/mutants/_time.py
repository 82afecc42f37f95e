"""Faults that show over several answers: what becomes of a job."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from attrs import evolve, field, mutable

from prolific_contract.sandbox._filter import wanted_by
from prolific_contract.sandbox._http import Reply, json_reply
from prolific_contract.sandbox._jobs import Job
from prolific_contract.sandbox._replies import (
    body_of,
    is_complete,
    is_failed,
    is_generating,
    with_json,
)
from prolific_contract.sandbox.mutants._fault import (
    REQUEST,
    STATUS,
    Behaviour,
    Fault,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import Turn

# Longer than anybody waits.
_NEVER: Final = timedelta(days=3650)
_AGAIN: Final = timedelta(seconds=10)
_NAMES: Final = UUID("6f1c9d58-7a1e-4f0b-9a43-1f2d3c4b5a69")


def _job(turn: Turn) -> Job | None:
    return None if turn.export_id is None else turn.book.find(turn.export_id)


def _generating(reply: Reply, export_id: str, status: int = 200) -> Reply:
    return with_json(evolve(reply, status=status), {"status": "generating", "export_id": export_id})


def _lost_at_once(turn: Turn) -> Reply:
    reply = turn.reply()
    if is_generating(reply):
        turn.book.forget(body_of(reply)["export_id"])
    return reply


def _lost_when_complete(turn: Turn) -> Reply:
    reply = turn.reply()
    if is_complete(reply) and turn.export_id is not None:
        turn.book.forget(turn.export_id)
    return reply


def _lost_when_asked(turn: Turn) -> Reply:
    reply = turn.reply()
    if is_generating(reply) and turn.export_id is not None:
        turn.book.forget(turn.export_id)
    return reply


def _another_id_each_time(turn: Turn) -> Reply:
    reply = turn.reply()
    if not is_generating(reply):
        return reply
    return _generating(reply, str(uuid5(_NAMES, str(turn.number))))


def _id_of_another(turn: Turn) -> Reply:
    reply = turn.reply()
    if not is_generating(reply):
        return reply
    return _generating(reply, str(uuid5(_NAMES, turn.resource_id)))


def _same_id_again(turn: Turn) -> Reply:
    reply = turn.reply()
    for job in turn.started:
        if turn.jobs_before:
            first = turn.jobs_before[0].export_id
            turn.book.replace(job, evolve(job, export_id=first))
            return _generating(reply, first, reply.status)
    return reply


def _new_job_while(which: Callable[[Reply], bool]) -> Callable[[], Behaviour]:
    """A POST that starts a job although the answer would be an earlier one's."""

    def behave(turn: Turn) -> Reply:
        reply = turn.reply()
        if not which(reply) or turn.started:
            return reply
        job = turn.book.start(turn.kind, turn.resource_id, turn.now)
        return _generating(reply, job.export_id, 202)

    return always(behave)


def _latest(turn: Turn) -> list[Job]:
    """The most recent job of the filter that is asked for, if there is one."""
    wanted = wanted_by(turn.call)
    return [job for job in turn.jobs_before if job.filter == wanted][-1:]


def _completed_job_again(turn: Turn) -> Reply:
    latest = _latest(turn)
    if turn.is_request and latest and latest[0].state(turn.now) == "complete":
        path = f"{turn.call.path}/{latest[0].export_id}"
        return turn.answer_to(evolve(turn.call, method="GET", path=path))
    return turn.reply()


def _never_ready(turn: Turn) -> Reply:
    reply = turn.reply()
    for job in turn.started:
        turn.book.replace(job, evolve(job, ready_at=turn.now + _NEVER))
    return reply


def _generating_again(turn: Turn) -> Reply:
    job = _job(turn)
    reply = turn.reply()
    if job is not None and is_failed(reply):
        turn.book.replace(job, evolve(job, ready_at=turn.now + _AGAIN, gone_at=None))
    return reply


def _complete_after_all(turn: Turn) -> Reply:
    job = _job(turn)
    reply = turn.reply()
    if job is not None and is_failed(reply):
        turn.book.replace(job, evolve(job, gone_at=None))
    return reply


def _restarting_failed(turn: Turn) -> Reply:
    """The failed job itself is generated again by the next POST."""
    for job in _latest(turn):
        if turn.is_request and job.state(turn.now) == "failed":
            turn.book.replace(job, evolve(job, ready_at=turn.now + _AGAIN, gone_at=None))
    return turn.reply()


@mutable
class _CreatingByGet:
    """Whatever id is asked for exists from then on."""

    _asked: set[tuple[str, str]] = field(factory=set)

    def __call__(self, turn: Turn) -> Reply:
        reply = turn.reply()
        if turn.export_id is None or turn.forbidden or turn.book.find(turn.export_id):
            return reply
        asked = (turn.resource_id, turn.export_id)
        if not turn.authorized or asked not in self._asked:
            self._asked.add(asked)
            return reply
        return json_reply(200, {"status": "generating", "export_id": turn.export_id})


@mutable
class _RegressingJobs:
    """Jobs whose every second answer after the first complete one says ``generating``."""

    _told: Counter[str] = field(factory=Counter)

    def __call__(self, turn: Turn) -> Reply:
        reply = turn.reply()
        if turn.export_id is None or not is_complete(reply):
            return reply
        self._told[turn.export_id] += 1
        return reply if self._told[turn.export_id] % 2 else _generating(reply, turn.export_id)


TIME = (
    Fault(
        "job-unknown",
        "It answers 404 to status requests for a job that it has just started",
        STATUS,
        always(_lost_at_once),
        watches=("request",),
        also={"status": ("second",)},
    ),
    Fault(
        "job-vanishes",
        "It loses a job when it has told that it is complete",
        STATUS,
        always(_lost_when_complete),
        also={"status": ("second",)},
    ),
    Fault(
        "job-vanishes-early",
        "It loses a job that is still generated when it is asked for it",
        STATUS,
        always(_lost_when_asked),
        also={"status": ("late",)},
    ),
    Fault(
        "id-changes",
        "It tells another export_id in every status answer",
        STATUS,
        always(_another_id_each_time),
        also={"status": ("late", "second", "sometimes")},
    ),
    Fault(
        "id-of-another",
        "It tells another job's export_id in status answers",
        STATUS,
        always(_id_of_another),
        also={"status": ("late",)},
    ),
    Fault(
        "id-reused",
        "It gives a resource's new job the id of its first one",
        REQUEST,
        always(_same_id_again),
        needs_failed_job=True,
    ),
    Fault(
        "request-restarts",
        "It starts another job at every request, also while one is generated",
        REQUEST,
        _new_job_while(is_generating),
    ),
    Fault(
        "complete-not-reused",
        "It starts another job although a finished export is there",
        {"request": ("2026-03",)},
        _new_job_while(is_complete),
    ),
    Fault(
        "complete-reused",
        "It answers with the finished export instead of starting another job",
        {"request": ("2026-11",)},
        always(_completed_job_again),
    ),
    Fault(
        "never-completes",
        "It generates a job without end",
        STATUS,
        always(_never_ready),
        watches=("request",),
        also={"status": ("second",)},
    ),
    Fault(
        "complete-regresses",
        "It says generating in every second answer after a job was complete",
        STATUS,
        _RegressingJobs,
        also={"status": ("second",)},
    ),
    Fault(
        "failed-completes",
        "It completes a job that it has told to have failed",
        STATUS,
        always(_complete_after_all),
        needs_failed_job=True,
    ),
    Fault(
        "failed-regenerates",
        "It generates a job again that it has told to have failed",
        STATUS,
        always(_generating_again),
        needs_failed_job=True,
    ),
    Fault(
        "failed-restarts",
        "It generates the failed job again instead of starting another one",
        REQUEST,
        always(_restarting_failed),
        needs_failed_job=True,
    ),
    Fault(
        "get-creates",
        "It takes a status request for an unknown job as a request for an export",
        STATUS,
        _CreatingByGet,
    ),
)
