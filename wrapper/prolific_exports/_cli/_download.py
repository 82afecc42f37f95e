"""``prolific-exports download``."""

import argparse
from collections.abc import Sequence

from attrs import define, field

from prolific_exports import (
    Clock,
    Event,
    ExportArchive,
    ExportResource,
    Exports,
    ExportsError,
    ResponseTable,
    StorageError,
    SystemClock,
)
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._download_options import DownloadOptions
from prolific_exports._cli._download_result import DownloadResult
from prolific_exports._cli._follow_up import download_command, suggest, table_command
from prolific_exports._cli._one_download import OneDownload
from prolific_exports._cli._table import table_note
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import ProgressDisplay, choose_display
from prolific_exports._console._shell import command_line
from prolific_exports._console._warnings import warnings_on_stderr
from prolific_exports._flows._policy import DEFAULT_POLL_INTERVAL, DEFAULT_TIMEOUT, STALL_TIMEOUT


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Download archives one after another; then write the table, if requested."""
    options = DownloadOptions.from_arguments(arguments)
    clock = clock or SystemClock()
    downloads = _DownloadSequence.create(options, choose_display(clock, quiet=options.quiet))
    with (
        warnings_on_stderr("prolific-exports"),
        Exports(
            timeout=_or_default(options.timeout, DEFAULT_TIMEOUT),
            poll_interval=_or_default(options.poll_interval, DEFAULT_POLL_INTERVAL),
            stall_timeout=_or_default(options.stall_timeout, STALL_TIMEOUT),
            on_event=downloads.on_event,
            clock=clock,
        ) as exports,
    ):
        options.make_folder()
        interrupt = downloads.run(
            exports.collections if options.kind == "collection" else exports.batches
        )
    error: ExportsError | OSError | KeyboardInterrupt | None = interrupt
    table = None
    if options.table is not None:
        paths = downloads.paths()
        if None in paths:
            streams.print_message("The table was not written because archives are missing.")
            downloads.suggest_table(options.table)
        else:
            try:
                if interrupt is None:
                    table = _write_table(options, options.table, downloads.archives())
                else:
                    streams.print_message("The table was not written.")
            except (ExportsError, OSError, KeyboardInterrupt) as table_error:
                print_error(table_error, f"the table {options.table}")
                error = table_error
            if table is None:
                archives = [path for path in paths if path is not None]
                suggest("To write it", table_command(options, archives, options.table))
    if options.json:
        streams.print_result(json_output.download(downloads.results, error, table))
    elif table is not None:
        streams.print_result(table)
    return downloads.exit_code() if error is None else exit_codes.of_error(error)


def _or_default(value: float | None, default: float) -> float:
    return default if value is None else value


def _write_table(options: DownloadOptions, path: str, archives: Sequence[ExportArchive]) -> str:
    summary = ResponseTable(archives).write(path, overwrite=options.overwrite)
    if not options.quiet:
        streams.print_message(table_note(path, summary))
    return path


@define
class _DownloadSequence:
    """The downloads of one command, which run one after another.

    Attributes:
        results: The results of the downloads that have ended.
    """

    _options: DownloadOptions
    _downloads: list[OneDownload]
    results: list[DownloadResult] = field(factory=list)
    _suggested_all: bool = field(default=False, init=False)

    @classmethod
    def create(cls, options: DownloadOptions, display: ProgressDisplay) -> "_DownloadSequence":
        """The downloads, none of which has begun."""
        targets = options.targets()
        downloads = []
        for number, target in enumerate(targets, 1):
            count = f"[{number}/{len(targets)}] " if len(targets) > 1 else ""
            title = f"{count}{options.kind} {target.resource_id}"
            downloads.append(OneDownload(options, target, title, display))
        return cls(options, downloads)

    def on_event(self, event: Event) -> None:
        """Pass an event to the download that is running."""
        self._downloads[len(self.results)].on_event(event)

    def run(self, resource: ExportResource) -> KeyboardInterrupt | None:
        """Run all downloads; an interrupt ends them early and is returned."""
        try:
            for download in self._downloads:
                result = download.run(resource)
                self.results.append(result)
                if result.path is not None and not self._options.json:
                    streams.print_result(str(result.path))
        except KeyboardInterrupt as interrupt:
            self._interrupt(interrupt)
            return interrupt
        return None

    def paths(self) -> list[str | None]:
        """The path of each archive; None where it is missing."""
        return [None if result.path is None else str(result.path) for result in self.results]

    def archives(self) -> list[ExportArchive]:
        """The archives that are complete.

        Raises:
            ExportsError, OSError: One of them cannot be opened.
        """
        archives = [download.archive() for download in self._downloads]
        return [archive for archive in archives if archive is not None]

    def exit_code(self) -> int:
        """The exit code of the worst result."""
        failures = [result.error for result in self.results if result.status == "failed"]
        if failures:
            only_storage = all(isinstance(error, StorageError) for error in failures)
            return exit_codes.STORAGE if only_storage else exit_codes.FAILED
        timed_out = any(result.status == "timed_out" for result in self.results)
        return exit_codes.TIMED_OUT if timed_out else exit_codes.DONE

    def suggest_table(self, table: str) -> None:
        """Print how to write the table later, unless a suggested command writes it too."""
        paths = self.paths()
        can_continue = any(paths) or any(result.resume for result in self.results)
        if can_continue and not self._suggested_all and len(paths) > 1:
            command = table_command(self._options, [path or "ZIP" for path in paths], table)
            streams.print_message(
                "To write it once you have all archives, run (with a path for each ZIP): "
                f"{command_line(command)}"
            )

    def _interrupt(self, interrupt: KeyboardInterrupt) -> None:
        """Print and record what was interrupted, and what did not begin."""
        print_error(interrupt)
        remaining = self._downloads[len(self.results) :]
        if remaining and remaining[0].has_begun:
            self.results.append(remaining[0].report_interrupt(interrupt))
            del remaining[0]
        if remaining:
            ids = [download.target.resource_id for download in remaining]
            suggest("To resume", download_command(self._options, ids))
            self._suggested_all = tuple(ids) == self._options.ids
        self.results += [download.interrupted(interrupt) for download in remaining]
