"""Faults of bodies that report a state: their members and their JSON."""

import gzip
import json
from collections.abc import Callable
from typing import Any, Final

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import (
    has_content,
    is_complete,
    is_failed,
    is_generating,
    reports_state,
    state_of,
    without,
)
from prolific_contract.sandbox.mutants._changed_replies import changing_bytes, changing_json
from prolific_contract.sandbox.mutants._fault import FINISHED, REPORTING, SHARED, STATUS, Fault

# The most important documented member of each state.
_MAIN_MEMBER: Final = {"generating": "export_id", "complete": "url"}


def _has_main_member(reply: Reply) -> bool:
    return state_of(reply) in _MAIN_MEMBER


def _main_member(body: dict[str, Any]) -> str:
    return _MAIN_MEMBER[body["status"]]


def adding(**members: object) -> Callable[[dict[str, Any]], object]:
    return lambda body: {**body, **members}


def _reformed(name: str, change: Callable[[str], str]) -> Callable[[dict[str, Any]], object]:
    return lambda body: {**body, name: change(body[name])}


_BODIES = (
    Fault(
        "field-missing",
        "It omits export_id while generating and url when complete",
        SHARED,
        changing_json(_has_main_member, lambda body: without(body, _main_member(body))),
        also={"request": ("second",), "status": ("late", "second", "sometimes")},
    ),
    Fault(
        "expiry-missing",
        "It omits expires_at",
        FINISHED,
        changing_json(is_complete, lambda body: without(body, "expires_at")),
        also={"status": ("late",)},
    ),
    Fault(
        "status-missing",
        "It omits the status",
        SHARED,
        changing_json(reports_state, lambda body: without(body, "status")),
    ),
    Fault(
        "field-null",
        "It sends null for export_id while generating and for url when complete",
        SHARED,
        changing_json(_has_main_member, lambda body: {**body, _main_member(body): None}),
        also={"status": ("late",)},
    ),
    Fault(
        "field-type",
        "It sends a number for export_id while generating and an object for url when complete",
        SHARED,
        changing_json(
            _has_main_member,
            lambda body: {
                **body,
                _main_member(body): 140000 if "export_id" in body else {"href": body["url"]},
            },
        ),
    ),
    Fault(
        "field-renamed",
        "It renames export_id to exportId and url to download_url",
        SHARED,
        changing_json(
            _has_main_member,
            lambda body: {
                {"export_id": "exportId", "url": "download_url"}.get(name, name): value
                for name, value in body.items()
            },
        ),
    ),
    Fault(
        "status-upper",
        "It sends the status in upper case",
        SHARED,
        changing_json(reports_state, _reformed("status", str.upper)),
        also={"status": ("sometimes",)},
    ),
    Fault(
        "status-unknown",
        "It sends processing instead of generating and done instead of complete",
        SHARED,
        changing_json(
            _has_main_member,
            _reformed("status", {"generating": "processing", "complete": "done"}.__getitem__),
        ),
    ),
    Fault(
        "failed-unknown",
        "It sends error instead of failed",
        STATUS,
        changing_json(is_failed, adding(status="error")),
        needs_failed_job=True,
    ),
    Fault(
        "date-naive",
        "It sends expires_at without an offset",
        FINISHED,
        changing_json(is_complete, _reformed("expires_at", lambda text: text.removesuffix("Z"))),
        also={"status": ("late", "second", "sometimes")},
    ),
    Fault(
        "date-only",
        "It sends expires_at as a date without a time",
        FINISHED,
        changing_json(is_complete, _reformed("expires_at", lambda text: text[:10])),
    ),
    Fault(
        "date-epoch",
        "It sends expires_at in seconds since 1970",
        FINISHED,
        changing_json(is_complete, adding(expires_at=4102444800)),
    ),
    Fault(
        "uuid-not",
        "It sends an export_id that is not a UUID",
        SHARED,
        changing_json(is_generating, _reformed("export_id", lambda text: f"job-{text[:8]}")),
        also={"request": ("second",)},
    ),
    Fault(
        "url-empty",
        "It sends an empty URL",
        FINISHED,
        changing_json(is_complete, adding(url="")),
    ),
    Fault(
        "body-list",
        "It wraps the state in a list",
        SHARED,
        changing_json(reports_state, lambda body: [body]),
    ),
    Fault(
        "body-wrapped",
        "It wraps the state in a member named data",
        SHARED,
        changing_json(reports_state, lambda body: {"data": body}),
    ),
)


def _with_second_status(body: bytes) -> bytes:
    return b'{"status": "failed", ' + body.removeprefix(b"{")


_JSON = (
    Fault(
        "json-duplicate-key",
        "It sends the status twice with different values",
        SHARED,
        changing_bytes(reports_state, _with_second_status),
        also={"status": ("late", "sometimes")},
    ),
    Fault(
        "json-nan",
        "It adds a member with the value NaN",
        SHARED,
        changing_bytes(reports_state, lambda body: body.removesuffix(b"}") + b', "progress": NaN}'),
    ),
    Fault(
        "json-bom",
        "It starts JSON with a byte order mark",
        REPORTING,
        changing_bytes(has_content, b"\xef\xbb\xbf".__add__),
    ),
    Fault(
        "json-trailing",
        "It sends a comma and a second document after the JSON",
        REPORTING,
        changing_bytes(has_content, lambda body: body + b", {}"),
        also={"list": ("late",)},
    ),
    Fault(
        "json-latin1",
        "It adds a member with text in Latin-1",
        SHARED,
        changing_bytes(
            reports_state, lambda body: body.removesuffix(b"}") + b', "state": "pr\xeat"}'
        ),
    ),
    Fault(
        "json-utf16",
        "It encodes JSON in UTF-16",
        REPORTING,
        changing_bytes(has_content, lambda body: body.decode().encode("utf-16")),
    ),
    Fault(
        "json-gzip",
        "It compresses JSON with gzip, without Content-Encoding",
        REPORTING,
        changing_bytes(has_content, lambda body: gzip.compress(body, mtime=0)),
    ),
    Fault(
        "json-deep",
        "It adds a member with 150 nested lists",
        SHARED,
        changing_bytes(
            has_content, lambda body: body[:-1] + b', "trace": ' + b"[" * 150 + b"]" * 150 + b"}"
        ),
    ),
    Fault(
        "json-python",
        "It sends a Python literal with single quotes instead of JSON",
        REPORTING,
        changing_bytes(has_content, lambda body: str(json.loads(body)).encode()),
    ),
)

BODIES = (*_BODIES, *_JSON)
