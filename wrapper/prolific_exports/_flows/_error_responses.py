"""What an error answer of the API says, and which typed error it is."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from attrs import frozen

from prolific_exports._errors import (
    AccessDeniedError,
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnsupportedError,
)
from prolific_exports._flows._effects import Reply, Request
from prolific_exports._model._json import parse
from prolific_exports._model._redactor import Redactor


def error_of(
    request: Request, reply: Reply, redactor: Redactor, retry_after: float | None
) -> ApiError:
    """The typed error for an error answer (4xx, 5xx and beyond).

    Args:
        request: What was asked.
        reply: The answer.
        redactor: Keeps the secrets that are known out of the error.
        retry_after: Seconds that the reply asks to wait.
    """
    problem = _Problem.read(reply, redactor)
    cls, hint = _error_class(request, reply.status)
    if problem.is_missing_feature and cls in (AccessDeniedError, NotFoundError):
        hint = "Ask Prolific's support to enable Task Builder for the workspace."
    elif retry_after is not None:
        hint = f"{hint} The server asks to wait {retry_after:g} s."
    name = _status_name(reply.status)
    # Many a title is the status's own name, which need not be read twice.
    again = re.escape(name.partition(" ")[2])
    summary = re.sub(rf"^{again}(?:: |$)", "", problem.summary, flags=re.IGNORECASE)
    said = f": {summary}" if summary else "."
    return cls(
        f"{request.operation} for {request.ref} answered {name}{said.rstrip('.')}. {hint}",
        operation=request.operation,
        ref=request.ref,
        status=reply.status,
        title=problem.title,
        code=problem.code,
        detail=problem.detail,
        retry_after=retry_after,
    )


def _status_name(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _error_class(request: Request, status: int) -> tuple[type[ApiError], str]:
    match status:
        case 401:
            return AuthenticationError, "Check the token (PROLIFIC_TOKEN)."
        case 403:
            return AccessDeniedError, "The token's account needs access to its workspace."
        case 404:
            return NotFoundError, _hint_not_found(request)
        case 405 | 501 if request.since_2026_11:
            return (
                UnsupportedError,
                "The server is of edition 2026-03, which neither lists nor deletes export jobs.",
            )
        case 409 if request.method == "DELETE":
            return ConflictError, "It is still being generated: wait for it, then delete it."
        case 409:
            return ConflictError, "The export's state does not allow this now."
        case 429:
            return RateLimitedError, "Send fewer requests, or wait."
        case _ if status >= 500:
            return ServerError, "This is the server's failure: try again later."
        case _:
            return BadRequestError, "The server does not accept the request as it is."


def _hint_not_found(request: Request) -> str:
    check = "Check the id, whether it is of a batch or a collection, and the account's access"
    if request.method == "DELETE":
        return f"{check}; the job may be deleted already. A server of edition 2026-03 deletes none."
    if request.since_2026_11:
        return f"{check}. A server of edition 2026-03 lists no export jobs."
    return f"{check}."


@frozen
class _Problem:
    """What an error body says, in whichever of the shapes of D-10 it comes."""

    title: str | None
    code: int | None
    detail: Any
    summary: str

    @property
    def is_missing_feature(self) -> bool:
        """Whether the error is the one for accounts without early access (section 4.2)."""
        text = self.summary.lower()
        return "permission" in text and "feature" in text

    @classmethod
    def read(cls, reply: Reply, redactor: Redactor) -> "_Problem":
        try:
            body = parse(reply.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return cls(None, None, None, redactor.excerpt(reply.body))
        envelope = body.get("error")
        source = envelope if isinstance(envelope, dict) else body
        title = _first_text(source, "title", "message", "type")
        code = source.get("error_code")
        detail = redactor.json(source.get("detail", source.get("issues")))
        if title is None and detail is None:
            summary = redactor.excerpt(reply.body)
        else:
            summary = ": ".join(part for part in (title, _flat(detail)) if part)
        return cls(
            redactor.text(title) if title else None,
            code if isinstance(code, int) else None,
            detail,
            redactor.excerpt(summary),
        )


def _first_text(source: Mapping[str, Any], *names: str) -> str | None:
    return next((source[n] for n in names if isinstance(source.get(n), str) and source[n]), None)


def _flat(detail: Any) -> str:
    match detail:
        case None:
            return ""
        case list():
            return "; ".join(_flat(item) for item in detail)
        case dict():
            return "; ".join(f"{name}: {_flat(item)}" for name, item in detail.items())
        case _:
            return str(detail)
