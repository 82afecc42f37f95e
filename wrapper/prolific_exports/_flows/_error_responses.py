"""Turn the API's error responses into typed errors."""

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
from prolific_exports._flows._effects import ApiReply, Request
from prolific_exports._model._json import parse
from prolific_exports._model._listed_resources import ListRef
from prolific_exports._model._redactor import Redactor


def error_of(
    request: Request, reply: ApiReply, redactor: Redactor, retry_after: float | None
) -> ApiError:
    """The typed error for an error response (4xx, 5xx and statuses beyond).

    Args:
        request: The request.
        reply: The response to it.
        redactor: Removes known secrets from the error.
        retry_after: Seconds that the response asks to wait.
    """
    problem = _Problem.read(reply, redactor)
    cls, subject, advice = _describe(request, reply.status)
    if problem.is_missing_feature and cls in (AccessDeniedError, NotFoundError):
        advice = "Ask Prolific support to enable Task Builder for the workspace."
    elif retry_after is not None:
        advice = f"{advice} The server asks to wait {retry_after:g} s."
    name = _status_name(reply.status)
    # Many titles repeat the name of the status, which the message ends with.
    phrase = re.escape(name.partition(" ")[2])
    summary = re.sub(rf"^{phrase}(?:: |$)", "", problem.summary, flags=re.IGNORECASE).rstrip(".")
    cause = f"{subject}: {summary}" if summary else subject
    return cls(
        f"{cause}. {advice} ({request.operation}: {name})",
        operation=request.operation,
        ref=request.ref,
        status=reply.status,
        title=problem.title,
        code=problem.code,
        detail=problem.detail,
        retry_after=retry_after,
        hint=advice,
    )


def _status_name(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _describe(request: Request, status: int) -> tuple[type[ApiError], str, str]:
    """The class, the subject of the message and the next step."""
    ref = request.ref
    match status:
        case 401:
            return (
                AuthenticationError,
                f"The API rejected the token for {ref}",
                "Check the token (PROLIFIC_TOKEN).",
            )
        case 403:
            return (
                AccessDeniedError,
                f"No access to {ref}",
                "Ask for access to it, or check the id."
                if isinstance(ref, ListRef)
                else "Ask for access to its workspace, or check the id.",
            )
        case 404:
            return NotFoundError, f"Not found: {ref}", _advice_if_not_found(request)
        case 405 | 501 if request.since_2026_11:
            return (
                UnsupportedError,
                f"The server does not support this request for {ref}",
                "Servers of edition 2026-03 neither list nor delete export jobs.",
            )
        case 409 if request.method == "DELETE":
            return (
                ConflictError,
                f"Cannot delete {ref} while it is being generated",
                "Wait for it, then delete it.",
            )
        case 409:
            return (
                ConflictError,
                f"The state of {ref} does not allow this request",
                "Try again later.",
            )
        case 429:
            return (
                RateLimitedError,
                f"Too many requests for {ref}",
                "Send fewer requests, or wait.",
            )
        case _ if status >= 500:
            return (
                ServerError,
                f"The API failed for {ref}",
                "This is a failure of the server: try again later.",
            )
        case _:
            return (
                BadRequestError,
                f"The API rejected the request for {ref}",
                "Check the id." if isinstance(ref, ListRef) else "Check the id and the filter.",
            )


def _advice_if_not_found(request: Request) -> str:
    if isinstance(request.ref, ListRef):
        return "Check the id of the workspace and your access."
    check = "Check the id, its kind (collection or batch) and your access"
    if request.method == "DELETE":
        return (
            f"{check}; the job may be deleted already. Servers of edition 2026-03 do not delete "
            "jobs."
        )
    if request.since_2026_11:
        return f"{check}. Servers of edition 2026-03 do not list export jobs."
    return f"{check}."


@frozen
class _Problem:
    """The content of an error body, in any of the shapes of D-10."""

    title: str | None
    code: int | None
    detail: Any
    summary: str

    @property
    def is_missing_feature(self) -> bool:
        """Whether the account lacks early access to Task Builder (section 4.2)."""
        text = self.summary.lower()
        return "permission" in text and "feature" in text

    @classmethod
    def read(cls, reply: ApiReply, redactor: Redactor) -> "_Problem":
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
