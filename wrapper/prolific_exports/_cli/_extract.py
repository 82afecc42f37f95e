"""``prolific-exports extract``."""

import argparse

from prolific_exports import ExportArchive
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _reports as reports
from prolific_exports._cli._extracted import Extracted
from prolific_exports._console import _streams as streams


def run(arguments: argparse.Namespace, clock: object) -> int:  # noqa: ARG001 - as all commands
    """Extract an archive and print where to."""
    archive = ExportArchive.open(arguments.archive)
    extracted = Extracted.extract(archive, arguments.directory, arguments.names)
    for note in extracted.notes():
        streams.message(note)
    streams.result(reports.extract(extracted) if arguments.json else str(extracted.folder))
    return exit_codes.DONE
