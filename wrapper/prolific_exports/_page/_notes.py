"""What a page says about itself: what it shows, and what is missing."""

from collections.abc import Iterator

from attrs import frozen

from prolific_exports._console._text import plural, size
from prolific_exports._page._header import PageSubject
from prolific_exports._page._page_files import FileWriter


@frozen(kw_only=True)
class PageSummary:
    """The content of a page in numbers.

    Attributes:
        submissions: Number of submissions in the archives; in a batch, of submissions and tasks.
        shown: How many of them the page shows: all, or an even sample.
        questions: Number of questions.
        files: Number of uploaded files that the shown submissions name.
        embedded_files: How many of them the page contains.
        folder: The folder beside the page with the files that it does not contain; None if there
            is none.
        missing_files: Number of files that shown answers name and the archives do not contain.
        cut: Number of texts that are longer than 20,000 characters, and were cut.
    """

    submissions: int
    shown: int
    questions: int
    files: int
    embedded_files: int
    folder: str | None
    missing_files: int
    cut: int


def notes(subject: PageSubject, summary: PageSummary, files: FileWriter) -> Iterator[str]:
    """Yield what a reader has to know, one sentence or two each."""
    if summary.shown < summary.submissions:
        yield (
            f"A sample: {summary.shown:,} of {summary.submissions:,} {subject.unit}s, evenly "
            "spread over the archive. The header and the response rates count all of them."
        )
    if subject.totals.unknown_records:
        count = plural(subject.totals.unknown_records, "record")
        yield f"{count} in an undocumented layout: not shown."
    if subject.is_derived:
        yield (
            "Without a codebook, options that no answer has are missing, and options come in the "
            "order in which they occur."
        )
    if summary.missing_files:
        count = plural(summary.missing_files, "uploaded file")
        yield f"{count} named by answers and missing in the archive."
    if summary.cut:
        yield f"{plural(summary.cut, 'text')} longer than 20,000 characters, cut here."
    yield from _file_notes(summary, files)


def _file_notes(summary: PageSummary, files: FileWriter) -> Iterator[str]:
    if files.folder is not None:
        count = plural(summary.files, "uploaded file")
        yield f"{count} in the folder {files.folder_name}: keep it beside this page."
    elif summary.files and not files.embed:
        yield (
            f"{plural(summary.files, 'uploaded file')} left out: only names and thumbnails are "
            "here."
        )
    if files.without_thumbnail:
        count = plural(files.without_thumbnail, "picture")
        reason = (
            f"{count} without a thumbnail: the limit is {size(files.limit)}, or they are too large."
            if files.has_pillow
            else f"{count} without a thumbnail, since Pillow is not installed "
            "(pip install 'prolific-exports[media]')."
        )
        yield reason
