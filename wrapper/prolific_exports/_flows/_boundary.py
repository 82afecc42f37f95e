"""The boundary to the generated client: requests out, typed values or typed errors in.

The only module that imports `prolific_api`. It takes the generated `_get_kwargs`
and models, not the generated `sync` functions: those let `KeyError`, `ValueError`
and `JSONDecodeError` out for bodies outside the contract, and crash on a status
that HTTP does not know, before anybody sees the answer.
"""

import re
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias

from attrs import field, frozen
from prolific_api.api.exports import (
    delete_batch_export,
    delete_collection_export,
    get_batch_export_status,
    get_collection_export_status,
    list_batch_exports,
    list_collection_exports,
    request_batch_export,
    request_collection_export,
)
from prolific_api.models import (
    BatchExportFailed,
    BatchExportGenerating,
    CollectionExportFailed,
    CollectionExportGenerating,
)

from prolific_exports._errors import ContractViolation, UnknownStatusError
from prolific_exports._flows._effects import Reply, Request
from prolific_exports._flows._error_responses import error_of
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._json import parse
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._references import ExportRef
from prolific_exports._model._states import Complete, ExportState, Failed, Generating
from prolific_exports._model._timestamps import parse_timestamp, utc_moment
from prolific_exports._model._urls import base_url_of, public_part

_PREFIX: Final = "/api/v1/data-collection"
_EXPORTS: Final = {
    "collection": f"{_PREFIX}/collections/{{collection_id}}/export",
    "batch": f"{_PREFIX}/batches/{{batch_id}}/export",
}


def request_export(ref: ExportRef) -> Request:
    """The POST that asks for an export of a collection or batch."""
    conditions: dict[str, Any] = {}
    if ref.filter is not None:
        given = {"study_id": ref.filter.study_id, "from_": ref.filter.from_, "to": ref.filter.to}
        conditions = {name: value for name, value in given.items() if value is not None}
    if ref.kind == "collection":
        kwargs = request_collection_export._get_kwargs(ref.resource_id, **conditions)
    else:
        kwargs = request_batch_export._get_kwargs(ref.resource_id, **conditions)
    return _request(_EXPORTS[ref.kind], ref, kwargs)


def get_status(ref: ExportRef, export_id: str) -> Request:
    """The GET that reads the status of an export job."""
    if ref.kind == "collection":
        kwargs = get_collection_export_status._get_kwargs(ref.resource_id, export_id)
    else:
        kwargs = get_batch_export_status._get_kwargs(ref.resource_id, export_id)
    return _request(f"{_EXPORTS[ref.kind]}/{{export_id}}", ref, kwargs)


def list_exports(ref: ExportRef) -> Request:
    """The GET that lists the export jobs of a collection or batch (edition 2026-11)."""
    if ref.kind == "collection":
        kwargs = list_collection_exports._get_kwargs(ref.resource_id)
    else:
        kwargs = list_batch_exports._get_kwargs(ref.resource_id)
    return _request(_EXPORTS[ref.kind], ref, kwargs, since_2026_11=True)


def delete_export(ref: ExportRef, export_id: str) -> Request:
    """The DELETE of an export job and its archive (edition 2026-11)."""
    if ref.kind == "collection":
        kwargs = delete_collection_export._get_kwargs(ref.resource_id, export_id)
    else:
        kwargs = delete_batch_export._get_kwargs(ref.resource_id, export_id)
    return _request(f"{_EXPORTS[ref.kind]}/{{export_id}}", ref, kwargs, since_2026_11=True)


def _request(
    template: str, ref: ExportRef, kwargs: Mapping[str, Any], *, since_2026_11: bool = False
) -> Request:
    method = kwargs["method"].upper()
    return Request(
        operation=f"{method} {template}",
        ref=ref,
        method=method,
        path=kwargs["url"],
        params=kwargs.get("params", {}),
        since_2026_11=since_2026_11,
    )


