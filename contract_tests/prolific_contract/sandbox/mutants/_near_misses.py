"""Faults that only show for requests near a right one: credentials, ids, and paths."""

from collections.abc import Callable

from attrs import evolve

from prolific_contract._vocabulary import Kind, path_of
from prolific_contract.sandbox._http import Reply, error_reply, json_reply, no_content_reply
from prolific_contract.sandbox.mutants._fault import (
    DELETE,
    EVERY,
    LIST,
    REQUEST,
    STATUS,
    Fault,
    MutantBehaviour,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

_SCHEME = "Token "
# How many characters of an id the most careless server compares.
_COMPARED = 8


def _letting_in(admits: Callable[[str, str], bool]) -> Callable[[], MutantBehaviour]:
    """A server that accepts some invalid Authorization headers.

    Args:
        admits: Whether it accepts a header that is present, given the valid token.
    """

    def behave(request: FaultyRequest) -> Reply:
        given = request.call.headers.get("authorization")
        if given is None or request.authorized or not admits(given, request.token):
            return request.reply()
        return request.as_authorized()

    return always(behave)


def _after_scheme(admits: Callable[[str, str], bool]) -> Callable[[], MutantBehaviour]:
    """A server that accepts some tokens beside the valid one, given the one and the other."""
    return _letting_in(
        lambda given, token: (
            given.startswith(_SCHEME) and admits(given.removeprefix(_SCHEME), token)
        )
    )


_TOKENS = (
    Fault(
        "auth-empty",
        "It accepts requests with an empty Authorization header",
        EVERY,
        _letting_in(lambda given, _: not given),
    ),
    Fault(
        "auth-no-scheme",
        "It accepts the token without a scheme",
        EVERY,
        _letting_in(lambda given, token: given == token),
    ),
    Fault(
        "auth-near-scheme",
        "It accepts every scheme that begins with Token",
        EVERY,
        _letting_in(lambda given, token: given.startswith("Token") and given.endswith(f" {token}")),
    ),
    Fault(
        "auth-prefix",
        "It accepts the beginning of the token",
        EVERY,
        _after_scheme(lambda given, token: bool(given) and token.startswith(given)),
    ),
    Fault(
        "auth-suffix",
        "It accepts the end of the token",
        EVERY,
        _after_scheme(lambda given, token: bool(given) and token.endswith(given)),
    ),
    Fault(
        "auth-longer",
        "It ignores what follows the token",
        EVERY,
        _after_scheme(lambda given, token: given.startswith(token)),
    ),
    Fault(
        "auth-last-character",
        "It ignores the last character of the token",
        EVERY,
        _after_scheme(lambda given, token: len(given) == len(token) and given[:-1] == token[:-1]),
    ),
    Fault(
        "auth-first-character",
        "It ignores the first character of the token",
        EVERY,
        _after_scheme(lambda given, token: len(given) == len(token) and given[1:] == token[1:]),
    ),
    Fault(
        "auth-any-case",
        "It accepts the token in any letter case",
        EVERY,
        _after_scheme(lambda given, token: given.lower() == token.lower()),
    ),
)


def _open(which: Callable[[FaultyRequest], bool]) -> Callable[[], MutantBehaviour]:
    """A server that checks no token for some requests."""

    def behave(request: FaultyRequest) -> Reply:
        if request.authorized or not which(request):
            return request.reply()
        return request.as_authorized()

    return always(behave)


def _hasty(
    which: Callable[[FaultyRequest], bool], status: Callable[[FaultyRequest], int]
) -> Callable[[], MutantBehaviour]:
    """A server that refuses some requests with another status before it checks the token."""

    def behave(request: FaultyRequest) -> Reply:
        if request.authorized or not which(request):
            return request.reply()
        return error_reply(status(request), 8, "This is not for you.")

    return always(behave)


def _is_complete(request: FaultyRequest) -> bool:
    return any(
        job.export_id == request.export_id and job.state(request.now) == "complete"
        for job in request.jobs_before
    )


def _is_generating(request: FaultyRequest) -> bool:
    return any(
        job.export_id == request.export_id and job.is_unfinished(request.now)
        for job in request.jobs_before
    )


def _is_unknown(request: FaultyRequest) -> bool:
    known = {job.export_id for job in request.jobs_before}
    return request.exists and not request.forbidden and request.export_id not in known


_PLACES = (
    Fault(
        "auth-not-complete",
        "It reports complete jobs to requests without a valid token",
        STATUS,
        _open(_is_complete),
    ),
    Fault(
        "auth-not-slash",
        "It checks no token if the path ends with a slash",
        EVERY,
        _open(lambda request: request.call.path.endswith("/")),
    ),
    Fault(
        "auth-not-filtered",
        "It checks no token if the request has a filter",
        {"request": ("2026-11",)},
        _open(lambda request: bool(request.call.query)),
    ),
    Fault(
        "auth-after-state",
        "It answers 409 to the deletion of a generating job before it checks the token",
        DELETE,
        _hasty(_is_generating, lambda _: 409),
    ),
    Fault(
        "auth-after-job",
        "It answers 404 for an unknown job before it checks the token",
        {**STATUS, **DELETE},
        _hasty(_is_unknown, lambda _: 404),
    ),
    Fault(
        "auth-after-resource",
        "It answers 404 for an unknown resource before it checks the token",
        {**REQUEST, **LIST},
        _hasty(lambda request: not request.exists, lambda _: 404),
    ),
    Fault(
        "auth-after-access",
        "It refuses a resource without access before it checks the token",
        EVERY,
        _hasty(
            lambda request: request.forbidden,
            lambda request: 404 if request.action == "status" else 403,
        ),
    ),
)


def _finding(matches: Callable[[str, str], bool]) -> Callable[[], MutantBehaviour]:
    """A server that finds a job by another id.

    Args:
        matches: Whether it finds the job, given the requested id and the job's.
    """

    def behave(request: FaultyRequest) -> Reply:
        given = request.export_id
        if given is None or request.jobs.find(given) is not None:
            return request.reply()
        for job in request.jobs_before:
            if matches(given, job.export_id):
                path = path_of(job.kind, job.resource_id, job.export_id)
                return request.answer_to(evolve(request.call, path=path))
        return request.reply()

    return always(behave)


_IDS = (
    Fault(
        "near-job-prefix",
        "It compares only the first eight characters of a job's id",
        {**STATUS, **DELETE},
        _finding(lambda given, known: given[:_COMPARED] == known[:_COMPARED]),
    ),
    Fault(
        "near-job-shorter",
        "It finds a job by the beginning of its id",
        {**STATUS, **DELETE},
        _finding(lambda given, known: known.startswith(given)),
    ),
    Fault(
        "near-job-longer",
        "It ignores what follows a job's id",
        {**STATUS, **DELETE},
        _finding(lambda given, known: given.startswith(known)),
    ),
)


def _imagining(make: Callable[[FaultyRequest], Reply]) -> Callable[[], MutantBehaviour]:
    """A server that behaves as if every resource existed."""

    def behave(request: FaultyRequest) -> Reply:
        if request.exists or not request.authorized:
            return request.reply()
        return make(request)

    return always(behave)


def _exported(request: FaultyRequest) -> Reply:
    job = request.jobs_before[-1:] or (
        request.jobs.start(request.kind, request.resource_id, request.now),
    )
    return json_reply(202, {"status": "generating", "export_id": job[0].export_id})


_RESOURCES = (
    Fault(
        "unknown-resource-exported",
        "It exports resources that do not exist",
        REQUEST,
        _imagining(_exported),
    ),
    Fault(
        "unknown-resource-status",
        "It answers that every job of a resource that does not exist has failed",
        STATUS,
        _imagining(lambda _: json_reply(200, {"status": "failed"})),
    ),
    Fault(
        "unknown-resource-listed",
        "It answers with an empty list for a resource that does not exist",
        LIST,
        _imagining(lambda _: json_reply(200, [])),
    ),
    Fault(
        "unknown-resource-deleted",
        "It answers that it deleted any job of a resource that does not exist",
        DELETE,
        _imagining(lambda _: no_content_reply()),
    ),
)


def _taking(matches: Callable[[str, str], bool]) -> Callable[[], MutantBehaviour]:
    """A server that takes another id for that of a resource with jobs.

    Args:
        matches: Whether it does, given the requested id and the resource's.
    """

    def behave(request: FaultyRequest) -> Reply:
        for job in () if request.exists else request.jobs.every():
            if job.kind == request.kind and matches(request.resource_id, job.resource_id):
                path = path_of(job.kind, job.resource_id, request.export_id)
                return request.answer_to(evolve(request.call, path=path))
        return request.reply()

    return always(behave)


def _of_other_kind(request: FaultyRequest) -> Reply:
    other: Kind = "collection" if request.kind == "batch" else "batch"
    path = path_of(other, request.resource_id).removesuffix("/export")
    found = request.answer_to(evolve(request.call, method="GET", path=path, query=()))
    if request.exists or not request.authorized or found.status != 200:
        return request.reply()
    return json_reply(200, []) if request.action == "list" else _exported(request)


_NEAR_RESOURCES = (
    Fault(
        "near-resource-shorter",
        "It finds a resource by the beginning of its id",
        {**REQUEST, **STATUS},
        _taking(lambda given, known: known.startswith(given)),
    ),
    Fault(
        "near-resource-longer",
        "It ignores what follows a resource's id",
        {**REQUEST, **STATUS, **DELETE},
        _taking(lambda given, known: given.startswith(known)),
    ),
    Fault(
        "resource-of-other-kind",
        "It takes the id of a batch for that of a collection, and the reverse",
        {**REQUEST, **LIST},
        always(_of_other_kind),
    ),
)

NEAR_MISSES = (*_TOKENS, *_PLACES, *_IDS, *_RESOURCES, *_NEAR_RESOURCES)
