"""How each download of many ended."""

from pathlib import Path
from typing import Self, cast

from attrs import frozen

from prolific_exports._errors import ExportsError
from prolific_exports._export_archive import ExportArchive
from prolific_exports._model._references import ExportRef


@frozen
class DownloadOutcome:
    """How one download of many ended: with an archive or an error.

    Attributes:
        ref: What was downloaded, with the job's id if it is known.
        archive: The saved archive; None after an error.
        error: Why there is none; None if there is one.
    """

    ref: ExportRef
    archive: ExportArchive | None = None
    error: ExportsError | None = None

    def result(self) -> ExportArchive:
        """Return the archive.

        Raises:
            ExportsError: There is none; it is ``error``.
        """
        if self.error is not None:
            raise self.error
        return cast("ExportArchive", self.archive)

    @classmethod
    def of(cls, ref: ExportRef, result: Path | ExportsError) -> Self:
        """The outcome of a download that returned a path or raised an error."""
        if isinstance(result, ExportsError):
            return cls(ref, error=result)
        try:
            return cls(ref, ExportArchive.open(result))
        except ExportsError as error:
            return cls(ref, error=error)
