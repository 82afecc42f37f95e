"""Faults of single answers: whether there is one, its status, its type and its body."""

import json
from collections.abc import Callable
from typing import Any, Final

from attrs import evolve

from prolific_contract.sandbox._http import Manner, NoReplyError, Reply, error_reply
from prolific_contract.sandbox._replies import (
    Change,
    has_status,
    is_complete,
    is_error,
    is_failed,
    is_generating,
    state_of,
    tells_state,
    with_body,
    with_header,
    without,
)
from prolific_contract.sandbox.mutants._changing import changing, changing_bytes, changing_json
from prolific_contract.sandbox.mutants._fault import (
    API,
    EVERYWHERE,
    FINISHED,
    STATUS,
    Behaviour,
    Fault,
    always,
)
from prolific_contract.sandbox.mutants._turn import Turn


def _unanswered(how: Manner) -> Callable[[], Behaviour]:
    def behave(turn: Turn) -> Reply:
        reply = turn.reply()
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
        "It sends bytes that are no HTTP instead of a success",
        EVERYWHERE,
        _unanswered("garbage"),
    ),
    Fault(
        "cut",
        "It closes the connection in the middle of a success's body",
        EVERYWHERE,
        _unanswered("cut"),
        also={"status": ("sometimes",)},
    ),
)


def _status(status: int) -> Change:
    return lambda reply: evolve(reply, status=status)


def _swapped(reply: Reply) -> Reply:
    return evolve(reply, status={200: 202, 202: 200}[reply.status])


def _emptied(reply: Reply) -> Reply:
    return with_header(with_body(evolve(reply, status=204), b""), "Content-Type", None)


def _refused(status: int, detail: str) -> Change:
    return lambda _: error_reply(status, 9, detail)


def _moved(turn: Turn) -> Reply:
    reply = turn.reply()
    if not tells_state(reply):
        return reply
    return Reply(307, (("Location", f"{turn.call.path}/"), ("Content-Length", "0")), b"")


_STATUSES = (
    Fault(
        "status-201",
        "It answers 201 where it should say 202 or 200",
        API,
        changing(tells_state, _status(201)),
        also={"request": ("second",), "status": ("late", "sometimes")},
    ),
    Fault(
        "status-swapped",
        "It answers 200 where it should say 202, and 202 where it should say 200",
        API,
        changing(tells_state, _swapped),
        also={"request": ("second",)},
    ),
    Fault(
        "status-204",
        "It answers 204 without a body where it should tell the state",
        API,
        changing(tells_state, _emptied),
    ),
    Fault(
        "status-500",
        "It answers 500 where it should tell the state",
        API,
        changing(tells_state, _refused(500, "Something went wrong.")),
        also={"status": ("late", "sometimes")},
    ),
    Fault(
        "status-redirect",
        "It redirects to the same path with a slash where it should tell the state",
        API,
        always(_moved),
    ),
    Fault(
        "error-422",
        "It answers 422 where the documents have 403 or 404",
        API,
        changing(has_status(403, 404), _refused(422, "The id is not valid.")),
    ),
    Fault(
        "failed-500",
        "It answers 500 where it should tell that an export failed",
        STATUS,
        changing(is_failed, _refused(500, "The export failed.")),
        needs_failed_job=True,
    ),
)


def _labelled(label: str | None) -> Change:
    return lambda reply: with_header(reply, "Content-Type", label)


_CONTENT_TYPES = (
    Fault(
        "content-type-text",
        "It labels the state's JSON as text/plain",
        API,
        changing(tells_state, _labelled("text/plain; charset=utf-8")),
        also={"status": ("late", "sometimes")},
    ),
    Fault(
        "content-type-missing",
        "It does not say of what type the state's body is",
        API,
        changing(tells_state, _labelled(None)),
    ),
    Fault(
        "content-type-problem",
        "It labels errors as application/problem+json",
        API,
        changing(is_error, _labelled("application/problem+json")),
    ),
)

# The documented member that says most in each state.
_TELLING: Final = {"generating": "export_id", "complete": "url"}


def _tells_more(reply: Reply) -> bool:
    return state_of(reply) in _TELLING


def _name(body: dict[str, Any]) -> str:
    return _TELLING[body["status"]]


def _set(**members: object) -> Callable[[dict[str, Any]], object]:
    return lambda body: {**body, **members}


def _reformed(name: str, change: Callable[[str], str]) -> Callable[[dict[str, Any]], object]:
    return lambda body: {**body, name: change(body[name])}


