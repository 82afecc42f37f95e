"""Laws about the values in a list of export jobs (edition 2026-11)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from prolific_contract.gate.laws._jobs import (
    JobKey,
    before,
    canonical,
    requests_of,
    returned_job_id,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import (
    first_requests,
    lists_of,
    parse_filter,
    requested_filter,
)
from prolific_contract.gate.laws._observations import LIST, held, quote, violated
from prolific_contract.gate.trace._exchanges import Exchange, Trace

# Different machines set created_at and Date. The clock of a database may be far behind.
_AHEAD: Final = timedelta(seconds=60)
_BEHIND: Final = timedelta(minutes=5)
# A time may be rounded in one list and not in the next.
_SECOND: Final = timedelta(seconds=1)
_REFERENCE: Final = "API reference, list export jobs"


def _list_order(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for one in lists_of(trace):
        ids = [entry.export_id for entry in one.entries]
        twice = next((each for number, each in enumerate(ids) if each in ids[:number]), None)
        times = [entry.created_at for entry in one.entries if entry.created_at is not None]
        late = next((times[i + 1] for i in range(len(times) - 1) if times[i] < times[i + 1]), None)
        if twice is not None:
            yield violated(
                one.operation,
                f"{quote(twice)} is listed twice",
                one.exchange,
                about=("list.identity.once",),
            )
        elif late is not None:
            yield violated(
                one.operation,
                f"a job created at {late.isoformat()} comes after an older one",
                one.exchange,
                about=("list.order.recent-first",),
            )
        elif len(set(times)) > 1:
            # Jobs created at the same time may be in any order.
            yield held(one.operation, one.exchange)


def _list_created(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    since = dict(_earlier_requests(trace))
    first: dict[JobKey, tuple[datetime, Exchange]] = {}
    for one in lists_of(trace):
        date = one.exchange.response.date if one.exchange.response is not None else None
        faults: list[tuple[str, tuple[Exchange, ...]]] = []
        for entry in one.entries:
            created = entry.created_at
            if created is None:
                continue
            key = JobKey(one.kind, one.resource_id, entry.export_id)
            known, shown = first.setdefault(key, (created, one.exchange))
            request = since.get(key)
            requested_at = (
                request.response.date if request is not None and request.response else None
            )
            shown_as = f"a job is listed as created at {created.isoformat()}"
            if date is not None and created > date + _AHEAD:
                faults.append((f"{shown_as}, in a response dated {date.isoformat()}", ()))
            elif abs(created - known) > _SECOND:
                faults.append(
                    (f"{shown_as}, but was listed with {known.isoformat()} before", (shown,))
                )
            elif (
                request is not None
                and requested_at is not None
                and created < requested_at - _BEHIND
            ):
                faults.append(
                    (
                        f"{shown_as}, but at {requested_at.isoformat()} a request returned another",
                        (request,),
                    )
                )
        if faults:
            seen, exchanges = faults[0]
            yield violated(one.operation, seen, *exchanges, one.exchange)
        elif date is not None and any(entry.created_at for entry in one.entries):
            yield held(one.operation, one.exchange)


def _earlier_requests(trace: Trace) -> Iterator[tuple[JobKey, Exchange]]:
    """Each job that a request returned, with the last earlier request that returned another job.

    When the earlier request got its response, no other job was generating, and an ended job is
    never returned again. So the job was requested later.
    """
    for (kind, resource_id, _), requests in requests_of(trace).items():
        named: dict[JobKey, Exchange] = {}
        for request in requests:
            export_id = returned_job_id(request)
            if export_id is None:
                continue
            key = JobKey(kind, resource_id, canonical(export_id))
            others = [one for one in named.values() if before(one, request)]
            if key not in named and others:
                yield key, others[-1]
            # A job that is returned again is still generating.
            named.pop(key, None)
            named[key] = request


def _list_filter(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    named = first_requests(trace)
    for one in lists_of(trace):
        for entry in one.entries:
            request = named.get(JobKey(one.kind, one.resource_id, entry.export_id))
            shown = parse_filter(entry.shown.get("filter"))
            if request is None or shown is None or request.index > one.exchange.index:
                continue
            requested = requested_filter(request)
            if requested is None:
                continue
            if shown == requested:
                yield held(one.operation, request, one.exchange)
            else:
                yield violated(
                    one.operation,
                    f"a job that was requested with {_describe(requested)} is listed with "
                    f"{_describe(shown)}",
                    request,
                    one.exchange,
                    about=[
                        "request.filter.kept",
                        *(f"list[].filter.{name}" for name in _differing(requested, shown)),
                    ],
                )


def _differing(*filters: dict[str, object]) -> list[str]:
    """The names of the conditions in which two filters differ."""
    first, second = filters
    return [name for name in {**first, **second} if first.get(name) != second.get(name)]


def _describe(parse_filter: dict[str, object]) -> str:
    if not parse_filter:
        return "no filter"
    return quote(", ".join(f"{name} {value}" for name, value in sorted(parse_filter.items())))


LAWS: Final = (
    Law(
        id="value.list-order",
        statement="The list contains every job once, most recent first.",
        source=LawSource(
            _REFERENCE,
            "The documents give this order. Jobs created at the same time may be in any order.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list of jobs that were not all created at the same time",
        check=_list_order,
        mutants=("list-oldest-first", "list-shuffled", "list-twice"),
    ),
    Law(
        id="value.list-created",
        statement=(
            "The created_at of a listed job never changes. It is not later than the server's "
            "time, and not earlier than a previous request that returned another job."
        ),
        source=LawSource(
            _REFERENCE,
            "created_at is the time of the request. The server's time is its Date, with a "
            "tolerance of one minute ahead and five behind, because another machine may set it. "
            "While a job is generating, requests return that job, so a job that differs from the "
            "one returned before was requested later.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list with a job, in a response with a Date",
        check=_list_created,
        mutants=("list-created-ahead", "list-created-behind", "list-created-moves"),
    ),
    Law(
        id="value.list-filter",
        statement=(
            "A job is listed with the filter of its request, or without a filter if the "
            "request had none."
        ),
        source=LawSource(
            _REFERENCE,
            "The filter has the conditions of the request, and is null if there were none; a "
            "missing or empty filter counts as null. Two times that denote the same moment are "
            "the same condition.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list with a job that a request in the conversation returned",
        check=_list_filter,
        mutants=("list-filter-lost", "list-filter-other", "list-filter-invented"),
    ),
)
