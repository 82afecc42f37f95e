"""The law about what a request for an export does to other jobs (edition 2026-11)."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._jobs import (
    JobKey,
    ObservedJob,
    is_unfinished,
    jobs_of,
    returned_jobs,
    seconds_between,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import REQUEST, held, quote, violated
from prolific_contract.gate.trace._exchanges import Exchange, Trace

# Seconds after a response within which the reported state is treated as current.
_JUST_NOW: Final = 1.0


@frozen
class _Disturbed:
    """A job that was generating just before a request that started another, and failed after it.

    Attributes:
        job: The job.
        last_event: The last response before the request that has the job's state.
        request: The request.
        poll: The next poll of the job.
    """

    job: ObservedJob
    last_event: Exchange
    request: Exchange
    poll: Exchange

    @property
    def earliest(self) -> float:
        """The minimum age in seconds at which the job may have failed."""
        return seconds_between(self.job.named[0], self.last_event)

    @property
    def latest(self) -> float:
        """The maximum age in seconds at which the job may have failed."""
        return self.poll.at + self.poll.took - self.job.named[0].at

    def excludes(self, other: "_Disturbed") -> bool:
        """Whether the two jobs failed at different ages."""
        return self.latest < other.earliest or other.latest < self.earliest


def _request_others(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    disturbed: list[_Disturbed] = []
    for started, request in _starting_requests(trace):
        for job, last_event, poll in _running_beside(trace, started, request):
            if is_unfinished(poll):
                yield held(Operation(job.key.kind, "request"), last_event, request, poll)
            elif state(poll) == "failed":
                one = _Disturbed(job, last_event, request, poll)
                # Exports may fail, also several of them. Only ages tell whether requests do it.
                others = [other for other in disturbed if _is_evidence(trace, other, one)]
                disturbed.append(one)
                if others:
                    yield violated(
                        Operation(job.key.kind, "request"),
                        f"{quote(job.key.export_id)} was generating, and failed when a request "
                        f"started another job; so did {quote(others[-1].job.key.export_id)}, at "
                        "another age",
                        others[-1].last_event,
                        others[-1].request,
                        others[-1].poll,
                        last_event,
                        poll,
                        request,
                    )


def _is_evidence(trace: Trace, earlier: _Disturbed, later: _Disturbed) -> bool:
    """Whether two jobs of a resource failed at different ages while another one could complete."""
    key = later.job.key
    return (
        earlier.job.key != key
        and _resource(earlier.job.key) == _resource(key)
        and earlier.excludes(later)
        and any(
            _resource(other.key) == _resource(key)
            and any(state(event) == "complete" for event in other.events)
            for other in jobs_of(trace).values()
        )
    )


def _starting_requests(trace: Trace) -> Iterator[tuple[JobKey, Exchange]]:
    """The requests that returned a job which no earlier one returned, in order."""
    known: set[JobKey] = set()
    for key, request in returned_jobs(trace):
        if key not in known:
            known.add(key)
            yield key, request


def _running_beside(
    trace: Trace, started: JobKey, request: Exchange
) -> Iterator[tuple[ObservedJob, Exchange, Exchange]]:
    """The other jobs of the resource that a response just before a request shows generating.

    Each with that response and the next poll, if it comes at once.
    """
    for job in jobs_of(trace).values():
        if not job.named or job.key == started or _resource(job.key) != _resource(started):
            continue
        last_event, poll = job.last_event_before(request), next(job.polls_after(request), None)
        if last_event is None or poll is None or not is_unfinished(last_event):
            continue
        if seconds_between(last_event, request) <= _JUST_NOW >= seconds_between(request, poll):
            yield job, last_event, poll


def _resource(key: JobKey) -> tuple[str, str]:
    return key.kind, key.resource_id


LAWS: Final = (
    Law(
        id="time.request-others",
        statement="A request that starts a job leaves the resource's other jobs running.",
        source=LawSource(
            "API reference, request an export",
            "Different filters are separate jobs. Any job may fail at any time, so one that fails "
            "proves nothing. The law is violated if two jobs fail during such requests, at "
            "different ages, although other jobs of the resource become complete.",
            ("D-3",),
        ),
        operations=REQUEST,
        needs=(
            "edition 2026-11, a request that starts a job while another is generating, and polls "
            "of the other within a second before and after it"
        ),
        check=_request_others,
        mutants=("request-cancels",),
        editions=("2026-11",),
    ),
)
