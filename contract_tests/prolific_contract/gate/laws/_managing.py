"""Laws about listing and deleting export jobs, which edition 2026-11 has."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from prolific_contract.gate.laws._jobs import (
    Job,
    Key,
    before,
    canonical,
    in_course,
    jobs_of,
    named_id,
    requests_of,
    same_id,
    state,
)
from prolific_contract.gate.laws._law import Law, Observation, Reading, Source
from prolific_contract.gate.laws._lists import (
    Deletion,
    asked_conditions,
    conditions,
    deletions_of,
    first_named,
    is_tried,
    lists_of,
    may_be_deleted,
)
from prolific_contract.gate.laws._observations import DELETE, LIST, held, once, quote, violated
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace

# The server that notes a job's time need not be the one that dates the answer.
_SKEW: Final = timedelta(seconds=60)
# A moment may be rounded in one list and not in the next.
_SECOND: Final = timedelta(seconds=1)
# A job that was told of this many seconds before is hardly ever another by now.
_JUST_NOW: Final = 1.0
# How long, in seconds, a job is there in anybody's sense: its URL is for an hour.
_KEPT: Final = 3600.0
_GONE: Final = (404, 410)
_REFERENCE: Final = "API reference, list export jobs"


def _list_order(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
    for one in lists_of(trace):
        ids = [entry.export_id for entry in one.entries]
        twice = next((each for number, each in enumerate(ids) if each in ids[:number]), None)
        times = [entry.created_at for entry in one.entries if entry.created_at is not None]
        late = next((times[i + 1] for i in range(len(times) - 1) if times[i] < times[i + 1]), None)
        if twice is not None:
            yield violated(one.operation, f"{quote(twice)} is listed twice", one.exchange)
        elif late is not None:
            yield violated(
                one.operation, f"a job of {late.isoformat()} comes after an older one", one.exchange
            )
        elif len(set(times)) > 1:
            # Of jobs of one moment any order is right.
            yield held(one.operation, one.exchange)


def _list_created(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
    since = dict(_preceded(trace))
    first: dict[Key, tuple[datetime, Exchange]] = {}
    for one in lists_of(trace):
        date = one.exchange.answer.date if one.exchange.answer is not None else None
        faults: list[tuple[str, tuple[Exchange, ...]]] = []
        for entry in one.entries:
            created = entry.created_at
            if created is None:
                continue
            key = Key(one.kind, one.resource_id, entry.export_id)
            known, shown = first.setdefault(key, (created, one.exchange))
            request = since.get(key)
            began = request.answer.date if request is not None and request.answer else None
            told = f"a job is listed as created at {created.isoformat()}"
            if date is not None and created > date + _SKEW:
                faults.append((f"{told}, in an answer of {date.isoformat()}", ()))
            elif abs(created - known) > _SECOND:
                faults.append((f"{told}, and was at {known.isoformat()} before", (shown,)))
            elif request is not None and began is not None and created < began - _SKEW:
                faults.append(
                    (f"{told}, and at {began.isoformat()} another was started for it", (request,))
                )
        if faults:
            seen, exchanges = faults[0]
            yield violated(one.operation, seen, *exchanges, one.exchange)
        elif date is not None and any(entry.created_at for entry in one.entries):
            yield held(one.operation, one.exchange)


def _preceded(trace: Trace) -> Iterator[tuple[Key, Exchange]]:
    """For jobs that a request named, an earlier one for the same export that named another.

    When that was answered no other was generating, and what has ended is never given again: so
    the job was requested later.
    """
    for (kind, resource_id, _), requests in requests_of(trace).items():
        named: dict[Key, Exchange] = {}
        for request in requests:
            export_id = named_id(request)
            if export_id is None:
                continue
            key = Key(kind, resource_id, canonical(export_id))
            others = [one for one in named.values() if before(one, request)]
            if key not in named and others:
                yield key, others[-1]
            # Given again, it is still generating.
            named.pop(key, None)
            named[key] = request


def _list_filter(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
    named = first_named(trace)
    for one in lists_of(trace):
        for entry in one.entries:
            request = named.get(Key(one.kind, one.resource_id, entry.export_id))
            shown = conditions(entry.shown.get("filter"))
            if request is None or shown is None or request.index > one.exchange.index:
                continue
            asked = asked_conditions(request)
            if asked is None:
                continue
            if shown == asked:
                yield held(one.operation, request, one.exchange)
            else:
                yield violated(
                    one.operation,
                    f"the filter of a job that was requested with {_told(asked)} is listed as "
                    f"{_told(shown)}",
                    request,
                    one.exchange,
                )


def _told(conditions: dict[str, object]) -> str:
    if not conditions:
        return "no filter"
    return quote(", ".join(f"{name} {value}" for name, value in sorted(conditions.items())))


def _listed(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
    named = first_named(trace)
    for one in lists_of(trace):
        for key, request in named.items():
            if (key.kind, key.resource_id) != (one.kind, one.resource_id):
                continue
            if not before(request, one.exchange) or one.exchange.at - request.at > _KEPT:
                continue
            if request.sender != one.exchange.sender:
                continue
            if may_be_deleted(trace, key, request, one.exchange):
                continue
            if one.find(key.export_id) is None:
                if is_tried(trace, key, request, one.exchange):
                    # That a refused deletion has deleted is for `time.delete-refused` to judge.
                    continue
                yield violated(
                    one.operation,
                    f"{quote(key.export_id)}, which a request named, is not listed",
                    request,
                    one.exchange,
                )
            else:
                yield held(one.operation, request, one.exchange)


def _list_status(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
    jobs = jobs_of(trace)
    refuted: dict[str | None, tuple[str, ...]] = {
        "complete": ("generating",),
        "failed": ("generating", "complete"),
    }
    for one in lists_of(trace):
        for entry in one.entries:
            job = jobs.get(Key(one.kind, one.resource_id, entry.export_id))
            later = next(job.told_after(one.exchange), None) if job is not None else None
            if job is None or later is None or entry.status not in refuted:
                continue
            told = state(later)
            earlier = job.told_before(one.exchange)
            if told in refuted[entry.status]:
                if earlier is not None and state(earlier) == entry.status:
                    # What polls take back themselves is for laws about polls to judge.
                    continue
                yield violated(
                    one.operation,
                    f"a job is listed as {entry.status}, and {told} afterwards",
                    one.exchange,
                    later,
                )
            else:
                yield held(one.operation, one.exchange, later)


def _list_scope(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
    named = first_named(trace)
    for one in lists_of(trace):
        own = (one.kind, one.resource_id)
        strangers = {
            key: request
            for key, request in named.items()
            if (key.kind, key.resource_id) != own
            and request.index < one.exchange.index
            # A job that this place was given as well is for `time.unique-id` to judge.
            and Key(*own, key.export_id) not in named
        }
        seen = [key for key in strangers if one.find(key.export_id) is not None]
        for key in seen:
            yield violated(
                one.operation,
                f"a job of the {key.kind} {quote(key.resource_id)} is listed",
                strangers[key],
                one.exchange,
            )
        if strangers and not seen:
            yield held(one.operation, one.exchange)


def _deleted(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
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
            seen = f"a deleted job is {told} afterwards"
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
    return poll.answer is not None and poll.answer.status in _GONE


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


def _delete_generating(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
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
                    f"jobs that were generating were deleted, {len(others) + 1} of them, each at "
                    "another age",
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
            f"the delete of a job that is generating is answered {status}, not 409",
            told,
            still,
            deletion.exchange,
        )


def _delete_refused(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
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
                f"the delete was answered {status}, and the job is gone",
                told,
                exchange,
                poll,
            )


LAWS: Final = (
    Law(
        id="value.list-order",
        statement="The list has every job once, the most recent first.",
        source=Source(
            _REFERENCE,
            "The list is in that order. Jobs of the same moment may stand in any.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list of jobs that were not all requested at the same moment",
        check=_list_order,
        mutants=("list-oldest-first", "list-shuffled", "list-twice"),
    ),
    Law(
        id="value.list-created",
        statement=(
            "A listed job's created_at stays, and is neither after the server's own time nor "
            "before an earlier request that was given another job."
        ),
        source=Source(
            _REFERENCE,
            "created_at is when the job was requested. The server's Date tells its time; a "
            "minute between its machines is nobody's fault. A request is given the job that is "
            "generating: another one, later, was requested later.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list with a job, in an answer with a Date",
        check=_list_created,
        mutants=("list-created-ahead", "list-created-behind", "list-created-moves"),
    ),
    Law(
        id="value.list-filter",
        statement="A job is listed with the filter that it was requested with, or none.",
        source=Source(
            _REFERENCE,
            "The filter has the conditions of the request, and is null without any; one that is "
            "left out or has no condition is read as null. However moments are written, the "
            "same moment is the same condition.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list with a job that a request of the conversation named",
        check=_list_filter,
        mutants=("list-filter-lost", "list-filter-other", "list-filter-invented"),
    ),
    Law(
        id="time.listed",
        statement="A job that a request named is listed until it is deleted.",
        source=Source(
            _REFERENCE,
            "The list has the export jobs of the resource, deleted ones excepted. Judged is one "
            "hour, as for jobs that are polled.",
            ("D-3", "D-4"),
        ),
        operations=LIST,
        needs="a request that named a job, and a list later",
        check=_listed,
        mutants=("list-empty", "list-lacks-newest", "list-lacks-generating", "list-lacks-filtered"),
    ),
    Law(
        id="time.list-status",
        statement="A job that is listed as complete or failed is that when it is polled, too.",
        source=Source(
            f"{_REFERENCE}; documents/000, 001",
            "Both operations tell one job's state. A list that is a little behind is taken, one "
            "that is ahead is not; other words than the three of the status operation say nothing.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list with a job as complete or failed, and a poll of that job later",
        check=_list_status,
        mutants=("list-complete-early", "list-failed"),
    ),
    Law(
        id="time.deleted",
        statement="A deleted job is gone at once: from the list, and for those who poll it.",
        source=Source(
            "API reference, delete an export",
            "Deleting is immediate and can't be undone; the list leaves deleted jobs out. A poll "
            "afterwards may say 404, or failed as for an archive that is gone. What becomes of "
            "URLs that were given before is not said, and not judged.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="a job that was there and deleted, and a poll of it or a list later",
        check=_deleted,
        mutants=("delete-nothing", "delete-list-only", "delete-job-only", "delete-later"),
    ),
    Law(
        id="time.delete-generating",
        statement="A job that is generating is not deleted: the request is answered 409.",
        source=Source(
            "API reference, delete an export",
            "Only what has ended can be deleted. A job may end between a poll and the request "
            "to delete it, so one that is deleted then accuses nobody, nor does another of about "
            "the same age: exports take their time. One of another age does.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="a request to delete a job that is generating",
        check=_delete_generating,
        mutants=("delete-generating", "delete-generating-404"),
    ),
    Law(
        id="time.delete-refused",
        statement="A request to delete a job that is refused deletes nothing.",
        source=Source(
            "API reference, delete an export and errors",
            "401, 403, 404 and 409 say that it was not done.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="a refused request to delete a job that has not failed, and polls before and after",
        check=_delete_refused,
        mutants=("delete-despite-401", "delete-despite-404", "delete-despite-409"),
    ),
    Law(
        id="isolation.list-scope",
        statement="Only jobs of the resource are listed.",
        source=Source(
            _REFERENCE,
            "The path names the resource whose jobs the list has.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a job that was started for another resource or kind, and a list later",
        check=_list_scope,
        mutants=("list-scope-kind", "list-scope-resource"),
    ),
)
