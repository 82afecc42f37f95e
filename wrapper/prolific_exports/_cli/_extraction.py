"""Extracting an archive, with the files that were renamed or are missing."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from attrs import Factory, frozen

from prolific_exports import ArchiveError, ExportArchive
from prolific_exports._archive._plan import Names
from prolific_exports._console._text import plural, printable

_RENAMED_SHOWN = 3


@frozen(kw_only=True)
class Extraction:
    """An archive that has been extracted.

    Attributes:
        folder: Where the files are.
        renamed: As ``ExportArchive.renamed``.
        missing_files: Number of files that answers refer to but the archive lacks; None if
            the archive has no readable records.
        not_downloaded: Number of uploaded files that were not downloaded.
    """

    folder: Path
    renamed: Mapping[str, str] = Factory(dict)
    missing_files: int | None = None
    not_downloaded: int = 0

    @classmethod
    def extract(cls, archive: ExportArchive, folder: Path | str, names: Names) -> Self:
        """Extract an archive.

        Raises:
            ExportsError: As ``ExportArchive.extract``.
        """
        target = archive.extract(folder, names=names)
        try:
            missing = sum(1 for _ in archive.missing_files())
        except ArchiveError:
            # Extraction has succeeded, and an archive need not contain answers.
            missing = None
        absent = sum(not file.is_downloaded for file in archive.files)
        return cls(
            folder=target,
            renamed=archive.renamed,
            missing_files=missing,
            not_downloaded=absent,
        )

    def notes(self) -> Iterator[str]:
        """Lines about renamed files, missing files and files that were not downloaded."""
        if self.renamed:
            pairs = [f"{old} is now {new}" for old, new in self.renamed.items()]
            more = len(pairs) - _RENAMED_SHOWN
            shown = "; ".join(map(printable, pairs[:_RENAMED_SHOWN]))
            yield f"{renamed_note(len(pairs))}: {shown}" + (
                f"; and {more} more" if more > 0 else ""
            )
        if self.missing_files:
            yield missing_note(self.missing_files)
        if self.not_downloaded:
            yield not_downloaded_note(self.not_downloaded)


def renamed_note(count: int) -> str:
    """The number of files that were renamed, with the reason."""
    return f"{plural(count, 'file')} renamed because some systems cannot store the original name"


def missing_note(count: int) -> str:
    """The number of files that answers refer to but the archive lacks."""
    verb = "is" if count == 1 else "are"
    return f"{plural(count, 'file')} that answers refer to {verb} not in the archive"


def not_downloaded_note(count: int) -> str:
    """The number of uploaded files that were not downloaded, with the reason."""
    verb = "was" if count == 1 else "were"
    return f"{plural(count, 'uploaded file')} {verb} not downloaded (--only responses)"
