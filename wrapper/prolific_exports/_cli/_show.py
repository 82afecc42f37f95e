"""``prolific-exports show``."""

import argparse
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from prolific_exports import ArchiveSummary, Clock, ExportArchive, InstructionSummary, summarise
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _streams as streams
from prolific_exports._cli._text import moment, plural, printable, size

_DESCRIPTION_WIDTH = 200


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:  # noqa: ARG001 - as every command
    """Print what an archive holds."""
    summary = summarise(ExportArchive.open(arguments.archive))
    console = Console(highlight=False)
    page = _Page(console.encoding)
    with console.capture() as capture:
        console.print(page.facts(summary))
        if summary.instructions:
            console.print()
            console.print(page.instructions(summary))
    streams.result("\n".join(line.rstrip() for line in capture.get().splitlines()))
    return exit_codes.DONE


class _Page:
    """Lays an archive's summary out in what the output's encoding has."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding

    def facts(self, summary: ArchiveSummary) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, value in _facts(summary):
            table.add_row(Text(name, "bold"), self._text(value))
        return table

    def instructions(self, summary: ArchiveSummary) -> Table:
        # Without lines: they take room, and not every encoding has them.
        table = Table(box=None, pad_edge=False, leading=1, padding=(0, 2, 0, 0))
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
    people = plural(summary.participants, "participant")
    yield "Submissions", f"{summary.submissions} from {people}"
    if summary.first_created_at is not None and summary.last_created_at is not None:
        yield "Period", f"{moment(summary.first_created_at)} to {moment(summary.last_created_at)}"
    if summary.unknown_records:
        yield "Other records", f"{summary.unknown_records}, of a shape that is not documented"
    yield "Files", f"{summary.files} ({size(summary.files_size)})"


def _row(instruction: InstructionSummary, submissions: int) -> tuple[str, str, str, str]:
    return (
        printable(instruction.description or instruction.id, _DESCRIPTION_WIDTH),
        printable(instruction.type or "unknown"),
        f"{instruction.answered} of {submissions}",
        "\n".join(f"- {printable(example)}" for example in instruction.examples),
    )
