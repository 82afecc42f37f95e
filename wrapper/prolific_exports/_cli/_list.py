"""``prolific-exports list``."""

import argparse
from collections.abc import Sequence
from datetime import datetime

from prolific_exports import Clock, Exports, ExportsError, ListedJob, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _reports as reports
from prolific_exports._cli._warnings import shown
from prolific_exports._console import _streams as streams
from prolific_exports._console._progress import Lines
from prolific_exports._console._text import duration, moment, printable

_HEADINGS = ("EXPORT_ID", "STATUS", "CREATED", "AGE", "FILTER")
_STATUS_WIDTH = 30


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Ask for the export jobs and print them."""
    clock = clock or SystemClock()
    try:
        jobs = _ask(arguments, clock)
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        if not arguments.json:
            raise
        reports.complain(error)
        streams.result(reports.jobs(kind=arguments.kind, resource_id=arguments.id, error=error))
        return exit_codes.of_error(error)
    if arguments.json:
        streams.result(reports.jobs(jobs, kind=arguments.kind, resource_id=arguments.id))
    elif jobs:
        streams.result(_laid_out(jobs, clock.now()))
    else:
        streams.message(f"{arguments.kind} {printable(arguments.id)}: no export jobs")
    return exit_codes.DONE


def _ask(arguments: argparse.Namespace, clock: Clock) -> tuple[ListedJob, ...]:
    lines = Lines(clock)
    lines.begin(f"{arguments.kind} {printable(arguments.id)}")
    with shown("prolific-exports"), Exports(on_event=lines.event, clock=clock) as exports:
        resource = exports.collections if arguments.kind == "collection" else exports.batches
        return resource.list(arguments.id)


def _laid_out(jobs: Sequence[ListedJob], now: datetime) -> str:
    rows = [_HEADINGS, *(_row(job, now) for job in jobs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _row(job: ListedJob, now: datetime) -> tuple[str, ...]:
    # A server's clock may be ahead of this one.
    age = max((now - job.created_at).total_seconds(), 0.0)
    return (
        job.export_id,
        printable(job.status, _STATUS_WIDTH),
        moment(job.created_at),
        duration(age),
        printable(str(job.filter)) if job.filter else "-",
    )
