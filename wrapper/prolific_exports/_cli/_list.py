"""``prolific-exports list``."""

import argparse
from datetime import datetime

from prolific_exports import Clock, ExportsError, ListedJob, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._account import connect
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import LogLines
from prolific_exports._console._text import aligned, duration, moment, printable
from prolific_exports._console._warnings import warnings_on_stderr

JOB_HEADINGS = ("EXPORT_ID", "STATUS", "CREATED", "AGE", "FILTER")
_STATUS_WIDTH = 30


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Print the export jobs of a collection or batch."""
    clock = clock or SystemClock()
    try:
        jobs = _request(arguments, clock)
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        if not arguments.json:
            raise
        print_error(error)
        streams.print_result(
            json_output.jobs(kind=arguments.kind, resource_id=arguments.id, error=error)
        )
        return exit_codes.of_error(error)
    if arguments.json:
        streams.print_result(json_output.jobs(jobs, kind=arguments.kind, resource_id=arguments.id))
    elif jobs:
        rows = [JOB_HEADINGS, *(job_row(job, clock.now()) for job in jobs)]
        streams.print_result(aligned(rows))
    else:
        streams.print_message(f"{arguments.kind} {printable(arguments.id)} has no exports.")
    return exit_codes.DONE


def _request(arguments: argparse.Namespace, clock: Clock) -> tuple[ListedJob, ...]:
    lines = LogLines(clock)
    lines.begin(f"{arguments.kind} {printable(arguments.id)}")
    with (
        warnings_on_stderr("prolific-exports"),
        connect(arguments, beat=lines.beat, on_event=lines.event, clock=clock) as exports,
    ):
        resource = exports.collections if arguments.kind == "collection" else exports.batches
        return resource.list(arguments.id)


def job_row(job: ListedJob, now: datetime) -> tuple[str, ...]:
    """A row below ``JOB_HEADINGS``."""
    # The server's clock may be ahead of this one.
    age = max((now - job.created_at).total_seconds(), 0.0)
    return (
        job.export_id,
        printable(job.status, _STATUS_WIDTH),
        moment(job.created_at),
        duration(age),
        printable(str(job.filter)) if job.filter else "-",
    )
