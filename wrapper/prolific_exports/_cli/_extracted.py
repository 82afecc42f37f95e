"""What extracting an archive changed, and what it did not find."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from attrs import Factory, frozen

from prolific_exports import ArchiveError, ExportArchive
from prolific_exports._archive._plan import Names
from prolific_exports._console._text import plural, printable

_SHOWN = 3


@frozen(kw_only=True)
class Extracted:
    """An archive that was extracted.

    Attributes:
        folder: Where to.
        renamed: As ``ExportArchive.renamed``.
        missing_files: Number of files that answers name and the archive does not have; None
            when the archive has no records that can be read.
    """

    folder: Path
    renamed: Mapping[str, str] = Factory(dict)
    missing_files: int | None = None

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
            # All files are there all the same, and an archive need not hold answers.
            missing = None
        return cls(folder=target, renamed=archive.renamed, missing_files=missing)

    def notes(self) -> Iterator[str]:
        """A line for each thing that is worth a look."""
        if self.renamed:
            pairs = [f"{old} is {new}" for old, new in self.renamed.items()]
            more = f"; and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
            shown = "; ".join(map(printable, pairs[:_SHOWN]))
            yield f"{renamed(len(pairs))}: {shown}{more}"
        if self.missing_files:
            yield missing(self.missing_files)


def renamed(count: int) -> str:
    """That so many files have other names than in the archive."""
    return f"{plural(count, 'file')} extracted under names that every system can hold"


def missing(count: int) -> str:
    """That so many files are missing."""
    verb = "is" if count == 1 else "are"
    return f"{plural(count, 'file')} named in answers {verb} not in the archive"
