"""Which replies a fault or a variant changes: predicates over a step's label and clean reply."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from prolific_contract.sandbox import Reply

from helpers.export_requests import Label, body, content

Applies: TypeAlias = Callable[[Label, Reply], bool]


def state(reply: Reply) -> str | None:
    """The state of the job that a reply is about."""
    return body(reply).get("status") if reply.status < 300 and content(reply)[:1] == b"{" else None


def succeeded(label: Label, reply: Reply) -> bool:
    return label[0] != "archive" and reply.status < 300


def more(label: Label, reply: Reply) -> bool:
    return succeeded(label, reply) and state(reply) != "failed"


def generating(label: Label, reply: Reply) -> bool:
    return succeeded(label, reply) and state(reply) == "generating"


def complete(label: Label, reply: Reply) -> bool:
    return succeeded(label, reply) and state(reply) == "complete"


def has_failed(label: Label, reply: Reply) -> bool:
    return succeeded(label, reply) and state(reply) == "failed"


def served(label: Label, _reply: Reply) -> bool:
    return label[0] == "archive"


def with_status(*statuses: int) -> Applies:
    return lambda _label, reply: reply.status in statuses


def labelled(*names: str) -> Applies:
    return lambda label, _reply: label[1] in names


def listed(reply: Reply) -> bool:
    return reply.status == 200 and content(reply).startswith(b"[")


def jobs(label: Label, reply: Reply) -> bool:
    return label[0] == "list" and listed(reply) and body(reply) != []


def answered_at(reply: Reply) -> datetime:
    return parsedate_to_datetime(dict(reply.headers)["Date"])


def created(reply: Reply) -> list[datetime]:
    return [datetime.fromisoformat(job["created_at"]) for job in body(reply)]


def aged(label: Label, reply: Reply) -> bool:
    return jobs(label, reply) and created(reply) != [answered_at(reply)] * len(body(reply))


def members(reply: Reply) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content(reply))) as archive:
        return [name.rpartition("/")[2] for name in archive.namelist()]


def everything(_label: Label, _reply: Reply) -> bool:
    return True


def api(label: Label, _reply: Reply) -> bool:
    return label[0] != "archive"


error = with_status(401, 403, 404, 405, 409)
unknown = with_status(403, 404)
