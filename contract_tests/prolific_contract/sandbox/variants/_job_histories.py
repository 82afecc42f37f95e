"""Variants of the history of jobs, and of refusals."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from attrs import evolve

from prolific_contract._vocabulary import (
    UNKNOWN_EXPORT_ID,
    UNKNOWN_RESOURCE_ID,
    UNKNOWN_STUDY_IDS,
    address_of,
    path_of,
)
from prolific_contract.sandbox._http import Reply, error_reply
from prolific_contract.sandbox._replies import body_of, is_complete, with_json
from prolific_contract.sandbox._resources import Fate
from prolific_contract.sandbox._text import http_date
from prolific_contract.sandbox.variants._variant import (
    Variant,
    VariantBehaviour,
    VariantRequest,
    with_settings,
)

_REPORTS_BEFORE_DELETION = 3
_LAG = timedelta(seconds=2)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _ready_before(request: VariantRequest) -> Reply:
    address = address_of(request.call.path)
    if address is None or request.jobs.of(address.kind, address.resource_id):
        return request.answer()
    reply = request.answer()
    for job in request.jobs.of(address.kind, address.resource_id):
        request.jobs.replace(job, evolve(job, ready_at=request.now))
        return request.answer()
    return reply


def _ready_with_id(request: VariantRequest) -> Reply:
    reply = _ready_before(request)
    address = address_of(request.call.path)
    if address is None or not is_complete(reply):
        return reply
    export_id = request.jobs.of(address.kind, address.resource_id)[-1].export_id
    return with_json(reply, {"export_id": address.export_id or export_id, **body_of(reply)})


def _deleting() -> VariantBehaviour:
    reports: Counter[str] = Counter()

    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        address = address_of(request.call.path)
        job = request.jobs.find(address.export_id) if address and address.export_id else None
        if job is not None and is_complete(reply):
            reports[job.export_id] += 1
            if reports[job.export_id] == _REPORTS_BEFORE_DELETION:
                request.jobs.replace(job, evolve(job, failed_at=request.now))
        return reply

    return behave


def _known_later(*, sometimes: bool) -> Callable[[], VariantBehaviour]:
    """A server of which a part learns of a new job two seconds after the request."""

    def begin() -> VariantBehaviour:
        polls: Counter[str] = Counter()

        def behave(request: VariantRequest) -> Reply:
            address = address_of(request.call.path)
            export_id = address.export_id if address is not None else None
            job = request.jobs.find(export_id) if export_id is not None else None
            if job is None or request.call.method != "GET":
                return request.answer()
            polls[job.export_id] += 1
            asks_the_other_part = sometimes and polls[job.export_id] % 2
            if asks_the_other_part or request.now - job.requested_at >= _LAG:
                return request.answer()
            unknown = f"{request.call.path.rpartition('/')[0]}/{UNKNOWN_EXPORT_ID}"
            return request.answer(evolve(request.call, path=unknown))

        return behave

    return begin


_HISTORIES = (
    Variant(
        "known-later",
        "It answers 404 to polls of a new job for two seconds",
        _known_later(sometimes=False),
    ),
    Variant(
        "known-later-in-part",
        "It answers 404 to every second poll of a new job for two seconds",
        _known_later(sometimes=True),
    ),
    Variant(
        "ready-at-once",
        "It completes exports before the first status request",
        settings=with_settings(generation_seconds=0),
    ),
    Variant(
        "ready-before",
        "It has a finished export of every resource before the first request",
        lambda: _ready_before,
        editions=("2026-03",),
        inconclusive=True,
    ),
    Variant(
        "ready-before-with-id",
        "It has a finished export of every resource before the first request, and sends its id",
        lambda: _ready_with_id,
        editions=("2026-03",),
        additive=True,
    ),
    Variant(
        "slow",
        "It generates an export for half a minute",
        settings=with_settings(generation_seconds=30),
    ),
    Variant(
        "very-slow",
        "It generates an export for five minutes",
        settings=with_settings(generation_seconds=300),
    ),
    Variant(
        "first-job-fails",
        "It fails the first job of every resource",
        fate=Fate.FAILS_ONCE,
    ),
    Variant(
        "every-job-fails",
        "It fails every job",
        fate=Fate.FAILS,
        inconclusive=True,
    ),
    Variant(
        "archives-deleted",
        "It deletes an archive after three status responses with its URL",
        _deleting,
    ),
    Variant("clock-ahead", "Its clock is three days ahead", skew=timedelta(days=3)),
    Variant("clock-behind", "Its clock is three days behind", skew=timedelta(days=-3)),
)


def _refusing(
    status: int, which: Callable[[VariantRequest, Reply], bool]
) -> Callable[[], VariantBehaviour]:
    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        if address_of(request.call.path) is None or not which(request, reply):
            return reply
        date = ("Date", http_date(request.now))
        return error_reply(status, 7, "You have no access to this.", (date,))

    return lambda: behave


def _is_forbidden_poll(request: VariantRequest, reply: Reply) -> bool:
    address = address_of(request.call.path)
    forbidden = {one.id for one in request.settings.resources if one.fate is Fate.FORBIDDEN}
    return address is not None and address.resource_id in forbidden and reply.status == 404


def _is_unknown_request(request: VariantRequest, reply: Reply) -> bool:
    return request.call.method == "POST" and reply.status == 404


def _is_unknown_resource(request: VariantRequest, reply: Reply) -> bool:
    address = address_of(request.call.path)
    known = {(one.kind, one.id) for one in request.settings.resources}
    return (
        address is not None
        and (address.kind, address.resource_id) not in known
        and reply.status == 404
    )


def _is_misshapen_resource(request: VariantRequest, reply: Reply) -> bool:
    address = address_of(request.call.path)
    unknown = address is not None and _UUID.fullmatch(address.resource_id) is None
    return unknown and reply.status == 404


def _checking_studies(request: VariantRequest) -> Reply:
    address = address_of(request.call.path)
    study_id = dict(request.call.query).get("study_id")
    if address is None or study_id not in UNKNOWN_STUDY_IDS:
        return request.answer()
    nowhere = path_of(address.kind, UNKNOWN_RESOURCE_ID)
    return request.answer(evolve(request.call, path=nowhere))


def _is_misshapen_id(request: VariantRequest, reply: Reply) -> bool:
    address = address_of(request.call.path)
    export_id = address.export_id if address is not None else None
    return reply.status == 404 and export_id is not None and _UUID.fullmatch(export_id) is None


def _is_without_access(request: VariantRequest, reply: Reply) -> bool:
    """Whether the sandbox refuses a request because the token has no access."""
    address = address_of(request.call.path)
    forbidden = {one.id for one in request.settings.resources if one.fate is Fate.FORBIDDEN}
    return address is not None and address.resource_id in forbidden and reply.status in (403, 404)


_REFUSALS = (
    *(
        Variant(
            f"forbidden-{status}",
            f"It answers {status} to every request for a resource without access",
            _refusing(status, _is_without_access),
        )
        for status in (401, 404)
    ),
    Variant(
        "forbidden-status-403",
        "It answers 403 to status requests for a resource without access",
        _refusing(403, _is_forbidden_poll),
    ),
    Variant(
        "unknown-resource-403",
        "It answers 403 to export requests for an unknown resource",
        _refusing(403, _is_unknown_request),
    ),
    Variant(
        "unknown-resource-hidden",
        "It answers 403 to every request about an unknown resource",
        _refusing(403, _is_unknown_resource),
    ),
    Variant(
        "ids-checked",
        "It answers 400 for a job's id that is no UUID",
        _refusing(400, _is_misshapen_id),
    ),
    Variant(
        "ids-checked-422",
        "It answers 422 for a job's id that is no UUID",
        _refusing(422, _is_misshapen_id),
    ),
    Variant(
        "resource-ids-checked",
        "It answers 422 for a resource's id that is no UUID",
        _refusing(422, _is_misshapen_resource),
    ),
    Variant(
        "studies-checked",
        "It answers 404 to a filter with a study that does not exist",
        lambda: _checking_studies,
        editions=("2026-11",),
    ),
)

JOB_HISTORIES = (*_HISTORIES, *_REFUSALS)
