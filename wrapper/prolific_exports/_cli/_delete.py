"""``prolific-exports delete``."""

import argparse

from prolific_exports import Clock, Exports, ExportsError, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import LogLines
from prolific_exports._console._text import printable
from prolific_exports._console._warnings import warnings_on_stderr


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Delete exports one after another, and print the id of each deleted one."""
    clock = clock or SystemClock()
    lines = LogLines(clock)
    lines.begin(f"{arguments.kind} {printable(arguments.id)}")
    code = exit_codes.DONE
    with (
        warnings_on_stderr("prolific-exports"),
        Exports(on_event=lines.event, clock=clock) as exports,
    ):
        resource = exports.collections if arguments.kind == "collection" else exports.batches
        # Check all ids before deleting anything.
        jobs = [
            resource.job(arguments.id, export_id)
            for export_id in dict.fromkeys(map(str.strip, arguments.export_ids))
        ]
        for job in jobs:
            try:
                job.delete()
            except ExportsError as error:
                print_error(error, str(job.ref))
                code = exit_codes.FAILED
            else:
                streams.print_result(str(job.export_id))
    return code
