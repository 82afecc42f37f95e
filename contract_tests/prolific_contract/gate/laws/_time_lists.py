"""Laws about lists of export jobs over time (edition 2026-11)."""

from collections.abc import Iterator
from typing import Final

from prolific_contract._vocabulary import UNFINISHED, State
from prolific_contract.gate.laws._jobs import (
    EXISTING,
    JobKey,
    ObservedJob,
    before,
    is_unfinished,
    jobs_of,
    may_lag,
    seconds_between,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import (
    JobList,
    deletion_of_another,
    first_requests,
    lists_of,
    may_have_been_deleted,
    since,
)
from prolific_contract.gate.laws._observations import LIST, held, quote, violated
from prolific_contract.gate.laws._time_deletions import gone_after_refusal
from prolific_contract.gate.laws._time_existence import lost_with_another
from prolific_contract.gate.trace._exchanges import Exchange, Trace

# Seconds during which a job certainly exists: its URL is valid for at least an hour.
_JUDGED_SECONDS: Final = 3600.0
_REFERENCE: Final = "API reference, list export jobs"


def _listed(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    named, jobs = first_requests(trace), jobs_of(trace)
    for one in lists_of(trace):
        for key, request in named.items():
            if (key.kind, key.resource_id) != (one.kind, one.resource_id):
                continue
            if not before(request, one.exchange) or one.exchange.at - request.at > _JUDGED_SECONDS:
                continue
            if request.sender != one.exchange.sender:
                continue
            last = jobs.get(key, ObservedJob(key)).last_event_before(one.exchange) or request
            if may_have_been_deleted(trace, key, last, one.exchange):
                continue
            if one.find(key.export_id) is None:
                if may_lag(request, one.exchange):
                    continue
                explained = (gone_after_refusal, lost_with_another)
                if any(explains(trace, key, request, one.exchange) for explains in explained):
                    continue
                cause, deleting = since(deletion_of_another(trace, key, request, one.exchange))
                yield violated(
                    one.operation,
                    f"{quote(key.export_id)}, which a request returned, is not listed{cause}",
                    request,
                    *deleting,
                    one.exchange,
                )
            else:
                yield held(one.operation, request, one.exchange)


def _list_status(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    jobs = jobs_of(trace)
    refuted: dict[str | None, frozenset[State]] = {
        "complete": UNFINISHED,
        "failed": EXISTING,
    }
    for one in lists_of(trace):
        for entry in one.entries:
            job = jobs.get(JobKey(one.kind, one.resource_id, entry.export_id))
            if job is None:
                continue
            ended = _ended_before(job, one)
            if entry.status in UNFINISHED and ended is not None:
                if not may_lag(ended, one.exchange):
                    yield violated(
                        one.operation,
                        f"a job is listed as {entry.status}, but a poll "
                        f"{seconds_between(ended, one.exchange):.1f} s before the list returned "
                        f"{state(ended)}",
                        ended,
                        one.exchange,
                    )
                continue
            later = next(job.polls_after(one.exchange), None)
            if later is None or entry.status not in refuted:
                continue
            polled_state = state(later)
            earlier = job.last_event_before(one.exchange)
            if polled_state in refuted[entry.status]:
                if earlier is not None and state(earlier) == entry.status:
                    # The laws about polls judge states that change between polls.
                    continue
                yield violated(
                    one.operation,
                    f"a job is listed as {entry.status}, but a later poll returns {polled_state}",
                    one.exchange,
                    later,
                )
            else:
                yield held(one.operation, one.exchange, later)


def _ended_before(job: ObservedJob, listed: JobList) -> Exchange | None:
    """The first poll before a list that reported the end of a job; None if a later one did not."""
    polls = [
        poll
        for poll in job.polls
        if state(poll) and before(poll, listed.exchange) and poll.sender == listed.exchange.sender
    ]
    unfinished = [at for at, poll in enumerate(polls) if is_unfinished(poll)]
    ended = polls[unfinished[-1] + 1 if unfinished else 0 :]
    return ended[0] if ended else None


LAWS: Final = (
    Law(
        id="time.listed",
        statement="A job that a request returned is listed until it is deleted.",
        source=LawSource(
            _REFERENCE,
            "The list contains all export jobs of the resource except deleted ones. A list may "
            "lack a new job for 2.5 seconds: another part of the server may answer it. The law "
            "judges one hour, as for polled jobs.",
            ("D-3", "D-4"),
        ),
        operations=LIST,
        needs="a request that returned a job, and a later list",
        check=_listed,
        mutants=("list-empty", "list-lacks-newest", "list-lacks-generating", "list-lacks-filtered"),
    ),
    Law(
        id="time.list-status",
        statement=(
            "A list has the state that polls report: a job listed as complete or failed is not "
            "generating later, a failed job is not complete, and a job that has ended is not "
            "listed as generating."
        ),
        source=LawSource(
            f"{_REFERENCE}; documents/000, 001",
            "Both operations report the state of the same job. A list may be 2.5 seconds behind "
            "the polls, but not ahead of them. Other words than the three states of the status "
            "operation are not judged.",
            ("D-3",),
        ),
        operations=LIST,
        needs=(
            "a list with a complete or failed job, and a later poll of that job; or a poll that "
            "reports the end of a job, and a list 2.5 seconds later"
        ),
        check=_list_status,
        mutants=("list-complete-early", "list-failed", "list-stuck"),
    ),
)
