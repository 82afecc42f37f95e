"""The export jobs of a conversation: who named them, and what was told of them when."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from prolific_contract._vocabulary import STATES, Address, Kind, Operation
from prolific_contract.gate.laws._observations import has_access, once, query
from prolific_contract.gate.trace._exchanges import Exchange, Trace

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Recordings keep times in milliseconds.
_ROUNDED: Final = 0.002


@frozen
class Key:
    """What an export job is known by.

    Attributes:
        kind: Of the resource.
        resource_id: The batch or collection, a UUID in small letters or as it is.
        export_id: The job, a UUID in small letters or as it is.
    """

    kind: Kind
    resource_id: str
    export_id: str

    @classmethod
    def of(cls, address: Address) -> "Key":
        """What the job that a path names is known by; the path has to name one."""
        return cls(*place(address), canonical(str(address.export_id)))


@frozen
class Job:
    """An export job and its part of the conversation.

    Attributes:
        key: What it is known by.
        events: The requests that named it and the polls that asked for it, in order;
            nothing after it was deleted.
    """

    key: Key
    events: list[Exchange] = field(factory=list, repr=False)

    @property
    def status(self) -> Operation:
        """The operation that polls it."""
        return Operation(self.key.kind, "status")

    @property
    def named(self) -> list[Exchange]:
        """The requests that named it."""
        return [event for event in self.events if is_request(event)]

    @property
    def polls(self) -> list[Exchange]:
        """The polls, answered or not."""
        return [event for event in self.events if not is_request(event)]

    def told_before(self, exchange: Exchange) -> Exchange | None:
        """The last event before an exchange that told the job's state."""
        told = [event for event in self.events if state(event) and before(event, exchange)]
        return told[-1] if told else None

    def told_after(self, exchange: Exchange) -> Iterator[Exchange]:
        """The polls after an exchange that told the job's state."""
        return (poll for poll in self.polls if state(poll) and before(exchange, poll))


def in_course(exchange: Exchange) -> bool:
    """Whether an exchange belongs to the course of a conversation's own jobs."""
    return not exchange.generated and has_access(exchange)


def is_request(exchange: Exchange) -> bool:
    """Whether an exchange requests an export."""
    return exchange.operation is not None and exchange.operation.action == "request"


def state(exchange: Exchange) -> str | None:
    """The documented state that a success tells; None for all else.

    Any success: which status it should have had is another law's.
    """
    response = exchange.response
    if response is None or not 200 <= response.status < 300 or response.state not in STATES:
        return None
    return response.state


def same_id(left: str, right: str) -> bool:
    """Whether two export ids are the same: UUIDs are, whatever their letters' case."""
    return canonical(left) == canonical(right)


@lru_cache(maxsize=4096)
def canonical(some_id: str) -> str:
    """An id in the form in which ids are compared."""
    return some_id.lower() if _UUID.fullmatch(some_id) else some_id


def place(address: Address) -> tuple[Kind, str]:
    """Kind and id of the resource that a path names, as they are compared."""
    return address.kind, canonical(address.resource_id)


def before(earlier: Exchange, later: Exchange) -> bool:
    """Whether one request was sent when the other had been answered."""
    answered_at = earlier.at + earlier.took
    return earlier.index < later.index and later.at >= answered_at - _ROUNDED


def named_id(exchange: Exchange) -> str | None:
    """The id of the job that a request for an export was told to be generating."""
    if not is_request(exchange) or state(exchange) != "generating" or exchange.response is None:
        return None
    export_id = exchange.response.member("export_id")
    return export_id if isinstance(export_id, str) else None


@once
def requests_of(trace: Trace) -> dict[tuple[Kind, str, str], list[Exchange]]:
    """The answered requests for exports by kind, resource and query.

    The query is part of it, because edition 2026-11 filters by it: other filters,
    other jobs.
    """
    requests: dict[tuple[Kind, str, str], list[Exchange]] = {}
    for exchange in trace.exchanges:
        address = exchange.address
        if address is not None and is_request(exchange) and in_course(exchange):
            key = (*place(address), query(exchange))
            requests.setdefault(key, []).append(exchange)
    return requests


@once
def jobs_of(trace: Trace) -> dict[Key, Job]:
    """Every export id that was named or asked for, with its part of the conversation."""
    jobs: dict[Key, Job] = {}
    # By id alone, whoever asked and wherever: that it should not have been is other laws' affair.
    deleted: set[str] = set()
    for exchange in trace.exchanges:
        key = _key(exchange)
        if key is None or key.export_id in deleted:
            continue
        if _deletes(exchange):
            deleted.add(key.export_id)
        elif in_course(exchange) and _tells_of_job(exchange):
            jobs.setdefault(key, Job(key)).events.append(exchange)
    return jobs


def _tells_of_job(exchange: Exchange) -> bool:
    return exchange.operation is not None and exchange.operation.action in ("request", "status")


def _key(exchange: Exchange) -> Key | None:
    address = exchange.address
    if address is None:
        return None
    export_id = named_id(exchange) if is_request(exchange) else address.export_id
    if export_id is None:
        return None
    return Key(*place(address), canonical(export_id))


def _deletes(exchange: Exchange) -> bool:
    """Whether an exchange may have deleted a job (edition 2026-11)."""
    if exchange.method != "DELETE":
        return False
    # Without an answer it may have been deleted all the same.
    return exchange.response is None or exchange.response.status < 300
