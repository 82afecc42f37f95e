"""Operators on several jobs of a resource: repeat and race."""

from collections.abc import Iterator

from attrs import evolve

from prolific_contract._vocabulary import Action, Edition
from prolific_contract.sandbox._filter import filter_of
from prolific_contract.sandbox._http import Reply, json_reply
from prolific_contract.sandbox._replies import (
    body_of,
    is_generating,
    with_json,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._derivation import (
    Derivation,
    answering,
)
from prolific_contract.sandbox.mutants.derived._situations import (
    is_export_request,
)


def _first_id_again(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if not request.started or not request.jobs_before:
        return reply
    first = request.jobs_before[0].export_id
    request.jobs.replace(request.started[0], evolve(request.started[0], export_id=first))
    return with_json(reply, {**body_of(reply), "export_id": first})


def _two_jobs(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if request.started:
        request.jobs.start(request.kind, request.resource_id, request.now, filter_of(request.call))
    return reply


def _another_job(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if request.started or not is_generating(reply):
        return reply
    job = request.jobs.start(
        request.kind, request.resource_id, request.now, filter_of(request.call)
    )
    return json_reply(202, {"status": "generating", "export_id": job.export_id})


def _repeating(edition: Edition, action: Action) -> Iterator[Derivation]:
    if action != "request":
        return
    for target, words, behave in (
        ("id", "It gives a new job the id of the resource's first job", _first_id_again),
        ("job", "It starts two jobs for one request", _two_jobs),
        ("job.running", "It starts another job while one is generating", _another_job),
    ):
        yield Derivation(
            operator="repeat",
            target=target,
            sentence=words,
            action=action,
            begin=answering(is_export_request, behave),
            needs_failed_job=target == "id" and edition == "2026-03",
        )


def _restarting_earlier(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for started in request.started:
        for job in request.jobs_before:
            request.jobs.replace(job, evolve(job, ready_at=started.ready_at))
    return reply


def _ready_with_first(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for job in request.started if request.jobs_before else ():
        request.jobs.replace(job, evolve(job, ready_at=request.jobs_before[0].ready_at))
    return reply


def _filter_of_first(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for job in request.started if request.jobs_before else ():
        request.jobs.replace(job, evolve(job, filter=request.jobs_before[-1].filter))
    return reply


def _filter_for_earlier(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for started in request.started:
        for job in request.jobs_before:
            request.jobs.replace(job, evolve(job, filter=started.filter))
    return reply


def _running_of_any_filter(request: FaultyRequest) -> Reply:
    for job in request.jobs_before:
        if job.is_unfinished(request.now) and job.filter != filter_of(request.call):
            return json_reply(202, {"status": "generating", "export_id": job.export_id})
    return request.reply()


def _losing_generating(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for _ in request.started:
        for job in request.jobs_before:
            if job.is_unfinished(request.now):
                request.jobs.remove(job)
    return reply


def _is_later_job(request: FaultyRequest) -> bool:
    return is_export_request(request) and bool(request.jobs_before)


def _racing(edition: Edition, action: Action) -> Iterator[Derivation]:
    if action != "request":
        return
    faults = (
        ("regenerates", "A new job returns earlier jobs to generating", _restarting_earlier, ""),
        (
            "ready",
            "A new job is complete as soon as the first one is",
            _ready_with_first,
            "A job that is complete at once is a fast job.",
        ),
        ("filter", "A new job has the filter of the job before it", _filter_of_first, ""),
        ("filter-earlier", "Earlier jobs get the filter of a new one", _filter_for_earlier, ""),
        (
            "running",
            "It returns a job that is generating for another filter",
            _running_of_any_filter,
            "",
        ),
        ("replaces", "A new job replaces jobs that are generating", _losing_generating, ""),
    )
    for target, words, behave, reason in faults:
        if edition == "2026-03" and ("filter" in target or target in ("running", "replaces")):
            continue
        yield Derivation(
            operator="race",
            target=target,
            sentence=words,
            action=action,
            begin=answering(_is_later_job, behave),
            needs_failed_job=edition == "2026-03",
            open_because=reason,
        )


def on_concurrency(edition: Edition, action: Action) -> Iterator[Derivation]:
    """Every derivation from several jobs of a resource."""
    yield from _repeating(edition, action)
    yield from _racing(edition, action)
