"""The JSON that the command prints.

Its fields are part of the command's interface; ``--help`` of each subcommand lists them.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import asdict

from prolific_exports._console._errors import error_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prolific_exports._cli._download_result import DownloadResult
    from prolific_exports._cli._extraction import Extraction
    from prolific_exports._model._filters import ExportFilter
    from prolific_exports._model._listed_jobs import ListedJob
    from prolific_exports._model._listed_resources import Resource, Workspace


def download(
    results: "Sequence[DownloadResult]" = (),
    error: BaseException | None = None,
    table: str | None = None,
    resume: "Sequence[str] | None" = None,
    filter_: "ExportFilter | None" = None,
) -> str:
    """The JSON of ``download``."""
    return _dumps(
        {
            "filter": _conditions(filter_),
            "results": [_result(result) for result in results],
            "table": table,
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


def show(summary: "dict[str, Any] | None" = None, error: BaseException | None = None) -> str:
    """The JSON of ``show``."""
    return _dumps({"archive": summary, "error": _error(error)})


def extract(extraction: "Extraction | None" = None, error: BaseException | None = None) -> str:
    """The JSON of ``extract``."""
    folder = None if extraction is None else str(extraction.folder)
    return _dumps({"extracted_to": folder, **_extraction(extraction), "error": _error(error)})


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
        "size": result.size,
        "resumed_from": result.resumed_from,
        "extracted_to": None if result.extraction is None else str(result.extraction.folder),
        **_extraction(result.extraction),
        "deleted": result.deleted,
        "error": _error(result.error),
        "resume": result.resume,
    }


def _error(error: BaseException | None) -> dict[str, str] | None:
    return (
        None if error is None else {"type": type(error).__name__, "message": error_message(error)}
    )


def _dumps(value: dict[str, Any]) -> str:
    # ASCII suits every encoding, and lone surrogates in file names.
    return json.dumps(value, indent=2)
