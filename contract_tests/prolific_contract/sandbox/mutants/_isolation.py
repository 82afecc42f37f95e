"""Faults of access: who may see what, and what comes back that should not."""

import re
from collections.abc import Callable

from attrs import evolve

from prolific_contract._vocabulary import path_of
from prolific_contract.sandbox._api import listed
from prolific_contract.sandbox._http import Reply, error_reply, json_reply, no_content_reply
from prolific_contract.sandbox._jobs import Job
from prolific_contract.sandbox._replies import (
    body_of,
    has_status,
    is_complete,
    is_success,
    jobs_of,
    tells_state,
    with_header,
    with_json,
)
from prolific_contract.sandbox.mutants._changing import changing
from prolific_contract.sandbox.mutants._fault import (
    API,
    DELETE,
    EVERY,
    FINISHED,
    LIST,
    REQUEST,
    STATUS,
    Behaviour,
    Fault,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import Turn

_TOKEN_FORM = re.compile(r"Token [!-~]+")
_OTHER_SCHEME = re.compile(r"(?!Token )([!-~]+) [!-~]+", re.IGNORECASE)


def _letting_in(admits: Callable[[str, str], bool]) -> Callable[[], Behaviour]:
    """A server that takes some wrong Authorization for the right one.

    Args:
        admits: Whether it does, from the header (empty when there is none) and the token.
    """

    def behave(turn: Turn) -> Reply:
        given = turn.call.headers.get("authorization", "")
        return turn.as_authorized() if admits(given, turn.token) else turn.reply()

    return always(behave)


def _is_malformed(given: str, _: str) -> bool:
    return bool(given) and not _TOKEN_FORM.fullmatch(given) and not _OTHER_SCHEME.fullmatch(given)


def _is_of_other_scheme(given: str, token: str) -> bool:
    return bool(_OTHER_SCHEME.fullmatch(given)) and given.endswith(f" {token}")


_SIGN_IN = Reply(302, (("Location", "/login"), ("Content-Length", "0")), b"")

_CREDENTIALS = (
    Fault(
        "auth-none",
        "It answers requests without an Authorization header",
        EVERY,
        _letting_in(lambda given, _: not given),
    ),
    Fault(
        "auth-malformed",
        "It answers requests whose Authorization header is malformed",
        EVERY,
        _letting_in(_is_malformed),
    ),
    Fault(
        "auth-any-scheme",
        "It takes the token with another scheme than Token",
        EVERY,
        _letting_in(_is_of_other_scheme),
    ),
    Fault(
        "auth-any-token",
        "It takes every token",
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
        "It redirects requests without a valid token to a page to sign in",
        EVERY,
        changing(has_status(401), lambda _: _SIGN_IN),
    ),
)


def _echo(which: Callable[[Reply], bool], put: Callable[[Reply, str], Reply]) -> Behaviour:
    def behave(turn: Turn) -> Reply:
        reply = turn.reply()
        return put(reply, turn.token) if turn.authorized and which(reply) else reply

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
        "It repeats the API token in a member of the state",
        API,
        always(_echo(tells_state, _in_body)),
        also={"status": ("late",)},
    ),
    Fault(
        "token-echo-header",
        "It repeats the API token in a header",
        EVERY,
        always(_echo(is_success, _in_header)),
    ),
    Fault(
        "token-echo-error",
        "It repeats the API token in the detail of errors",
        EVERY,
        always(_echo(has_status(403, 404), _in_error)),
    ),
    Fault(
        "token-echo-url",
        "It puts the API token into the download URL",
        FINISHED,
        always(_echo(is_complete, _in_url)),
    ),
)


def _unknown(make: Callable[[str], Reply]) -> Callable[[], Behaviour]:
    """A server that answers otherwise than 404 to a job that it does not know."""

    def behave(turn: Turn) -> Reply:
        reply = turn.reply()
        if turn.export_id is None or reply.status != 404 or turn.book.find(turn.export_id):
            return reply
        return make(turn.export_id)

    return always(behave)


def _whoever_asks(wider: Callable[[Turn, str], bool]) -> Callable[[], Behaviour]:
    """A server that finds a job under resources that it does not belong to, if not forbidden.

    Args:
        wider: Whether it does, from the request and the job's own kind.
    """

    def behave(turn: Turn) -> Reply:
        job = None if turn.export_id is None else turn.book.find(turn.export_id)
        if job is None or turn.forbidden or not wider(turn, job.kind):
            return turn.reply()
        path = path_of(job.kind, job.resource_id, job.export_id)
        return turn.answer_to(evolve(turn.call, path=path))

    return always(behave)


