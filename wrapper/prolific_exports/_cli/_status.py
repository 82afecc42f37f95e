"""``prolific-exports status``."""

import argparse

from prolific_exports import Clock, Complete, Exports, ExportsError, ExportState, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _reports as reports
from prolific_exports._cli._warnings import shown
from prolific_exports._console import _streams as streams
from prolific_exports._console._progress import Lines
from prolific_exports._console._text import duration, moment, printable


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Ask for the status of an export job and print it."""
    clock = clock or SystemClock()
    try:
        state = _ask(arguments, clock)
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        if not arguments.json:
            raise
        reports.complain(error)
        streams.result(_json(arguments, error=error))
        return exit_codes.of_error(error)
    if arguments.json:
        streams.result(_json(arguments, state))
        return exit_codes.DONE
    streams.result(state.status)
    if isinstance(state, Complete) and state.expires_at is not None:
        left = (state.expires_at - clock.now()).total_seconds()
        when = f"in {duration(left)}" if left > 0 else "which is over"
        streams.message(f"The download URL expires at {moment(state.expires_at)}, {when}.")
    return exit_codes.DONE


def _ask(arguments: argparse.Namespace, clock: Clock) -> ExportState:
    lines = Lines(clock)
    lines.begin(f"{arguments.kind} {printable(arguments.id)}")
    with shown("prolific-exports"), Exports(on_event=lines.event, clock=clock) as exports:
        resource = exports.collections if arguments.kind == "collection" else exports.batches
        return resource.job(arguments.id, arguments.export_id).status()


def _json(
    arguments: argparse.Namespace,
    state: ExportState | None = None,
    error: BaseException | None = None,
) -> str:
    expires_at = state.expires_at if isinstance(state, Complete) else None
    return reports.status(
        kind=arguments.kind,
        resource_id=arguments.id,
        export_id=arguments.export_id,
        state=state.status if state else None,
        expires_at=expires_at.isoformat() if expires_at else None,
        error=error,
    )
