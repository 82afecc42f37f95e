"""``prolific-exports extract``."""

import argparse

from prolific_exports import ExportArchive
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _streams as streams


def run(arguments: argparse.Namespace, clock: object) -> int:  # noqa: ARG001 - as all commands
    """Extract an archive and print where to."""
    folder = ExportArchive.open(arguments.archive).extract(arguments.directory)
    streams.result(str(folder))
    return exit_codes.DONE
