"""``prolific-exports show --html``."""

import argparse
import math

from prolific_exports import Clock, ExportArchive, PageSummary
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._extraction import missing_note
from prolific_exports._console import _streams as streams
from prolific_exports._console._progress import working
from prolific_exports._console._text import plural, printable
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import check_is_file_system_path, expanded
from prolific_exports._page import EMBED_LIMIT, write_page


def write_page_of(arguments: argparse.Namespace, clock: Clock) -> int:
    """Write a page of archives, and print its path."""
    output: str = arguments.html
    check_is_file_system_path("--html", output)
    limit = EMBED_LIMIT
    if arguments.embed_limit is not None:
        if not (math.isfinite(arguments.embed_limit) and arguments.embed_limit >= 0):
            raise UsageError("--embed-limit is a number of megabytes: 0 or more.")
        limit = round(arguments.embed_limit * 1_000_000)
    with working(output, "writing", clock):
        summary = write_page(
            [ExportArchive.open(archive) for archive in arguments.archives],
            expanded(output),
            overwrite=arguments.overwrite,
            embed_limit=limit,
            copy_files=not arguments.no_files,
        )
    streams.print_message(_page_note(output, summary))
    streams.print_result(json_output.show(page=(output, summary)) if arguments.json else output)
    return exit_codes.DONE


def _page_note(path: str, summary: PageSummary) -> str:
    parts = [plural(summary.shown, "submission")]
    if summary.shown < summary.submissions:
        parts = [f"a sample of {summary.shown} from {plural(summary.submissions, 'submission')}"]
    if summary.folder is not None:
        count = plural(summary.files, "uploaded file")
        parts.append(f"{count} in {printable(summary.folder)}: keep it beside the page")
    elif summary.files > summary.embedded_files:
        parts.append(f"{plural(summary.files, 'uploaded file')} left out")
    if summary.missing_files:
        parts.append(missing_note(summary.missing_files))
    return f"{printable(path)}: {'; '.join(parts)}"
