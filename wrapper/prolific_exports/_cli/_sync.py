"""``prolific-exports sync``."""

import argparse
from datetime import timedelta
from typing import Final

from attrs import define, field

from prolific_exports import Clock, DownloadProgress, Sync, SyncReport, SystemClock
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._account import Account
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._event_lines import SILENCE
from prolific_exports._console._text import aligned, duration, plural
from prolific_exports._console._warnings import warnings_on_stderr
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import check_is_file_system_path
from prolific_exports._model._local_times import parse_age

_WAITS_FOR: Final = {
    "generation": "waiting for Prolific to generate them",
    "rate": "limited by the rate of requests",
    "transfers": "downloading",
}


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Bring a dataset up to date, or print what that would export.

    Raises:
        UsageError: An argument is invalid, or deltalake is not installed.
        ExportsError: The run could not begin or go on.
    """
    if arguments.compact and arguments.dry_run:
        raise UsageError("--compact changes the dataset, which --dry-run does not: leave out one.")
    clock = clock or SystemClock()
    lines = _Lines(clock)
    sync = _sync(arguments, clock, lines)
    with warnings_on_stderr("prolific-exports"):
        try:
            report = sync.preview() if arguments.dry_run else sync.run()
            if arguments.compact:
                sync.compact()
        except KeyboardInterrupt:
            streams.print_message(
                "What was saved stays. Run the same command again: it takes up the exports that "
                "continue at Prolific."
            )
            raise
    _print_errors(report)
    if arguments.json:
        streams.print_result(json_output.sync(arguments.target, report, dry_run=arguments.dry_run))
    else:
        streams.print_result(_text(report, dry_run=arguments.dry_run))
    return exit_codes.DONE if report.is_complete else exit_codes.FAILED


def _sync(arguments: argparse.Namespace, clock: Clock, lines: "_Lines") -> Sync:
    check_is_file_system_path("TARGET", arguments.target)
    account = Account.of(arguments)
    own = [] if account.place.workspace is None else [account.place.workspace]
    return Sync(
        arguments.target,
        arguments.workspace or own,
        kind=arguments.kind,
        only=arguments.only,
        reconcile=arguments.reconcile,
        lag=_lag(arguments.lag),
        files=not arguments.no_files,
        rate=arguments.rate,
        in_flight=arguments.in_flight,
        jobs=arguments.jobs,
        workers=arguments.workers,
        token=account.token,
        base_url=account.place.base_url,
        on_progress=None if arguments.quiet else lines.progress,
        clock=clock,
    )


def _lag(text: str) -> timedelta:
    try:
        return parse_age(text)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--lag {text[:60]!r} is not an age: write a whole number and a unit, such as 36h, 7d "
            "or 2w."
        ) from None


def _print_errors(report: SyncReport) -> None:
    for workspace_id, error in report.unlisted.items():
        print_error(error, f"workspace {workspace_id}")
    for one in report.resources:
        if one.error is not None:
            print_error(one.error, f"{one.ref.kind} {one.ref.resource_id}")
    for ref in report.jobs_left:
        streams.print_message(
            f"Export {ref.export_id} of {ref.kind} {ref.resource_id} was not deleted at Prolific. "
            "The next sync tries again."
        )


def _text(report: SyncReport, *, dry_run: bool) -> str:
    rows: list[tuple[str, str]] = [
        (ending, str(count)) for ending, count in sorted(report.counts.items())
    ]
    rows += [("not due", str(report.not_due))] if report.not_due else []
    if dry_run:
        seconds = (report.ended_at - report.began_at).total_seconds()
        rows.append(("needs", f"{plural(report.requests, 'request')}, {duration(seconds)} or more"))
    return aligned(rows or [("updated", "0")])


@define
class _Lines:
    """Prints how far the exports are, every nine seconds."""

    clock: Clock
    _printed_at: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._printed_at = self.clock.monotonic()

    def progress(self, progress: DownloadProgress) -> None:
        """Print a line, unless one was printed recently."""
        now = self.clock.monotonic()
        if now - self._printed_at >= SILENCE:
            self._printed_at = now
            streams.print_message(
                f"{plural(progress.planned + progress.running, 'export')} left, "
                f"{progress.running} in flight, {_WAITS_FOR[progress.limited_by]}"
            )
