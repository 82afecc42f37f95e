"""The JSON that the command prints.

Its members are part of the command's interface: ``_schemas`` describes them, and ``--help`` of
each subcommand lists them. Each run prints one document, also after an error.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict

from prolific_exports._console._errors import error_message
from prolific_exports._errors import ExportsError
from prolific_exports._model._listed_resources import ListRef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prolific_exports import PageSummary, SyncReport
    from prolific_exports._cli._deletion import JobDeletion
    from prolific_exports._cli._download_result import DownloadResult
    from prolific_exports._cli._extraction import Extraction
    from prolific_exports._cli._written_table import WrittenTable
    from prolific_exports._model._codebook import Codebook
    from prolific_exports._model._filters import ExportFilter
    from prolific_exports._model._listed_jobs import ListedJob
    from prolific_exports._model._listed_resources import RequestRef, Resource, Workspace
    from prolific_exports._model._only import Only

VERSION: Final = 1
"""Grows when a member is removed or changes its meaning; new members do not change it."""


def download(
    results: "Sequence[DownloadResult]" = (),
    error: BaseException | None = None,
    table: "WrittenTable | None" = None,
    resume: "Sequence[str] | None" = None,
    *,
    filter_: "ExportFilter | None" = None,
    only: "Only | None" = None,
) -> str:
    """The JSON of ``download``."""
    return _dumps(
        {
            "filter": _conditions(filter_),
            "only": only,
            "results": [_result(result) for result in results],
            "table": None if table is None else table.path,
            "table_summary": None if table is None else _table(table),
            "error": _error(error),
            "resume": resume,
        }
    )


def status(
    *,
    kind: str | None = None,
    resource_id: str | None = None,
    export_id: str | None = None,
    state: str | None = None,
    expires_at: str | None = None,
    error: BaseException | None = None,
) -> str:
    """The JSON of ``status``."""
    return _dumps(
        {
            "kind": kind,
            "id": resource_id,
            "export_id": export_id,
            "status": state,
            "expires_at": expires_at,
            "error": _error(error),
        }
    )


def jobs(
    listed_jobs: "Sequence[ListedJob] | None" = None,
    *,
    kind: str | None = None,
    resource_id: str | None = None,
    error: BaseException | None = None,
) -> str:
    """The JSON of ``list``."""
    dicts = None if listed_jobs is None else [_job(job) for job in listed_jobs]
    return _dumps({"kind": kind, "id": resource_id, "jobs": dicts, "error": _error(error)})


def account(
    *,
    url: str | None = None,
    profile: str | None = None,
    token_source: str | None = None,
    workspaces: "Sequence[Workspace]" = (),
    error: BaseException | None = None,
) -> str:
    """The JSON of ``login`` and ``whoami``."""
    return _dumps(
        {
            "url": url,
            "profile": profile,
            "token_source": token_source,
            "workspaces": [_entry(one) for one in workspaces],
            "error": _error(error),
        }
    )


def logout(
    *,
    url: str | None = None,
    profile: str | None = None,
    removed: bool | None = None,
    error: BaseException | None = None,
) -> str:
    """The JSON of ``logout``."""
    return _dumps({"url": url, "profile": profile, "removed": removed, "error": _error(error)})


def workspaces(
    entries: "Sequence[Workspace | Resource]" = (), *, error: BaseException | None = None
) -> str:
    """The JSON of ``workspaces``."""
    return _dumps({"workspaces": [_entry(one) for one in entries], "error": _error(error)})


def collections(
    entries: "Sequence[Workspace | Resource]" = (),
    *,
    workspace_id: str | None = None,
    error: BaseException | None = None,
) -> str:
    """The JSON of ``collections``."""
    listed = [_entry(one) for one in entries]
    return _dumps({"workspace_id": workspace_id, "collections": listed, "error": _error(error)})


def batches(
    entries: "Sequence[Workspace | Resource]" = (),
    *,
    workspace_id: str | None = None,
    error: BaseException | None = None,
) -> str:
    """The JSON of ``batches``."""
    listed = [_entry(one) for one in entries]
    return _dumps({"workspace_id": workspace_id, "batches": listed, "error": _error(error)})


def delete(
    results: "Sequence[JobDeletion]" = (),
    *,
    kind: str | None = None,
    resource_id: str | None = None,
    workspace_id: str | None = None,
    error: BaseException | None = None,
) -> str:
    """The JSON of ``delete``."""
    dicts = [
        {
            "id": one.resource_id,
            "export_id": one.export_id,
            "outcome": one.outcome,
            "deleted": one.outcome == "deleted",
            "error": _error(one.error),
        }
        for one in results
    ]
    return _dumps(
        {
            "kind": kind,
            "id": resource_id,
            "workspace_id": workspace_id,
            "results": dicts,
            "error": _error(error),
        }
    )


def _entry(entry: "Workspace | Resource") -> dict[str, Any]:
    values = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(entry, recurse=False).items()
    }
    del values["extra"]
    return values


def _job(job: "ListedJob") -> dict[str, Any]:
    return {
        "export_id": job.export_id,
        "status": job.status,
        "created_at": job.created_at.isoformat(),
        "filter": _conditions(job.filter),
    }


def _conditions(filter_: "ExportFilter | None") -> dict[str, Any] | None:
    return None if filter_ is None else {**filter_.extra, **filter_.conditions()}


def show(
    summary: "dict[str, Any] | None" = None,
    error: BaseException | None = None,
    page: "tuple[str, PageSummary] | None" = None,
) -> str:
    """The JSON of ``show``."""
    written = None if page is None else {"path": page[0], **asdict(page[1])}
    return _dumps({"archive": summary, "page": written, "error": _error(error)})


def extract(
    extraction: "Extraction | None" = None,
    seconds: float | None = None,
    error: BaseException | None = None,
) -> str:
    """The JSON of ``extract``."""
    return _dumps(
        {
            "extracted_to": None if extraction is None else str(extraction.folder),
            **_extraction(extraction),
            "seconds": None if seconds is None else round(seconds, 3),
            "error": _error(error),
        }
    )


def table(written: "WrittenTable | None" = None, error: BaseException | None = None) -> str:
    """The JSON of ``table``."""
    summary = None if written is None else _table(written)
    return _dumps({"table": summary, "error": _error(error)})


def _table(written: "WrittenTable") -> dict[str, Any]:
    from prolific_exports._cli._measures import sha256  # noqa: PLC0415 - zipfile

    return {
        "path": written.path,
        **asdict(written.summary),
        "sha256": sha256(written.path),
        "seconds": round(written.seconds, 3),
    }


def codebook(
    content: "Codebook | None" = None, path: str | None = None, error: BaseException | None = None
) -> str:
    """The JSON of ``codebook``."""
    if content is None:
        return _dumps({"codebook": None, "path": None, "error": _error(error)})
    from prolific_exports._model._codebook import to_json  # noqa: PLC0415 - start-up time

    return _dumps({"codebook": to_json(content), "path": path, "error": _error(error)})


def sync(
    target: str | None = None,
    report: "SyncReport | None" = None,
    error: BaseException | None = None,
    *,
    dry_run: bool = False,
) -> str:
    """The JSON of ``sync``."""
    return _dumps({"target": target, "dry_run": dry_run, **_report(report), "error": _error(error)})


def _report(report: "SyncReport | None") -> dict[str, Any]:
    if report is None:
        names = ("not_due", "requests", "rejected", "seconds")
        return {"resources": [], "unlisted": [], "jobs_left": [], **dict.fromkeys(names)}
    seconds = (report.ended_at - report.began_at).total_seconds()
    return {
        "resources": [
            {
                **_ref(one.ref),
                "workspace_id": one.workspace_id,
                "ending": one.ending,
                "rows": one.rows,
                "submissions": one.submissions,
                "files": one.files,
                "size": one.size,
                "error": _error(one.error),
            }
            for one in report.resources
        ],
        "not_due": report.not_due,
        "unlisted": [
            {"workspace_id": workspace_id, "error": _error(error)}
            for workspace_id, error in report.unlisted.items()
        ],
        "jobs_left": [
            {"kind": ref.kind, "id": ref.resource_id, "export_id": ref.export_id}
            for ref in report.jobs_left
        ],
        "requests": report.requests,
        "rejected": report.rejected,
        "seconds": round(seconds, 3),
    }


def failure(error: BaseException | None = None) -> str:
    """The JSON of a command line that names no command."""
    return _dumps({"error": _error(error)})


def _extraction(extraction: "Extraction | None") -> dict[str, Any]:
    if extraction is None:
        return {"renamed": None, "missing_files": None}
    pairs = [{"from": old, "to": new} for old, new in extraction.renamed.items()]
    return {"renamed": pairs, "missing_files": extraction.missing_files}


def _result(result: "DownloadResult") -> dict[str, Any]:
    return {
        "kind": result.kind,
        "id": result.resource_id,
        "export_id": result.export_id,
        "status": result.status,
        "path": None if result.path is None else str(result.path),
        "codebook": None if result.codebook is None else str(result.codebook),
        "size": result.size,
        "transferred": result.transferred,
        "sha256": result.sha256,
        "records": result.records,
        "seconds": None if result.seconds is None else dict(result.seconds),
        "resumed_from": result.resumed_from,
        "reused": result.reused,
        "extracted_to": None if result.extraction is None else str(result.extraction.folder),
        **_extraction(result.extraction),
        "deleted": result.deleted,
        "error": _error(result.error),
        "resume": result.resume,
    }


def _error(error: BaseException | None) -> dict[str, Any] | None:
    if error is None:
        return None
    # Running the same command again resumes after an interrupt.
    known = (
        error if isinstance(error, ExportsError) else ExportsError(retryable=_is_interrupt(error))
    )
    return {
        "type": type(error).__name__,
        "message": error_message(error),
        "hint": known.hint,
        "retryable": known.retryable,
        "status": known.status,
        "code": known.code,
        "retry_after": known.retry_after,
        "operation": known.operation,
        "ref": None if known.ref is None else _ref(known.ref),
    }


def _is_interrupt(error: BaseException) -> bool:
    return isinstance(error, KeyboardInterrupt)


def _ref(ref: "RequestRef") -> dict[str, Any]:
    if isinstance(ref, ListRef):
        return {"kind": ref.kind, "workspace_id": ref.workspace_id}
    return {
        "kind": ref.kind,
        "id": ref.resource_id,
        "export_id": ref.export_id,
        "filter": None if ref.filter is None else ref.filter.conditions(),
    }


def _dumps(value: dict[str, Any]) -> str:
    # ASCII suits every encoding, and lone surrogates in file names.
    return json.dumps({"version": VERSION, **value}, indent=2)