def interpret(
    request: Request, reply: Reply, *, redactor: Redactor, retry_after: float | None
) -> ExportState:
    """The export's state that a reply tells.

    It is read from the body alone: whether a POST says "generating" with 202 or
    with 200 makes no difference (D-1, D-2).

    Args:
        request: What was asked.
        reply: The answer.
        redactor: Keeps the secrets that are known out of errors.
        retry_after: Seconds that the reply asks to wait, for the errors that carry it.

    Raises:
        ApiError: The reply is an error, in any of the shapes of D-10.
        ContractViolation: The reply is nothing that the contract allows.
    """
    return _reader_of_success(request, reply, redactor, retry_after).state()


def interpret_list(
    request: Request, reply: Reply, *, redactor: Redactor, retry_after: float | None
) -> tuple[ListedJob, ...]:
    """The export jobs that a reply lists, in its order. Arguments and errors of `interpret`."""
    return _reader_of_success(request, reply, redactor, retry_after).jobs()


def interpret_deletion(
    request: Request, reply: Reply, *, redactor: Redactor, retry_after: float | None
) -> None:
    """Make sure that a reply says "deleted". Arguments and errors of `interpret`.

    Any success does: the pages have no status for it, and 204 is only what the official
    CLI takes (D-3).
    """
    _reader_of_success(request, reply, redactor, retry_after)


def _reader_of_success(
    request: Request, reply: Reply, redactor: Redactor, retry_after: float | None
) -> "_ReplyReader":
    """Who reads the reply, once it is known to be an answer and no error."""
    reader = _ReplyReader(request, reply, redactor)
    if 200 <= reply.status < 300:
        return reader
    if reply.status >= 400:
        raise error_of(request, reply, redactor, retry_after)
    raise reader.violation("", reader.unexpected_status())


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "is not a text"


def _string(value: Any) -> str | None:
    return None if isinstance(value, str) else "is not a text"


# `uuid.UUID` takes braces, "urn:" and missing hyphens too; RFC 9562 and JSON Schema do not.
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def _uuid(value: Any) -> str | None:
    return None if isinstance(value, str) and _UUID.fullmatch(value) else "is not a UUID"


def _date_time(value: Any) -> str | None:
    if utc_moment(value) is None:
        return "is not a date and time with an offset (RFC 3339)"
    return None


# What HTML begins with, or a comment before it.
_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|!--)", re.IGNORECASE
)

_FieldCheck: TypeAlias = Callable[[Any], str | None]
# What documents/000 requires of each state, field by field, so that an error can
# point at the one that does not fit. `expires_at` is not relied on.
_FIELDS: Final[Mapping[str, Mapping[str, _FieldCheck]]] = {
    "generating": {"export_id": _uuid},
    "complete": {"url": _text},
    "failed": {},
}
# What the contract has of a listed job; the filter may be missing, and each of its members.
_JOB_FIELDS: Final[Mapping[str, _FieldCheck]] = {
    "export_id": _uuid,
    "status": _string,
    "created_at": _date_time,
}
_FILTER_FIELDS: Final[Mapping[str, _FieldCheck]] = {
    "study_id": _string,
    "from": _date_time,
    "to": _date_time,
}


