"""``prolific-exports show``."""

import argparse
import io
import shutil
import sys
from collections.abc import Iterator
from typing import Final

from attrs import asdict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from prolific_exports import (
    ArchiveSummary,
    Clock,
    ExportArchive,
    FileTypeSummary,
    InstructionSummary,
    Spread,
    SystemClock,
    summarise,
)
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._extraction import missing_note, not_downloaded_note
from prolific_exports._console import _streams as streams
from prolific_exports._console._progress import working
from prolific_exports._console._text import moment, plural, printable, size
from prolific_exports._errors import UsageError

_WIDEST: Final = 100
"""Columns. Longer lines are hard to read."""
_NARROWEST: Final = 20
"""Columns. Narrower, the layout breaks."""
_DESCRIPTION_WIDTH: Final = 200
_OPTIONS: Final = 12
_TYPES: Final = 6
_UNITS: Final = 4


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Print the summary of an archive, or write a page of one or more."""
    clock = clock or SystemClock()
    if arguments.html is not None:
        from prolific_exports._cli._page import write_page_of  # noqa: PLC0415 - start-up time

        return write_page_of(arguments, clock)
    if arguments.overwrite or arguments.no_files or arguments.embed_limit is not None:
        raise UsageError(
            "--embed-limit, --no-files and --overwrite are for a page: add --html OUT."
        )
    if len(arguments.archives) > 1:
        raise UsageError(
            "Without --html, show summarises one archive. Name one, or add --html OUT: a page "
            "shows several archives together."
        )
    [archive] = arguments.archives
    with working(archive, "reading", clock):
        summary = summarise(ExportArchive.open(archive))
    if arguments.json:
        moments = {
            name: None if moment is None else moment.isoformat()
            for name in ("exported_at", "first_created_at", "last_created_at")
            for moment in [getattr(summary, name)]
        }
        streams.print_result(json_output.show(asdict(summary) | moments))
    else:
        streams.print_result(_formatted(summary))
    return exit_codes.DONE


def _formatted(summary: ArchiveSummary) -> str:
    # Into memory, because rich ends the process when the reader of a pipe leaves.
    buffer = io.StringIO()
    terminal = streams.supports_escapes(sys.stdout)
    columns, lines = shutil.get_terminal_size()
    width = min(max(columns, _NARROWEST), _WIDEST)
    # Pass both, or rich reads COLUMNS and LINES, which may not be numbers.
    console = Console(
        file=buffer,
        force_terminal=terminal or None,
        # On Windows, rich would use one column less.
        legacy_windows=False,
        highlight=False,
        width=width,
        height=lines,
    )
    layout = _SummaryLayout(sys.stdout.encoding if sys.stdout is not None else None, width)
    console.print(layout.facts(summary))
    for number, instruction in enumerate(summary.instructions, 1):
        console.print()
        console.print(layout.heading(number, instruction))
        console.print(layout.answers(instruction, summary))
    return "\n".join(line.rstrip() for line in buffer.getvalue().rstrip().split("\n"))


class _SummaryLayout:
    """Lays out the summary of an archive, with characters that the encoding has."""

    def __init__(self, encoding: str | None, width: int) -> None:
        self._encoding = encoding
        self._label = max(8, 2 * width // 5)
        self._bar = max(4, width - self._label - 20)
        self._block = "█" if streams.escape_unencodable("█", encoding) == "█" else "#"

    def facts(self, summary: ArchiveSummary) -> Table:
        table = Table.grid(padding=(0, 2))
        for _ in range(2):
            table.add_column(overflow="fold")
        for name, value in _facts(summary):
            table.add_row(Text(name, "bold"), self._text(value))
        return table

    def heading(self, number: int, instruction: InstructionSummary) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_column()
        table.add_column(overflow="fold")
        what = _short(instruction.description or instruction.id, _DESCRIPTION_WIDTH)
        table.add_row(Text(f"{number}.", "bold"), self._text(what, "bold"))
        return table

    def answers(self, instruction: InstructionSummary, summary: ArchiveSummary) -> Table:
        table = Table.grid()
        table.add_column(width=3)
        table.add_column(overflow="fold")
        for line in _answered(instruction, summary):
            table.add_row("", self._text(line))
        if instruction.choices:
            table.add_row("", self._bars(instruction))
        return table

    def _bars(self, instruction: InstructionSummary) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_column(max_width=self._label, overflow="fold")
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        most = instruction.choices[0].count
        for choice in instruction.choices[:_OPTIONS]:
            bar = Text(self._block * max(1, round(self._bar * choice.count / most)), "cyan")
            part = f"{100 * choice.count / instruction.answered:.0f} %"
            option = self._text(_short(choice.option, 2 * self._label) or "(empty)")
            table.add_row(option, bar, str(choice.count), part)
        more = instruction.choices[_OPTIONS:]
        if more or instruction.other_choices:
            count = sum(choice.count for choice in more) + instruction.other_choices
            others = plural(len(more), "more option") if not instruction.other_choices else "others"
            table.add_row(Text(others), Text(), str(count), "")
        return table

    def _text(self, value: str, style: str = "") -> Text:
        # rich would interpret markup in a str.
        return Text(streams.escape_unencodable(value, self._encoding), style)


def _facts(summary: ArchiveSummary) -> Iterator[tuple[str, str]]:
    yield "Name", _short(summary.name or "(none)", _DESCRIPTION_WIDTH)
    yield "Kind", summary.kind or "unknown"
    if summary.id is not None:
        yield "Id", _short(summary.id, _DESCRIPTION_WIDTH)
    if summary.exported_at is not None:
        yield "Exported", moment(summary.exported_at)
    if summary.submissions or not summary.unknown_records:
        people = plural(summary.participants, "participant")
        tasks = f", {plural(summary.tasks, 'task')} answered" if summary.tasks else ""
        yield "Submissions", f"{summary.submissions} from {people}{tasks}"
    if summary.first_created_at is not None and summary.last_created_at is not None:
        yield "Period", f"{moment(summary.first_created_at)} to {moment(summary.last_created_at)}"
    if summary.unknown_records:
        # Probably records of a batch: the documents show only those of collections.
        yield "Records", f"{summary.unknown_records} in an undocumented layout"
    types = ", ".join(map(_type, summary.file_types[:_TYPES]))
    more = ", ..." if len(summary.file_types) > _TYPES else ""
    yield "Files", f"{summary.files} ({size(summary.files_size)}){types and ': '}{types}{more}"
    if summary.renamed_files:
        yield "", _renamed(summary.renamed_files)
    if summary.missing_files:
        yield "", missing_note(summary.missing_files)
    if summary.files_not_downloaded:
        yield "", not_downloaded_note(summary.files_not_downloaded)


def _renamed(count: int) -> str:
    whose = "its name" if count == 1 else "their names"
    return f"extract renames {plural(count, 'file')}: some systems cannot store {whose}"


def _short(text: str, width: int) -> str:
    # Texts can be long: do not process what is cut off.
    return printable(text[: 4 * width], width)


def _type(one: FileTypeSummary) -> str:
    return f"{one.count} {printable(one.suffix) or 'without extension'} ({size(one.size)})"


def _answered(instruction: InstructionSummary, summary: ArchiveSummary) -> Iterator[str]:
    kind = _short(instruction.type or "unknown type", 40)
    asked = instruction.answered + instruction.missing
    if not asked and summary.unknown_records:
        yield f"{kind}; answers unknown"
        return
    missing = f" ({instruction.missing} missing)" if instruction.missing else ""
    yield f"{kind}; {instruction.answered} of {asked} answered{missing}"
    if instruction.lengths is not None:
        yield _spread(instruction.lengths)
    for spread in instruction.numbers[:_UNITS]:
        yield f"{plural(spread.count, 'number')}: {_spread(spread)}"
    if len(instruction.numbers) > _UNITS:
        yield f"... ({len(instruction.numbers)} units in total)"
    if instruction.not_numbers:
        yield f"{plural(instruction.not_numbers, 'answer')} without a plain number"
    if instruction.files:
        yield plural(instruction.files, "file")
    if instruction.odd:
        yield f"{plural(instruction.odd, 'answer')} in an undocumented form"
    if not instruction.choices and not instruction.numbers:
        yield from (f"- {printable(example)}" for example in instruction.examples)


def _spread(spread: Spread) -> str:
    unit = _short(spread.unit, 40) or "(no unit)"
    if spread.lowest == spread.highest:
        return f"{_number(spread.lowest)} {unit}"
    return (
        f"{_number(spread.lowest)} to {_number(spread.highest)} {unit}, "
        f"median {_number(spread.median)}, quartiles {_number(spread.lower_quartile)} and "
        f"{_number(spread.upper_quartile)}"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"
