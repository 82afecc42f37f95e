"""``prolific-exports table``."""

import argparse
from typing import Final

from prolific_exports import Clock, ExportArchive, ResponseTable, SystemClock, TableSummary
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._extraction import missing_note, renamed_note
from prolific_exports._cli._stdout import (
    check_stdout_takes_bytes,
    private_folder,
    send_file,
    send_text,
)
from prolific_exports._cli._written_table import WrittenTable
from prolific_exports._console import _streams as streams
from prolific_exports._console._progress import working
from prolific_exports._console._text import plural, printable
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import (
    STDOUT,
    check_is_file_system_path,
    expanded_text,
)
from prolific_exports._tables._writing import FORMATS, default_shape

_TEXTS: Final = frozenset({".csv", ".jsonl"})


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Write a table to a file, and print its path; or write it to stdout."""
    clock = clock or SystemClock()
    began = clock.monotonic()
    check_is_file_system_path("--files", arguments.files)
    stdout_format = None
    if arguments.output == STDOUT:
        if arguments.json:
            raise UsageError(
                "OUT is - and --json is given, but stdout can have only one of them: write the "
                "table to a file, or leave out --json."
            )
        stdout_format = _format_of_stdout(arguments.format)
    elif arguments.format is not None:
        raise UsageError("--format is for stdout (-): the name of a file gives its format.")
    table = ResponseTable(
        [ExportArchive.open(archive) for archive in arguments.archives],
        shape=arguments.shape or default_shape(stdout_format or arguments.output),
        by=arguments.by,
        files=arguments.files,
        names=arguments.names,
        missing=arguments.missing,
    )
    if stdout_format is None:
        output = expanded_text(arguments.output)
        with working(output, "writing", clock, quiet=arguments.quiet):
            summary = _write(table, output, arguments, shown=output)
        seconds = clock.monotonic() - began
        written = WrittenTable(path=output, summary=summary, seconds=seconds)
        streams.print_result(json_output.table(written) if arguments.json else output)
        return exit_codes.DONE
    with private_folder() as folder:
        path = folder / f"table{stdout_format}"
        with working("stdout", "preparing the table", clock, quiet=arguments.quiet):
            _write(table, str(path), arguments, shown="stdout")
        (send_text if stdout_format in _TEXTS else send_file)(path)
    return exit_codes.DONE


def _format_of_stdout(name: str | None) -> str:
    """The suffix of the format for stdout.

    Raises:
        UsageError: There is no such format, or stdout is a terminal and the format is not text.
    """
    format_ = f".{(name or 'csv').lower().removeprefix('.')}"
    if format_ not in FORMATS:
        formats = ", ".join(one.removeprefix(".") for one in FORMATS)
        raise UsageError(f"Unknown format {name!r}: use one of {formats}.")
    if format_ not in _TEXTS:
        check_stdout_takes_bytes(
            f"--format {name}", f"prolific-exports table ... - --format {name} > data{format_}"
        )
    return format_


def _write(
    table: ResponseTable, output: str, arguments: argparse.Namespace, *, shown: str
) -> TableSummary:
    summary = table.write(output, formulas=arguments.formulas, overwrite=arguments.overwrite)
    if not arguments.quiet:
        streams.print_message(table_note(shown, summary))
    return summary


def table_note(path: str, summary: TableSummary) -> str:
    """A line about a table that has been written."""
    parts = [plural(summary.rows, "row")]
    if summary.extras:
        parts.append(
            f"{plural(summary.extras, 'row')} with undocumented values, kept in the column extra"
        )
    if summary.escaped:
        # Names the command, because download --table prints this too and has no such option.
        parts.append(
            f"{plural(summary.escaped, 'formula')} escaped as text "
            "(see --formulas in prolific-exports table --help)"
        )
    if summary.cut:
        parts.append(f"{plural(summary.cut, 'text')} cut to the limit of the format")
    if summary.unfit:
        parts.append(
            f"{plural(summary.unfit, 'answer')} not in the columns as a whole; the long shape has "
            "everything"
        )
    if summary.renamed_files:
        parts.append(renamed_note(summary.renamed_files))
    if summary.missing_files:
        parts.append(missing_note(summary.missing_files))
    return f"{printable(path)}: {'; '.join(parts)}"
