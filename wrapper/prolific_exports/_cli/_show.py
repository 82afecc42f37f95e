"""``prolific-exports show``."""

import argparse
import io
import sys
from collections.abc import Iterator

from attrs import asdict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from prolific_exports import ArchiveSummary, Clock, ExportArchive, InstructionSummary, summarise
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _reports as reports
from prolific_exports._cli import _streams as streams
from prolific_exports._cli._text import moment, plural, printable, size

_DESCRIPTION_WIDTH = 200


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:  # noqa: ARG001 - as every command
    """Print what an archive holds."""
    summary = summarise(ExportArchive.open(arguments.archive))
    if arguments.json:
        moments = {
            name: None if moment is None else moment.isoformat()
            for name in ("exported_at", "first_created_at", "last_created_at")
            for moment in [getattr(summary, name)]
        }
        streams.result(reports.show(asdict(summary) | moments))
    else:
        streams.result(_laid_out(summary))
    return exit_codes.DONE


def _laid_out(summary: ArchiveSummary) -> str:
    # Drawn into memory: rich would end the process itself when a pipe's reader leaves.
    drawn = io.StringIO()
    terminal = sys.stdout is not None and sys.stdout.isatty()
    console = Console(file=drawn, force_terminal=terminal or None, highlight=False)
    page = _Page(sys.stdout.encoding if sys.stdout is not None else None)
    console.print(page.facts(summary))
    if summary.instructions:
        console.print()
        console.print(page.instructions(summary))
    lines = drawn.getvalue().rstrip().split("\n")
    return "\n".join(line.rstrip() for line in lines)


class _Page:
    """Lays an archive's summary out in what the output's encoding has."""

    def __init__(self, encoding: str | None) -> None:
        self._encoding = encoding

    def facts(self, summary: ArchiveSummary) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, value in _facts(summary):
            table.add_row(Text(name, "bold"), self._text(value))
        return table

    def instructions(self, summary: ArchiveSummary) -> Table:
        # Without lines: they take room, and not every encoding has them.
        table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0))
        table.add_column("Instruction", ratio=3, overflow="fold")
        # Breaks the longest type in its middle.
        table.add_column("Type", max_width=15, overflow="fold")
        table.add_column("Answered", justify="right")
        table.add_column("Answers", ratio=4, overflow="fold")
        for instruction in summary.instructions:
            table.add_row(*map(self._text, _row(instruction, summary.submissions)))
        return table

    def _text(self, value: str) -> Text:
        # Not a str, which rich would search for markup.
        return Text(streams.encodable(value, self._encoding))


def _facts(summary: ArchiveSummary) -> Iterator[tuple[str, str]]:
    yield "Name", printable(summary.name or "(none)")
    yield "Kind", summary.kind or "unknown"
    if summary.id is not None:
        yield "Id", printable(summary.id)
    if summary.exported_at is not None:
        yield "Exported", moment(summary.exported_at)
    if summary.submissions or not summary.unknown_records:
        people = plural(summary.participants, "participant")
        yield "Submissions", f"{summary.submissions} from {people}"
    if summary.first_created_at is not None and summary.last_created_at is not None:
        yield "Period", f"{moment(summary.first_created_at)} to {moment(summary.last_created_at)}"
    if summary.unknown_records:
        # Batches' records, most likely (documents/003 shows those of collections only).
        yield "Records", f"{summary.unknown_records} of a shape that is not documented"
    yield "Files", f"{summary.files} ({size(summary.files_size)})"


def _row(instruction: InstructionSummary, submissions: int) -> tuple[str, str, str, str]:
    return (
        printable(instruction.description or instruction.id, _DESCRIPTION_WIDTH),
        printable(instruction.type or "unknown"),
        f"{instruction.answered} of {submissions}" if submissions else "unknown",
        "\n".join(f"- {printable(example)}" for example in instruction.examples),
    )
