"""Faults of deleting export jobs (edition 2026-11)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import field, mutable

from prolific_contract.sandbox._api import listed
from prolific_contract.sandbox._http import Reply, error_reply, no_content_reply
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._replies import NO_CONTENT, is_list, jobs_of, with_json
from prolific_contract.sandbox.mutants._changed_replies import changing
from prolific_contract.sandbox.mutants._fault import DELETE, Fault, MutantBehaviour, always
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

_KEPT_REQUESTS = 3
_NOT_FOUND = 404


def _job(request: FaultyRequest) -> SandboxJob | None:
    return None if request.export_id is None else request.jobs.find(request.export_id)


def _is_deleted(reply: Reply) -> bool:
    return reply.status == NO_CONTENT


def _nothing_done(request: FaultyRequest) -> Reply:
    job = _job(request)
    reply = request.reply()
    if job is not None and _is_deleted(reply):
        request.jobs.restore(job)
    return reply


@mutable
class _HalfDone:
    """Deletes a job either only from the list or only from the status operation.

    Attributes:
        keeps_listing: Whether the list still contains the deleted job.
    """

    keeps_listing: bool
    _deleted: dict[str, SandboxJob] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        if request.action == "delete":
            job = _job(request)
            reply = request.reply()
            if job is not None and _is_deleted(reply):
                self._deleted[job.export_id] = job
            return reply
        reply = request.reply()
        if request.action == "list":
            return self._in_list(request, reply) if self.keeps_listing and is_list(reply) else reply
        if not request.authorized:
            return reply
        job = self._deleted.get(request.export_id or "")
        if self.keeps_listing or job is None or job.resource_id != request.resource_id:
            return reply
        request.jobs.restore(job)
        answer = request.answer_to(request.call)
        request.jobs.remove(job)
        return answer

    def _in_list(self, request: FaultyRequest, reply: Reply) -> Reply:
        gone = [job for job in self._deleted.values() if job.resource_id == request.resource_id]
        shown = [listed(job, request.now) for job in gone]
        jobs = sorted([*jobs_of(reply), *shown], key=lambda job: job["created_at"], reverse=True)
        return with_json(reply, jobs) if gone else reply


def _also_generating(request: FaultyRequest) -> Reply:
    job = _job(request)
    own = job is not None and (job.kind, job.resource_id) == (request.kind, request.resource_id)
    if job is not None and own and request.authorized and job.is_unfinished(request.now):
        request.jobs.remove(job)
        return no_content_reply()
    return request.reply()


@mutable
class _GeneratingOnce:
    """Deletes a generating job, but only one of each resource."""

    _resources: set[str] = field(factory=set)

    def __call__(self, request: FaultyRequest) -> Reply:
        if request.resource_id in self._resources:
            return request.reply()
        before = len(request.jobs.every())
        reply = _also_generating(request)
        if len(request.jobs.every()) < before:
            self._resources.add(request.resource_id)
        return reply


@mutable
class _Returning:
    """Shows a deleted job again after some seconds.

    Attributes:
        after: The seconds.
    """

    after: timedelta
    _deleted: dict[str, tuple[datetime, SandboxJob]] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        job = _job(request)
        if request.action == "delete":
            reply = request.reply()
            if job is not None and _is_deleted(reply):
                self._deleted[job.export_id] = (request.now, job)
            return reply
        for at, gone in list(self._deleted.values()):
            if request.now - at >= self.after:
                request.jobs.restore(gone)
                del self._deleted[gone.export_id]
        return request.answer_to(request.call)


def _refused_after_end(status: int) -> Callable[[], MutantBehaviour]:
    """Refuses to delete a job that has ended."""

    def behave(request: FaultyRequest) -> Reply:
        job = _job(request)
        own = job is not None and (job.kind, job.resource_id) == (request.kind, request.resource_id)
        if job is None or not own or not request.authorized:
            return request.reply()
        if job.is_unfinished(request.now):
            return request.reply()
        return error_reply(status, 8, "The export cannot be deleted.")

    return always(behave)


def _despite(status: int) -> Callable[[], MutantBehaviour]:
    """Deletes a job although it answers with an error status."""

    def behave(request: FaultyRequest) -> Reply:
        job = _job(request)
        reply = request.reply()
        if job is not None and reply.status == status and job.kind == request.kind:
            request.jobs.remove(job)
        return reply

    return always(behave)


@mutable
class _Later:
    """Deletes a job only after three more requests."""

    _asked: dict[str, int] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        job = _job(request)
        if request.action == "delete":
            reply = request.reply()
            if job is not None and _is_deleted(reply):
                request.jobs.restore(job)
                self._asked[job.export_id] = 0
            return reply
        if job is not None and job.export_id in self._asked:
            self._asked[job.export_id] += 1
            if self._asked[job.export_id] > _KEPT_REQUESTS:
                request.jobs.remove(job)
        return request.reply()


@mutable
class _Again:
    """Answers the second deletion of a job otherwise than with 404.

    Attributes:
        reply: The reply.
    """

    reply: Reply
    _deleted: set[str] = field(factory=set)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if reply.status == _NOT_FOUND and request.export_id in self._deleted:
            return self.reply
        if _is_deleted(reply) and request.export_id is not None:
            self._deleted.add(request.export_id)
        return reply


def _all_ended(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for job in request.jobs_before if _is_deleted(reply) else ():
        if job.state(request.now) != "generating":
            request.jobs.remove(job)
    return reply


def _another(request: FaultyRequest) -> Reply:
    job = _job(request)
    reply = request.reply()
    others = [other for other in request.jobs_before if other != job]
    swaps = [(job, others[0])] if job is not None and _is_deleted(reply) and others else []
    for deleted, other in swaps:
        request.jobs.restore(deleted)
        request.jobs.remove(other)
    return reply


@mutable
class _OldestToo:
    """Deletes the oldest other job of a resource, too, with the first deletion."""

    _resources: set[str] = field(factory=set)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        others = [job for job in request.jobs_before if job.export_id != request.export_id]
        if _is_deleted(reply) and others and request.resource_id not in self._resources:
            self._resources.add(request.resource_id)
            request.jobs.remove(others[0])
        return reply


DELETION = (
    Fault(
        "delete-again-204",
        "It answers that it deleted a job that was deleted before",
        DELETE,
        lambda: _Again(no_content_reply()),
    ),
    Fault(
        "delete-again-409",
        "It answers 409 to the second deletion of a job",
        DELETE,
        lambda: _Again(error_reply(409, 8, "There is a conflict.")),
    ),
    Fault(
        "delete-all",
        "It deletes all jobs of the resource that have ended",
        DELETE,
        always(_all_ended),
    ),
    Fault(
        "delete-another",
        "It deletes the oldest other job of the resource instead",
        DELETE,
        always(_another),
    ),
    Fault(
        "delete-oldest-too",
        "It also deletes the oldest other job with the first deletion of a resource's jobs",
        DELETE,
        _OldestToo,
    ),
    Fault(
        "delete-nothing",
        "It answers that it deleted a job, and keeps the job",
        DELETE,
        always(_nothing_done),
        # Not at random: a conversation deletes too few jobs to be sure to meet it.
        also={"delete": ("second",)},
    ),
    Fault(
        "delete-later",
        "It keeps a deleted job for three more requests",
        DELETE,
        _Later,
        watches=("status",),
    ),
    Fault(
        "delete-list-only",
        "It removes a deleted job from the list and still answers its status requests",
        DELETE,
        lambda: _HalfDone(keeps_listing=False),
        watches=("status",),
    ),
    Fault(
        "delete-job-only",
        "It still lists a deleted job",
        DELETE,
        lambda: _HalfDone(keeps_listing=True),
        watches=("list",),
    ),
    Fault(
        "delete-generating",
        "It deletes jobs that are still generating",
        DELETE,
        always(_also_generating),
    ),
    Fault(
        "delete-generating-once",
        "It deletes one job of each resource that is still generating",
        DELETE,
        _GeneratingOnce,
    ),
    Fault(
        "deleted-returns",
        "It reports and lists a deleted job again after three seconds",
        DELETE,
        lambda: _Returning(timedelta(seconds=3)),
        watches=("status", "list"),
    ),
    Fault(
        "delete-generating-404",
        "It answers 404 to the deletion of a job that is still generating",
        DELETE,
        changing(
            lambda reply: reply.status == 409,
            lambda _: error_reply(404, 8, "There is no export of this id."),
        ),
        also={"delete": ("second",)},
    ),
    Fault(
        "delete-despite-401",
        "It deletes a job although it answers 401 because of a missing or wrong token",
        DELETE,
        _despite(401),
    ),
    Fault(
        "delete-despite-404",
        "It deletes a job of another resource although it answers 404",
        DELETE,
        _despite(404),
    ),
    Fault(
        "delete-despite-409",
        "It deletes a job that is still generating although it answers 409",
        DELETE,
        _despite(409),
        also={"delete": ("second",)},
    ),
    *(
        Fault(
            f"delete-ended-{status}",
            f"It answers {status} to the deletion of a job that has ended",
            DELETE,
            _refused_after_end(status),
        )
        for status in (403, 404, 409)
    ),
)
