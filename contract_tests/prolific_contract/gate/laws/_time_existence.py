"""Laws about which jobs exist, by lists, deletions and polls together (edition 2026-11)."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from prolific_contract.gate.laws._jobs import (
    JobKey,
    ObservedJob,
    before,
    is_regular,
    jobs_of,
    may_lag,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import (
    Deletion,
    deletions_of,
    first_requests,
    lists_of,
    may_have_been_deleted,
)
from prolific_contract.gate.laws._observations import (
    DELETE,
    LIST,
    held,
    is_silent,
    once,
    quote,
    violated,
)
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace

_GONE: Final = (404, 410)


@once
def _polls_of(trace: Trace) -> dict[JobKey, list[Exchange]]:
    """The polls with the token by job, including those after its deletion."""
    polls: dict[JobKey, list[Exchange]] = {}
    for exchange in trace.exchanges:
        operation, address = exchange.operation, exchange.address
        if operation is None or operation.action != "status" or address is None:
            continue
        if is_regular(exchange):
            polls.setdefault(JobKey.of(address), []).append(exchange)
    return polls


def _is_gone(poll: Exchange) -> bool:
    return poll.response is not None and poll.response.status in _GONE


def _listed_exists(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    lists = lists_of(trace)
    for number, one in enumerate(lists):
        for entry in one.entries:
            key = JobKey(one.kind, one.resource_id, entry.export_id)
            poll = next(
                (
                    poll
                    for poll in _polls_of(trace).get(key, ())
                    if before(one.exchange, poll) and poll.sender == one.exchange.sender
                ),
                None,
            )
            if poll is None:
                continue
            if state(poll):
                yield held(one.operation, one.exchange, poll)
            # Another client may delete the job between the list and the poll.
            again = next(
                (
                    later
                    for later in lists[number + 1 :]
                    if (later.kind, later.resource_id) == (one.kind, one.resource_id)
                    and before(poll, later.exchange)
                    and later.find(entry.export_id) is not None
                ),
                None,
            )
            if (
                _is_gone(poll)
                # A new job may be unknown to polls for a moment.
                and not any(state(later) for later in _polls_of(trace)[key] if before(poll, later))
                and again is not None
                and not may_have_been_deleted(trace, key, one.exchange, again.exchange)
            ):
                yield violated(
                    one.operation,
                    f"{quote(entry.export_id)} is listed before and after a poll that got "
                    f"{poll.response.status if poll.response else None}",
                    one.exchange,
                    again.exchange,
                    poll,
                )


def _delete_again(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    named = first_requests(trace)
    done: dict[JobKey, Deletion] = {}
    for deletion in deletions_of(trace):
        exchange, response = deletion.exchange, deletion.exchange.response
        if exchange.credential is not Credential.VALID or deletion.key not in named:
            continue
        first = done.get(deletion.key)
        if first is None:
            if deletion.done:
                done[deletion.key] = deletion
            continue
        between = [
            poll
            for poll in _polls_of(trace).get(deletion.key, ())
            if before(first.exchange, poll) and before(poll, exchange)
        ]
        # A server may report a deleted job as failed, and delete it again.
        if response is None or is_silent(response) or not between or not _is_gone(between[-1]):
            continue
        if response.status in _GONE:
            yield held(deletion.operation, first.exchange, exchange)
        else:
            yield violated(
                deletion.operation,
                f"the second deletion of a job got {response.status}, not 404",
                first.exchange,
                between[-1],
                exchange,
            )


@frozen
class _Other:
    """A job that the conversation requested, seen before and after the deletion of another one.

    Attributes:
        key: The job.
        earlier: The last list or poll before the deletion, which shows the job.
        later: The first one of its kind after the deletion.
    """

    key: JobKey
    deletion: Deletion
    earlier: Exchange
    later: Exchange

    @property
    def is_lost(self) -> bool:
        """Whether the job is gone after the deletion."""
        return not _shows(self.later, self.key)


@once
def _others(trace: Trace) -> list[_Other]:
    return list(_find_others(trace))


def _find_others(trace: Trace) -> Iterator[_Other]:
    jobs = jobs_of(trace)
    done = [one for one in deletions_of(trace) if one.status is None or one.done]
    for deletion in done:
        if not deletion.done or not is_regular(deletion.exchange):
            continue
        for key, job in jobs.items():
            if not job.named or key == deletion.key or _resource(key) != _resource(deletion.key):
                continue
            earlier, later = _looks(trace, job, deletion)
            if earlier is None or later is None or not _shows(earlier, key):
                continue
            if may_lag(job.named[0], later) and not _shows(later, key):
                # Not every part of the server may know the job yet.
                continue
            if any(
                one is not deletion and earlier.index < one.exchange.index < later.index
                for one in done
                if _resource(one.key) == _resource(key)
            ):
                # Another deletion may have had this effect.
                continue
            if any(
                _is_gone(poll)
                for poll in _polls_of(trace).get(key, ())
                if earlier.index < poll.index < deletion.exchange.index
            ):
                # It was already gone before the deletion.
                continue
            yield _Other(key, deletion, earlier, later)


def lost_with_another(trace: Trace, key: JobKey, start: Exchange, end: Exchange) -> bool:
    """Whether a job was lost between two exchanges by the deletion of another one.

    `time.delete-others` reports it, so that other laws need not.
    """
    return any(
        one.is_lost
        and one.key == key
        and before(start, one.deletion.exchange)
        and before(one.deletion.exchange, end)
        for one in _others(trace)
    )


def _delete_others(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for one in _others(trace):
        deletion = one.deletion
        if one.is_lost:
            yield violated(
                deletion.operation,
                f"after the deletion of {quote(deletion.key.export_id)}, the job "
                f"{quote(one.key.export_id)} is gone, too",
                one.earlier,
                one.later,
                deletion.exchange,
            )
        else:
            yield held(deletion.operation, deletion.exchange, one.later)


def _resource(key: JobKey) -> tuple[str, str]:
    return key.kind, key.resource_id


def _looks(
    trace: Trace, job: ObservedJob, deletion: Deletion
) -> tuple[Exchange | None, Exchange | None]:
    """The last list or poll of a job before a deletion, and the first one of its kind after it."""
    polls = [poll for poll in _polls_of(trace).get(job.key, ()) if _is_gone(poll) or state(poll)]
    lists = [
        one.exchange for one in lists_of(trace) if (one.kind, one.resource_id) == _resource(job.key)
    ]
    # A list may lag behind the polls, so both looks are of one kind.
    for looks in (lists, polls):
        earlier = [look for look in looks if before(look, deletion.exchange)]
        later = [look for look in looks if before(deletion.exchange, look)]
        if earlier and later:
            return earlier[-1], later[0]
    return None, None


def _is_list(look: Exchange) -> bool:
    return look.operation is not None and look.operation.action == "list"


def _shows(look: Exchange, key: JobKey) -> bool:
    """Whether a list contains a job, or a poll reports its state."""
    if not _is_list(look):
        return state(look) is not None
    response = look.response
    found = response.json if response is not None else ()
    return any(
        isinstance(entry, dict) and str(entry.get("export_id")).lower() == key.export_id.lower()
        for entry in found
    )


LAWS: Final = (
    Law(
        id="time.listed-exists",
        statement="A listed job can be polled.",
        source=LawSource(
            "API reference, list export jobs; documents/000, 001",
            "The list contains the export jobs of the resource, and 404 means that there is no "
            "such job. Because other clients may delete their jobs, the law judges only jobs that "
            "a later list still contains, and that no later poll finds.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list, a poll of a job in it, and another list",
        check=_listed_exists,
        mutants=("list-ghost",),
    ),
    Law(
        id="time.delete-again",
        statement="A second request to delete a job gets 404.",
        source=LawSource(
            "API reference, delete an export",
            "404 means that there is no such job. Not judged if the deleted job is still "
            "reported, as failed.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="two requests to delete a job, and a poll between them that got 404",
        check=_delete_again,
        mutants=("delete-again-204", "delete-again-409"),
    ),
    Law(
        id="time.delete-others",
        statement="A deletion deletes the job in its path, and no other job of the resource.",
        source=LawSource(
            "API reference, delete an export",
            "The path names one job. The law judges jobs that requests in the conversation "
            "returned, which no other client has a reason to delete.",
            ("D-3",),
        ),
        operations=DELETE,
        needs="a deletion, and a list or poll of another job of the resource before and after it",
        check=_delete_others,
        mutants=("delete-all", "delete-another", "delete-oldest-too"),
    ),
)
