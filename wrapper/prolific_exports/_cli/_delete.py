"""``prolific-exports delete``."""

import argparse

from prolific_exports import Clock, Exports, ExportsError, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import LogLines
from prolific_exports._console._text import printable
from prolific_exports._console._warnings import warnings_on_stderr


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Delete exports one after another, and print the id of each deleted one.

    With ``--json``, an interrupt does not lose what was deleted before it.
    """
    results: list[tuple[str, ExportsError | None]] = []
    failure: ExportsError | OSError | KeyboardInterrupt | None = None
    try:
        _delete(arguments, clock, results)
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        if not arguments.json:
            raise
        print_error(error)
        failure = error
    if arguments.json:
        streams.print_result(
            json_output.delete(
                results, kind=arguments.kind, resource_id=arguments.id, error=failure
            )
        )
    if failure is not None:
        return exit_codes.of_error(failure)
    is_done = all(error is None for _, error in results)
    return exit_codes.DONE if is_done else exit_codes.FAILED


def _delete(
    arguments: argparse.Namespace,
    clock: Clock | None,
    results: list[tuple[str, ExportsError | None]],
) -> None:
    clock = clock or SystemClock()
    lines = LogLines(clock)
    lines.begin(f"{arguments.kind} {printable(arguments.id)}")
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
                results.append((str(job.export_id), error))
            else:
                results.append((str(job.export_id), None))
                if not arguments.json:
                    streams.print_result(str(job.export_id))
