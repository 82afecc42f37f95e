"""Faults of access: requests that should be refused, and data that should not be sent."""

import re
from collections.abc import Callable
from functools import partial

from attrs import evolve, field, mutable

from prolific_contract._vocabulary import path_of
from prolific_contract.sandbox._api import listed
from prolific_contract.sandbox._http import Reply, error_reply, json_reply, no_content_reply
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._replies import (
    body_of,
    has_status,
    is_complete,
    is_success,
    jobs_of,
    reports_state,
    with_header,
    with_json,
)
from prolific_contract.sandbox.mutants._changed_replies import changing
from prolific_contract.sandbox.mutants._fault import (
    DELETE,
    EVERY,
    FINISHED,
    LIST,
    REPORTING,
    REQUEST,
    SHARED,
    STATUS,
    Fault,
    MutantBehaviour,
    Places,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

_TOKEN_FORM = re.compile(r"Token [!-~]+")
_OTHER_SCHEME = re.compile(r"(?!Token )([!-~]+) [!-~]+", re.IGNORECASE)


def _letting_in(admits: Callable[[str, str], bool]) -> Callable[[], MutantBehaviour]:
    """A server that accepts some invalid Authorization headers.

    Args:
        admits: Whether it accepts a header (empty if absent), given the valid token.
    """

    def behave(request: FaultyRequest) -> Reply:
        given = request.call.headers.get("authorization", "")
        return request.as_authorized() if admits(given, request.token) else request.reply()

    return always(behave)


def _is_malformed(given: str, _: str) -> bool:
    return bool(given) and not _TOKEN_FORM.fullmatch(given) and not _OTHER_SCHEME.fullmatch(given)


def _is_of_other_scheme(given: str, token: str) -> bool:
    return bool(_OTHER_SCHEME.fullmatch(given)) and given.endswith(f" {token}")


_SIGN_IN = Reply(302, (("Location", "/login"), ("Content-Length", "0")), b"")

_CREDENTIALS = (
    Fault(
        "auth-none",
        "It accepts requests without an Authorization header",
        EVERY,
        _letting_in(lambda given, _: not given),
    ),
    Fault(
        "auth-malformed",
        "It accepts requests with a malformed Authorization header",
        EVERY,
        _letting_in(_is_malformed),
    ),
    Fault(
        "auth-any-scheme",
        "It accepts the token with another scheme than Token",
        EVERY,
        _letting_in(_is_of_other_scheme),
    ),
    Fault(
        "auth-any-token",
        "It accepts any token",
        EVERY,
        _letting_in(lambda given, _: bool(_TOKEN_FORM.fullmatch(given))),
    ),
    Fault(
        "auth-403",
        "It answers 403 to requests without a valid token",
        EVERY,
        changing(has_status(401), lambda _: error_reply(403, 8, "Not allowed.")),
    ),
    Fault(
        "auth-404",
        "It answers 404 to requests without a valid token",
        EVERY,
        changing(has_status(401), lambda _: error_reply(404, 8, "Not found.")),
    ),
    Fault(
        "auth-redirect",
        "It redirects requests without a valid token to a login page",
        EVERY,
        changing(has_status(401), lambda _: _SIGN_IN),
    ),
)


def _echo(which: Callable[[Reply], bool], put: Callable[[Reply, str], Reply]) -> MutantBehaviour:
    def behave(request: FaultyRequest) -> Reply:
        reply = request.reply()
        return put(reply, request.token) if request.authorized and which(reply) else reply

    return behave


def _in_body(reply: Reply, token: str) -> Reply:
    return with_json(reply, {**body_of(reply), "requested_by": token})


def _in_header(reply: Reply, token: str) -> Reply:
    return with_header(reply, "X-Request-Token", token)


def _in_error(reply: Reply, token: str) -> Reply:
    error = body_of(reply)["error"]
    return with_json(reply, {"error": {**error, "detail": f"{token} has no access to this."}})


def _in_url(reply: Reply, token: str) -> Reply:
    body = body_of(reply)
    return with_json(reply, {**body, "url": f"{body['url']}&api_token={token}"})


_ECHOES = (
    Fault(
        "token-echo",
        "It includes the API token in the state",
        SHARED,
        always(_echo(reports_state, _in_body)),
        also={"status": ("late",)},
    ),
    Fault(
        "token-echo-header",
        "It includes the API token in a header",
        EVERY,
        always(_echo(is_success, _in_header)),
    ),
    Fault(
        "token-echo-error",
        "It includes the API token in the detail of errors",
        EVERY,
        always(_echo(has_status(403, 404), _in_error)),
    ),
    Fault(
        "token-echo-url",
        "It includes the API token in the download URL",
        FINISHED,
        always(_echo(is_complete, _in_url)),
    ),
)


def _unknown(make: Callable[[str], Reply]) -> Callable[[], MutantBehaviour]:
    """A server that does not answer 404 for an unknown job."""

    def behave(request: FaultyRequest) -> Reply:
        reply = request.reply()
        if request.export_id is None or reply.status != 404 or request.jobs.find(request.export_id):
            return reply
        return make(request.export_id)

    return always(behave)


def _found_elsewhere(wider: Callable[[FaultyRequest, str], bool]) -> Callable[[], MutantBehaviour]:
    """A server that finds a job under other resources, unless access is forbidden.

    Args:
        wider: Whether it finds the job, given the request and the job's kind.
    """

    def behave(request: FaultyRequest) -> Reply:
        job = None if request.export_id is None else request.jobs.find(request.export_id)
        if job is None or request.forbidden or not wider(request, job.kind):
            return request.reply()
        path = path_of(job.kind, job.resource_id, job.export_id)
        return request.answer_to(evolve(request.call, path=path))

    return always(behave)


def _listed_elsewhere(
    wider: Callable[[FaultyRequest, SandboxJob], bool],
) -> Callable[[], MutantBehaviour]:
    """A server that lists jobs of other resources, unless access is forbidden.

    Args:
        wider: Whether it lists a job of another resource.
    """

    def behave(request: FaultyRequest) -> Reply:
        reply = request.reply()
        if request.forbidden or not request.authorized or reply.status not in (200, 404):
            return reply
        others = [
            job
            for job in request.jobs.every()
            if (job.kind, job.resource_id) != (request.kind, request.resource_id)
            and wider(request, job)
        ]
        if reply.status == 404 and not others:
            return reply
        own = jobs_of(reply) if reply.status == 200 else []
        foreign = [listed(job, request.now) for job in reversed(others)]
        found = sorted([*own, *foreign], key=lambda job: job["created_at"], reverse=True)
        return json_reply(200, found)

    return always(behave)


_SCOPES = (
    Fault(
        "unknown-job-200",
        "It answers that an unknown job has failed",
        STATUS,
        _unknown(lambda _: json_reply(200, {"status": "failed"})),
    ),
    Fault(
        "unknown-job-generating",
        "It answers that an unknown job is generating",
        STATUS,
        _unknown(lambda given: json_reply(200, {"status": "generating", "export_id": given})),
    ),
    Fault(
        "unknown-job-403",
        "It answers 403 for an unknown job",
        STATUS,
        _unknown(lambda _: error_reply(403, 8, "Not allowed.")),
    ),
    Fault(
        "unknown-job-500",
        "It answers 500 for an unknown job",
        STATUS,
        _unknown(lambda _: error_reply(500, 8, "Something went wrong.")),
    ),
    Fault(
        "scope-kind",
        "It finds a job under a resource of the other kind",
        {**STATUS, **DELETE},
        _found_elsewhere(lambda request, kind: request.kind != kind),
    ),
    Fault(
        "scope-resource",
        "It finds a job under any resource of its kind",
        {**STATUS, **DELETE},
        _found_elsewhere(lambda request, kind: request.kind == kind),
    ),
    Fault(
        "unknown-delete-204",
        "It answers that it deleted an unknown job",
        DELETE,
        _unknown(lambda _: no_content_reply()),
    ),
    Fault(
        "unknown-delete-409",
        "It answers 409 to the deletion of an unknown job",
        DELETE,
        _unknown(lambda _: error_reply(409, 8, "There is a conflict.")),
    ),
    Fault(
        "list-scope-kind",
        "It also lists the jobs of the other kind",
        LIST,
        _listed_elsewhere(lambda request, job: request.kind != job.kind),
    ),
    Fault(
        "list-scope-near",
        "It lists the jobs of a resource under longer ids, too",
        LIST,
        _listed_elsewhere(
            lambda request, job: (
                request.kind == job.kind and request.resource_id.startswith(job.resource_id)
            )
        ),
    ),
    Fault(
        "list-scope-resource",
        "It lists the jobs of all resources of the kind",
        LIST,
        _listed_elsewhere(lambda request, job: request.kind == job.kind),
    ),
)


def _forbidden_exported(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if reply.status != 403:
        return reply
    job = request.jobs_before[-1:] or (
        request.jobs.start(request.kind, request.resource_id, request.now),
    )
    return json_reply(202, {"status": "generating", "export_id": job[0].export_id})


def _forbidden_empty(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if request.forbidden and reply.status == 404:
        return json_reply(200, {"status": "failed"})
    return reply


def _forbidden_said(reply: Reply) -> Callable[[FaultyRequest], Reply]:
    return lambda request: reply if request.reply().status == 403 else request.reply()


def _forbidden_filtered(request: FaultyRequest) -> Reply:
    return _forbidden_exported(request) if request.call.query else request.reply()


_FORBIDDEN = (
    Fault(
        "forbidden-200",
        "It exports resources to which the token has no access",
        REQUEST,
        always(_forbidden_exported),
    ),
    Fault(
        "forbidden-filtered",
        "It exports resources to which the token has no access if the request has a filter",
        {"request": ("2026-11",)},
        always(_forbidden_filtered),
    ),
    Fault(
        "forbidden-status",
        "It reports states of jobs of a resource without access",
        STATUS,
        always(_forbidden_empty),
    ),
    Fault(
        "forbidden-list",
        "It answers with an empty list for a resource without access",
        LIST,
        always(_forbidden_said(json_reply(200, []))),
    ),
    Fault(
        "forbidden-delete",
        "It answers that it deleted any job of a resource without access",
        DELETE,
        always(_forbidden_said(no_content_reply())),
    ),
)


def _refusal(status: int, _: Reply) -> Reply:
    return error_reply(status, 8, "You have no access to this.")


@mutable
class _AccessLoss:
    """A server that refuses access after it gave it once.

    Attributes:
        status: The status of the refusal.
    """

    status: int
    _given: set[tuple[str, str | None]] = field(factory=set)

    def __call__(self, request: FaultyRequest) -> Reply:
        place = (request.resource_id, request.export_id)
        if request.authorized and place in self._given:
            return error_reply(self.status, 8, "You have no access to this.")
        reply = request.reply()
        if is_success(reply):
            self._given.add(place)
        return reply


_REQUEST_AND_LIST: Places = {**REQUEST, **LIST}

_LOSSES = tuple(
    Fault(
        f"access-lost-{status}",
        f"It answers {status} from the second request of the same path on",
        places,
        partial(_AccessLoss, status),
    )
    for status, places in ((401, REPORTING), (403, REPORTING), (404, _REQUEST_AND_LIST))
)

_UNLISTED = tuple(
    Fault(
        f"list-refused-{status}",
        f"It answers {status} to every list request",
        LIST,
        changing(is_success, partial(_refusal, status)),
    )
    for status in (403, 404)
)


def _any_method(request: FaultyRequest) -> Reply:
    reply = request.reply()
    return json_reply(200, {"status": "failed"}) if reply.status == 405 else reply


_METHODS = (
    Fault(
        "method-200",
        "It reports a state for every method",
        SHARED,
        always(_any_method),
    ),
    Fault(
        "method-404",
        "It answers 404 to other methods",
        SHARED,
        changing(has_status(405), lambda _: error_reply(404, 8, "Not found.")),
    ),
    Fault(
        "method-no-allow",
        "It answers 405 without an Allow header",
        SHARED,
        changing(has_status(405), lambda reply: with_header(reply, "Allow", None)),
    ),
)

ISOLATION = (
    *_CREDENTIALS,
    *_ECHOES,
    *_SCOPES,
    *_FORBIDDEN,
    *_LOSSES,
    *_UNLISTED,
    *_METHODS,
)
