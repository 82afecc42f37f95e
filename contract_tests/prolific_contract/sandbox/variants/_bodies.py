"""Variants of bodies: the notation of times, ids, errors and JSON."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from attrs import evolve
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract._vocabulary import address_of, path_of
from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import (
    ReplyPredicate,
    body_of,
    is_complete,
    is_error,
    is_generating,
    is_list,
    jobs_of,
    reports_state,
    text_of,
    with_body,
    with_json,
)
from prolific_contract.sandbox._store import STORE_PREFIX
from prolific_contract.sandbox.variants._variant import Variant, VariantBehaviour, VariantRequest


def _written(
    which: ReplyPredicate, change: Callable[[dict[str, Any]], object]
) -> Callable[[], VariantBehaviour]:
    """Change the JSON bodies of replies that match a predicate."""

    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        if request.call.path.startswith(STORE_PREFIX) or not which(reply):
            return reply
        return with_json(reply, change(body_of(reply)))

    return lambda: behave


def _timed(write: Callable[[datetime], str]) -> Callable[[], VariantBehaviour]:
    """Change the notation of the times in exports and listed jobs."""

    def written(shown: dict[str, Any]) -> dict[str, Any]:
        moments = shown.keys() & {"expires_at", "created_at"}
        return {
            name: write(parse_timestamp(value).moment) if name in moments else value
            for name, value in shown.items()
        }

    def condition(name: str, value: str) -> str:
        if name == "study_id":
            return value
        moment = parse_timestamp(value).moment
        text = write(moment)
        # A filter with another time would be another filter.
        return text if parse_timestamp(text).moment == moment else value

    def listed(job: dict[str, Any]) -> dict[str, Any]:
        conditions = job["filter"] or {}
        shown = {name: condition(name, value) for name, value in conditions.items()}
        return {**written(job), "filter": shown or None}

    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        if request.call.path.startswith(STORE_PREFIX):
            return reply
        if is_list(reply):
            return with_json(reply, list(map(listed, jobs_of(reply))))
        return with_json(reply, written(body_of(reply))) if is_complete(reply) else reply

    return lambda: behave


def _in_zone(**offset: float) -> Callable[[datetime], str]:
    zone = timezone(timedelta(**offset))
    return lambda moment: moment.astimezone(zone).isoformat()


_TIMES = (
    Variant(
        "times-east",
        "It sends times with the offset +05:30",
        _timed(_in_zone(hours=5, minutes=30)),
    ),
    Variant(
        "times-west",
        "It sends times with the offset -08:00",
        _timed(_in_zone(hours=-8)),
    ),
    Variant(
        "times-zero",
        "It sends times with the offset +00:00 instead of Z",
        _timed(lambda moment: moment.isoformat()),
    ),
    Variant(
        "times-small",
        "It sends times with a lower-case t and z",
        _timed(lambda moment: f"{moment:%Y-%m-%dt%H:%M:%Sz}"),
    ),
    Variant(
        "times-micro",
        "It sends times with microseconds",
        _timed(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.123456Z"),
    ),
    Variant(
        "times-nano",
        "It sends times with nanoseconds",
        _timed(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.123456789Z"),
    ),
    Variant(
        "times-tenth",
        "It sends times with one decimal",
        _timed(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.5Z"),
    ),
)


def _in_capitals(request: VariantRequest) -> Reply:
    call = request.call
    address = address_of(call.path)
    if address is not None and address.export_id is not None:
        path = path_of(address.kind, address.resource_id, address.export_id.lower())
        call = evolve(call, path=path)
    reply = request.answer(call)
    if address is not None and is_list(reply):
        jobs = [{**job, "export_id": job["export_id"].upper()} for job in jobs_of(reply)]
        return with_json(reply, jobs)
    if address is None or not is_generating(reply):
        return reply
    body = body_of(reply)
    return with_json(reply, {**body, "export_id": body["export_id"].upper()})


_IDS = (
    Variant(
        "ids-upper",
        "It sends UUIDs in upper case and accepts them in any case",
        lambda: _in_capitals,
    ),
)


def _detailed(detail: object, **more: object) -> Callable[[], VariantBehaviour]:
    def change(body: dict[str, Any]) -> object:
        return {"error": {**body["error"], "detail": detail, **more}}

    return _written(is_error, change)


_ERRORS = (
    Variant(
        "errors-list",
        "It sends the detail of errors as a list of texts",
        _detailed(["There is no such thing.", "Check the id."]),
    ),
    Variant(
        "errors-fields",
        "It sends the detail of errors by field",
        _detailed({"export_id": ["Not a known id."], "token": ["Check it.", "Or make one."]}),
    ),
    Variant(
        "errors-no-fields",
        "It sends the detail of errors as an empty object",
        _detailed({}),
    ),
    Variant(
        "errors-more",
        "It sends every optional member of errors",
        _detailed("No.", additional_information="See the docs.", traceback="", interactive=False),
    ),
)


def _spelt(write: Callable[[Any], str]) -> Callable[[], VariantBehaviour]:
    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        if request.call.path.startswith(STORE_PREFIX) or not text_of(reply):
            return reply
        return with_body(reply, write(json.loads(text_of(reply))).encode())

    return lambda: behave


def _backwards(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_backwards, value))
    return dict(reversed(value.items()))


def _escaped(body: Any) -> str:
    escaped = json.dumps(body).replace("/", "\\/").replace("&", "\\u0026")
    return escaped.replace("status", "\\u0073tatus")


_JSON = (
    Variant(
        "json-pretty",
        "It sends JSON on several lines with sorted members",
        _spelt(lambda body: json.dumps(body, indent=4, sort_keys=True) + "\n"),
    ),
    Variant(
        "json-compact",
        "It sends JSON without spaces and with the members in reverse order",
        _spelt(lambda body: json.dumps(_backwards(body), separators=(",", ":"))),
    ),
    Variant(
        "json-escaped", "It escapes every character of JSON that it may escape", _spelt(_escaped)
    ),
)


def listing(change: Callable[[dict[str, Any]], object]) -> Callable[[], VariantBehaviour]:
    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        if request.call.path.startswith(STORE_PREFIX) or not is_list(reply):
            return reply
        return with_json(reply, [change(job) for job in jobs_of(reply)])

    return lambda: behave


def _described(request: VariantRequest) -> Reply:
    reply = request.answer()
    address = address_of(request.call.path)
    if address is None or not reports_state(reply):
        return reply
    job = request.jobs.of(address.kind, address.resource_id)[-1]
    export_id = address.export_id or job.export_id
    return with_json(
        reply, {"export_id": export_id, "progress": 0.5, "reason": None, **body_of(reply)}
    )


_EXTRAS = (
    Variant(
        "extra-fields",
        "It adds members to every state and every error",
        _written(
            lambda reply: reports_state(reply) or is_error(reply),
            lambda body: {**body, "request_id": "5f2b9c1e", "meta": {"version": 3}},
        ),
        additive=True,
    ),
    Variant(
        "extra-long",
        "It adds a member of 100 kB to every state and every error",
        _written(
            lambda reply: reports_state(reply) or is_error(reply),
            lambda body: {**body, "trace": "x" * 100_000},
        ),
        additive=True,
    ),
    Variant(
        "list-described",
        "It adds members to every listed job and its filter",
        listing(
            lambda job: {
                **job,
                "size": None,
                "filter": job["filter"] and {**job["filter"], "cohort": "a"},
            }
        ),
        editions=("2026-11",),
        additive=True,
    ),
    Variant(
        "job-described",
        "It adds id, progress and reason to every state",
        lambda: _described,
        additive=True,
    ),
)

BODIES = (*_TIMES, *_IDS, *_ERRORS, *_JSON, *_EXTRAS)
