"""Events of an export: the values that a progress callback receives."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

from attrs import frozen

from prolific_exports._errors import ExportsError
from prolific_exports._model._listed_resources import RequestRef
from prolific_exports._model._references import ExportRef


@frozen
class Requested:
    """The client requested an export (POST).

    Attributes:
        ref: The export, with the job's id if the server sent one.
        status: The reported state, such as ``"generating"``.
    """

    ref: ExportRef
    status: str


@frozen
class Adopted:
    """The response to a request got lost; the client found its job in the list.

    Attributes:
        ref: The job.
    """

    ref: ExportRef


@frozen
class Reused:
    """An earlier export is used in place of a new one (``reuse``).

    Attributes:
        ref: The export; with the id of its job if that is downloaded.
        path: The archive at the destination; None if an existing job is downloaded.
        size: Size of that archive in bytes; None if an existing job is downloaded.
    """

    ref: ExportRef
    path: Path | None = None
    size: int | None = None


@frozen
class Polled:
    """The client read the job's status.

    Attributes:
        ref: The job.
        status: The reported state, such as ``"generating"``.
        elapsed: Seconds since the client began to wait.
    """

    ref: ExportRef
    status: str
    elapsed: float


@frozen
class Retrying:
    """A call or download failed and will be retried.

    Attributes:
        ref: The export, or the list.
        error: The failure; a `DownloadError` if it was the download's.
        delay: Seconds until the next attempt.
        is_connecting: Whether the client has never reached the API. It then gives up after ten
            seconds, so the command does not report these attempts.
    """

    ref: RequestRef
    error: ExportsError
    delay: float
    is_connecting: bool = False


@frozen
class Restarted:
    """The job failed or no longer exists; the client requests a new one, once.

    Attributes:
        ref: The old job.
        is_gone: Whether the job was deleted on the server; False if it failed.
    """

    ref: ExportRef
    is_gone: bool = False


@frozen
class Refreshed:
    """The download URL expired; the client requested a new one.

    Attributes:
        ref: The job.
        received: Bytes of the partial file; the download resumes after them.
    """

    ref: ExportRef
    received: int


@frozen
class Resuming:
    """The download resumes a partial file left by an earlier run.

    Attributes:
        ref: The job.
        received: Bytes of the partial file.
        total: Size of the archive in bytes; None if the store does not send it.
    """

    ref: ExportRef
    received: int
    total: int | None


@frozen
class StartedOver:
    """The client discarded the partial file; the download starts again at byte 0.

    Attributes:
        ref: The job.
        reason: The cause, as a clause.
    """

    ref: ExportRef
    reason: str


@frozen
class Downloading:
    """Bytes of the archive arrived.

    Attributes:
        ref: The export.
        received: Bytes so far, including those of earlier runs.
        total: Size of the archive in bytes; None if the store does not send it.
        rate: Recent bytes per second, smoothed; None until it is known.
        connections: Connections in use.
        resumed_from: Offset at which the download resumed; 0 if it started fresh.
    """

    ref: ExportRef
    received: int
    total: int | None
    rate: float | None = None
    connections: int = 1
    resumed_from: int = 0

    state = "downloading"


@frozen
class Verifying:
    """All bytes arrived; the client is verifying the archive.

    Attributes:
        ref: The export.
        size: Size of the archive in bytes.
    """

    ref: ExportRef
    size: int

    state = "verifying"


@frozen
class Saved:
    """The archive is complete, verified and at its destination.

    Attributes:
        ref: The export.
        path: The destination.
        size: Size of the archive in bytes.
        transferred: Bytes that this run received from the store.
    """

    ref: ExportRef
    path: Path
    size: int
    transferred: int = 0

    state = "saved"


@frozen
class Deleted:
    """The archive is saved, and its job was deleted on the server (``delete_after``).

    Attributes:
        ref: The job.
    """

    ref: ExportRef

    state = "deleted"


@frozen
class NotDeleted:
    """The archive is saved, but its job could not be deleted on the server (``delete_after``).

    Attributes:
        ref: The job.
        error: The reason.
    """

    ref: ExportRef
    error: ExportsError


@frozen
class CodebookSaved:
    """The questions are stored beside the archive.

    Attributes:
        ref: The export.
        path: The codebook. If it was there and had the same content, it was not written again.
    """

    ref: ExportRef
    path: Path


@frozen
class CodebookNotSaved:
    """The archive is saved, but its questions could not be stored beside it.

    Attributes:
        ref: The export.
        error: The reason.
    """

    ref: ExportRef
    error: ExportsError


Event: TypeAlias = (
    Requested
    | Adopted
    | Reused
    | Polled
    | Retrying
    | Restarted
    | Refreshed
    | Resuming
    | StartedOver
    | Downloading
    | Verifying
    | Saved
    | Deleted
    | NotDeleted
    | CodebookSaved
    | CodebookNotSaved
)
"""Every event that a progress callback can receive."""

ProgressCallback: TypeAlias = Callable[[Event], object]
"""A function that is called with each event, in the thread or event loop of the export."""

Bottleneck: TypeAlias = Literal["generation", "rate", "transfers"]
"""What many downloads wait for: the server that generates exports, the rate limit, or transfers."""


@frozen
class DownloadProgress:
    """How far many downloads are.

    Attributes:
        planned: Downloads that have not begun.
        running: Downloads that have begun and not ended.
        limited_by: What they mostly wait for: ``"generation"`` (the server generates exports),
            ``"rate"`` (the rate limit) or ``"transfers"`` (``jobs`` archives are being downloaded).
    """

    planned: int
    running: int
    limited_by: Bottleneck
