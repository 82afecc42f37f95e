"""The export jobs of a conversation: the requests that returned them, and their polls."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from prolific_contract._vocabulary import STATES, UNFINISHED, Address, Kind, Operation, State
from prolific_contract.gate.laws._observations import conditions, has_access, once
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace
from prolific_contract.gate.trace._near_ids import is_uuid

# Recordings round times to milliseconds.
_ROUNDED: Final = 0.002


EXISTING: Final[frozenset[State]] = frozenset(STATES) - {"failed"}
"""The states that no deleted job is in; a deleted job may be reported as failed."""

LAG: Final = 2.5
"""Seconds during which parts of a server may not know what another part did.

A poll or a list may lack a new job, and a list may have a deleted job or an earlier state.
"""


@frozen
class JobKey:
    """The identity of an export job.

    Attributes:
        kind: The kind of the resource.
        resource_id: The batch or collection; a UUID in lower case.
        export_id: The job; a UUID in lower case.
    """

    kind: Kind
    resource_id: str
    export_id: str

    @classmethod
    def of(cls, address: Address) -> "JobKey":
        """The key of the job in a path, which has to contain one."""
        return cls(*resource_of(address), canonical(str(address.export_id)))


@frozen
class ObservedJob:
    """An export job and its part of the conversation.

    Attributes:
        events: The requests that returned it and its polls, in order, until it was deleted.
    """

    key: JobKey
    events: list[Exchange] = field(factory=list, repr=False)

    @property
    def status(self) -> Operation:
        """The operation that polls it."""
        return Operation(self.key.kind, "status")

    @property
    def named(self) -> list[Exchange]:
        """The requests that returned it."""
        return [event for event in self.events if is_request(event)]

    @property
    def polls(self) -> list[Exchange]:
        """The polls, with or without a response."""
        return [event for event in self.events if not is_request(event)]

    def last_event_before(self, exchange: Exchange) -> Exchange | None:
        """The last event before an exchange whose response has the job's state."""
        events = [event for event in self.events if state(event) and before(event, exchange)]
        return events[-1] if events else None

    def polls_after(self, exchange: Exchange) -> Iterator[Exchange]:
        """The polls after an exchange whose responses have the job's state."""
        return (poll for poll in self.polls if state(poll) and before(exchange, poll))


def may_lag(change: Exchange, exchange: Exchange) -> bool:
    """Whether an exchange came so soon after a change that it need not show it yet."""
    return seconds_between(change, exchange) < LAG


def seconds_between(earlier: Exchange, later: Exchange) -> float:
    """Seconds from the response to an exchange until a later request was sent."""
    return later.at - (earlier.at + earlier.took)


def is_regular(exchange: Exchange) -> bool:
    """Whether a request carries the token and was not generated."""
    return not exchange.generated and has_access(exchange)


def is_request(exchange: Exchange) -> bool:
    """Whether an exchange requests an export."""
    return exchange.operation is not None and exchange.operation.action == "request"


def state(exchange: Exchange) -> str | None:
    """The documented state in a successful response; None for all other responses.

    Any success counts: `shape.status` judges the status.
    """
    response = exchange.response
    if response is None or not 200 <= response.status < 300 or response.state not in STATES:
        return None
    return response.state


def is_unfinished(exchange: Exchange) -> bool:
    """Whether a successful response reports a job on which the server still works."""
    return state(exchange) in UNFINISHED


def same_id(left: str, right: str) -> bool:
    """Whether two export ids are equal; the case of a UUID does not matter."""
    return canonical(left) == canonical(right)


@lru_cache(maxsize=4096)
def canonical(some_id: str) -> str:
    """An id in the form in which ids are compared: a UUID in lower case."""
    return some_id.lower() if is_uuid(some_id) else some_id


def resource_of(address: Address) -> tuple[Kind, str]:
    """Kind and canonical id of the resource in a path."""
    return address.kind, canonical(address.resource_id)


def forbidden_resources(trace: Trace) -> frozenset[tuple[str, str]]:
    """Kind and canonical id of the resources that the token cannot access."""
    return frozenset(
        (subject.kind, canonical(subject.id)) for subject in trace.subjects if subject.forbidden
    )


def before(earlier: Exchange, later: Exchange) -> bool:
    """Whether the later request was sent after the response to the earlier one."""
    answered_at = earlier.at + earlier.took
    return earlier.index < later.index and later.at >= answered_at - _ROUNDED


def returned_job_id(exchange: Exchange) -> str | None:
    """The id of the unfinished job that the response to a request returns."""
    if not is_request(exchange) or not is_unfinished(exchange) or exchange.response is None:
        return None
    export_id = exchange.response.member("export_id")
    return export_id if isinstance(export_id, str) else None


def refusal(exchange: Exchange) -> int | None:
    """The status of a response that refuses a poll permanently; None for all others.

    429 and server errors say nothing about the job, and neither does 401 if the recording
    does not show which token was sent.
    """
    if exchange.response is None or not 400 <= exchange.response.status < 500:
        return None
    if exchange.response.status == 429:
        return None
    if exchange.response.status == 401 and exchange.credential is not Credential.VALID:
        return None
    return exchange.response.status


@once
def requests_of(trace: Trace) -> dict[tuple[Kind, str, str], list[Exchange]]:
    """The requests for exports by kind, resource and conditions.

    The conditions belong to the key, because edition 2026-11 has a job for each filter.
    """
    requests: dict[tuple[Kind, str, str], list[Exchange]] = {}
    for exchange in trace.exchanges:
        address = exchange.address
        if address is not None and is_request(exchange) and is_regular(exchange):
            key = (*resource_of(address), conditions(exchange))
            requests.setdefault(key, []).append(exchange)
    return requests


def returned_jobs(trace: Trace) -> Iterator[tuple[JobKey, Exchange]]:
    """The requests that returned a job, in order."""
    for exchange in trace.exchanges:
        export_id, address = returned_job_id(exchange), exchange.address
        if export_id is not None and address is not None and is_regular(exchange):
            yield JobKey(*resource_of(address), canonical(export_id)), exchange


@once
def jobs_of(trace: Trace) -> dict[JobKey, ObservedJob]:
    """Every job that was returned or polled, with its part of the conversation."""
    jobs: dict[JobKey, ObservedJob] = {}
    # By id alone: other laws judge whether the deletion was permitted.
    deleted: set[str] = set()
    for exchange in trace.exchanges:
        key = _key(exchange)
        if key is None or key.export_id in deleted:
            continue
        if _may_delete(exchange):
            deleted.add(key.export_id)
        elif is_regular(exchange) and _concerns_a_job(exchange):
            jobs.setdefault(key, ObservedJob(key)).events.append(exchange)
    return jobs


def _concerns_a_job(exchange: Exchange) -> bool:
    return exchange.operation is not None and exchange.operation.action in ("request", "status")


def _key(exchange: Exchange) -> JobKey | None:
    address = exchange.address
    if address is None:
        return None
    export_id = returned_job_id(exchange) if is_request(exchange) else address.export_id
    if export_id is None:
        return None
    return JobKey(*resource_of(address), canonical(export_id))


def _may_delete(exchange: Exchange) -> bool:
    """Whether an exchange may have deleted a job (edition 2026-11)."""
    if exchange.method != "DELETE":
        return False
    # Without a response, the job may have been deleted.
    return exchange.response is None or exchange.response.status < 300
