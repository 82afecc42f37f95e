"""Functions that inspect and change replies."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from attrs import evolve

from prolific_contract.sandbox._http import Reply

NO_CONTENT = 204

ReplyPredicate: TypeAlias = Callable[[Reply], bool]
ReplyChange: TypeAlias = Callable[[Reply], Reply]


def state_of(reply: Reply) -> str | None:
    """The export state in an API reply; None if it contains none."""
    if reply.status >= 300 or not text_of(reply).startswith(b"{"):
        return None
    status: str = body_of(reply)["status"]
    return status


def is_success(reply: Reply) -> bool:
    """Whether the HTTP status is a success."""
    return reply.status < 300


def is_list(reply: Reply) -> bool:
    """Whether it lists export jobs."""
    return is_success(reply) and text_of(reply).startswith(b"[")


def has_content(reply: Reply) -> bool:
    """Whether it is a success with a body."""
    return is_success(reply) and reply.status != NO_CONTENT


def reports_state(reply: Reply) -> bool:
    """Whether it reports an export's state."""
    return state_of(reply) is not None


def is_generating(reply: Reply) -> bool:
    """Whether it reports ``generating``."""
    return state_of(reply) == "generating"


def is_complete(reply: Reply) -> bool:
    """Whether it reports ``complete``."""
    return state_of(reply) == "complete"


def is_failed(reply: Reply) -> bool:
    """Whether it reports ``failed``."""
    return state_of(reply) == "failed"


def is_error(reply: Reply) -> bool:
    """Whether it is an error."""
    return reply.status >= 400


def has_status(*statuses: int) -> ReplyPredicate:
    """A predicate for replies with one of these HTTP statuses."""
    return lambda reply: reply.status in statuses


def text_of(reply: Reply) -> bytes:
    """The body of an API reply, which is never a file."""
    return cast("bytes", reply.body)


def body_of(reply: Reply) -> dict[str, Any]:
    """The JSON object in an API reply; not for lists and empty bodies."""
    value: dict[str, Any] = json.loads(text_of(reply))
    return value


def jobs_of(reply: Reply) -> list[dict[str, Any]]:
    """The jobs in a list reply."""
    jobs: list[dict[str, Any]] = json.loads(text_of(reply))
    return jobs


def with_body(reply: Reply, body: bytes) -> Reply:
    """The reply with another body."""
    return evolve(with_header(reply, "Content-Length", str(len(body))), body=body)


def with_json(reply: Reply, value: object) -> Reply:
    """The reply with another JSON body."""
    return with_body(reply, json.dumps(value, ensure_ascii=False).encode())


def with_header(reply: Reply, name: str, value: str | None) -> Reply:
    """The reply with a header replaced or added, or removed if the value is None."""
    headers = tuple((key, text) for key, text in reply.headers if key.lower() != name.lower())
    return evolve(reply, headers=headers if value is None else (*headers, (name, value)))


def without(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The object without these members."""
    return {name: value for name, value in body.items() if name not in names}