@frozen
class _ReplyReader:
    """Reads one reply to one request."""

    request: Request
    reply: Reply
    redactor: Redactor = field(repr=False)

    def state(self) -> ExportState:
        body = self._json()
        if not isinstance(body, dict):
            raise self.violation("", "is not a JSON object")
        if isinstance(body.get("url"), str):
            self.redactor.learn(body["url"])
        status = body.get("status")
        if not isinstance(status, str):
            raise self.violation(
                "/status", "is missing" if "status" not in body else "is not a text"
            )
        if status not in _FIELDS:
            raise self.violation(
                "/status",
                f"is {self.redactor.text(status)[:60]!r}, which is no status of the contract "
                "(generating, complete, failed)",
                UnknownStatusError,
            )
        for name, problem_with in _FIELDS[status].items():
            reason = problem_with(body[name]) if name in body else "is missing"
            if reason:
                raise self.violation(f"/{name}", f"{reason} (status is {status!r})")
        return self._typed(status, body)

    def jobs(self) -> tuple[ListedJob, ...]:
        body = self._json()
        if not isinstance(body, list):
            raise self.violation("", "is not a JSON array")
        return tuple(self._job(f"/{number}", item) for number, item in enumerate(body))

    def _job(self, pointer: str, item: Any) -> ListedJob:
        if not isinstance(item, dict):
            raise self.violation(pointer, "is not a JSON object")
        for name, problem_with in _JOB_FIELDS.items():
            reason = problem_with(item[name]) if name in item else "is missing"
            if reason:
                raise self.violation(f"{pointer}/{name}", reason)
        return ListedJob(
            export_id=item["export_id"],
            status=self.redactor.text(item["status"]),
            created_at=parse_timestamp(item["created_at"]).moment,
            filter=self._filter(f"{pointer}/filter", item.get("filter")),
            extra=self._others(item, {*_JOB_FIELDS, "filter"}),
        )

    def _filter(self, pointer: str, item: Any) -> ExportFilter | None:
        if item is None:
            return None
        if not isinstance(item, dict):
            raise self.violation(pointer, "is not a JSON object")
        # Writing out a condition that there is not is the gate's business, not ours.
        item = {k: v for k, v in item.items() if v is not None or k not in _FILTER_FIELDS}
        for name, problem_with in _FILTER_FIELDS.items():
            reason = problem_with(item[name]) if name in item else None
            if reason:
                raise self.violation(f"{pointer}/{name}", reason)
        found = ExportFilter(
            self.redactor.text(item["study_id"]) if "study_id" in item else None,
            utc_moment(item.get("from")),
            utc_moment(item.get("to")),
            self._others(item, _FILTER_FIELDS),
        )
        return found or None

    def _others(self, item: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
        return {
            self.redactor.text(name): self.redactor.json(value)
            for name, value in item.items()
            if name not in known
        }

    def _typed(self, status: str, body: dict[str, Any]) -> ExportState:
        batch = self.request.ref.kind == "batch"
        if status == "generating":
            generating = (BatchExportGenerating if batch else CollectionExportGenerating).from_dict(
                body
            )
            # The id goes back into paths: as it was written, not as a UUID prints it.
            return Generating(
                body["export_id"], self.redactor.json(generating.additional_properties)
            )
        if status == "complete":
            return self._complete(body)
        failed = (BatchExportFailed if batch else CollectionExportFailed).from_dict(body)
        return Failed(self.redactor.json(failed.additional_properties))

    def _complete(self, body: dict[str, Any]) -> Complete:
        known = {"status", "url", "expires_at"}
        try:
            expires_at = parse_timestamp(body.get("expires_at", "")).moment
        except (TypeError, ValueError):
            # The archive is there, whatever is said of its URL.
            return Complete(body["url"], None, self._others(body, known - {"expires_at"}))
        return Complete(body["url"], expires_at, self._others(body, known))

    def unexpected_status(self) -> str:
        """What is wrong with a reply that is neither a success nor an error."""
        location = self.reply.headers.get("location")
        if location is None or not 300 <= self.reply.status < 400:
            return "announces instead of answering. Check the base URL (PROLIFIC_URL)"
        # Without query and user, which can hold secrets.
        target, base = public_part(location), base_url_of(location, self.request.path)
        shown = self.redactor.text(target) if target else "what is not a URL"
        advice = (
            f"If that is the API, set PROLIFIC_URL to {self.redactor.text(base)}"
            if base
            else "Check the base URL (PROLIFIC_URL), and whether the network wants a login first"
        )
        return (
            f"redirects to {shown}. A redirect is not followed, so that the token goes "
            f"nowhere else. {advice}"
        )

    def _json(self) -> Any:
        if not self.reply.body.strip():
            raise self.violation("", "is empty")
        # Raised outside of the handler: the parser's error holds the whole body.
        with suppress(ValueError):
            return parse(self.reply.body)
        if _PAGE.match(self.reply.body):
            raise self.violation(
                "",
                "is a web page: a login page, a proxy or a firewall answered in place of the API. "
                "Check the base URL (PROLIFIC_URL) and the proxy (HTTPS_PROXY, NO_PROXY), or log "
                "in to the network in a browser",
            )
        raise self.violation(
            "",
            "is not JSON, cut off, or nested too deep. Check the base URL (PROLIFIC_URL), and "
            "whether the network answers with pages of its own, such as a login",
        )

    def violation(
        self, pointer: str, what: str, error: type[ContractViolation] = ContractViolation
    ) -> ContractViolation:
        shown = self.redactor.excerpt(self.reply.body)
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
