"""Faults of deleting export jobs, which edition 2026-11 has."""

from collections.abc import Callable

from attrs import field, mutable

from prolific_contract.sandbox._api import listed
from prolific_contract.sandbox._http import Reply, error_reply, no_content_reply
from prolific_contract.sandbox._jobs import Job
from prolific_contract.sandbox._replies import NO_CONTENT, is_list, jobs_of, with_json
from prolific_contract.sandbox.mutants._changing import changing
from prolific_contract.sandbox.mutants._fault import DELETE, Behaviour, Fault, always
from prolific_contract.sandbox.mutants._faulty_request import Turn

_KEPT_REQUESTS = 3


def _job(turn: Turn) -> Job | None:
    return None if turn.export_id is None else turn.book.find(turn.export_id)


def _is_deleted(reply: Reply) -> bool:
    return reply.status == NO_CONTENT


def _nothing_done(turn: Turn) -> Reply:
    job = _job(turn)
    reply = turn.reply()
    if job is not None and _is_deleted(reply):
        turn.book.restore(job)
    return reply


@mutable
class _HalfDone:
    """Deletes a job for those who poll it, or for the list, and not for the others.

    Attributes:
        keeps_listing: Whether the list is what still has it.
    """

    keeps_listing: bool
    _deleted: dict[str, Job] = field(factory=dict)

    def __call__(self, turn: Turn) -> Reply:
        if turn.action == "delete":
            job = _job(turn)
            reply = turn.reply()
            if job is not None and _is_deleted(reply):
                self._deleted[job.export_id] = job
            return reply
        reply = turn.reply()
        if turn.action == "list":
            return self._in_list(turn, reply) if self.keeps_listing and is_list(reply) else reply
        if not turn.authorized:
            return reply
        job = self._deleted.get(turn.export_id or "")
        if self.keeps_listing or job is None or job.resource_id != turn.resource_id:
            return reply
        turn.book.restore(job)
        answer = turn.answer_to(turn.call)
        turn.book.remove(job)
        return answer

    def _in_list(self, turn: Turn, reply: Reply) -> Reply:
        gone = [job for job in self._deleted.values() if job.resource_id == turn.resource_id]
        shown = [listed(job, turn.now) for job in gone]
        jobs = sorted([*jobs_of(reply), *shown], key=lambda job: job["created_at"], reverse=True)
        return with_json(reply, jobs) if gone else reply


def _also_generating(turn: Turn) -> Reply:
    job = _job(turn)
    own = job is not None and (job.kind, job.resource_id) == (turn.kind, turn.resource_id)
    if job is not None and own and turn.authorized and job.state(turn.now) == "generating":
        turn.book.remove(job)
        return no_content_reply()
    return turn.reply()


def _despite(status: int) -> Callable[[], Behaviour]:
    """Deletes a job although it says that it does not."""

    def behave(turn: Turn) -> Reply:
        job = _job(turn)
        reply = turn.reply()
        if job is not None and reply.status == status and job.kind == turn.kind:
            turn.book.remove(job)
        return reply

    return always(behave)


@mutable
class _Later:
    """Deletes a job when it has been asked for three times more."""

    _asked: dict[str, int] = field(factory=dict)

    def __call__(self, turn: Turn) -> Reply:
        job = _job(turn)
        if turn.action == "delete":
            reply = turn.reply()
            if job is not None and _is_deleted(reply):
                turn.book.restore(job)
                self._asked[job.export_id] = 0
            return reply
        if job is not None and job.export_id in self._asked:
            self._asked[job.export_id] += 1
            if self._asked[job.export_id] > _KEPT_REQUESTS:
                turn.book.remove(job)
        return turn.reply()


DELETING = (
    Fault(
        "delete-nothing",
        "It says that it deletes a job and keeps it",
        DELETE,
        always(_nothing_done),
        also={"delete": ("second", "sometimes")},
    ),
    Fault(
        "delete-later",
        "It keeps a deleted job until it was asked for three times",
        DELETE,
        _Later,
        watches=("status",),
    ),
    Fault(
        "delete-list-only",
        "It takes a deleted job out of the list and still tells its state",
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
        "It deletes jobs that are generated",
        DELETE,
        always(_also_generating),
    ),
    Fault(
        "delete-generating-404",
        "It answers 404 to the delete of a job that is generated",
        DELETE,
        changing(
            lambda reply: reply.status == 409,
            lambda _: error_reply(404, 8, "There is no export of this id."),
        ),
        also={"delete": ("second",)},
    ),
    Fault(
        "delete-despite-401",
        "It deletes jobs for requests that it refuses for want of a token",
        DELETE,
        _despite(401),
    ),
    Fault(
        "delete-despite-404",
        "It deletes a job that is asked for under another resource, and says that there is none",
        DELETE,
        _despite(404),
    ),
    Fault(
        "delete-despite-409",
        "It deletes a job that is generated, and says that it does not",
        DELETE,
        _despite(409),
        also={"delete": ("second",)},
    ),
)
