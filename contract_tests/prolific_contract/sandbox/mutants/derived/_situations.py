"""Situations of requests, told apart without any effect on the sandbox."""

from collections.abc import Callable
from typing import Final

from prolific_contract._vocabulary import Action, Edition, State
from prolific_contract.sandbox._filter import NO_FILTER, FilterError, filter_of, parse_filter
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._derivation import Situation


def own_job(request: FaultyRequest) -> SandboxJob | None:
    """The job in the path, if it belongs to the resource in the path."""
    job = None if request.export_id is None else request.jobs.find(request.export_id)
    if job is None or (job.kind, job.resource_id) != (request.kind, request.resource_id):
        return None
    return job


def latest_job(request: FaultyRequest) -> SandboxJob | None:
    """The resource's most recent job with the filter of the request."""
    wanted = filter_of(request.call)
    jobs = [job for job in request.jobs_before if job.filter == wanted]
    return jobs[-1] if jobs else None


def is_allowed(request: FaultyRequest) -> bool:
    """Whether the token has access to the resource."""
    return request.authorized and request.exists and not request.forbidden


def is_export_request(request: FaultyRequest) -> bool:
    """Whether it requests an export of an accessible resource."""
    return request.call.method == "POST" and request.action == "request" and is_allowed(request)


def _requested(*states: State | None, filtered: bool) -> Situation:
    def which(request: FaultyRequest) -> bool:
        if not is_export_request(request) or (filter_of(request.call) != NO_FILTER) != filtered:
            return False
        latest = latest_job(request)
        return (latest.state(request.now) if latest else None) in states

    return which


def has_state(*states: State) -> Situation:
    """A request with the token for one of the resource's jobs in one of these states."""

    def which(request: FaultyRequest) -> bool:
        job = own_job(request)
        return job is not None and is_allowed(request) and job.state(request.now) in states

    return which


def _listed(jobs: Callable[[tuple[State, ...]], bool]) -> Situation:
    return lambda request: (
        request.action == "list"
        and is_allowed(request)
        and jobs(tuple(job.state(request.now) for job in request.jobs_before))
    )


def has_later_job(request: FaultyRequest) -> bool:
    """Whether it polls an ended job that is not the resource's most recent one."""
    job = own_job(request)
    return (
        job is not None
        and has_state("complete", "failed")(request)
        and request.jobs_before[-1].export_id != job.export_id
    )


def _download(*, whole: bool) -> Situation:
    def which(request: FaultyRequest) -> bool:
        wanted = request.call.headers.get("range", "")
        return request.action == "archive" and wanted.startswith("bytes=-") == whole

    return which


def is_of_unknown_job(request: FaultyRequest) -> bool:
    """Whether it names a job that the accessible resource does not have."""
    return (
        request.export_id is not None
        and own_job(request) is None
        and request.exists
        and not request.forbidden
    )


def has_own_job(request: FaultyRequest, state: str) -> bool:
    """Whether it names a job of the resource in that state, whatever its token."""
    job = own_job(request)
    return job is not None and job.state(request.now) == state


def with_token(which: Situation) -> Situation:
    """A situation, with the valid token only."""
    return lambda request: request.authorized and which(request)


def by_method(action: Action, which: Situation) -> Situation:
    """A situation, with the documented method of an action only."""
    method = {"request": "POST", "delete": "DELETE"}.get(action, "GET")
    return lambda request: request.call.method == method and which(request)


def has_bad_filter(request: FaultyRequest) -> bool:
    """Whether it requests an export with an invalid filter."""
    try:
        parse_filter(request.call.query)
    except FilterError:
        return is_export_request(request)
    return False


VALID: Final[dict[Action, dict[str, tuple[str, Situation, tuple[Edition, ...]]]]] = {
    "request": {
        "first": ("the first request", _requested(None, filtered=False), ("2026-03", "2026-11")),
        "running": (
            "a request while the export is generating",
            _requested("generating", filtered=False),
            ("2026-03", "2026-11"),
        ),
        "again": (
            "a request after the export has ended",
            _requested("complete", "failed", filtered=False),
            ("2026-03", "2026-11"),
        ),
        "filtered": (
            "the first request with a filter",
            _requested(None, filtered=True),
            ("2026-11",),
        ),
        "filtered-running": (
            "a request with a filter while that export is generating",
            _requested("generating", filtered=True),
            ("2026-11",),
        ),
        "filtered-again": (
            "a request with a filter after that export has ended",
            _requested("complete", "failed", filtered=True),
            ("2026-11",),
        ),
    },
    "status": {
        "generating": (
            "a poll of a generating job",
            has_state("generating"),
            ("2026-03", "2026-11"),
        ),
        "complete": ("a poll of a complete job", has_state("complete"), ("2026-03", "2026-11")),
        "failed": ("a poll of a failed job", has_state("failed"), ("2026-03", "2026-11")),
        "older": ("a poll of an ended job beside a later one", has_later_job, ("2026-11",)),
    },
    "list": {
        "empty": ("the list while it is empty", _listed(lambda states: not states), ("2026-11",)),
        "generating": (
            "the list while a job is generating",
            _listed(lambda states: "generating" in states),
            ("2026-11",),
        ),
        "ended": (
            "the list of ended jobs",
            _listed(lambda states: bool(states) and "generating" not in states),
            ("2026-11",),
        ),
    },
    "delete": {
        "complete": ("the deletion of a complete job", has_state("complete"), ("2026-11",)),
        "failed": ("the deletion of a failed job", has_state("failed"), ("2026-11",)),
    },
    "archive": {
        "end": ("the end of the archive", _download(whole=True), ("2026-03", "2026-11")),
        "part": ("another part of the archive", _download(whole=False), ("2026-03", "2026-11")),
    },
}
"""The valid requests by action: words for each, how to recognize it, and its editions."""
