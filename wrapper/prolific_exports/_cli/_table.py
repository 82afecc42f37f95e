"""``prolific-exports table``."""

import argparse

from prolific_exports import ExportArchive, ResponseTable, TableSummary
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._extracted import missing, renamed
from prolific_exports._console import _streams as streams
from prolific_exports._console._text import plural, printable
from prolific_exports._files._destinations import expanded_text


def run(arguments: argparse.Namespace, clock: object) -> int:  # noqa: ARG001 - as all commands
    """Write a table and print where it is."""
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
        streams.message(told(output, summary))
    streams.result(output)
    return exit_codes.DONE


def told(path: str, summary: TableSummary) -> str:
    """What is said of a table, on one line."""
    parts = [plural(summary.rows, "row")]
    if summary.extras:
        parts.append(f"{summary.extras} with something undocumented, kept in the column extra")
    if summary.escaped:
        marked = f"{plural(summary.escaped, 'formula')} marked as text"
        # download --table says this, too, and has no such option.
        parts.append(f"{marked} (see --formulas of prolific-exports table)")
    if summary.renamed_files:
        parts.append(renamed(summary.renamed_files))
    if summary.missing_files:
        parts.append(missing(summary.missing_files))
    return f"{printable(path)}: {'; '.join(parts)}"
