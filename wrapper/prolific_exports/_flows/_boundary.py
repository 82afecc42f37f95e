"""The boundary to the generated client: builds requests, parses replies.

The only module that imports `prolific_api`. It uses the generated `_get_kwargs` functions
and models, not the generated `sync` functions: those raise `KeyError`, `ValueError` and
`JSONDecodeError` for bodies outside the contract, and crash on a status that HTTP does not
define.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, assert_never

from attrs import frozen
from prolific_api.api.batches import get_batch, list_batches
from prolific_api.api.collections import get_collection, list_collections
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
from prolific_api.api.workspaces import list_workspaces
from prolific_api.models import (
    BatchExportFailed,
    BatchExportGenerating,
    CollectionExportFailed,
    CollectionExportGenerating,
)

from prolific_exports._errors import UnknownStatusError
from prolific_exports._flows._effects import ApiReply, Request
from prolific_exports._flows._reply_reader import ReplyReader
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._listed_resources import ListRef, RequestRef
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._references import ExportRef
from prolific_exports._model._states import (
    STATUSES,
    Complete,
    ExportState,
    Failed,
    Generating,
    Status,
)
from prolific_exports._model._timestamps import parse_timestamp, utc_moment

_PREFIX: Final = "/api/v1/data-collection"
_EXPORTS: Final = {
    "collection": f"{_PREFIX}/collections/{{collection_id}}/export",
    "batch": f"{_PREFIX}/batches/{{batch_id}}/export",
}


def export_request(ref: ExportRef) -> Request:
    """The POST that requests an export of a collection or batch."""
    conditions: dict[str, Any] = {}
    if ref.filter is not None:
        given = {"study_id": ref.filter.study_id, "from_": ref.filter.from_, "to": ref.filter.to}
        conditions = {name: value for name, value in given.items() if value is not None}
    if ref.kind == "collection":
        kwargs = request_collection_export._get_kwargs(ref.resource_id, **conditions)
    else:
        kwargs = request_batch_export._get_kwargs(ref.resource_id, **conditions)
    return _request(_EXPORTS[ref.kind], ref, kwargs)


def status_request(ref: ExportRef, export_id: str) -> Request:
    """The GET that reads the status of an export job."""
    if ref.kind == "collection":
        kwargs = get_collection_export_status._get_kwargs(ref.resource_id, export_id)
    else:
        kwargs = get_batch_export_status._get_kwargs(ref.resource_id, export_id)
    return _request(f"{_EXPORTS[ref.kind]}/{{export_id}}", ref, kwargs)


def list_request(ref: ExportRef) -> Request:
    """The GET that lists the export jobs of a collection or batch (edition 2026-11)."""
    if ref.kind == "collection":
        kwargs = list_collection_exports._get_kwargs(ref.resource_id)
    else:
        kwargs = list_batch_exports._get_kwargs(ref.resource_id)
    return _request(_EXPORTS[ref.kind], ref, kwargs, since_2026_11=True)


def deletion_request(ref: ExportRef, export_id: str) -> Request:
    """The DELETE of an export job and its archive (edition 2026-11)."""
    if ref.kind == "collection":
        kwargs = delete_collection_export._get_kwargs(ref.resource_id, export_id)
    else:
        kwargs = delete_batch_export._get_kwargs(ref.resource_id, export_id)
    return _request(f"{_EXPORTS[ref.kind]}/{{export_id}}", ref, kwargs, since_2026_11=True)


def definition_request(ref: ExportRef) -> Request:
    """The GET of a collection or batch itself, with its questions."""
    if ref.kind == "collection":
        return _request(
            f"{_PREFIX}/collections/{{collection_id}}",
            ref,
            get_collection._get_kwargs(ref.resource_id),
        )
    return _request(f"{_PREFIX}/batches/{{batch_id}}", ref, get_batch._get_kwargs(ref.resource_id))


def resources_request(
    ref: ListRef, *, limit: int | None = None, offset: int | None = None
) -> Request:
    """The GET that lists workspaces, or the collections or batches of a workspace.

    Args:
        ref: The list.
        limit: Length of the page; None leaves it to the server.
        offset: Number of entries before the page; None for the first.
    """
    page = {
        name: value for name, value in (("limit", limit), ("offset", offset)) if value is not None
    }
    if ref.workspace_id is None:
        return _request("/api/v1/workspaces/", ref, list_workspaces._get_kwargs(**page))
    listed = list_collections if ref.kind == "collection" else list_batches
    kwargs = listed._get_kwargs(workspace_id=ref.workspace_id, **page)
    return _request(kwargs["url"], ref, kwargs)


def _request(
    template: str, ref: RequestRef, kwargs: Mapping[str, Any], *, since_2026_11: bool = False
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
    request: Request, reply: ApiReply, *, redactor: Redactor, retry_after: float | None
) -> ExportState:
    """The export's state in a reply.

    Only the body counts: "generating" means the same with 202 and with 200 (D-1, D-2).

    Args:
        request: The request.
        reply: The response to it.
        redactor: Removes known secrets from errors.
        retry_after: Seconds that the reply asks to wait, for the errors that carry it.

    Raises:
        ApiError: The reply is an error, in any of the shapes of D-10.
        ContractViolation: The reply is outside the contract.
    """
    return _ExportReader.of_success(request, reply, redactor, retry_after).state()


def interpret_list(
    request: Request, reply: ApiReply, *, redactor: Redactor, retry_after: float | None
) -> tuple[ListedJob, ...]:
    """The export jobs in a reply, in its order. Arguments and errors as for `interpret`."""
    return _ExportReader.of_success(request, reply, redactor, retry_after).jobs()


def interpret_deletion(
    request: Request, reply: ApiReply, *, redactor: Redactor, retry_after: float | None
) -> None:
    """Check that a job was deleted. Arguments and errors as for `interpret`.

    Any success counts: the documents name no status, and 204 is only what the official CLI
    expects (D-3).
    """
    _ExportReader.of_success(request, reply, redactor, retry_after)


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "is not a non-empty string"


def _string(value: Any) -> str | None:
    return None if isinstance(value, str) else "is not a string"


# `uuid.UUID` takes braces, "urn:" and missing hyphens too; RFC 9562 and JSON Schema do not.
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def _uuid(value: Any) -> str | None:
    return None if isinstance(value, str) and _UUID.fullmatch(value) else "is not a UUID"


def _date_time(value: Any) -> str | None:
    if utc_moment(value) is None:
        return "is not a date and time with an offset (RFC 3339)"
    return None


_STATUS_OF: Final[Mapping[str, Status]] = {status: status for status in STATUSES}
_FieldCheck: TypeAlias = Callable[[Any], str | None]
# The required fields of a listed job, then those of its filter, which are all optional.
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
class _ExportReader(ReplyReader):
    """Reads the reply to a request about exports."""

    def state(self) -> ExportState:
        body = self.json()
        if not isinstance(body, dict):
            raise self.violation("", "is not a JSON object")
        if isinstance(body.get("url"), str):
            self.redactor.learn(body["url"])
        status = body.get("status")
        if not isinstance(status, str):
            raise self.violation(
                "/status", "is missing" if "status" not in body else "is not a string"
            )
        known = _STATUS_OF.get(status)
        if known is None:
            raise self.violation(
                "/status",
                f"is {self.redactor.text(status)[:60]!r}; the contract has {', '.join(STATUSES)}",
                UnknownStatusError,
            )
        return self._typed(known, body)

    def jobs(self) -> tuple[ListedJob, ...]:
        body = self.json()
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
            extra=self.others(item, {*_JOB_FIELDS, "filter"}),
        )

    def _filter(self, pointer: str, item: Any) -> ExportFilter | None:
        if item is None:
            return None
        if not isinstance(item, dict):
            raise self.violation(pointer, "is not a JSON object")
        # A condition of null means no condition here; the gate is stricter.
        item = {k: v for k, v in item.items() if v is not None or k not in _FILTER_FIELDS}
        for name, problem_with in _FILTER_FIELDS.items():
            reason = problem_with(item[name]) if name in item else None
            if reason:
                raise self.violation(f"{pointer}/{name}", reason)
        found = ExportFilter(
            self.redactor.text(item["study_id"]) if "study_id" in item else None,
            utc_moment(item.get("from")),
            utc_moment(item.get("to")),
            self.others(item, _FILTER_FIELDS),
        )
        return found or None

    def _typed(self, status: Status, body: dict[str, Any]) -> ExportState:
        batch = self.request.ref.kind == "batch"
        match status:
            case "generating":
                self._require(body, export_id=_uuid)
                model = BatchExportGenerating if batch else CollectionExportGenerating
                extra = model.from_dict(body).additional_properties
                # Paths need the id as the server wrote it, not as a UUID prints it.
                return Generating(body["export_id"], self.redactor.json(extra))
            case "complete":
                return self._complete(body)
            case "failed":
                failed = (BatchExportFailed if batch else CollectionExportFailed).from_dict(body)
                return Failed(self.redactor.json(failed.additional_properties))
            case _:
                assert_never(status)

    def _require(self, body: Mapping[str, Any], **checks: _FieldCheck) -> None:
        """Check the fields that documents/000 requires of a state."""
        for name, problem_with in checks.items():
            reason = problem_with(body[name]) if name in body else "is missing"
            if reason:
                raise self.violation(f"/{name}", f"{reason} (status is {body['status']!r})")

    def _complete(self, body: dict[str, Any]) -> Complete:
        self._require(body, url=_text)
        known = {"status", "url", "expires_at"}
        try:
            expires_at = parse_timestamp(body.get("expires_at", "")).moment
        except (TypeError, ValueError):
            # The archive is ready, whatever the server writes about its URL, if anything.
            return Complete(body["url"], None, self.others(body, known - {"expires_at"}))
        return Complete(body["url"], expires_at, self.others(body, known))
