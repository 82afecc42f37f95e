"""Laws about deleting export jobs (edition 2026-11)."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from prolific_contract.gate.laws._jobs import (
    EXISTING,
    JobKey,
    ObservedJob,
    before,
    is_regular,
    is_unfinished,
    jobs_of,
    may_lag,
    returned_job_id,
    same_id,
    seconds_between,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import (
    Deletion,
    deletion_of_another,
    deletions_of,
    first_requests,
    lists_of,
    may_have_been_deleted,
    overlaps,
)
from prolific_contract.gate.laws._observations import DELETE, conditions, held, once, violated
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace

# Seconds after a response within which the reported state is treated as current, and which the
# server has to make an end known to all its parts.
_JUST_NOW: Final = 1.0
_GONE: Final = (404, 410)
# Two exports with the same filter take similar times: not this many times as long.
_MUCH_LONGER: Final = 2.0


def _deleted(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    named = first_requests(trace)
    for deletion in deletions_of(trace):
        if deletion.done and deletion.key in named and is_regular(deletion.exchange):
            # `time.unique-id` judges a new job under an old id.
            again = [
                exchange.index
                for exchange in trace.exchanges[deletion.exchange.index :]
                if same_id(returned_job_id(exchange) or "", deletion.key.export_id)
            ]
            until = min(again, default=len(trace.exchanges))
            yield from _polled_after(trace, deletion, until)
            yield from _listed_after(trace, deletion, until)


def _polled_after(trace: Trace, deletion: Deletion, until: int) -> Iterator[Observation]:
    earlier = [poll for poll in _polls(trace, deletion.key) if before(poll, deletion.exchange)]
    job = jobs_of(trace).get(deletion.key)
    last = job.last_event_before(deletion.exchange) if job is not None else None
    was_failed = last is None or state(last) == "failed"
    was_gone = any(map(_is_gone, earlier[-1:]))
    for poll in _polls(trace, deletion.key):
        if not before(deletion.exchange, poll) or poll.index > until:
            continue
        polled_state = state(poll)
        if polled_state in EXISTING:
            seen = f"a deleted job is {polled_state} when polled later"
            yield violated(
                deletion.operation,
                seen,
                deletion.exchange,
                poll,
                about=("delete.method.delete", "delete.time.at-once", "delete.time.final"),
            )
        elif (polled_state == "failed" and not was_failed) or (_is_gone(poll) and not was_gone):
            yield held(deletion.operation, deletion.exchange, poll)


def _listed_after(trace: Trace, deletion: Deletion, until: int) -> Iterator[Observation]:
    key = deletion.key
    was_listed = False
    for one in lists_of(trace):
        if (one.kind, one.resource_id) != (key.kind, key.resource_id):
            continue
        if before(one.exchange, deletion.exchange):
            was_listed = one.find(key.export_id) is not None
        if not before(deletion.exchange, one.exchange) or one.exchange.index > until:
            continue
        if one.find(key.export_id) is None:
            if was_listed:
                yield held(deletion.operation, deletion.exchange, one.exchange)
        elif not may_lag(deletion.exchange, one.exchange):
            seconds = seconds_between(deletion.exchange, one.exchange)
            seen = f"a deleted job is still listed {seconds:.1f} s after its deletion"
            yield violated(
                deletion.operation,
                seen,
                deletion.exchange,
                one.exchange,
                about=("delete.relation.not-listed",),
            )


def _is_gone(poll: Exchange) -> bool:
    return poll.response is not None and poll.response.status in _GONE


def _polls(trace: Trace, key: JobKey) -> list[Exchange]:
    """The polls of a job, including those after its deletion."""
    return _all_polls(trace).get(key, [])


@once
def _all_polls(trace: Trace) -> dict[JobKey, list[Exchange]]:
    polls: dict[JobKey, list[Exchange]] = {}
    for exchange in trace.exchanges:
        operation, address = exchange.operation, exchange.address
        if operation is None or address is None or not is_regular(exchange):
            continue
        if operation.action == "status":
            polls.setdefault(JobKey.of(address), []).append(exchange)
    return polls


def _delete_generating(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    jobs = jobs_of(trace)
    done: dict[tuple[str, str], list[_DeletedJob]] = {}
    for deletion in deletions_of(trace):
        exchange = deletion.exchange
        job = jobs.get(deletion.key)
        last_event = job.last_event_before(exchange) if job is not None else None
        if job is None or last_event is None or not is_unfinished(last_event):
            continue
        if exchange.credential is not Credential.VALID or exchange.sender != last_event.sender:
            continue
        if not deletion.done:
            yield from _refused_while_generating(deletion, job, last_event)
        elif job.named and exchange.at - (last_event.at + last_event.took) <= _JUST_NOW:
            ended = _DeletedJob.between(job, last_event, exchange)
            # Exports of one resource take similar times; those of others need not.
            key = (deletion.key.kind, deletion.key.resource_id)
            earlier = done.setdefault(key, [])
            others = [one for one in earlier if one.excludes(ended)]
            earlier.append(ended)
            slow = _slower_export(trace, job, ended)
            if slow is not None:
                yield violated(
                    deletion.operation,
                    f"a job was deleted {ended.latest:.1f} s after its request, just after it was "
                    f"generating; the other export of the {deletion.key.kind} took longer",
                    last_event,
                    slow,
                    exchange,
                )
            elif others:
                yield violated(
                    deletion.operation,
                    f"{len(others) + 1} generating jobs were deleted, at different ages",
                    last_event,
                    *(one.deletion for one in others),
                    exchange,
                )


@frozen
class _DeletedJob:
    """A job that was generating just before its deletion, and may have ended in between.

    Attributes:
        deletion: The request.
        earliest: Minimum age in seconds at which it may have ended.
        latest: Maximum age in seconds at which it may have ended.
    """

    deletion: Exchange
    earliest: float
    latest: float

    @classmethod
    def between(cls, job: ObservedJob, last_event: Exchange, deletion: Exchange) -> "_DeletedJob":
        request = job.named[0]
        return cls(
            deletion,
            max(0.0, last_event.at - (request.at + request.took)),
            deletion.at + deletion.took - request.at,
        )

    def excludes(self, other: "_DeletedJob") -> bool:
        """Whether no single duration of exports explains both deletions."""
        return self.latest < other.earliest or other.latest < self.earliest


def _slower_export(trace: Trace, job: ObservedJob, deleted: _DeletedJob) -> Exchange | None:
    """A poll of another export with the same filter that was generating much longer, if any."""
    wanted = conditions(job.named[0])
    for other in jobs_of(trace).values():
        if other.key == job.key or not other.named or _resource(other.key) != _resource(job.key):
            continue
        if conditions(other.named[0]) != wanted:
            continue
        for poll in filter(is_unfinished, other.polls):
            if seconds_between(other.named[0], poll) > _MUCH_LONGER * deleted.latest + _JUST_NOW:
                return poll
    return None


def _resource(key: JobKey) -> tuple[str, str]:
    return key.kind, key.resource_id


def _refused_while_generating(
    deletion: Deletion, job: ObservedJob, last_event: Exchange
) -> Iterator[Observation]:
    status = deletion.status
    if status is None or not 400 <= status < 500 or status == 429:
        return
    if status == 409:
        yield held(deletion.operation, last_event, deletion.exchange)
        return
    if deletion.exchange.generated:
        # The server may have refused it for another reason.
        return
    still = next(job.polls_after(deletion.exchange), None)
    if still is not None and is_unfinished(still):
        yield violated(
            deletion.operation,
            f"the deletion of a generating job got {status}, not 409",
            last_event,
            still,
            deletion.exchange,
        )


@frozen
class _RefusedDeletion:
    """A refused request to delete a job, and what polls reported before and after it.

    Attributes:
        last_event: The last event before it that reported the job's state.
        poll: The next poll.
    """

    deletion: Deletion
    last_event: Exchange
    poll: Exchange


@once
def _refused_deletions(trace: Trace) -> list[_RefusedDeletion]:
    return list(_find_refused_deletions(trace))


def _find_refused_deletions(trace: Trace) -> Iterator[_RefusedDeletion]:
    jobs = jobs_of(trace)
    owners = {key.export_id: key for key, job in jobs.items() if any(map(state, job.events))}
    for deletion in deletions_of(trace):
        status, exchange = deletion.status, deletion.exchange
        key = owners.get(deletion.key.export_id)
        if key is None or status is None or not 400 <= status < 500:
            continue
        # `time.job-stays` judges a job that is lost after a refusal under the other kind.
        if key.kind != deletion.key.kind:
            continue
        last_event = jobs[key].last_event_before(exchange)
        if last_event is None:
            continue
        polls = [
            poll
            for poll in _polls(trace, key)
            if poll.sender == last_event.sender
            # Not every part of the server may know a new job yet.
            and not (_is_gone(poll) and any(may_lag(one, poll) for one in jobs[key].named[:1]))
        ]
        poll = next((poll for poll in polls if before(exchange, poll)), None)
        if poll is None or may_have_been_deleted(trace, key, last_event, poll):
            continue
        if any(_is_gone(lost) for lost in polls if last_event.index < lost.index < exchange.index):
            # It was already gone before the deletion.
            continue
        if deletion_of_another(trace, key, last_event, exchange) is not None:
            # That deletion may have removed it.
            continue
        yield _RefusedDeletion(deletion, last_event, poll)


def gone_after_refusal(trace: Trace, key: JobKey, start: Exchange, end: Exchange) -> bool:
    """Whether a job was lost between two exchanges by a deletion that was refused.

    `time.delete-refused` reports it, so that other laws need not.
    """
    return any(
        _is_gone(one.poll) and overlaps(one.deletion, key, start, end)
        for one in _refused_deletions(trace)
    )


def _delete_refused(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for one in _refused_deletions(trace):
        deletion, poll = one.deletion, one.poll
        if state(poll) in EXISTING:
            # A failed job proves nothing: deleted jobs may also be reported as failed.
            yield held(deletion.operation, deletion.exchange, poll)
        elif _is_gone(poll):
            yield violated(
                deletion.operation,
                f"the deletion got {deletion.status}, but the job is gone",
                one.last_event,
                deletion.exchange,
                poll,
            )


def _delete_ended(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    jobs = jobs_of(trace)
    for deletion in deletions_of(trace):
        exchange, status, job = deletion.exchange, deletion.status, jobs.get(deletion.key)
        if job is None or exchange.generated or exchange.credential is not Credential.VALID:
            continue
        ended = [
            event
            for event in job.events
            if state(event) in ("complete", "failed")
            and event.sender == exchange.sender
            and before(event, exchange)
        ]
        if not ended or job.last_event_before(exchange) is not ended[-1]:
            continue
        if deletion.done:
            yield held(deletion.operation, ended[-1], exchange)
            continue
        if status is None or not 400 <= status < 500 or status == 429:
            continue
        if exchange.at - (ended[0].at + ended[0].took) < _JUST_NOW:
            # The part of the server that deletes may learn of the end a moment later.
            continue
        shown = _shown_after(trace, job, exchange)
        if shown is not None and not may_have_been_deleted(trace, job.key, exchange, shown):
            yield violated(
                deletion.operation,
                f"the job was {state(ended[-1])} and remained, but its deletion got {status}",
                ended[-1],
                shown,
                exchange,
            )


def _shown_after(trace: Trace, job: ObservedJob, deletion: Exchange) -> Exchange | None:
    """The first exchange after a deletion that shows that the job still exists.

    A poll that reports failed does not: deleted jobs may also be reported as failed.
    """
    polled = (poll for poll in job.polls_after(deletion) if state(poll) == "complete")
    listed = (
        one.exchange
        for one in lists_of(trace)
        if (one.kind, one.resource_id) == (job.key.kind, job.key.resource_id)
        and before(deletion, one.exchange)
        and one.find(job.key.export_id) is not None
    )
    shown = [exchange for exchange in (*polled, *listed) if exchange.sender == deletion.sender]
    return min(shown, key=lambda exchange: exchange.index, default=None)


LAWS: Final = (
    Law(
        id="time.deleted",
        statement="A deleted job is gone: at once for polls, soon from the list, and for ever.",
        source=LawSource(
            "API reference, delete an export",
            "A deletion takes effect immediately and cannot be undone; the list omits deleted "
            "jobs. Because another part of the server may answer lists, they have 2.5 seconds. A "
            "later poll may return 404, or failed as for a deleted archive. Not judged: URLs "
            "returned earlier, which the documents do not mention.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="a job that existed and was deleted, and a later poll of it or a later list",
        check=_deleted,
        mutants=(
            "delete-nothing",
            "delete-list-only",
            "delete-job-only",
            "delete-later",
            "deleted-returns",
        ),
    ),
    Law(
        id="time.delete-generating",
        statement="A generating job cannot be deleted: the request gets 409.",
        source=LawSource(
            "API reference, delete an export",
            "Only jobs that have ended can be deleted. A job may end between a poll and the "
            "deletion, so one deleted job proves nothing, and neither do several of about the "
            "same age, because exports of a resource take similar times. Deleted jobs of "
            "different ages violate the law, and so does one that was deleted much earlier than "
            "another export with the same filter ended.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="a request to delete a job that is generating",
        check=_delete_generating,
        mutants=("delete-generating", "delete-generating-once", "delete-generating-404"),
    ),
    Law(
        id="time.delete-refused",
        statement="A refused request to delete a job deletes nothing.",
        source=LawSource(
            "API reference, delete an export and errors",
            "401, 403, 404 and 409 all mean that the job was not deleted.",
            ("D-3",),
        ),
        operations=DELETE,
        needs=("a refused request to delete a job that has not failed, and polls before and after"),
        check=_delete_refused,
        mutants=("delete-despite-401", "delete-despite-404", "delete-despite-409"),
    ),
    Law(
        id="time.delete-ended",
        statement="A job that has ended can be deleted.",
        source=LawSource(
            "API reference, delete an export",
            "Only a generating job cannot be deleted. Judged from one second after the end was "
            "reported, and only if a later poll or list shows that the job still exists: a job "
            "may be gone already.",
            ("D-3",),
        ),
        operations=DELETE,
        needs=(
            "a request with the token to delete a job that a response reported as complete or "
            "failed"
        ),
        check=_delete_ended,
        mutants=("delete-ended-403", "delete-ended-404", "delete-ended-409"),
    ),
)
