"""Faults of single responses: whether one is sent, its status, its content type, and errors."""

from collections.abc import Callable
from typing import Any

from attrs import evolve

from prolific_contract.sandbox._http import ConnectionFailure, NoReplyError, Reply, error_reply
from prolific_contract.sandbox._replies import (
    ReplyChange,
    has_content,
    has_status,
    is_error,
    is_failed,
    is_success,
    reports_state,
    text_of,
    with_body,
    with_header,
    without,
)
from prolific_contract.sandbox.mutants._bodies import BODIES, adding
from prolific_contract.sandbox.mutants._changed_replies import changing, changing_json
from prolific_contract.sandbox.mutants._fault import (
    EVERY,
    EVERYWHERE,
    REPORTING,
    SHARED,
    STATUS,
    Fault,
    MutantBehaviour,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest


def _unanswered(how: ConnectionFailure) -> Callable[[], MutantBehaviour]:
    def behave(request: FaultyRequest) -> Reply:
        reply = request.reply()
        if reply.status < 300:
            raise NoReplyError(how, reply if how == "cut" else None)
        return reply

    return always(behave)


_ANSWERED = (
    Fault(
        "reset",
        "It closes the connection instead of sending a success",
        EVERYWHERE,
        _unanswered("reset"),
        also={"status": ("late", "sometimes"), "archive": ("second",)},
    ),
    Fault(
        "hang",
        "It keeps the connection open and never sends a success",
        EVERYWHERE,
        _unanswered("hang"),
    ),
    Fault(
        "garbage",
        "It sends bytes that are not HTTP instead of a success",
        EVERYWHERE,
        _unanswered("garbage"),
    ),
    Fault(
        "cut",
        "It closes the connection halfway through the body of a success",
        EVERYWHERE,
        _unanswered("cut"),
        also={"status": ("sometimes",)},
    ),
)


def _status(status: int) -> ReplyChange:
    return lambda reply: evolve(reply, status=status)


def _swapped(reply: Reply) -> Reply:
    return evolve(reply, status={200: 202, 202: 200}[reply.status])


def _emptied(reply: Reply) -> Reply:
    return with_header(with_body(evolve(reply, status=204), b""), "Content-Type", None)


def _refused(status: int, detail: str) -> ReplyChange:
    return lambda _: error_reply(status, 9, detail)


def _moved(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if not is_success(reply):
        return reply
    return Reply(307, (("Location", f"{request.call.path}/"), ("Content-Length", "0")), b"")


_STATUSES = (
    Fault(
        "status-201",
        "It answers 201 instead of 202, 200 or 204",
        EVERY,
        changing(is_success, _status(201)),
        also={"request": ("second",), "status": ("late", "sometimes"), "list": ("late", "second")},
    ),
    Fault(
        "status-swapped",
        "It answers 200 instead of 202, and 202 instead of 200",
        SHARED,
        changing(reports_state, _swapped),
        also={"request": ("second",)},
    ),
    Fault(
        "status-204",
        "It answers 204 without a body instead of the state or the list",
        REPORTING,
        changing(has_content, _emptied),
    ),
    Fault(
        "status-500",
        "It answers 500 instead of a success",
        EVERY,
        changing(is_success, _refused(500, "Something went wrong.")),
        also={"status": ("late", "sometimes"), "delete": ("second",)},
    ),
    Fault(
        "status-redirect",
        "It redirects to the same path with a final slash instead of a success",
        EVERY,
        always(_moved),
    ),
    Fault(
        "error-422",
        "It answers 422 where the documents require 403 or 404",
        EVERY,
        changing(has_status(403, 404), _refused(422, "The id is not valid.")),
    ),
    Fault(
        "failed-500",
        "It answers 500 instead of reporting that an export failed",
        STATUS,
        changing(is_failed, _refused(500, "The export failed.")),
        needs_failed_job=True,
    ),
)


def _labelled(label: str | None) -> ReplyChange:
    return lambda reply: with_header(reply, "Content-Type", label)


_CONTENT_TYPES = (
    Fault(
        "content-type-text",
        "It labels JSON as text/plain",
        REPORTING,
        changing(has_content, _labelled("text/plain; charset=utf-8")),
        also={"status": ("late", "sometimes"), "list": ("sometimes",)},
    ),
    Fault(
        "content-type-missing",
        "It sends no Content-Type",
        REPORTING,
        changing(has_content, _labelled(None)),
    ),
    Fault(
        "content-type-problem",
        "It labels errors as application/problem+json",
        EVERY,
        changing(is_error, _labelled("application/problem+json")),
    ),
)


def _error_member(**members: object) -> Callable[[dict[str, Any]], object]:
    return lambda body: {"error": {**body["error"], **members}}


def _page(reply: Reply) -> Reply:
    page = f"<!doctype html><title>{reply.status}</title><h1>Something went wrong</h1>"
    return with_header(with_body(reply, page.encode()), "Content-Type", "text/html")


def _unsaid(reply: Reply) -> Reply:
    return with_header(with_body(reply, b""), "Content-Type", None)


_ERRORS = (
    Fault(
        "error-flat",
        "It sends the error's detail without the envelope",
        EVERY,
        changing_json(is_error, lambda body: {"detail": body["error"]["detail"]}),
    ),
    Fault(
        "error-status-differs",
        "It sends an error whose status differs from the HTTP status",
        EVERY,
        changing_json(is_error, _error_member(status=400)),
    ),
    Fault(
        "error-html",
        "It sends errors as HTML pages",
        EVERY,
        changing(is_error, _page),
    ),
    Fault(
        "error-field-missing",
        "It omits error_code from errors",
        EVERY,
        changing_json(is_error, lambda body: {"error": without(body["error"], "error_code")}),
    ),
    Fault(
        "error-detail-null",
        "It sends null as the error's detail",
        EVERY,
        changing_json(is_error, _error_member(detail=None)),
    ),
    Fault(
        "error-code-text",
        "It sends error_code as text",
        EVERY,
        changing_json(is_error, _error_member(error_code="E140000")),
    ),
    Fault(
        "error-empty",
        "It sends errors without a body",
        EVERY,
        changing(is_error, _unsaid),
    ),
    Fault(
        "json-trailing-in-error",
        "It sends a comma and a second document after an error",
        EVERY,
        changing(is_error, lambda reply: with_body(reply, text_of(reply) + b", {}")),
    ),
    Fault(
        "unknown-html",
        "It sends an HTML page when the id is unknown or forbidden",
        EVERY,
        changing(has_status(403, 404), _page),
    ),
)


_ADDITIVE = (
    Fault(
        "field-extra",
        "It adds an undocumented member to states",
        SHARED,
        changing_json(reports_state, adding(progress=100)),
        also={"status": ("late",)},
        strict=True,
    ),
    Fault(
        "field-extra-in-error",
        "It adds an undocumented member to errors",
        EVERY,
        changing_json(is_error, _error_member(request_id="5f2b9c1e")),
        strict=True,
    ),
)

SHAPE = (*_ANSWERED, *_STATUSES, *_CONTENT_TYPES, *BODIES, *_ERRORS, *_ADDITIVE)
