"""The lists of export jobs in a conversation, their filters, and deletions (edition 2026-11)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from attrs import frozen
from prolific_exports._model._timestamps import utc_moment

from prolific_contract._vocabulary import Kind, Operation
from prolific_contract.gate.laws._jobs import (
    JobKey,
    before,
    canonical,
    is_regular,
    resource_of,
    returned_job_id,
    same_id,
)
from prolific_contract.gate.laws._observations import is_whole, once, query, quote
from prolific_contract.gate.trace._exchanges import Exchange, Trace

CONDITION_NAMES: Final = ("study_id", "from", "to")
"""The conditions of a filter."""


@frozen
class ListEntry:
    """A job in a list.

    Attributes:
        export_id: Its canonical id.
        status: Its status as listed; None if that is not a string.
        created_at: When it was requested; None if not readable.
        shown: All members, as listed.
    """

    export_id: str
    status: str | None
    created_at: datetime | None
    shown: dict[str, Any]


@frozen
class JobList:
    """A response that lists the jobs of a resource.

    Attributes:
        kind: The kind of the resource.
        resource_id: Its canonical id.
        entries: The readable jobs, in the order of the list.
    """

    exchange: Exchange
    kind: Kind
    resource_id: str
    entries: tuple[ListEntry, ...]

    @property
    def operation(self) -> Operation:
        """The operation that lists."""
        return Operation(self.kind, "list")

    def find(self, export_id: str) -> ListEntry | None:
        """The first entry of a job."""
        return next((one for one in self.entries if same_id(one.export_id, export_id)), None)


@once
def lists_of(trace: Trace) -> list[JobList]:
    """Every complete list of jobs in a response to a request with the token."""
    return list(_lists(trace))


def _lists(trace: Trace) -> Iterator[JobList]:
    for exchange in trace.exchanges:
        operation, address, response = exchange.operation, exchange.address, exchange.response
        if operation is None or operation.action != "list" or not is_regular(exchange):
            continue
        if response is None or address is None or response.status >= 300 or not is_whole(response):
            continue
        if isinstance(response.json, list):
            entries = tuple(
                entry for shown in response.json if (entry := _entry(shown)) is not None
            )
            yield JobList(exchange, *resource_of(address), entries)


def _entry(shown: Any) -> ListEntry | None:
    if not isinstance(shown, dict) or not isinstance(shown.get("export_id"), str):
        return None
    status = shown.get("status")
    return ListEntry(
        canonical(shown["export_id"]),
        status if isinstance(status, str) else None,
        utc_moment(shown.get("created_at")),
        shown,
    )


def parse_filter(pairs: Any) -> dict[str, Any] | None:
    """A filter's conditions by name, with parsed times; empty if it has none.

    None if the value is not a filter. Equal results mean equal filters, however their times are
    written.
    """
    if pairs is None:
        return {}
    if not isinstance(pairs, dict):
        return None
    found: dict[str, Any] = {}
    for name in CONDITION_NAMES:
        value = pairs.get(name)
        if value is not None:
            found[name] = value if name == "study_id" else utc_moment(value) or value
    return found


def requested_filter(request: Exchange) -> dict[str, Any] | None:
    """The filter of a request for an export.

    None if its meaning depends on the server: empty values, and dates or times without an
    offset, which some servers convert and others ignore.
    """
    given = parse_filter(dict(parse_qsl(query(request), keep_blank_values=True))) or {}
    for name, value in given.items():
        if not (isinstance(value, datetime) or (name == "study_id" and value)):
            return None
    return given


@once
def first_requests(trace: Trace) -> dict[JobKey, Exchange]:
    """For every job, the first request that returned it."""
    named: dict[JobKey, Exchange] = {}
    for exchange in trace.exchanges:
        export_id, address = returned_job_id(exchange), exchange.address
        if export_id is not None and address is not None and is_regular(exchange):
            named.setdefault(JobKey(*resource_of(address), canonical(export_id)), exchange)
    return named


@frozen
class Deletion:
    """A request to delete a job, with or without the token.

    Attributes:
        key: The job, under the resource in the request's path.
    """

    exchange: Exchange
    key: JobKey

    @property
    def operation(self) -> Operation:
        """The operation that deletes."""
        return Operation(self.key.kind, "delete")

    @property
    def status(self) -> int | None:
        """The status of the response; None without a response."""
        return self.exchange.response.status if self.exchange.response is not None else None

    @property
    def done(self) -> bool:
        """Whether the response was successful."""
        return self.status is not None and self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the response was an error of the client."""
        return self.status is not None and 400 <= self.status < 500


@once
def deletions_of(trace: Trace) -> list[Deletion]:
    """Every request to delete a job, with any credential."""
    return [
        Deletion(exchange, JobKey.of(exchange.address))
        for exchange in trace.exchanges
        if exchange.operation is not None
        and exchange.operation.action == "delete"
        and exchange.address is not None
    ]


def may_have_been_deleted(trace: Trace, key: JobKey, start: Exchange, end: Exchange) -> bool:
    """Whether a request may have deleted a job between two exchanges or during them.

    Only a refusal means that it did not: a server may delete the job and then fail.
    """
    return any(not one.refused and overlaps(one, key, start, end) for one in deletions_of(trace))


def overlaps(deletion: Deletion, key: JobKey, start: Exchange, end: Exchange) -> bool:
    """Whether a request to delete a job overlaps the time between two exchanges."""
    elsewhen = before(deletion.exchange, start) or before(end, deletion.exchange)
    return deletion.key.export_id == key.export_id and not elsewhen


def deletion_of_another(
    trace: Trace, key: JobKey, start: Exchange, end: Exchange
) -> Deletion | None:
    """The last successful deletion of another job of the resource between two exchanges.

    It may have removed this job instead.
    """
    others = [
        one
        for one in deletions_of(trace)
        if one.done
        and (one.key.kind, one.key.resource_id) == (key.kind, key.resource_id)
        and one.key != key
        and before(start, one.exchange)
        and before(one.exchange, end)
    ]
    return others[-1] if others else None


def since(deletion: Deletion | None) -> tuple[str, tuple[Exchange, ...]]:
    """What a finding about a lost job adds because of the deletion of another job."""
    if deletion is None:
        return "", ()
    deleted = quote(deletion.key.export_id)
    return f", after the deletion of {deleted} got {deletion.status}", (deletion.exchange,)
