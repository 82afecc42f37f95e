"""``prolific-exports delete``."""

import argparse

from prolific_exports import Clock, Exports, ExportsError, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _reports as reports
from prolific_exports._cli._warnings import shown
from prolific_exports._console import _streams as streams
from prolific_exports._console._progress import Lines
from prolific_exports._console._text import printable


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Delete one export job after the other; print the id of each that was deleted."""
    clock = clock or SystemClock()
    lines = Lines(clock)
    lines.begin(f"{arguments.kind} {printable(arguments.id)}")
    code = exit_codes.DONE
    with shown("prolific-exports"), Exports(on_event=lines.event, clock=clock) as exports:
        resource = exports.collections if arguments.kind == "collection" else exports.batches
        # All of them first, so that wrong usage deletes nothing.
        jobs = [
            resource.job(arguments.id, export_id)
            for export_id in dict.fromkeys(map(str.strip, arguments.export_ids))
        ]
        for job in jobs:
            try:
                job.delete()
            except ExportsError as error:
                reports.complain(error, str(job.ref))
                code = exit_codes.FAILED
            else:
                streams.result(str(job.export_id))
    return code
