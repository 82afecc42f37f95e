"""Variants of what becomes of jobs, and of who is told what."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from attrs import evolve

from prolific_contract._vocabulary import address_of
from prolific_contract.sandbox._http import Reply, error_reply
from prolific_contract.sandbox._replies import body_of, is_complete, with_json
from prolific_contract.sandbox._resources import Fate
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._text import http_date
from prolific_contract.sandbox.variants._variant import Look, Variant, Visit

_TOLD_BEFORE_DELETION = 3


def having(**settings: Any) -> Callable[[SandboxSettings], SandboxSettings]:
    return lambda given: evolve(given, **settings)


def _ready_before(visit: Visit) -> Reply:
    address = address_of(visit.call.path)
    if address is None or visit.book.of(address.kind, address.resource_id):
        return visit.answer()
    reply = visit.answer()
    for job in visit.book.of(address.kind, address.resource_id):
        visit.book.replace(job, evolve(job, ready_at=visit.now))
        return visit.answer()
    return reply


def _ready_with_id(visit: Visit) -> Reply:
    reply = _ready_before(visit)
    address = address_of(visit.call.path)
    if address is None or not is_complete(reply):
        return reply
    export_id = visit.book.of(address.kind, address.resource_id)[-1].export_id
    return with_json(reply, {"export_id": address.export_id or export_id, **body_of(reply)})


def _deleting() -> Look:
    told: Counter[str] = Counter()

    def look(visit: Visit) -> Reply:
        reply = visit.answer()
        address = address_of(visit.call.path)
        job = visit.book.find(address.export_id) if address and address.export_id else None
        if job is not None and is_complete(reply):
            told[job.export_id] += 1
            if told[job.export_id] == _TOLD_BEFORE_DELETION:
                visit.book.replace(job, evolve(job, gone_at=visit.now))
        return reply

    return look


_COURSES = (
    Variant(
        "ready-at-once",
        "It completes exports before the first status request",
        settings=having(generation_seconds=0),
    ),
    Variant(
        "ready-before",
        "It has an export of everything before the first request",
        lambda: _ready_before,
        editions=("2026-03",),
    ),
    Variant(
        "ready-before-with-id",
        "It has an export of everything before the first request, and says its id",
        lambda: _ready_with_id,
        editions=("2026-03",),
        additive=True,
    ),
    Variant(
        "slow",
        "It generates an export for half a minute",
        settings=having(generation_seconds=30),
    ),
    Variant(
        "very-slow",
        "It generates an export for five minutes",
        settings=having(generation_seconds=300),
    ),
    Variant(
        "first-job-fails",
        "It fails the first job of everything",
        fate=Fate.FAILS_ONCE,
    ),
    Variant(
        "every-job-fails",
        "It fails every job",
        fate=Fate.FAILS,
    ),
    Variant(
        "archives-deleted",
        "It deletes an archive when three status answers have told of it",
        _deleting,
    ),
    Variant("clock-ahead", "Its clock is three days ahead", skew=timedelta(days=3)),
    Variant("clock-behind", "Its clock is three days behind", skew=timedelta(days=-3)),
)


def _refusing(status: int, which: Callable[[Visit, Reply], bool]) -> Callable[[], Look]:
    def look(visit: Visit) -> Reply:
        reply = visit.answer()
        if address_of(visit.call.path) is None or not which(visit, reply):
            return reply
        date = ("Date", http_date(visit.now))
        return error_reply(status, 7, "You have no access to this.", (date,))

    return lambda: look


def _is_forbidden_poll(visit: Visit, reply: Reply) -> bool:
    address = address_of(visit.call.path)
    forbidden = {one.id for one in visit.settings.resources if one.fate is Fate.FORBIDDEN}
    return address is not None and address.resource_id in forbidden and reply.status == 404


def _is_unknown_request(visit: Visit, reply: Reply) -> bool:
    return visit.call.method == "POST" and reply.status == 404


_REFUSALS = (
    Variant(
        "forbidden-status-403",
        "It answers 403 to status requests for a resource without access",
        _refusing(403, _is_forbidden_poll),
    ),
    Variant(
        "unknown-resource-403",
        "It answers 403 to requests for an export of a resource that is not there",
        _refusing(403, _is_unknown_request),
    ),
)

COURSES = (*_COURSES, *_REFUSALS)
