"""Writes a page, and the folder of uploaded files beside it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

from attrs import define

from prolific_exports._archive import ArchiveReader
from prolific_exports._archive._codebook_file import read_codebook
from prolific_exports._errors import ArchiveError, UsageError
from prolific_exports._files._destinations import check_suffix
from prolific_exports._files._failures import explained
from prolific_exports._files._staging import staged_file
from prolific_exports._html._document import asset, page
from prolific_exports._page._folder import FolderBeside, folder_beside
from prolific_exports._page._header import PageSubject, body
from prolific_exports._page._notes import PageSummary, notes
from prolific_exports._page._page_files import FileWriter, PageFiles
from prolific_exports._page._questions import page_questions
from prolific_exports._page._rows import RowEncoder
from prolific_exports._page._totals import read_totals
from prolific_exports._tables._record_parts import record_parts
from prolific_exports._tables._sources import Source, source_names
from prolific_exports._tables._values import encodable

MOST_ROWS: Final = 20_000
"""Submissions that a page shows; of more, an even sample."""
MOST_BYTES: Final = 64 << 20
"""Bytes of records that a page shows, about; of more, an even sample."""
EMBED_LIMIT: Final = 20_000_000
"""Bytes of uploaded files that a page contains, and as many of thumbnails."""

_PACKAGE: Final = "prolific_exports._page"
_SCRIPTS: Final = (
    "data.js",
    "filters.js",
    "elements.js",
    "media.js",
    "cards.js",
    "table.js",
    "submission.js",
    "page.js",
)
_SUFFIXES: Final = (".html", ".htm")


def is_shown(row: int, rows: int, most: int) -> bool:
    """Return whether an even sample of at most so many rows contains a row, counted from 0."""
    return rows <= most or (row + 1) * most // rows > row * most // rows


def write_page(
    archives: Sequence[ArchiveReader],
    path: Path,
    *,
    overwrite: bool = False,
    embed_limit: int = EMBED_LIMIT,
    copy_files: bool = True,
) -> PageSummary:
    """Write a page of archives.

    Args:
        archives: One archive, or several.
        path: The file to write.
        overwrite: Whether an existing page may be replaced, with the folder beside it.
        embed_limit: Bytes of uploaded files up to which the page contains them.
        copy_files: Whether larger files are stored in a folder beside the page.

    Raises:
        UsageError: ``path`` has the suffix of another format, or is one of the archives.
        TargetExistsError: ``path`` or the folder exists and may not be replaced.
        StorageError: The disk is full, read-only, over quota or gone.
        ArchiveError: An archive cannot be read, or the system refuses to write.
    """
    check_suffix(path, _SUFFIXES, "an HTML page")
    if any(_is_same(path, archive.path) for archive in archives):
        raise UsageError(
            f"{path} is an archive that the page is made from, and may be the only copy of its "
            "data. Nothing was written: name another file."
        )
    what = f"The page cannot be written to {path}"
    with ExitStack() as stack:
        stack.enter_context(explained(what, ArchiveError, lambda: " No partial file remains."))
        folder = stack.enter_context(folder_beside(path, overwrite=overwrite))
        temporary = stack.enter_context(staged_file(path, overwrite=overwrite))
        target = stack.enter_context(temporary.open("x", encoding="utf-8", newline="\n"))
        writer = _PageWriter(_subject(archives), target, folder, embed_limit, copy_files)
        summary = writer.write()
        folder.publish()
    return summary


def _subject(archives: Sequence[ArchiveReader]) -> PageSubject:
    stored = [read_codebook(archive.path) for archive in archives]
    codebooks = [one for one in stored if one is not None]
    found = read_totals(archives)
    return PageSubject(
        archives,
        found,
        page_questions(found, codebooks),
        is_derived=len(codebooks) < len(archives),
    )


def _is_same(path: Path, archive: Path) -> bool:
    try:
        return path.samefile(archive)
    except (OSError, ValueError):
        # One of them does not exist, so nothing can be lost.
        return False


@define
class _PageWriter:
    subject: PageSubject
    target: IO[str]
    folder: FolderBeside
    embed_limit: int
    copy_files: bool

    def write(self) -> PageSummary:
        subject = self.subject
        uploads = [file for archive in subject.archives for file in archive.downloaded_files]
        embed = sum(file.size for file in uploads) <= self.embed_limit
        text = page(
            f"{subject.title} · responses",
            *body(subject),
            style=asset(_PACKAGE, "page.css"),
            script="\n".join(asset(_PACKAGE, name) for name in _SCRIPTS),
            sources=_sources(embed=embed, copy_files=self.copy_files),
        )
        before, end, after = text.rpartition("</body>")
        self.target.write(before)
        self._write_json(
            "about",
            {
                "questions": [one.to_json() for one in subject.questions],
                "sources": source_names([one.path for one in subject.archives]),
                "unit": subject.unit,
            },
        )
        files = PageFiles(subject.archives)
        encoder = RowEncoder(subject.questions, files)
        shown = self._write_list("rows", self._rows(encoder))
        writer = FileWriter(
            page=self.target,
            embed=embed,
            folder=self.folder.create() if files.files and not embed and self.copy_files else None,
            folder_name=self.folder.path.name,
            limit=self.embed_limit,
        )
        self._write_list("files", [writer.write(*one) for one in enumerate(files.files)])
        summary = PageSummary(
            submissions=subject.totals.rows,
            shown=shown,
            questions=len(subject.questions),
            files=len(files.files),
            embedded_files=len(files.files) if embed else 0,
            folder=None if writer.folder is None else str(self.folder.path),
            missing_files=files.missing,
            cut=encoder.cut_texts,
        )
        self._write_list("notes", notes(subject, summary, writer))
        self.target.write(end + after)
        return summary

    def _rows(self, encoder: RowEncoder) -> Iterator[Any]:
        subject = self.subject
        rows = subject.totals.rows
        size = sum(one.record_file().member.size for one in subject.archives)
        most = min(MOST_ROWS, max(1, rows * MOST_BYTES // max(1, size)))
        row = 0
        for source, archive in enumerate(subject.archives):
            for record in Source(archive, "submission").records():
                for part in record_parts(record):
                    if part.responses is None:
                        continue
                    if is_shown(row, rows, most):
                        yield encoder.row(part, source)
                    row += 1

    def _write_list(self, id_: str, values: Iterable[Any]) -> int:
        """Write a list as JSON, one value after the other, and return its length."""
        self.target.write(f'<script type="application/json" id="data-{id_}">[')
        count = 0
        for value in values:
            self.target.write(f"{',' if count else ''}\n{_json(value)}")
            count += 1
        self.target.write("]</script>\n")
        return count

    def _write_json(self, id_: str, value: Any) -> None:
        self.target.write(
            f'<script type="application/json" id="data-{id_}">{_json(value)}</script>\n'
        )


def _sources(*, embed: bool, copy_files: bool) -> tuple[str, ...]:
    """Where the page's pictures and recordings may come from."""
    if embed:
        return ("img-src data:", "media-src blob:")
    if not copy_files:
        return ("img-src data:",)
    # Not every browser takes a file beside the page for its own origin.
    return ("img-src data: 'self' file:", "media-src 'self' file:")


def _json(value: Any) -> str:
    """Return JSON in which nothing can end the script element that it is in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Lone surrogates cannot be written as UTF-8.
    return encodable(text).replace("<", "\\u003c")
