"""Laws about requests for exports and the jobs that they return."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._jobs import (
    JobKey,
    ObservedJob,
    before,
    canonical,
    is_unfinished,
    jobs_of,
    may_lag,
    refusal,
    requests_of,
    returned_job_id,
    returned_jobs,
    same_id,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import REQUEST, STATUS, held, once, quote, violated
from prolific_contract.gate.laws._time_existence import lost_with_another
from prolific_contract.gate.trace._exchanges import Exchange, Trace

# Seconds during which an export certainly counts as recent; documents/002 gives no limit.
_RECENT_SECONDS: Final = 600.0
_NOT_FOUND: Final = 404


def _pollable(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for job in jobs_of(trace).values():
        for first in job.named[:1]:
            for poll in job.polls:
                if not before(first, poll) or (refusal(poll) and poll.sender != first.sender):
                    # Another account may not have access.
                    continue
                refused = refusal(poll)
                if refused == _NOT_FOUND and may_lag(first, poll):
                    continue
                if refused is not None:
                    if lost_with_another(trace, job.key, first, poll):
                        break
                    yield violated(
                        job.status,
                        f"a poll of a new job got {refused}",
                        first,
                        poll,
                    )
                    break
                if state(poll):
                    yield held(job.status, first, poll)
                    break


def _same_id(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for job in jobs_of(trace).values():
        for poll in job.polls:
            response = poll.response
            returned_id = (
                response.member("export_id") if response is not None and state(poll) else None
            )
            if not isinstance(returned_id, str):
                continue
            if same_id(returned_id, job.key.export_id):
                yield held(job.status, poll)
            else:
                yield violated(
                    job.status,
                    f"the response to a poll of {quote(job.key.export_id)} has the export_id "
                    f"{quote(returned_id)}",
                    poll,
                )


def _unique_id(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    jobs = jobs_of(trace)
    owners: dict[str, tuple[JobKey, Exchange]] = {}
    for key, request in returned_jobs(trace):
        operation = Operation(key.kind, "request")
        owner, first = owners.setdefault(key.export_id, (key, request))
        ended = jobs.get(key, ObservedJob(key)).last_event_before(request)
        if owner != key:
            yield violated(
                operation,
                f"the new job has the id of a job of the {owner.kind} {quote(owner.resource_id)}",
                first,
                request,
            )
        elif ended is not None and not is_unfinished(ended):
            yield violated(
                operation,
                f"the new job has the id of an earlier job that was {state(ended)}",
                ended,
                request,
            )
        elif first is request and len(owners) > 1:
            yield held(operation, request)


def _request_while_generating(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    jobs = jobs_of(trace)
    for (kind, resource_id, _), requests in requests_of(trace).items():
        operation = Operation(kind, "request")
        earlier: dict[JobKey, ObservedJob] = {}
        for request in requests:
            export_id = returned_job_id(request)
            if export_id is None:
                continue
            key = JobKey(kind, resource_id, canonical(export_id))
            running = [
                (job, last_event)
                for job in earlier.values()
                if (last_event := job.last_event_before(request)) is not None
                and is_unfinished(last_event)
            ]
            if any(job.key == key for job, _ in running):
                yield held(operation, request)
            for job, last_event in running:
                still = next(job.polls_after(request), None)
                if job.key != key and still is not None and is_unfinished(still):
                    yield violated(
                        operation,
                        f"the request started {quote(export_id)}, although "
                        f"{quote(job.key.export_id)} was generating before and after it",
                        last_event,
                        still,
                        request,
                    )
            earlier[key] = jobs.get(key, ObservedJob(key))


def _request_after_complete(trace: Trace, context: LawContext) -> Iterator[Observation]:
    if context.edition is None:
        return
    judge = _returns_the_export if context.edition == "2026-03" else _starts_a_job
    jobs = jobs_of(trace)
    for (kind, resource_id, _), requests in requests_of(trace).items():
        job: ObservedJob | None = None
        ready: Exchange | None = None
        for request in requests:
            latest = job.last_event_before(request) if job is not None else None
            if latest is not None and (ready is None or latest.index > ready.index):
                ready = latest if state(latest) == "complete" else None
            if ready is not None and state(request) and request.at - ready.at <= _RECENT_SECONDS:
                yield from judge(Operation(kind, "request"), job, ready, request)
            export_id = returned_job_id(request)
            if export_id is not None:
                job, ready = jobs.get(JobKey(kind, resource_id, canonical(export_id))), None
            elif state(request) == "complete":
                ready = request
    if context.edition == "2026-03":
        for found in not_reused(trace):
            yield violated(
                found.operation,
                f"the request returned {state(found.request)} instead of the complete export, "
                "which still existed afterwards",
                found.ready,
                found.again,
                found.request,
            )


def _returns_the_export(
    operation: Operation, job: ObservedJob | None, ready: Exchange, request: Exchange
) -> Iterator[Observation]:
    """Edition 2026-03: a complete export is returned again; `not_reused` finds the others."""
    del job
    if state(request) == "complete":
        yield held(operation, ready, request)


@frozen
class NotReused:
    """A request that did not return a complete export of its resource.

    Attributes:
        ready: The last poll of the export before the request.
        again: The next poll of the export, which shows that it still existed.
    """

    operation: Operation
    ready: Exchange
    again: Exchange
    request: Exchange


@once
def not_reused(trace: Trace) -> list[NotReused]:
    """The requests that did not return an export which was complete before and after them.

    If the archive was deleted between two requests, a new job is correct in every edition.
    """
    found = []
    jobs = jobs_of(trace)
    for (kind, resource_id, _), requests in requests_of(trace).items():
        earlier: dict[JobKey, ObservedJob] = {}
        for request in requests:
            if state(request) not in (None, "complete"):
                ready = next(filter(None, (_ready(job, request) for job in earlier.values())), None)
                if ready is not None:
                    found.append(NotReused(Operation(kind, "request"), *ready, request))
            export_id = returned_job_id(request)
            if export_id is not None:
                key = JobKey(kind, resource_id, canonical(export_id))
                earlier[key] = jobs.get(key, ObservedJob(key))
    return found


def _ready(job: ObservedJob, request: Exchange) -> tuple[Exchange, Exchange] | None:
    """The polls before and after a request that show a job complete; None if they do not."""
    last, again = job.last_event_before(request), next(job.polls_after(request), None)
    if last is None or again is None or state(last) != "complete" or state(again) != "complete":
        return None
    return (last, again) if request.at - last.at <= _RECENT_SECONDS else None


def _starts_a_job(
    operation: Operation, job: ObservedJob | None, ready: Exchange, request: Exchange
) -> Iterator[Observation]:
    """Edition 2026-11: every request starts a new job."""
    export_id = returned_job_id(request)
    if state(request) == "complete":
        yield violated(operation, "the request returned the complete export again", ready, request)
    elif job is not None and export_id is not None and same_id(export_id, job.key.export_id):
        yield violated(
            operation, "the request returned the id of the complete job again", ready, request
        )
    else:
        yield held(operation, ready, request)


LAWS: Final = (
    Law(
        id="time.pollable",
        statement="A new job can be polled under its id.",
        source=LawSource(
            "documents/002, 003, 004",
            "The id in the response to a request is the one to poll. No page asks for a pause "
            "before the first poll. Yet 404 in the first 2.5 seconds is not judged: the part of "
            "the server that answers polls may learn of the job a moment later.",
        ),
        operations=STATUS,
        needs="a request that started a job, and a poll of that job",
        check=_pollable,
        mutants=("job-unknown",),
    ),
    Law(
        id="time.same-id",
        statement="The export_id in the response to a poll is the one in the path.",
        source=LawSource(
            "documents/000, 002",
            "The path and the body both contain the id. Complete and failed responses may omit "
            "it. UUIDs that differ only in letter case are equal.",
            ("D-6", "D-7"),
        ),
        operations=STATUS,
        needs="a poll whose response has an export_id",
        check=_same_id,
        mutants=("id-changes", "id-of-another"),
    ),
    Law(
        id="time.unique-id",
        statement=(
            "A new job has a new id: no job of another resource has it, and neither does a job "
            "that has ended."
        ),
        source=LawSource(
            "documents/002, 004",
            "202 means a new export job, and its id, a UUID, is the one to poll.",
            ("D-6",),
        ),
        operations=REQUEST,
        needs="two jobs that requests started",
        check=_unique_id,
        mutants=("id-reused", "failed-restarts", "deleted-reused"),
    ),
    Law(
        id="time.request-while-generating",
        statement="A request for an export that is generating returns the running job.",
        source=LawSource(
            "documents/002, 003, 004; API reference, request an export",
            "Both editions agree; in the later one this holds for requests with the same "
            "filter. Judged only if a later poll shows that the first job was still "
            "generating.",
            ("D-3",),
        ),
        operations=REQUEST,
        needs=("two requests for one resource, and a poll that shows the first job generating"),
        check=_request_while_generating,
        mutants=("request-restarts", "filter-restarts", "filter-by-text"),
    ),
    Law(
        id="time.request-after-complete",
        statement=(
            "After a job is complete, a request returns the same export (edition 2026-03) or "
            "starts a new job (edition 2026-11)."
        ),
        source=LawSource(
            "documents/002, 003, 004; API reference, request an export",
            "The earlier pages return a recent export without defining recent: the law judges "
            "ten minutes, and only if a later poll shows that the export still existed. The "
            "later pages never reuse an export. If no edition is enforced, both are allowed.",
            ("D-2", "D-3"),
        ),
        operations=REQUEST,
        needs=(
            "an enforced edition, and a request within ten minutes after the resource's job "
            "was complete"
        ),
        check=_request_after_complete,
        mutants=(
            "complete-not-reused",
            "request-always-starts",
            "complete-reused",
            "filter-complete-reused",
        ),
        editions=("2026-03", "2026-11"),
    ),
)
