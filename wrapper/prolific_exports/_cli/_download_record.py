"""What is known of a download from its events."""

from pathlib import Path
from typing import Literal

from attrs import define

from prolific_exports import (
    CodebookSaved,
    Deleted,
    Event,
    ExportRef,
    NotDeleted,
    Resuming,
    Retrying,
    Reused,
    Saved,
    StartedOver,
)


@define
class DownloadRecord:
    """What is known of a download from its events.

    Attributes:
        ref: The export; None before it is requested.
        saved: The archive is in place from this event on, even if deleting the job is interrupted
            then.
        resumed_from: Offset in bytes at which the transfer resumed; 0 if it started fresh.
        deletion: How the deletion of the job ended; None if it was not attempted.
        reused: What is used in place of a new export; None if nothing is.
        codebook: The codebook beside the archive; None if it was not saved.
    """

    ref: ExportRef | None = None
    saved: Saved | None = None
    resumed_from: int = 0
    deletion: Deleted | NotDeleted | None = None
    reused: Literal["file", "job"] | None = None
    codebook: Path | None = None

    def add(self, event: Event) -> None:
        """Record an event."""
        if isinstance(event, Deleted | NotDeleted):
            self.deletion = event
        elif not isinstance(event, Retrying):
            self.ref = event.ref
        match event:
            case Reused(path=Path() as path, size=int(size)):
                self.saved, self.reused = Saved(event.ref, path, size), "file"
            case Reused():
                self.reused = "job"
            case Saved():
                self.saved = event
            case CodebookSaved():
                self.codebook = event.path
            case Resuming(received=received):
                self.resumed_from = received
            case StartedOver():
                self.resumed_from = 0
