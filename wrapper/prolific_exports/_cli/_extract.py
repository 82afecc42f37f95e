"""``prolific-exports extract``."""

import argparse

from prolific_exports import Clock, ExportArchive, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._extraction import Extraction
from prolific_exports._console import _streams as streams
from prolific_exports._console._progress import working
from prolific_exports._files._destinations import check_is_file_system_path


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Extract an archive, and print the folder."""
    check_is_file_system_path("DIR", arguments.directory)
    clock = clock or SystemClock()
    began = clock.monotonic()
    with working(arguments.directory, "extracting", clock):
        archive = ExportArchive.open(arguments.archive)
        extraction = Extraction.extract(archive, arguments.directory, arguments.names)
    for note in extraction.notes():
        streams.print_message(note)
    seconds = clock.monotonic() - began
    streams.print_result(
        json_output.extract(extraction, seconds) if arguments.json else str(extraction.folder)
    )
    return exit_codes.DONE
