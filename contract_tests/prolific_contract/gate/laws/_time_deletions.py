"""Laws about deleting export jobs (edition 2026-11)."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from prolific_contract.gate.laws._jobs import (
    Job,
    Key,
    before,
    in_course,
    jobs_of,
    named_id,
    same_id,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import (
    Deletion,
    deletions_of,
    first_named,
    lists_of,
    may_be_deleted,
)
from prolific_contract.gate.laws._observations import DELETE, held, once, violated
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace

# A job that was told of this many seconds before is hardly ever another by now.
_JUST_NOW: Final = 1.0
_GONE: Final = (404, 410)


def _deleted(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    named = first_named(trace)
    for deletion in deletions_of(trace):
        if deletion.done and deletion.key in named and in_course(deletion.exchange):
            # A new life under an old id is for `time.unique-id` to judge.
            again = [
                exchange.index
                for exchange in trace.exchanges[deletion.exchange.index :]
                if same_id(named_id(exchange) or "", deletion.key.export_id)
            ]
            until = min(again, default=len(trace.exchanges))
            yield from _polled_after(trace, deletion, until)
            yield from _listed_after(trace, deletion, until)


def _polled_after(trace: Trace, deletion: Deletion, until: int) -> Iterator[Observation]:
    earlier = [poll for poll in _polls(trace, deletion.key) if before(poll, deletion.exchange)]
    job = jobs_of(trace).get(deletion.key)
    last = job.told_before(deletion.exchange) if job is not None else None
    was_failed = last is None or state(last) == "failed"
    was_gone = any(map(_is_gone, earlier[-1:]))
    for poll in _polls(trace, deletion.key):
        if not before(deletion.exchange, poll) or poll.index > until:
            continue
        told = state(poll)
        if told in ("generating", "complete"):
            seen = f"a deleted job is {told} when polled later"
            yield violated(deletion.operation, seen, deletion.exchange, poll)
        elif (told == "failed" and not was_failed) or (_is_gone(poll) and not was_gone):
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
        else:
            seen = "a deleted job is still listed"
            yield violated(deletion.operation, seen, deletion.exchange, one.exchange)


def _is_gone(poll: Exchange) -> bool:
    return poll.response is not None and poll.response.status in _GONE


def _polls(trace: Trace, key: Key) -> list[Exchange]:
    """The polls of a job, those after its deletion included."""
    return _all_polls(trace).get(key, [])


@once
def _all_polls(trace: Trace) -> dict[Key, list[Exchange]]:
    polls: dict[Key, list[Exchange]] = {}
    for exchange in trace.exchanges:
        operation, address = exchange.operation, exchange.address
        if operation is None or address is None or not in_course(exchange):
            continue
        if operation.action == "status":
            polls.setdefault(Key.of(address), []).append(exchange)
    return polls


def _delete_generating(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    jobs = jobs_of(trace)
    done: dict[tuple[str, str], list[_Ended]] = {}
    for deletion in deletions_of(trace):
        exchange = deletion.exchange
        job = jobs.get(deletion.key)
        told = job.told_before(exchange) if job is not None else None
        if job is None or told is None or state(told) != "generating":
            continue
        if exchange.credential is not Credential.VALID or exchange.sender != told.sender:
            continue
        if exchange.at - (told.at + told.took) > _JUST_NOW:
            continue
        if not deletion.done:
            yield from _refused_while_generating(deletion, job, told)
        elif job.named:
            ended = _Ended.between(job, told, exchange)
            # Of one resource exports take about the same time, of others any.
            key = (deletion.key.kind, deletion.key.resource_id)
            earlier = done.setdefault(key, [])
            others = [one for one in earlier if one.excludes(ended)]
            earlier.append(ended)
            if others:
                yield violated(
                    deletion.operation,
                    f"{len(others) + 1} generating jobs were deleted, at different ages",
                    told,
                    *(one.deletion for one in others),
                    exchange,
                )


@frozen
class _Ended:
    """A job that was deleted when it had just been generating, and may have ended in between.

    Attributes:
        deletion: The request.
        earliest: Its age in seconds at which it may have ended at the earliest.
        latest: At the latest.
    """

    deletion: Exchange
    earliest: float
    latest: float

    @classmethod
    def between(cls, job: Job, told: Exchange, deletion: Exchange) -> "_Ended":
        request = job.named[0]
        return cls(
            deletion,
            max(0.0, told.at - (request.at + request.took)),
            deletion.at + deletion.took - request.at,
        )

    def excludes(self, other: "_Ended") -> bool:
        """Whether one duration of exports can't explain both."""
        return self.latest < other.earliest or other.latest < self.earliest


def _refused_while_generating(
    deletion: Deletion, job: Job, told: Exchange
) -> Iterator[Observation]:
    status = deletion.status
    if status is None or not 400 <= status < 500 or status == 429:
        return
    if status == 409:
        yield held(deletion.operation, told, deletion.exchange)
        return
    if deletion.exchange.generated:
        # What else is wrong with it may come first.
        return
    still = next(job.told_after(deletion.exchange), None)
    if still is not None and state(still) == "generating":
        yield violated(
            deletion.operation,
            f"the deletion of a generating job got {status}, not 409",
            told,
            still,
            deletion.exchange,
        )


def _delete_refused(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    jobs = jobs_of(trace)
    owners = {key.export_id: key for key, job in jobs.items() if any(map(state, job.events))}
    for deletion in deletions_of(trace):
        status, exchange = deletion.status, deletion.exchange
        key = owners.get(deletion.key.export_id)
        if key is None or status is None or not 400 <= status < 500 or exchange.generated:
            continue
        # What else was refused in the meantime, under the other kind, is not suspected.
        if key.kind != deletion.key.kind:
            continue
        told = jobs[key].told_before(exchange)
        if told is None:
            continue
        polls = [poll for poll in _polls(trace, key) if poll.sender == told.sender]
        poll = next((poll for poll in polls if before(exchange, poll)), None)
        if poll is None or may_be_deleted(trace, key, told, poll):
            continue
        if any(_is_gone(lost) for lost in polls if told.index < lost.index < exchange.index):
            # It was gone before.
            continue
        if state(poll) in ("generating", "complete"):
            # That a job failed is said of deleted ones, too.
            yield held(deletion.operation, exchange, poll)
        elif _is_gone(poll):
            yield violated(
                deletion.operation,
                f"the deletion got {status}, but the job is gone",
                told,
                exchange,
                poll,
            )


LAWS: Final = (
    Law(
        id="time.deleted",
        statement="A deleted job is gone at once, from the list and for polls.",
        source=LawSource(
            "API reference, delete an export",
            "A deletion takes effect immediately and cannot be undone; the list omits deleted "
            "jobs. A later poll may return 404, or failed as for a deleted archive. Not "
            "judged: URLs returned earlier, which the documents do not mention.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="a job that existed and was deleted, and a later poll of it or a later list",
        check=_deleted,
        mutants=("delete-nothing", "delete-list-only", "delete-job-only", "delete-later"),
    ),
    Law(
        id="time.delete-generating",
        statement="A generating job cannot be deleted: the request gets 409.",
        source=LawSource(
            "API reference, delete an export",
            "Only jobs that have ended can be deleted. A job may end between a poll and the "
            "deletion, so one deleted job proves nothing, and neither do several of about the "
            "same age, because exports of a resource take similar times. Deleted jobs of "
            "different ages violate the law.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="a request to delete a job that is generating",
        check=_delete_generating,
        mutants=("delete-generating", "delete-generating-404"),
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
)