_BODIES = (
    Fault(
        "field-missing",
        "It leaves out export_id while generating and url when complete",
        API,
        changing_json(_tells_more, lambda body: without(body, _name(body))),
        also={"request": ("second",), "status": ("late", "second", "sometimes")},
    ),
    Fault(
        "expiry-missing",
        "It leaves out expires_at",
        FINISHED,
        changing_json(is_complete, lambda body: without(body, "expires_at")),
        also={"status": ("late",)},
    ),
    Fault(
        "status-missing",
        "It leaves out the status",
        API,
        changing_json(tells_state, lambda body: without(body, "status")),
    ),
    Fault(
        "field-null",
        "It gives null for export_id while generating and for url when complete",
        API,
        changing_json(_tells_more, lambda body: {**body, _name(body): None}),
        also={"status": ("late",)},
    ),
    Fault(
        "field-type",
        "It gives a number for export_id while generating and an object for url when complete",
        API,
        changing_json(
            _tells_more,
            lambda body: {
                **body,
                _name(body): 140000 if "export_id" in body else {"href": body["url"]},
            },
        ),
    ),
    Fault(
        "field-renamed",
        "It says exportId for export_id and download_url for url",
        API,
        changing_json(
            _tells_more,
            lambda body: {
                {"export_id": "exportId", "url": "download_url"}.get(name, name): value
                for name, value in body.items()
            },
        ),
    ),
    Fault(
        "status-upper",
        "It writes the status in capitals",
        API,
        changing_json(tells_state, _reformed("status", str.upper)),
        also={"status": ("sometimes",)},
    ),
    Fault(
        "status-unknown",
        "It says processing for generating and done for complete",
        API,
        changing_json(
            _tells_more,
            _reformed("status", {"generating": "processing", "complete": "done"}.__getitem__),
        ),
    ),
    Fault(
        "failed-unknown",
        "It says error for failed",
        STATUS,
        changing_json(is_failed, _set(status="error")),
        needs_failed_job=True,
    ),
    Fault(
        "date-naive",
        "It writes expires_at without an offset",
        FINISHED,
        changing_json(is_complete, _reformed("expires_at", lambda text: text.removesuffix("Z"))),
        also={"status": ("late", "second", "sometimes")},
    ),
    Fault(
        "date-only",
        "It writes expires_at as a date",
        FINISHED,
        changing_json(is_complete, _reformed("expires_at", lambda text: text[:10])),
    ),
    Fault(
        "date-epoch",
        "It gives expires_at in seconds since 1970",
        FINISHED,
        changing_json(is_complete, _set(expires_at=4102444800)),
    ),
    Fault(
        "uuid-not",
        "It gives ids that are no UUIDs",
        API,
        changing_json(is_generating, _reformed("export_id", lambda text: f"job-{text[:8]}")),
        also={"request": ("second",)},
    ),
    Fault(
        "url-empty",
        "It gives an empty URL",
        FINISHED,
        changing_json(is_complete, _set(url="")),
    ),
    Fault(
        "body-list",
        "It puts the state into a list",
        API,
        changing_json(tells_state, lambda body: [body]),
    ),
    Fault(
        "body-wrapped",
        "It puts the state into a member named data",
        API,
        changing_json(tells_state, lambda body: {"data": body}),
    ),
)


def _twice(body: bytes) -> bytes:
    return b'{"status": "failed", ' + body.removeprefix(b"{")


_JSON = (
    Fault(
        "json-duplicate-key",
        "It says the status twice, and differently",
        API,
        changing_bytes(tells_state, _twice),
        also={"status": ("late", "sometimes")},
    ),
    Fault(
        "json-nan",
        "It adds a member whose value is NaN",
        API,
        changing_bytes(tells_state, lambda body: body.removesuffix(b"}") + b', "progress": NaN}'),
    ),
    Fault(
        "json-bom",
        "It begins JSON with a byte order mark",
        API,
        changing_bytes(tells_state, b"\xef\xbb\xbf".__add__),
    ),
    Fault(
        "json-trailing",
        "It sends a comma and a second document after the first",
        API,
        changing_bytes(tells_state, lambda body: body + b", {}"),
    ),
    Fault(
        "json-latin1",
        "It adds a member whose text is in Latin-1",
        API,
        changing_bytes(
            tells_state, lambda body: body.removesuffix(b"}") + b', "state": "pr\xeat"}'
        ),
    ),
    Fault(
        "json-utf16",
        "It writes JSON in UTF-16",
        API,
        changing_bytes(tells_state, lambda body: body.decode().encode("utf-16")),
    ),
    Fault(
        "json-python",
        "It prints the state as Python does, with single quotes",
        API,
        changing_bytes(tells_state, lambda body: str(json.loads(body)).encode()),
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
        "It says the error's detail without the envelope",
        API,
        changing_json(is_error, lambda body: {"detail": body["error"]["detail"]}),
    ),
    Fault(
        "error-status-differs",
        "It repeats another HTTP status in the error than the one it answers with",
        API,
        changing_json(is_error, _error_member(status=400)),
    ),
    Fault(
        "error-html",
        "It answers errors with a page",
        API,
        changing(is_error, _page),
    ),
    Fault(
        "error-field-missing",
        "It leaves out the error's error_code",
        API,
        changing_json(is_error, lambda body: {"error": without(body["error"], "error_code")}),
    ),
    Fault(
        "error-detail-null",
        "It gives null for the error's detail",
        API,
        changing_json(is_error, _error_member(detail=None)),
    ),
    Fault(
        "error-code-text",
        "It gives the error's error_code as a text",
        API,
        changing_json(is_error, _error_member(error_code="E140000")),
    ),
    Fault(
        "error-empty",
        "It answers errors without a body",
        API,
        changing(is_error, _unsaid),
    ),
    Fault(
        "unknown-html",
        "It answers with a page when the id is unknown or forbidden",
        API,
        changing(has_status(403, 404), _page),
    ),
)


_ADDITIVE = (
    Fault(
        "field-extra",
        "It adds a member that is not documented",
        API,
        changing_json(tells_state, _set(progress=100)),
        also={"status": ("late",)},
        strict=True,
    ),
    Fault(
        "field-extra-in-error",
        "It adds a member that is not documented to errors",
        API,
        changing_json(is_error, _error_member(request_id="5f2b9c1e")),
        strict=True,
    ),
)

SHAPE = (*_ANSWERED, *_STATUSES, *_CONTENT_TYPES, *_BODIES, *_JSON, *_ERRORS, *_ADDITIVE)
