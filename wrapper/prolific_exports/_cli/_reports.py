"""What is said of results and errors: to people on stderr, to programs as JSON.

The shapes of the JSON are part of the command's interface; ``--help`` of each
subcommand describes them.
"""

import json
import os
from typing import TYPE_CHECKING, Any

from prolific_exports._console import _streams as streams
from prolific_exports._console._text import printable
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._settings import TOKEN_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prolific_exports._cli._extracted import Extracted
    from prolific_exports._cli._results import Result
    from prolific_exports._model._listed_jobs import ListedJob


def complain(error: BaseException, subject: str | None = None) -> None:
    """Say on stderr what went wrong.

    Args:
        error: What went wrong.
        subject: With what; said unless the error says it.
    """
    # Indented lines stay lines; nothing in them can look like a message of its own.
    what = "\n  ".join(map(printable, explain(error).split("\n  ")))
    if subject is not None and subject not in what:
        what = f"{subject}: {what}"
    streams.message(f"prolific-exports: error: {what}")


def explain(error: BaseException) -> str:
    """An error's message; the system's errors without their numbers."""
    said = str(error) or "interrupted"
    if isinstance(error, OSError) and error.strerror:
        said = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    # Errors of archives quote what is in them, which a server wrote.
    return Redactor(os.environ.get(TOKEN_VARIABLE, "").strip()).known(said)


def download(
    results: "Sequence[Result]" = (), error: BaseException | None = None, table: str | None = None
) -> str:
    """The JSON of ``download``."""
    shown = [_result(result) for result in results]
    return _dumped({"results": shown, "table": table, "error": _error(error)})


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
    return _dumped(
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
    listed: "Sequence[ListedJob] | None" = None,
    *,
    kind: str | None = None,
    resource_id: str | None = None,
    error: BaseException | None = None,
) -> str:
    """The JSON of ``list``."""
    shown = None if listed is None else [_job(job) for job in listed]
    return _dumped({"kind": kind, "id": resource_id, "jobs": shown, "error": _error(error)})


def _job(job: "ListedJob") -> dict[str, Any]:
    conditions = None if job.filter is None else {**job.filter.extra, **job.filter.conditions()}
    return {
        "export_id": job.export_id,
        "status": job.status,
        "created_at": job.created_at.isoformat(),
        "filter": conditions,
    }


def show(summary: "dict[str, Any] | None" = None, error: BaseException | None = None) -> str:
    """The JSON of ``show``."""
    return _dumped({"archive": summary, "error": _error(error)})


def extract(extracted: "Extracted | None" = None, error: BaseException | None = None) -> str:
    """The JSON of ``extract``."""
    folder = None if extracted is None else str(extracted.folder)
    return _dumped({"extracted_to": folder, **_extracted(extracted), "error": _error(error)})


def _extracted(extracted: "Extracted | None") -> dict[str, Any]:
    if extracted is None:
        return {"renamed": None, "missing_files": None}
    pairs = [{"from": old, "to": new} for old, new in extracted.renamed.items()]
    return {"renamed": pairs, "missing_files": extracted.missing_files}


def _result(result: "Result") -> dict[str, Any]:
    return {
        "kind": result.kind,
        "id": result.resource_id,
        "export_id": result.export_id,
        "status": result.status,
        "path": None if result.path is None else str(result.path),
        "size": result.size,
        "resumed_from": result.resumed_from,
        "extracted_to": None if result.extracted is None else str(result.extracted.folder),
        **_extracted(result.extracted),
        "deleted": result.deleted,
        "error": _error(result.error),
        "resume": result.resume,
    }


def _error(error: BaseException | None) -> dict[str, str] | None:
    return None if error is None else {"type": type(error).__name__, "message": explain(error)}


def _dumped(value: dict[str, Any]) -> str:
    # ASCII, so that every encoding has it, lone surrogates of file names included.
    return json.dumps(value, indent=2)
