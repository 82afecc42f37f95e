"""The report as text, for terminals and CI logs."""

import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, TextIO

from attrs import frozen
from prolific_exports._console._streams import supports_escapes
from prolific_exports._console._text import duration, moment, plural
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from prolific_contract._vocabulary import KINDS, Operation
from prolific_contract.gate._verdict import Verdict, Violation
from prolific_contract.gate.reports._ci_logs import without_ci_commands
from prolific_contract.gate.reports._documents import citation, page
from prolific_contract.gate.reports._names import answer_name, operation_name, operation_names
from prolific_contract.gate.reports._summary import (
    MARK_MEANINGS,
    LawViolations,
    Mark,
    Summary,
    by_sentence,
    evidence,
    seen_text,
)

_WIDTH: Final = 100
# Operations that fit beside the longest name of a law.
_COLUMNS: Final = 6
_OTHERS_SHOWN: Final = 3
_NOTES_SHOWN: Final = 10

_SYMBOLS: Final[dict[Mark, str]] = {
    "held": "✓",
    "violated": "✗",
    "accepted": "a",
    "noted": "~",
    "not exercised": "·",
}
_ASCII: Final[dict[Mark, str]] = {**_SYMBOLS, "held": "+", "violated": "X", "not exercised": "."}
_STYLES: Final[dict[Mark, str]] = {
    "held": "green",
    "violated": "bold red",
    "accepted": "yellow",
    "noted": "yellow",
    "not exercised": "dim",
}
_RESULTS: Final = {0: ("PASSED", "bold green"), 1: ("FAILED", "bold red")}
_NO_RESULT: Final = ("INCONCLUSIVE", "bold yellow")
_PLAIN: Final = str.maketrans({"…": "...", "·": "-"})


def print_text(verdict: Verdict, stream: TextIO) -> None:
    """Write the report to a stream, in colour on a terminal, within the stream's encoding."""
    encoding = stream.encoding or "utf-8"
    text = _drawn(Summary(verdict), terminal=supports_escapes(stream), symbols=_symbols(encoding))
    if not _can(encoding, text):
        text = text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    stream.write(text)


def render(verdict: Verdict) -> str:
    """The report as a text file."""
    return _drawn(Summary(verdict), terminal=False, symbols=_SYMBOLS)


def _symbols(encoding: str) -> dict[Mark, str]:
    return _SYMBOLS if _can(encoding, "".join(_SYMBOLS.values())) else _ASCII


