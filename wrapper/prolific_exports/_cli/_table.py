"""``prolific-exports table``."""

import argparse

from prolific_exports import ExportArchive, ResponseTable, TableSummary
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._extraction import missing_note, renamed_note
from prolific_exports._console import _streams as streams
from prolific_exports._console._text import plural, printable
from prolific_exports._files._destinations import expanded_text


def run(arguments: argparse.Namespace, clock: object) -> int:  # noqa: ARG001 - as every command
    """Write a table, and print its path."""
    output = expanded_text(arguments.output)
    table = ResponseTable(
        [ExportArchive.open(archive) for archive in arguments.archives],
        shape=arguments.shape,
        by=arguments.by,
        files=arguments.files,
        names=arguments.names,
    )
    summary = table.write(output, formulas=arguments.formulas, overwrite=arguments.overwrite)
    if not arguments.quiet:
        streams.print_message(table_note(output, summary))
    streams.print_result(output)
    return exit_codes.DONE


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
    if summary.renamed_files:
        parts.append(renamed_note(summary.renamed_files))
    if summary.missing_files:
        parts.append(missing_note(summary.missing_files))
    return f"{printable(path)}: {'; '.join(parts)}"
