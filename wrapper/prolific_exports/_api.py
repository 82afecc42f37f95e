"""The boundary to the generated client: requests out, typed states or typed errors in.

The only module that imports `prolific_api`. It takes the generated `_get_kwargs`
and models, not the generated `sync` functions: those let `KeyError`, `ValueError`
and `JSONDecodeError` out for bodies outside the contract, and crash on a status
that HTTP does not know, before anybody sees the answer.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from attrs import frozen
from prolific_api.api.exports import (
    get_batch_export_status,
    get_collection_export_status,
    request_batch_export,
    request_collection_export,
)
from prolific_api.models import (
    BatchExportComplete,
    BatchExportFailed,
    BatchExportGenerating,
    CollectionExportComplete,
    CollectionExportFailed,
    CollectionExportGenerating,
)

from prolific_exports._effects import Reply, Request
from prolific_exports._errors import (
    AccessDeniedError,
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ContractViolation,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnknownStatusError,
)
from prolific_exports._redact import excerpt, redact
from prolific_exports._refs import ExportRef
from prolific_exports._states import Complete, ExportState, Failed, Generating

_PREFIX: Final = "/api/v1/data-collection"


def request_export(ref: ExportRef) -> Request:
    """The POST that asks for an export of a collection or batch."""
    if ref.kind == "collection":
        kwargs = request_collection_export._get_kwargs(ref.resource_id)
        template = f"{_PREFIX}/collections/{{collection_id}}/export"
    else:
        kwargs = request_batch_export._get_kwargs(ref.resource_id)
        template = f"{_PREFIX}/batches/{{batch_id}}/export"
    return _request(template, ref, kwargs)


def get_status(ref: ExportRef, export_id: str) -> Request:
    """The GET that reads the status of an export job."""
    if ref.kind == "collection":
        kwargs = get_collection_export_status._get_kwargs(ref.resource_id, export_id)
        template = f"{_PREFIX}/collections/{{collection_id}}/export/{{export_id}}"
    else:
        kwargs = get_batch_export_status._get_kwargs(ref.resource_id, export_id)
        template = f"{_PREFIX}/batches/{{batch_id}}/export/{{export_id}}"
    return _request(template, ref, kwargs)


def _request(template: str, ref: ExportRef, kwargs: Mapping[str, Any]) -> Request:
    method = kwargs["method"].upper()
    return Request(
        operation=f"{method} {template}",
        ref=ref,
        method=method,
        path=kwargs["url"],
        params=kwargs.get("params", {}),
    )


def interpret(
    request: Request, reply: Reply, *, token: str, retry_after: float | None
) -> ExportState:
    """The export's state that a reply tells.

    It is read from the body alone: whether a POST says "generating" with 202 or
    with 200 makes no difference (D-1, D-2).

    Args:
        request: What was asked.
        reply: The answer.
        token: The API token, to keep it out of errors.
        retry_after: Seconds that the reply asks to wait, for the errors that carry it.

    Raises:
        ApiError: The reply is an error, in any of the shapes of D-10.
        ContractViolation: The reply is nothing that the contract allows.
    """
    judge = _Judge(request, reply, token)
    if 200 <= reply.status < 300:
        return judge.state()
    if reply.status >= 400:
        raise judge.error(retry_after)
    raise judge.violation(
        "",
        "redirects or announces instead of answering; a redirect is not followed, so that "
        "the token goes nowhere else. Check the base URL",
    )


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "is not a text"


# `uuid.UUID` takes braces, "urn:" and missing hyphens too; RFC 9562 and JSON Schema do not.
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def _uuid(value: Any) -> str | None:
    return None if isinstance(value, str) and _UUID.fullmatch(value) else "is not a UUID"


_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def _date_time(value: Any) -> str | None:
    if isinstance(value, str) and _DATE_TIME.fullmatch(value):
        try:
            datetime.fromisoformat(value.upper())
        except ValueError:
            pass
        else:
            return None
    return "is not a date and time with an offset (RFC 3339)"


_Misfit: TypeAlias = Callable[[Any], str | None]
# What documents/000 requires of each state, field by field, so that an error can
# point at the one that does not fit.
_FIELDS: Final[Mapping[str, Mapping[str, _Misfit]]] = {
    "generating": {"export_id": _uuid},
    "complete": {"url": _text, "expires_at": _date_time},
    "failed": {},
}


@frozen
class _Judge:
    """Reads one reply to one request."""

    request: Request
    reply: Reply
    token: str

    def state(self) -> ExportState:
        body = self._json()
        if not isinstance(body, dict):
            raise self.violation("", "is not a JSON object")
        status = body.get("status")
        if not isinstance(status, str):
            raise self.violation(
                "/status", "is missing" if "status" not in body else "is not a text"
            )
        if status not in _FIELDS:
            raise self.violation(
                "/status",
                f"is {redact(status, self.token)[:60]!r}, which is no status of the contract "
                "(generating, complete, failed)",
                UnknownStatusError,
            )
        for name, misfit in _FIELDS[status].items():
            reason = misfit(body[name]) if name in body else "is missing"
            if reason:
                raise self.violation(f"/{name}", f"{reason} (status is {status!r})")
        return self._typed(status, body)

    def _typed(self, status: str, body: dict[str, Any]) -> ExportState:
        batch = self.request.ref.kind == "batch"
        if status == "generating":
            generating = (BatchExportGenerating if batch else CollectionExportGenerating).from_dict(
                body
            )
            # The id goes back into paths: as it was written, not as a UUID prints it.
            return Generating(body["export_id"], generating.additional_properties)
        if status == "complete":
            # RFC 3339 has "t" and "z" in small letters too, `datetime` of Python 3.11 does not.
            body = {**body, "expires_at": body["expires_at"].upper()}
            complete = (BatchExportComplete if batch else CollectionExportComplete).from_dict(body)
            return Complete(complete.url, complete.expires_at, complete.additional_properties)
        failed = (BatchExportFailed if batch else CollectionExportFailed).from_dict(body)
        return Failed(failed.additional_properties)

    def _json(self) -> Any:
        if not self.reply.body.strip():
            raise self.violation("", "is empty")
        try:
            return json.loads(self.reply.body)
        except (ValueError, RecursionError):
            raise self.violation("", "is not JSON, or cut off") from None

    def violation(
        self, pointer: str, what: str, error: type[ContractViolation] = ContractViolation
    ) -> ContractViolation:
        shown = excerpt(self.reply.body, self.token)
        subject = f"its {pointer}" if pointer else "its body"
        return error(
            f"{self.request.operation} for {self.request.ref} answered {self.reply.status}, "
            f"but {subject} {what}. "
            + (f"The body begins: {shown}" if shown else "There is no body."),
            operation=self.request.operation,
            ref=self.request.ref,
            status=self.reply.status,
            pointer=pointer,
            excerpt=shown,
        )

    def error(self, retry_after: float | None) -> ApiError:
        problem = _Problem.read(self.reply, self.token)
        cls, hint = _error_class(self.reply.status)
        if problem.speaks_of_a_feature and cls in (AccessDeniedError, NotFoundError):
            hint = "Ask Prolific's support to enable Task Builder for the workspace."
        elif retry_after is not None:
            hint = f"{hint} The server asks to wait {retry_after:g} s."
        said = f": {problem.summary}" if problem.summary else "."
        return cls(
            f"{self.request.operation} for {self.request.ref} answered "
            f"{_status_name(self.reply.status)}{said.rstrip('.')}. {hint}",
            operation=self.request.operation,
            ref=self.request.ref,
            status=self.reply.status,
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


def _error_class(status: int) -> tuple[type[ApiError], str]:
    match status:
        case 401:
            return AuthenticationError, "Check the token (PROLIFIC_TOKEN)."
        case 403:
            return AccessDeniedError, "The token's account needs access to its workspace."
        case 404:
            return (
                NotFoundError,
                "Check the id, whether it is of a batch or a collection, and the account's access.",
            )
        case 409:
            return ConflictError, "The export's state does not allow this now."
        case 429:
            return RateLimitedError, "Send fewer requests, or wait."
        case _ if status >= 500:
            return ServerError, "This is the server's failure: try again later."
        case _:
            return BadRequestError, "The server does not accept the request as it is."


@frozen
class _Problem:
    """What an error body says, in whichever of the shapes of D-10 it comes."""

    title: str | None
    code: int | None
    detail: Any
    summary: str

    @property
    def speaks_of_a_feature(self) -> bool:
        """Whether the error is the one for accounts without early access (section 4.2)."""
        text = self.summary.lower()
        return "permission" in text and "feature" in text

    @classmethod
    def read(cls, reply: Reply, token: str) -> "_Problem":
        try:
            body = json.loads(reply.body)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            return cls(None, None, None, excerpt(reply.body, token))
        envelope = body.get("error")
        source = envelope if isinstance(envelope, dict) else body
        title = _first_text(source, "title", "message", "type")
        code = source.get("error_code")
        detail = _redacted(source.get("detail", source.get("issues")), token)
        if title is None and detail is None:
            summary = excerpt(reply.body, token)
        else:
            summary = ": ".join(part for part in (title, _flat(detail)) if part)
        return cls(
            redact(title, token) if title else None,
            code if isinstance(code, int) else None,
            detail,
            excerpt(summary.encode("utf-8", "replace"), token),
        )


def _first_text(source: Mapping[str, Any], *names: str) -> str | None:
    return next((source[n] for n in names if isinstance(source.get(n), str) and source[n]), None)


def _redacted(value: Any, token: str) -> Any:
    match value:
        case str():
            return redact(value, token)
        case list():
            return [_redacted(item, token) for item in value]
        case dict():
            return {redact(name, token): _redacted(item, token) for name, item in value.items()}
        case _:
            return value


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
