"""Operators on identities: swap jobs and kinds, ignore a part of the path."""

from collections.abc import Callable, Iterator
from typing import Final, cast

from attrs import evolve

from prolific_contract._vocabulary import Action, Edition, path_of
from prolific_contract.sandbox._api import listed
from prolific_contract.sandbox._http import Reply, json_reply, no_content_reply
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._replies import (
    body_of,
    is_complete,
    is_generating,
    is_list,
    with_json,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._derivation import (
    Derivation,
    Situation,
    answering,
    editing,
)
from prolific_contract.sandbox.mutants.derived._situations import (
    has_state,
    is_allowed,
    is_export_request,
    own_job,
)


def _status_of(request: FaultyRequest, job: SandboxJob) -> Reply:
    path = path_of(job.kind, job.resource_id, job.export_id)
    return request.answer_to(evolve(request.call, method="GET", path=path))


def _others(request: FaultyRequest, job: SandboxJob, where: str) -> list[SandboxJob]:
    """The jobs that a server can confuse with a job."""
    return [
        other
        for other in request.jobs.every()
        if other.export_id != job.export_id
        and {
            "job": (other.kind, other.resource_id) == (job.kind, job.resource_id),
            "kind": other.kind != job.kind,
        }[where]
    ]


def _state_of_other(where: str) -> Callable[[FaultyRequest], Reply]:
    """Reports the state of another job, under the requested id."""

    def behave(request: FaultyRequest) -> Reply:
        job = own_job(request)
        others = [] if job is None else _others(request, job, where)
        if job is None or not others:
            return request.reply()
        reply = _status_of(request, others[-1])
        if is_generating(reply):
            return with_json(reply, {**body_of(reply), "export_id": job.export_id})
        return reply

    return behave


def _id_of_other(where: str) -> Callable[[FaultyRequest], Reply]:
    """Reports the right state with the id of another job."""

    def behave(request: FaultyRequest) -> Reply:
        reply = request.reply()
        own = request.started[-1:] or tuple(filter(None, [own_job(request)]))
        if not own or not is_generating(reply):
            return reply
        others = _others(request, own[0], where)
        if not others:
            return reply
        return with_json(reply, {**body_of(reply), "export_id": others[-1].export_id})

    return behave


def _url_of_other(where: str) -> Callable[[FaultyRequest], Reply]:
    """Reports the URL of another complete job."""

    def behave(request: FaultyRequest) -> Reply:
        job = own_job(request) or next(iter(request.jobs_before[-1:]), None)
        others = [] if job is None else _others(request, job, where)
        ready = [other for other in others if other.state(request.now) == "complete"]
        return _status_of(request, ready[-1]) if ready else request.reply()

    return behave


def _returns_url(request: FaultyRequest) -> bool:
    return is_export_request(request) and is_complete(request.reply())


def _deleting_other(where: str) -> Callable[[FaultyRequest], Reply]:
    """Deletes another job than the requested one."""

    def behave(request: FaultyRequest) -> Reply:
        job = own_job(request)
        others = [] if job is None else _others(request, job, where)
        if not others:
            return request.reply()
        request.jobs.remove(others[-1])
        return no_content_reply()

    return behave


def _allowed_job(request: FaultyRequest) -> bool:
    return own_job(request) is not None and is_allowed(request)


# In edition 2026-03 a resource has one archive, and in 2026-11 a request returns no URL.
_NO_URL: Final = {("2026-03", "job"), ("2026-11", "request")}
_WHERE: Final = {"job": "another job of the resource", "kind": "a job of the other kind"}


def on_identities(edition: Edition, action: Action) -> Iterator[Derivation]:
    """Every derivation from the identity of jobs and resources."""
    for where, words in _WHERE.items():
        swaps: dict[Action, list[tuple[str, str, Callable[[FaultyRequest], Reply], Situation]]] = {
            "request": [
                ("id", "sends the id of", _id_of_other(where), is_export_request),
                ("url", "sends the URL of", _url_of_other(where), _returns_url),
            ],
            "status": [
                ("state", "reports the state of", _state_of_other(where), _allowed_job),
                ("id", "sends the id of", _id_of_other(where), _allowed_job),
                ("url", "sends the URL of", _url_of_other(where), has_state("complete")),
            ],
            "delete": [("job", "deletes", _deleting_other(where), has_state("complete"))],
        }
        for target, does, behave, which in swaps.get(action, []):
            if target == "url" and {(edition, where), (edition, action)} & _NO_URL:
                continue
            yield Derivation(
                operator="swap",
                target=f"{target}.of-{where}",
                sentence=f"It {does} {words}",
                action=action,
                begin=answering(which, behave),
                # Only then, a resource has a second job in that edition.
                needs_failed_job=edition == "2026-03",
            )
    if action in ("status", "delete"):
        yield Derivation(
            operator="ignore-parameter",
            target="path.export_id",
            sentence="It takes every id for that of the most recent job",
            action=action,
            begin=answering(_with_jobs, _taking_latest),
        )
        for target, words, same in (
            ("path.resource", "resource", lambda r, j: j.kind == r.kind),
            ("path.kind", "kind", lambda r, j: j.kind != r.kind and j.resource_id == r.resource_id),
        ):
            yield Derivation(
                operator="ignore-parameter",
                target=target,
                sentence=f"It finds a job under every {words}",
                action=action,
                begin=answering(_is_elsewhere(same), _elsewhere),
            )
    if action == "list":
        for where in _WHERE:
            if where == "kind":
                yield Derivation(
                    operator="ignore-parameter",
                    target="path.kind",
                    sentence="It lists the jobs of every kind",
                    action=action,
                    begin=editing(is_list, _listing_all),
                )
        yield Derivation(
            operator="ignore-parameter",
            target="path.resource",
            sentence="It lists the jobs of a resource for an unknown one",
            action=action,
            begin=answering(
                lambda request: request.authorized and not request.exists, _listing_any
            ),
        )
    if action == "request":
        yield Derivation(
            operator="ignore-parameter",
            target="path.resource",
            sentence="It returns the job of another resource for an unknown one",
            action=action,
            begin=answering(
                lambda request: (
                    request.authorized and not request.exists and request.call.method == "POST"
                ),
                _any_job,
            ),
        )


def _with_jobs(request: FaultyRequest) -> bool:
    return is_allowed(request) and request.export_id is not None and bool(request.jobs_before)


def _taking_latest(request: FaultyRequest) -> Reply:
    path = path_of(request.kind, request.resource_id, request.jobs_before[-1].export_id)
    return request.answer_to(evolve(request.call, path=path))


def _is_elsewhere(same: Callable[[FaultyRequest, SandboxJob], bool]) -> Situation:
    """A request for a job under another path, which the server takes for the same one."""

    def which(request: FaultyRequest) -> bool:
        job = None if request.export_id is None else request.jobs.find(request.export_id)
        return (
            job is not None
            and request.authorized
            and not request.forbidden
            and own_job(request) is None
            and same(request, job)
        )

    return which


def _elsewhere(request: FaultyRequest) -> Reply:
    # The situations of this fault are requests about a job.
    job = cast("SandboxJob", request.jobs.find(request.export_id or ""))
    return request.answer_to(
        evolve(request.call, path=path_of(job.kind, job.resource_id, job.export_id))
    )


def _listing_all(request: FaultyRequest, reply: Reply) -> Reply:
    jobs = sorted(request.jobs.every(), key=lambda job: job.requested_at, reverse=True)
    return with_json(reply, [listed(job, request.now) for job in jobs])


def _listing_any(request: FaultyRequest) -> Reply:
    jobs = [job for job in request.jobs.every() if job.kind == request.kind]
    return json_reply(200, [listed(job, request.now) for job in jobs])


def _any_job(request: FaultyRequest) -> Reply:
    jobs = [job for job in request.jobs.every() if job.kind == request.kind]
    if not jobs:
        return request.reply()
    return json_reply(202, {"status": "generating", "export_id": jobs[-1].export_id})
