"""``prolific-exports download``."""

import argparse
from collections.abc import Sequence

from prolific_exports import (
    Clock,
    ExportArchive,
    ExportsError,
    ResponseTable,
    SystemClock,
)
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._account import connect
from prolific_exports._cli._download_options import DownloadOptions
from prolific_exports._cli._downloads import Downloads
from prolific_exports._cli._find import ids_of_workspace
from prolific_exports._cli._follow_up import suggest, table_command
from prolific_exports._cli._stdout import private_folder, send_file
from prolific_exports._cli._table import table_note
from prolific_exports._cli._written_table import WrittenTable
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import working
from prolific_exports._console._warnings import warnings_on_stderr
from prolific_exports._flows._policy import DEFAULT_POLL_INTERVAL, DEFAULT_TIMEOUT, STALL_TIMEOUT


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Download the archives; then write the table, if requested."""
    clock = clock or SystemClock()
    options = DownloadOptions.from_arguments(arguments, clock)
    if not options.quiet and options.filter is not None and options.filter.has_times:
        note = "" if options.filter.to is None else " ('to' is not included)"
        streams.print_message(f"filter: {options.filter}{note}")
    if options.workspace is not None:
        ids = ids_of_workspace(
            arguments, options.kind, options.workspace, clock, quiet=options.quiet
        )
        options = options.with_ids(ids)
    if not options.to_stdout:
        return _run(arguments, options, Downloads.create(options, clock), clock)
    with private_folder() as folder:
        downloads = Downloads.create(options, clock, folder)
        code = _run(arguments, options, downloads, clock)
        if code == exit_codes.DONE:
            for archive in downloads.archives():
                send_file(archive.path)
        return code


def _run(
    arguments: argparse.Namespace, options: DownloadOptions, downloads: Downloads, clock: Clock
) -> int:
    with (
        warnings_on_stderr("prolific-exports"),
        connect(
            arguments,
            timeout=_or_default(options.timeout, DEFAULT_TIMEOUT),
            poll_interval=_or_default(options.poll_interval, DEFAULT_POLL_INTERVAL),
            stall_timeout=_or_default(options.stall_timeout, STALL_TIMEOUT),
            # An archive on stdout has no place beside it.
            save_codebooks=not (options.no_codebook or options.to_stdout),
            beat=downloads.beat,
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
                    table = _write_table(options, options.table, downloads.archives(), clock)
                else:
                    streams.print_message("The table was not written.")
            except (ExportsError, OSError, KeyboardInterrupt) as table_error:
                print_error(table_error, f"the table {options.table}")
                error = table_error
            if table is None:
                archives = [path for path in paths if path is not None]
                suggest("To write it", table_command(options, archives, options.table))
    if options.json:
        streams.print_result(
            json_output.download(
                downloads.results,
                error,
                table,
                downloads.resume_command(),
                filter_=options.filter,
                only=options.only,
            )
        )
    elif table is not None:
        streams.print_result(table.path)
    return downloads.exit_code() if error is None else exit_codes.of_error(error)


def _or_default(value: float | None, default: float) -> float:
    return default if value is None else value


def _write_table(
    options: DownloadOptions, path: str, archives: Sequence[ExportArchive], clock: Clock
) -> WrittenTable:
    from prolific_exports._tables._writing import default_shape  # noqa: PLC0415 - only for --table

    began = clock.monotonic()
    with working(path, "writing", clock, quiet=options.quiet):
        table = ResponseTable(archives, shape=default_shape(path))
        summary = table.write(path, overwrite=options.overwrite)
    if not options.quiet:
        streams.print_message(table_note(path, summary))
    return WrittenTable(path=path, summary=summary, seconds=clock.monotonic() - began)
