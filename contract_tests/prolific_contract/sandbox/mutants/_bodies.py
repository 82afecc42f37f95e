"""Faults of the bodies that tell a state: their members, and how JSON is written."""

import json
from collections.abc import Callable
from typing import Any, Final

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import (
    has_content,
    is_complete,
    is_failed,
    is_generating,
    state_of,
    tells_state,
    without,
)
from prolific_contract.sandbox.mutants._changing import changing_bytes, changing_json
from prolific_contract.sandbox.mutants._fault import API, FINISHED, STATUS, TOLD, Fault

# The documented member that says most in each state.
_TELLING: Final = {"generating": "export_id", "complete": "url"}


def _tells_more(reply: Reply) -> bool:
    return state_of(reply) in _TELLING


def _name(body: dict[str, Any]) -> str:
    return _TELLING[body["status"]]


def adding(**members: object) -> Callable[[dict[str, Any]], object]:
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
        changing_json(is_failed, adding(status="error")),
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
        changing_json(is_complete, adding(expires_at=4102444800)),
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
        changing_json(is_complete, adding(url="")),
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
        TOLD,
        changing_bytes(has_content, b"\xef\xbb\xbf".__add__),
    ),
    Fault(
        "json-trailing",
        "It sends a comma and a second document after the first",
        TOLD,
        changing_bytes(has_content, lambda body: body + b", {}"),
        also={"list": ("late",)},
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
        TOLD,
        changing_bytes(has_content, lambda body: body.decode().encode("utf-16")),
    ),
    Fault(
        "json-python",
        "It prints its answer as Python does, with single quotes",
        TOLD,
        changing_bytes(has_content, lambda body: str(json.loads(body)).encode()),
    ),
)

BODIES = (*_BODIES, *_JSON)
