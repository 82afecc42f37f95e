"""Laws about the states of a job: what one response implies for later ones."""

from collections.abc import Iterator
from typing import Final

from prolific_contract._vocabulary import UNFINISHED
from prolific_contract.gate.laws._jobs import (
    EXISTING,
    before,
    is_request,
    is_unfinished,
    jobs_of,
    may_lag,
    refusal,
    returned_jobs,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import deletion_of_another, may_have_been_deleted, since
from prolific_contract.gate.laws._observations import STATUS, held, violated
from prolific_contract.gate.laws._time_deletions import gone_after_refusal
from prolific_contract.gate.laws._time_existence import lost_with_another
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace

# Seconds during which a job certainly exists: its URL is valid for at least an hour.
_JUDGED_SECONDS: Final = 3600.0


def _complete_stays(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    # Complete may become failed: this is how a deleted archive is reported.
    yield from _keeps_state(trace, "complete", UNFINISHED)


def _failed_stays(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    yield from _keeps_state(trace, "failed", EXISTING)


def _keeps_state(trace: Trace, end: str, broken_by: frozenset[str]) -> Iterator[Observation]:
    for job in jobs_of(trace).values():
        ended: Exchange | None = None
        for event in job.events:
            current = state(event)
            if is_request(event):
                # `time.unique-id` judges a new job under an old id.
                ended = None
            elif ended is not None and current is not None and before(ended, event):
                if current in broken_by:
                    yield violated(job.status, f"the job was {end}, then {current}", ended, event)
                else:
                    yield held(job.status, ended, event)
            if current == end and ended is None and not is_request(event):
                ended = event


def _job_stays(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for job in jobs_of(trace).values():
        last_polls: dict[int | None, Exchange] = {}
        for poll in job.polls:
            known = last_polls.get(poll.sender)
            if known is not None and before(known, poll) and poll.at - known.at <= _JUDGED_SECONDS:
                if refusal(poll) in (404, 410):
                    if any(may_lag(named, poll) for named in job.named[:1]):
                        # Not every part of the server may know the job yet.
                        continue
                    explained = (may_have_been_deleted, gone_after_refusal, lost_with_another)
                    if any(explains(trace, job.key, known, poll) for explains in explained):
                        continue
                    cause, deleting = since(deletion_of_another(trace, job.key, known, poll))
                    yield violated(
                        job.status,
                        f"the job was {state(known)}, then a poll got {refusal(poll)}{cause}",
                        known,
                        *deleting,
                        poll,
                    )
                elif state(poll):
                    yield held(job.status, known, poll)
            if state(poll):
                last_polls[poll.sender] = poll


def _completes(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for job in jobs_of(trace).values():
        for start in job.named[:1]:
            polls = list(job.polls_after(start))
            late = [
                poll
                for poll in polls
                if is_unfinished(poll) and poll.at - start.at >= trace.max_wait
            ]
            done = [poll for poll in polls if state(poll) == "complete"]
            if late:
                yield violated(
                    job.status,
                    f"the job is still {state(late[-1])} {late[-1].at - start.at:.0f} s after its "
                    "request",
                    start,
                    late[-1],
                )
            elif done and done[0].at - start.at <= trace.max_wait:
                yield held(job.status, start, done[0])


def _get_is_safe(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    started = {key.export_id: key for key, _ in returned_jobs(trace)}
    for job in jobs_of(trace).values():
        if started.get(job.key.export_id, job.key) != job.key:
            # `isolation.job-scope` judges a job that is visible elsewhere.
            continue
        unknown: Exchange | None = None
        for event in job.events:
            if is_request(event):
                break
            if event.credential is not Credential.VALID:
                # Another account may have access to other jobs.
                continue
            if unknown is not None and before(unknown, event):
                if state(event):
                    yield violated(
                        job.status,
                        f"the id was unknown, then {state(event)}, but only GETs used it",
                        unknown,
                        event,
                    )
                    break
                if refusal(event) == 404:
                    yield held(job.status, unknown, event)
            if refusal(event) == 404 and unknown is None:
                unknown = event


LAWS: Final = (
    Law(
        id="time.complete-stays",
        statement="A complete export never returns to generating.",
        source=LawSource(
            "documents/000, 001, 003",
            "Complete and failed end the polling. A complete export may become failed: this is "
            "how a deleted archive is reported.",
        ),
        operations=STATUS,
        needs="a poll that returns complete, and a later poll",
        check=_complete_stays,
        mutants=("complete-regresses",),
    ),
    Law(
        id="time.failed-stays",
        statement="A failed export never becomes generating or complete.",
        source=LawSource(
            "documents/000, 001, 003",
            "Only a new request makes another export. Not judged across a request that returns "
            "the same job again.",
        ),
        operations=STATUS,
        needs="a poll that returns failed, and a later poll",
        check=_failed_stays,
        mutants=("failed-completes", "failed-regenerates"),
    ),
    Law(
        id="time.job-stays",
        statement="A job whose state was reported once does not disappear.",
        source=LawSource(
            "documents/000, 001",
            "A job whose archive is gone is failed, not 404. How long jobs are kept is not "
            "published: the law judges one hour, the shortest documented lifetime of a URL.",
            ("D-4",),
        ),
        operations=STATUS,
        needs="two polls of a job, the first of which returned its state",
        check=_job_stays,
        mutants=("job-vanishes", "job-vanishes-early"),
    ),
    Law(
        id="time.completes",
        statement="A job is complete within --max-wait after its start.",
        source=LawSource(
            "documents/003",
            "The guide's own loop gives up after 600 seconds, which is the default here. A "
            "failed job does not violate this law.",
        ),
        operations=STATUS,
        needs=("a request that started a job, and polls until it was complete or the time was up"),
        check=_completes,
        mutants=("never-completes",),
    ),
    Law(
        id="time.get-is-safe",
        statement="GET starts nothing: an unknown id stays unknown until a request returns it.",
        source=LawSource(
            "documents/000, 001",
            "The status operation only polls; only POST starts a job. GET is safe (RFC 9110, "
            "section 9.2.1).",
        ),
        operations=STATUS,
        needs="two polls with the token of an id that is unknown at first",
        check=_get_is_safe,
        mutants=("get-creates",),
    ),
)
