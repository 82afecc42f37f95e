"""What happens while an export is fetched, as plain values for a progress callback."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from attrs import frozen

from prolific_exports._errors import ExportsError
from prolific_exports._model._references import ExportRef


@frozen
class Requested:
    """An export was asked for with POST.

    Attributes:
        ref: The export, with the job's id where the server named one.
        status: ``"generating"``, ``"complete"`` or ``"failed"``.
    """

    ref: ExportRef
    status: str


@frozen
class Adopted:
    """The answer to a request got lost, and the job that it started was found in the list.

    Attributes:
        ref: The job.
    """

    ref: ExportRef


@frozen
class Polled:
    """The job's status was read.

    Attributes:
        ref: The job.
        status: ``"generating"``, ``"complete"`` or ``"failed"``.
        elapsed: Seconds since waiting began.
    """

    ref: ExportRef
    status: str
    elapsed: float


@frozen
class Retrying:
    """A call failed or the download stopped in a way that may pass, and is tried again.

    Attributes:
        ref: The export.
        error: What happened: a `DownloadError` where it was the download.
        delay: Seconds until the next try.
    """

    ref: ExportRef
    error: ExportsError
    delay: float


@frozen
class Restarted:
    """The job failed or is gone, and a new one is requested, once.

    Attributes:
        ref: The job that failed or is gone.
        is_gone: Whether the server does not know it any more: it was deleted.
    """

    ref: ExportRef
    is_gone: bool = False


@frozen
class Refreshed:
    """The download URL no longer worked, and a fresh one was asked for.

    Attributes:
        ref: The job.
        received: Bytes that are there already; the download goes on behind them.
    """

    ref: ExportRef
    received: int


@frozen
class Resuming:
    """The store goes on behind the bytes that an earlier run left.

    Attributes:
        ref: The job.
        received: Bytes that are there already.
        total: Bytes in all, None where the store does not say.
    """

    ref: ExportRef
    received: int
    total: int | None


@frozen
class StartedOver:
    """The bytes so far were of no use: the download begins again at byte 0.

    Attributes:
        ref: The job.
        reason: Why, in half a sentence.
    """

    ref: ExportRef
    reason: str


@frozen
class Downloading:
    """Bytes of the archive arrived.

    Attributes:
        ref: The export.
        received: Bytes so far, those of earlier runs included.
        total: Bytes in all, None where the store does not say.
        rate: Bytes per second of late, smoothed; None before it is known.
        connections: Connections that bytes arrive on.
        resumed_from: Bytes that an earlier run left, 0 when it began at byte 0.
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
    """All bytes are there; the archive is being checked.

    Attributes:
        ref: The export.
        size: Bytes of the archive.
    """

    ref: ExportRef
    size: int

    state = "verifying"


@frozen
class Saved:
    """The archive is whole, verified and at its place.

    Attributes:
        ref: The export.
        path: Where it is.
        size: Bytes of the archive.
    """

    ref: ExportRef
    path: Path
    size: int

    state = "saved"


@frozen
class Deleted:
    """The job, whose archive is saved, was deleted on the server as asked for.

    Attributes:
        ref: The job.
    """

    ref: ExportRef

    state = "deleted"


@frozen
class NotDeleted:
    """The archive is saved, but the job could not be deleted as asked for: it is still there.

    Attributes:
        ref: The job.
        error: What happened.
    """

    ref: ExportRef
    error: ExportsError


Event: TypeAlias = (
    Requested
    | Adopted
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
)
"""Everything that a progress callback may be given."""

ProgressCallback: TypeAlias = Callable[[Event], object]
"""Called with each event, in the thread (or event loop) that runs the export."""
