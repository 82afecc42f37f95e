"""``prolific-exports status``."""

import argparse

from prolific_exports import Clock, Complete, ExportsError, ExportState, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._account import connect
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import LogLines
from prolific_exports._console._text import duration, moment, printable
from prolific_exports._console._warnings import warnings_on_stderr


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Print the state of an export job."""
    clock = clock or SystemClock()
    try:
        state = _request(arguments, clock)
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        if not arguments.json:
            raise
        print_error(error)
        streams.print_result(_json(arguments, error=error))
        return exit_codes.of_error(error)
    if arguments.json:
        streams.print_result(_json(arguments, state))
        return exit_codes.DONE
    streams.print_result(state.status)
    if isinstance(state, Complete) and state.expires_at is not None:
        left = (state.expires_at - clock.now()).total_seconds()
        when = moment(state.expires_at)
        streams.print_message(
            f"The download URL expires at {when}, in {duration(left)}."
            if left > 0
            else f"The download URL expired at {when}. A download requests a new URL."
        )
    return exit_codes.DONE


def _request(arguments: argparse.Namespace, clock: Clock) -> ExportState:
    lines = LogLines(clock)
    lines.begin(f"{arguments.kind} {printable(arguments.id)}")
    with (
        warnings_on_stderr("prolific-exports"),
        connect(arguments, beat=lines.beat, on_event=lines.event, clock=clock) as exports,
    ):
        resource = exports.collections if arguments.kind == "collection" else exports.batches
        return resource.job(arguments.id, arguments.export_id).status()


def _json(
    arguments: argparse.Namespace,
    state: ExportState | None = None,
    error: BaseException | None = None,
) -> str:
    expires_at = state.expires_at if isinstance(state, Complete) else None
    return json_output.status(
        kind=arguments.kind,
        resource_id=arguments.id,
        export_id=arguments.export_id,
        state=state.status if state else None,
        expires_at=expires_at.isoformat() if expires_at else None,
        error=error,
    )
