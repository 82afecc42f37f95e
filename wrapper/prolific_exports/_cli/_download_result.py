"""How a download ended."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from attrs import frozen

from prolific_exports._cli._extraction import Extraction
from prolific_exports._model._references import Kind

DownloadStatus: TypeAlias = Literal["saved", "failed", "timed_out", "interrupted"]


@frozen(kw_only=True)
class DownloadResult:
    """How the download of one collection or batch ended.

    Attributes:
        export_id: None if the server has not named the job.
        path: The archive; None unless it is complete.
        codebook: The codebook beside the archive; None if it was not saved.
        size: Bytes of the archive.
        transferred: Bytes received from the store; None until the archive is saved.
        sha256: Of the archive; None unless measured.
        records: Records in the archive; None unless measured, or without readable records.
        seconds: How long its phases took; None if it did not begin.
        resumed_from: Offset in bytes at which the download resumed; 0 if it started fresh.
        reused: What was used in place of a new export; None if nothing was.
        extraction: None unless the archive was extracted.
        deleted: Whether the job was deleted; None if not requested or not attempted.
        error: None if nothing failed.
        resume: Arguments of the command that continues; None if there is none.
    """

    kind: Kind
    resource_id: str
    status: DownloadStatus
    export_id: str | None = None
    path: Path | None = None
    codebook: Path | None = None
    size: int | None = None
    transferred: int | None = None
    sha256: str | None = None
    records: int | None = None
    seconds: Mapping[str, float | None] | None = None
    resumed_from: int = 0
    reused: Literal["file", "job"] | None = None
    extraction: Extraction | None = None
    deleted: bool | None = None
    error: BaseException | None = None
    resume: list[str] | None = None
