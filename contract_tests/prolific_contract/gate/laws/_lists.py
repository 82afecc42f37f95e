"""The lists of export jobs in a conversation (edition 2026-11), and what was asked of which job."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from attrs import frozen
from prolific_exports._model._timestamps import utc_moment

from prolific_contract._vocabulary import Kind, Operation
from prolific_contract.gate.laws._jobs import (
    Key,
    before,
    canonical,
    in_course,
    named_id,
    place,
    same_id,
)
from prolific_contract.gate.laws._observations import is_whole, once, query
from prolific_contract.gate.trace._exchanges import Exchange, Trace

_CONDITIONS: Final = ("study_id", "from", "to")


@frozen
class Entry:
    """A job as a list shows it.

    Attributes:
        export_id: Its id, as it is compared.
        status: What the list says of its state.
        created_at: When it was requested; None if that can't be read.
        shown: The members.
    """

    export_id: str
    status: str | None
    created_at: datetime | None
    shown: dict[str, Any]


@frozen
class JobList:
    """An answer that lists the jobs of a resource.

    Attributes:
        exchange: The request and the answer.
        kind: Of the resource.
        resource_id: Which one, as it is compared.
        entries: The jobs that can be read, in the order of the answer.
    """

    exchange: Exchange
    kind: Kind
    resource_id: str
    entries: tuple[Entry, ...]

    @property
    def operation(self) -> Operation:
        """The operation that lists."""
        return Operation(self.kind, "list")

    def find(self, export_id: str) -> Entry | None:
        """The first entry of a job."""
        return next((one for one in self.entries if same_id(one.export_id, export_id)), None)


@once
def lists_of(trace: Trace) -> list[JobList]:
    """Every answer to a request with the token that is a whole list of jobs."""
    return list(_lists(trace))


def _lists(trace: Trace) -> Iterator[JobList]:
    for exchange in trace.exchanges:
        operation, address, response = exchange.operation, exchange.address, exchange.response
        if operation is None or operation.action != "list" or not in_course(exchange):
            continue
        if response is None or address is None or response.status >= 300 or not is_whole(response):
            continue
        if isinstance(response.json, list):
            entries = tuple(
                entry for shown in response.json if (entry := _entry(shown)) is not None
            )
            yield JobList(exchange, *place(address), entries)


def _entry(shown: Any) -> Entry | None:
    if not isinstance(shown, dict) or not isinstance(shown.get("export_id"), str):
        return None
    status = shown.get("status")
    return Entry(
        canonical(shown["export_id"]),
        status if isinstance(status, str) else None,
        utc_moment(shown.get("created_at")),
        shown,
    )


def conditions(pairs: Any) -> dict[str, Any] | None:
    """A filter's conditions by name, moments as moments; empty without any.

    None for what is no filter. Two filters that compare equal are the same, however their
    moments are written.
    """
    if pairs is None:
        return {}
    if not isinstance(pairs, dict):
        return None
    found: dict[str, Any] = {}
    for name in _CONDITIONS:
        value = pairs.get(name)
        if value is not None:
            found[name] = value if name == "study_id" else utc_moment(value) or value
    return found


def asked_conditions(request: Exchange) -> dict[str, Any] | None:
    """The conditions that a request for an export gives.

    None if it is left to the server what they mean: empty ones, and days or times without an
    offset, which are written into another form by some and taken for no condition by others.
    """
    given = conditions(dict(parse_qsl(query(request), keep_blank_values=True))) or {}
    for name, value in given.items():
        if not (isinstance(value, datetime) or (name == "study_id" and value)):
            return None
    return given


@once
def first_named(trace: Trace) -> dict[Key, Exchange]:
    """For every job that a request named, the first one that did."""
    named: dict[Key, Exchange] = {}
    for exchange in trace.exchanges:
        export_id, address = named_id(exchange), exchange.address
        if export_id is not None and address is not None and in_course(exchange):
            named.setdefault(Key(*place(address), canonical(export_id)), exchange)
    return named


@frozen
class Deletion:
    """A request with the token, or without, that was to delete a job.

    Attributes:
        exchange: The request.
        key: The job, where the request looked for it.
    """

    exchange: Exchange
    key: Key

    @property
    def operation(self) -> Operation:
        """The operation that deletes."""
        return Operation(self.key.kind, "delete")

    @property
    def status(self) -> int | None:
        """What it was answered; None without an answer."""
        return self.exchange.response.status if self.exchange.response is not None else None

    @property
    def done(self) -> bool:
        """Whether it was answered with a success."""
        return self.status is not None and self.status < 300


@once
def deletions_of(trace: Trace) -> list[Deletion]:
    """Every request to delete a job, of whomever."""
    return [
        Deletion(exchange, Key.of(exchange.address))
        for exchange in trace.exchanges
        if exchange.operation is not None
        and exchange.operation.action == "delete"
        and exchange.address is not None
    ]


def is_tried(trace: Trace, key: Key, start: Exchange, end: Exchange) -> bool:
    """Whether somebody asked for the deletion of a job between two exchanges."""
    return any(_tried(trace, key, start, end))


def may_be_deleted(trace: Trace, key: Key, start: Exchange, end: Exchange) -> bool:
    """Whether a request may have deleted a job between two exchanges, or while they lasted."""
    return any(one.status is None or one.done for one in _tried(trace, key, start, end))


def _tried(trace: Trace, key: Key, start: Exchange, end: Exchange) -> Iterator[Deletion]:
    for one in deletions_of(trace):
        elsewhen = before(one.exchange, start) or before(end, one.exchange)
        if one.key.export_id == key.export_id and not elsewhen:
            yield one
