"""The texts that all reports share, so that they describe a verdict in the same words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby
from typing import Final, Literal, TypeAlias

from attrs import frozen
from prolific_exports._console._text import plural

from prolific_contract._vocabulary import Operation
from prolific_contract.gate._baseline import stale
from prolific_contract.gate._comparison import Comparison, comparison_of
from prolific_contract.gate._verdict import Cell, CellState, DocumentedAnswer, Verdict, Violation
from prolific_contract.gate.laws._law import Law, Observation, Outcome
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.reports._curl import reproduction
from prolific_contract.gate.reports._documents import citation, page
from prolific_contract.gate.reports._names import column, operation_names
from prolific_contract.gate.reports._sufficiency import evidence_texts, why_inconclusive
from prolific_contract.gate.statements import Statement, broken
from prolific_contract.gate.trace._exchanges import Exchange

Mark: TypeAlias = Literal["held", "violated", "accepted", "noted", "not exercised"]

MARK_MEANINGS: Final[dict[Mark, str]] = {
    "held": "held every time",
    "violated": "broken at least once",
    "accepted": "broken, but accepted by the baseline",
    "noted": "worth knowing; does not fail the check",
    "not exercised": "nothing in the conversation tested it",
}

_RESULTS: Final = {0: "passed", 1: "failed", 2: "inconclusive"}


@frozen
class LawViolations:
    """A broken law with its violations.

    Attributes:
        violations: One for each operation; those that the baseline does not accept come first.
    """

    law: Law
    violations: tuple[Violation, ...]

    @property
    def accepted(self) -> bool:
        """Whether the baseline accepts all violations."""
        return all(violation.accepted for violation in self.violations)


@frozen
class Note:
    """Behaviour that is worth knowing and breaks no law.

    Attributes:
        observation: The first observation.
        times: Number of such observations.
    """

    law: Law
    operation: Operation
    observation: Observation
    times: int


@frozen
class NotExercised:
    """Laws that were not exercised for the same reason.

    Attributes:
        reason: What the conversation would need to exercise them.
        cells: One for each law and operation.
    """

    reason: str
    cells: tuple[Cell, ...]

    @property
    def laws(self) -> dict[str, str]:
        """The operations of each law, by its id."""
        by_law = groupby(self.cells, key=lambda cell: cell.law.id)
        return {law: operation_names(cell.operation for cell in cells) for law, cells in by_law}


@frozen
class Summary:
    """A verdict in words."""

    verdict: Verdict

    @property
    def result(self) -> str:
        """``passed``, ``failed`` or ``inconclusive``."""
        return _RESULTS[self.verdict.exit_code]

    @property
    def target(self) -> str:
        """The target without secrets."""
        return display.line(self.verdict.target)

    def statements(self, violation: Violation) -> tuple[Statement, ...]:
        """The statements that a violation concerns, as far as it shows."""
        edition = self.verdict.edition_asked or self.verdict.edition_found
        concerned = dict.fromkeys(
            statement
            for seen in violation.observations
            for statement in broken(
                violation.law.id, violation.operation, edition=edition, about=seen.about
            )
        )
        return tuple(concerned)

    @cached_property
    def headline(self) -> str:
        """The result in one sentence, without a full stop."""
        new = [violation for violation in self.verdict.violations if not violation.accepted]
        if new:
            count = len({violation.law.id for violation in new})
            places = "" if count == len(new) else f", in {len(new)} places"
            return f"{plural(count, 'law')} broken{places}{self._accepted_suffix}"
        if self.verdict.exit_code == 2:
            return "; ".join(self.why_inconclusive) + self._accepted_suffix
        broken = "nothing new broken" if self._accepted_suffix else "none broken"
        laws = f"{len(self.verdict.laws_exercised)} of {plural(len(self.laws), 'law')}"
        unjudged = f"; not judged: {self.not_judged}" if self.not_judged else ""
        return f"{laws} exercised, {broken}{self._accepted_suffix}{unjudged}"

    @property
    def _accepted_suffix(self) -> str:
        count = sum(violation.accepted for violation in self.verdict.violations)
        if not count:
            return ""
        where = " accepted by the baseline" if self.verdict.earlier is None else ""
        return f" ({plural(count, 'known violation')}{where})"

    @property
    def why_inconclusive(self) -> tuple[str, ...]:
        """Why the conversation proves too little; empty if it is enough for a verdict."""
        return why_inconclusive(self.verdict)

    @property
    def evidence(self) -> tuple[str, ...]:
        """What the verdict rests on, one text for each batch and collection."""
        return evidence_texts(self.verdict)

    @cached_property
    def not_judged(self) -> str:
        """The operations for which no law was exercised; empty if there are none."""
        judged = {cell.operation for cell in self.verdict.cells if cell.observations}
        return operation_names(set(self.operations) - judged)

    @property
    def edition(self) -> str:
        """Which edition was enforced, and which one the server follows."""
        asked, found = self.verdict.edition_asked, self.verdict.edition_found
        if asked is None:
            shared = "only shared rules applied"
            return f"{found}, judging by the responses; {shared}" if found else f"unknown; {shared}"
        if found is None:
            return f"{asked} enforced; the responses do not show which edition the server follows"
        if found != asked:
            return f"{asked} enforced, but the server follows {found}"
        return f"{asked} enforced; the server follows it"

    @cached_property
    def comparison(self) -> Comparison | None:
        """What changed since an earlier report; None without one."""
        return comparison_of(self.verdict)

    @property
    def stale(self) -> tuple[str, ...]:
        """Fingerprints in the baseline that the check shows to be fixed."""
        return stale(self.verdict.accepted, self.verdict)

    @cached_property
    def laws(self) -> tuple[Law, ...]:
        """The laws of the check, in the order of the verdict."""
        return tuple({cell.law.id: cell.law for cell in self.verdict.cells}.values())

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of the check, ordered by kind and action."""
        return tuple(sorted({cell.operation for cell in self.verdict.cells}, key=column))

    @cached_property
    def cells(self) -> dict[tuple[str, Operation], Cell]:
        """The cells by law id and operation."""
        return {(cell.law.id, cell.operation): cell for cell in self.verdict.cells}

    @cached_property
    def _violations(self) -> dict[tuple[str, Operation], Violation]:
        return {(found.law.id, found.operation): found for found in self.verdict.violations}

    def violation(self, cell: Cell) -> Violation | None:
        """The violation in a cell, if there is one."""
        return self._violations.get((cell.law.id, cell.operation))

    def mark(self, cell: Cell) -> Mark:
        """The state of a cell; unlike `Cell.state`, it distinguishes accepted violations."""
        violation = self.violation(cell)
        if violation is not None and violation.accepted:
            return "accepted"
        return cell.state.value

    @cached_property
    def counts(self) -> dict[Mark, int]:
        """The number of cells in each state."""
        found = Counter(self.mark(cell) for cell in self.verdict.cells)
        return {mark: found[mark] for mark in MARK_MEANINGS}

    @cached_property
    def broken(self) -> tuple[LawViolations, ...]:
        """The broken laws; those that fail the check come first."""
        by_law = groupby(self.verdict.violations, key=lambda violation: violation.law.id)
        found = [_broken(tuple(violations)) for _, violations in by_law]
        return tuple(sorted(found, key=lambda broken: broken.accepted))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The notes, one for each law, operation and sentence."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[Note]:
        for cell in self.verdict.cells:
            noted: dict[str, list[Observation]] = {}
            for seen in cell.observations:
                if seen.outcome is Outcome.NOTED:
                    noted.setdefault(seen.seen, []).append(seen)
            for same in noted.values():
                yield Note(cell.law, cell.operation, same[0], len(same))

    @cached_property
    def not_exercised(self) -> tuple[NotExercised, ...]:
        """The laws that were not exercised, grouped by reason."""
        by_reason: dict[str, list[Cell]] = {}
        for cell in self.verdict.cells:
            if cell.state is CellState.NOT_EXERCISED:
                by_reason.setdefault(cell.reason, []).append(cell)
        return tuple(NotExercised(reason, tuple(cells)) for reason, cells in by_reason.items())

    @cached_property
    def unseen(self) -> tuple[DocumentedAnswer, ...]:
        """The documented responses that the conversation does not contain."""
        return tuple(answer for answer in self.verdict.answers if not answer.seen)

    @cached_property
    def exchanges(self) -> dict[int, Exchange]:
        """The exchanges by index."""
        return {exchange.index: exchange for exchange in self.verdict.trace.exchanges}

    def reproduction(self, observation: Observation) -> str:
        """The commands that reproduce an observation."""
        exchanges = (self.exchanges[index] for index in observation.exchanges)
        return reproduction(self.verdict.trace, exchanges)

    def description(self, violation: Violation) -> str:
        """A violation with its evidence, sources and commands, as lines of text."""
        law = violation.law
        found = by_sentence(violation).items()
        return "\n".join(
            [
                f"{law.id}: {law.statement}",
                f"operation: {violation.operation}",
                *(f"observed: {sentence} ({evidence(seen)})" for sentence, seen in found),
                f"documents: {law.source.says} ({citation(law.source)})",
                page(law.source, violation.operation).address,
                self.reproduction(violation.observations[0]),
                f"baseline fingerprint: {violation.fingerprint}",
            ]
        )

    def last_exchange(self, observation: Observation) -> Exchange:
        """The last exchange of an observation, the one that shows it."""
        return self.exchanges[observation.exchanges[-1]]


def _broken(violations: tuple[Violation, ...]) -> LawViolations:
    ordered = sorted(violations, key=lambda violation: violation.accepted)
    return LawViolations(violations[0].law, tuple(ordered))


def by_sentence(violation: Violation) -> dict[str, list[Observation]]:
    """The observations of a violation, grouped by what they say."""
    found: dict[str, list[Observation]] = {}
    for seen in violation.observations:
        found.setdefault(seen_text(seen), []).append(seen)
    return found


def seen_text(observation: Observation) -> str:
    """What an observation says, safe to display."""
    return display.line(observation.seen)


def evidence(observations: Iterable[Observation], limit: int = 4) -> str:
    """The numbers of the exchanges that show an observation: ``#3, #5, #8 and 2 more``."""
    numbers = sorted({display.number(seen.exchanges[-1]) for seen in observations})
    names = ", ".join(f"#{number}" for number in numbers[:limit])
    more = len(numbers) - limit
    return f"{names} and {more} more" if more > 0 else names
