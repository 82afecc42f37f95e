"""How each download ended."""

from pathlib import Path
from typing import Literal, TypeAlias

from attrs import frozen

from prolific_exports._cli._extracted import Extracted
from prolific_exports._model._references import Kind

Status: TypeAlias = Literal["saved", "failed", "timed_out", "interrupted"]


@frozen(kw_only=True)
class Result:
    """How the download of one collection or batch ended.

    Attributes:
        kind: What it is.
        resource_id: Its id.
        status: How it ended.
        export_id: Id of the export job, where it is known.
        path: Where the archive is, once it is whole.
        size: Its bytes.
        resumed_from: Bytes of an earlier run that it went on behind.
        extracted: How it was extracted; None if it was not.
        deleted: Whether the job was deleted on the server; None if that was not asked for,
            or not come to.
        error: Why it did not end well.
        resume: Arguments of the command that goes on with it, where one can.
    """

    kind: Kind
    resource_id: str
    status: Status
    export_id: str | None = None
    path: Path | None = None
    size: int | None = None
    resumed_from: int = 0
    extracted: Extracted | None = None
    deleted: bool | None = None
    error: BaseException | None = None
    resume: list[str] | None = None