def _listed_elsewhere(wider: Callable[[Turn, Job], bool]) -> Callable[[], Behaviour]:
    """A server that lists jobs that do not belong to the resource, if it is not forbidden.

    Args:
        wider: Whether it lists a job of another resource.
    """

    def behave(turn: Turn) -> Reply:
        reply = turn.reply()
        if turn.forbidden or not turn.authorized or reply.status not in (200, 404):
            return reply
        others = [
            job
            for job in turn.book.every()
            if (job.kind, job.resource_id) != (turn.kind, turn.resource_id) and wider(turn, job)
        ]
        own = jobs_of(reply) if reply.status == 200 else []
        strangers = [listed(job, turn.now) for job in reversed(others)]
        found = sorted([*own, *strangers], key=lambda job: job["created_at"], reverse=True)
        return json_reply(200, found)

    return always(behave)


_SCOPES = (
    Fault(
        "unknown-job-200",
        "It says of a job that it does not know that it failed",
        STATUS,
        _unknown(lambda _: json_reply(200, {"status": "failed"})),
    ),
    Fault(
        "unknown-job-generating",
        "It says of a job that it does not know that it is generated",
        STATUS,
        _unknown(lambda given: json_reply(200, {"status": "generating", "export_id": given})),
    ),
    Fault(
        "unknown-job-403",
        "It answers 403 for a job that it does not know",
        STATUS,
        _unknown(lambda _: error_reply(403, 8, "Not allowed.")),
    ),
    Fault(
        "unknown-job-500",
        "It answers 500 for a job that it does not know",
        STATUS,
        _unknown(lambda _: error_reply(500, 8, "Something went wrong.")),
    ),
    Fault(
        "scope-kind",
        "It finds a job under the other kind, too",
        {**STATUS, **DELETE},
        _whoever_asks(lambda turn, kind: turn.kind != kind),
    ),
    Fault(
        "scope-resource",
        "It finds a job under every resource of its kind",
        {**STATUS, **DELETE},
        _whoever_asks(lambda turn, kind: turn.kind == kind),
    ),
    Fault(
        "unknown-delete-204",
        "It says of a job that it does not know that it is deleted",
        DELETE,
        _unknown(lambda _: no_content_reply()),
    ),
    Fault(
        "unknown-delete-409",
        "It answers 409 to the delete of a job that it does not know",
        DELETE,
        _unknown(lambda _: error_reply(409, 8, "There is a conflict.")),
    ),
    Fault(
        "list-scope-kind",
        "It lists the jobs of the other kind, too",
        LIST,
        _listed_elsewhere(lambda turn, job: turn.kind != job.kind),
    ),
    Fault(
        "list-scope-resource",
        "It lists the jobs of all resources of the kind",
        LIST,
        _listed_elsewhere(lambda turn, job: turn.kind == job.kind),
    ),
)


def _forbidden_exported(turn: Turn) -> Reply:
    reply = turn.reply()
    if reply.status != 403:
        return reply
    job = turn.jobs_before[-1:] or (turn.book.start(turn.kind, turn.resource_id, turn.now),)
    return json_reply(202, {"status": "generating", "export_id": job[0].export_id})


def _forbidden_found(turn: Turn) -> Reply:
    reply = turn.reply()
    return error_reply(404, 8, "There is nothing of this id.") if reply.status == 403 else reply


def _forbidden_empty(turn: Turn) -> Reply:
    reply = turn.reply()
    if turn.forbidden and reply.status == 404:
        return json_reply(200, {"status": "failed"})
    return reply


def _forbidden_said(reply: Reply) -> Callable[[Turn], Reply]:
    return lambda turn: reply if turn.reply().status == 403 else turn.reply()


_FORBIDDEN = (
    Fault(
        "forbidden-200",
        "It exports resources that the token gives no access to",
        REQUEST,
        always(_forbidden_exported),
    ),
    Fault(
        "forbidden-404",
        "It answers 404 to a request for an export of a resource without access",
        REQUEST,
        always(_forbidden_found),
    ),
    Fault(
        "forbidden-status",
        "It tells states of jobs of a resource without access",
        STATUS,
        always(_forbidden_empty),
    ),
    Fault(
        "forbidden-list",
        "It gives an empty list for a resource without access",
        LIST,
        always(_forbidden_said(json_reply(200, []))),
    ),
    Fault(
        "forbidden-list-404",
        "It answers 404 to a request for the list of a resource without access",
        LIST,
        always(_forbidden_found),
    ),
    Fault(
        "forbidden-delete",
        "It says of every job of a resource without access that it is deleted",
        DELETE,
        always(_forbidden_said(no_content_reply())),
    ),
)


def _any_method(turn: Turn) -> Reply:
    reply = turn.reply()
    return json_reply(200, {"status": "failed"}) if reply.status == 405 else reply


_METHODS = (
    Fault(
        "method-200",
        "It tells a state whatever the method",
        API,
        always(_any_method),
    ),
    Fault(
        "method-404",
        "It answers 404 to other methods",
        API,
        changing(has_status(405), lambda _: error_reply(404, 8, "Not found.")),
    ),
    Fault(
        "method-no-allow",
        "It answers 405 without saying which methods are allowed",
        API,
        changing(has_status(405), lambda reply: with_header(reply, "Allow", None)),
    ),
)

ISOLATION = (*_CREDENTIALS, *_ECHOES, *_SCOPES, *_FORBIDDEN, *_METHODS)