def _can(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _drawn(summary: Summary, *, terminal: bool, symbols: dict[Mark, str]) -> str:
    # Drawn in memory: rich would exit the process when the reader of a pipe leaves.
    drawn = io.StringIO()
    console = Console(
        file=drawn,
        force_terminal=terminal or None,
        # rich would leave out a column for the cursor of old Windows consoles.
        legacy_windows=False,
        highlight=False,
        emoji=False,
    )
    console.width = min(console.width, _WIDTH)
    _TextReport(summary, console, symbols).draw()
    return without_ci_commands("\n".join(line.rstrip() for line in drawn.getvalue().split("\n")))


@frozen
class _TextReport:
    """Draws a report: first what needs action, then the details."""

    summary: Summary
    console: Console
    symbols: dict[Mark, str]

    def draw(self) -> None:
        self._verdict()
        for broken in self.summary.broken:
            self._broken(broken)
        self._matrix()
        self._not_exercised()
        self._unseen()
        self._notes()
        self._stale()
        self._comparison()

    def _verdict(self) -> None:
        summary, verdict = self.summary, self.summary.verdict
        word, style = _RESULTS.get(verdict.exit_code, _NO_RESULT)
        self.console.print(Text.assemble((word, style), "  ", (summary.headline, "bold")))
        requests = plural(len(verdict.trace.exchanges), "request")
        began = f", started {moment(verdict.started)}" if verdict.started is not None else ""
        strict = ", strict" if verdict.strict else ""
        self._facts(
            [
                ("target", summary.target),
                ("edition", summary.edition),
                (
                    "profile",
                    f"{verdict.profile}{strict}: {requests} in {duration(verdict.took)}{began}",
                ),
                ("evidence", "\n".join(summary.evidence)),
            ]
        )

    def _broken(self, broken: LawViolations) -> None:
        first, *others = broken.violations
        observation = first.observations[0]
        mark: Mark = "accepted" if broken.accepted else "violated"
        title = Text.assemble((f"{self.symbols[mark]} {broken.law.id}", _STYLES[mark]))
        if broken.accepted:
            title.append("  accepted by the baseline")
        self.console.print()
        self.console.print(title)
        self._paragraph(broken.law.statement, indent=2)
        documents = f"{broken.law.source.says} ({citation(broken.law.source)})"
        self._facts(
            [
                ("operation", f"{operation_name(first.operation)}: {_short(first.operation)}"),
                ("observed", _seen(first)),
                ("documents", documents),
                ("also", self._others(others)),
            ],
        )
        self._verbatim(page(broken.law.source, first.operation).address)
        self._paragraph("to reproduce, run", indent=2, style="dim")
        for line in self.summary.reproduction(observation).split("\n"):
            self._verbatim(line, style="cyan")

    def _others(self, others: Sequence[Violation]) -> str:
        lines = [
            f"{operation_name(violation.operation)}: {_seen(violation)}"
            f"{', accepted' if violation.accepted else ''}"
            for violation in others[:_OTHERS_SHOWN]
        ]
        more = others[_OTHERS_SHOWN:]
        if more:
            lines.append(f"{len(more)} more: {operation_names(v.operation for v in more)}")
        return "\n".join(lines)

    def _matrix(self) -> None:
        operations = self.summary.operations
        if not operations:
            return
        # Both kinds share one table if it is narrow enough.
        if len(operations) > _COLUMNS:
            for _, of_kind in groupby(operations, key=lambda operation: operation.kind):
                self._table(tuple(of_kind))
        else:
            self._table(operations)
        legend = Text("  ").join(
            Text.assemble((self.symbols[mark], _STYLES[mark]), f" {self._meaning(mark)}")
            for mark in MARK_MEANINGS
            if self.summary.counts[mark]
        )
        self.console.print()
        self.console.print(legend)

    def _table(self, operations: Sequence[Operation]) -> None:
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=True)
        table.add_column(Text("law"), no_wrap=True)
        for operation in operations:
            table.add_column(_heading(operation, operations), justify="center", no_wrap=True)
        for law in self.summary.laws:
            if any((law.id, operation) in self.summary.cells for operation in operations):
                marks = [self._mark(law.id, operation) for operation in operations]
                table.add_row(Text(law.id), *marks)
        self.console.print()
        self.console.print(table)

    def _meaning(self, mark: Mark) -> str:
        return f"{mark} {self.summary.counts[mark]}"

    def _mark(self, law_id: str, operation: Operation) -> Text:
        cell = self.summary.cells.get((law_id, operation))
        if cell is None:
            return Text()
        mark = self.summary.mark(cell)
        return Text(self.symbols[mark], _STYLES[mark])

    def _not_exercised(self) -> None:
        groups = self.summary.not_exercised
        self._section("Not exercised", bool(groups))
        for group in groups:
            names = [f"{law} ({operations})" for law, operations in group.laws.items()]
            self._paragraph("\n".join(names), indent=2)
            self._paragraph(group.reason, indent=4, style="dim")

    def _unseen(self) -> None:
        unseen = self.summary.unseen
        self._section("Documented responses not seen", bool(unseen))
        by_operation: dict[Operation, list[str]] = {}
        for answer in unseen:
            by_operation.setdefault(answer.operation, []).append(answer_name(answer))
        self._facts(
            [(operation_name(place), ", ".join(names)) for place, names in by_operation.items()]
        )

    def _notes(self) -> None:
        notes = self.summary.notes
        self._section("Notes", bool(notes))
        for note in notes[:_NOTES_SHOWN]:
            number = evidence([note.observation])
            times = f", {note.times} times" if note.times > 1 else ""
            self._paragraph(
                f"{note.law.id}, {operation_name(note.operation)}: "
                f"{seen_text(note.observation)} ({number}{times})",
                indent=2,
            )
        if len(notes) > _NOTES_SHOWN:
            self._paragraph(f"{len(notes) - _NOTES_SHOWN} more", indent=2)

    def _stale(self) -> None:
        self._section("In the baseline, but fixed", bool(self.summary.stale))
        for fingerprint in self.summary.stale:
            self._paragraph(fingerprint, indent=2)

    def _comparison(self) -> None:
        comparison = self.summary.comparison
        if comparison is None:
            return
        self._section("Compared with the earlier report", filled=True)
        lines = [f"{name}: {fingerprint}" for name, fingerprint in comparison.lines()]
        for line in lines or ["no violation in either"]:
            self._paragraph(line, indent=2)

    def _section(self, title: str, filled: bool) -> None:
        if filled:
            self.console.print()
            self.console.print(Text(title, "bold"))

    def _paragraph(self, text: str, *, indent: int, style: str = "") -> None:
        self.console.print(Padding(Text(text, style), (0, 0, 0, indent)))

    def _verbatim(self, text: str, style: str = "") -> None:
        """Print a line without wrapping it, so that it can be copied."""
        line = Text(f"  {text}", style)
        self.console.print(line, soft_wrap=True, no_wrap=True, crop=False)

    def _facts(self, facts: Iterable[tuple[str, str]]) -> None:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in facts:
            if value:
                table.add_row(Text(name, "dim"), Text(value))
        self.console.print(Padding(table, (0, 0, 0, 2)))


def _short(operation: Operation) -> str:
    # The longest path does not fit on a line; the command below has it in full.
    return str(operation).replace("/api/v1/data-collection", "…")


def _seen(violation: Violation) -> str:
    found = by_sentence(violation)
    sentence = seen_text(violation.observations[0])
    others = f", and {plural(len(found) - 1, 'other observation')}" if len(found) > 1 else ""
    return f"{sentence} ({evidence(found[sentence])}{others})"


def _heading(operation: Operation, operations: Sequence[Operation]) -> Text:
    """The action; the first operation of a kind has the kind above it."""
    first = next(other for other in operations if other.kind == operation.kind)
    kind = operation.kind if first == operation and operation.kind in KINDS else ""
    return Text(f"{kind}\n{operation.action}")
