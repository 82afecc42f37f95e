"""What every report says of a verdict, in the same words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby
from typing import Final, Literal, TypeAlias

from attrs import frozen
from prolific_exports._console._text import plural

from prolific_contract._vocabulary import ACTIONS, Operation
from prolific_contract.gate._baseline import stale
from prolific_contract.gate._verdict import Cell, CellState, DocumentedAnswer, Verdict, Violation
from prolific_contract.gate.laws._law import Law, Observation, Outcome
from prolific_contract.gate.reports import _shown as shown
from prolific_contract.gate.reports._curl import reproduction
from prolific_contract.gate.reports._documents import cited, page
from prolific_contract.gate.trace._exchanges import Exchange, Subject

Mark: TypeAlias = Literal["held", "violated", "accepted", "noted", "not exercised"]

MARKS: Final[dict[Mark, str]] = {
    "held": "kept wherever it was seen",
    "violated": "broken at least once",
    "accepted": "broken, and accepted by the baseline",
    "noted": "something to know, not to fail for",
    "not exercised": "the conversation did not show it",
}

_RESULTS: Final = {0: "passed", 1: "failed", 2: "proves nothing"}


@frozen
class Broken:
    """A law and everywhere it was broken.

    Attributes:
        law: The law.
        violations: By operation; those that no baseline accepts first.
    """

    law: Law
    violations: tuple[Violation, ...]

    @property
    def accepted(self) -> bool:
        """Whether the baseline accepts all of it."""
        return all(violation.accepted for violation in self.violations)


@frozen
class Note:
    """What an operation does that is worth knowing.

    Attributes:
        law: The law that noted it.
        operation: Where.
        observation: What was seen, the first time.
        times: How often it was seen.
    """

    law: Law
    operation: Operation
    observation: Observation
    times: int


@frozen
class Silence:
    """Why laws were not exercised.

    Attributes:
        reason: What the conversation would need.
        cells: The laws and operations.
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
    """A verdict as people read it.

    Attributes:
        verdict: The verdict.
    """

    verdict: Verdict

    @property
    def result(self) -> str:
        """``passed``, ``failed`` or ``proves nothing``."""
        return _RESULTS[self.verdict.exit_code]

    @property
    def target(self) -> str:
        """What was checked, without secrets."""
        return shown.line(self.verdict.target)

    @cached_property
    def headline(self) -> str:
        """What was found, one sentence without its full stop."""
        new = [violation for violation in self.verdict.violations if not violation.accepted]
        if new:
            count = len({violation.law.id for violation in new})
            places = "" if count == len(new) else f", in {len(new)} places"
            return f"{plural(count, 'law')} broken{places}{self._tolerated}"
        if self.verdict.exit_code == 2:
            return "; ".join(self.silences) + self._tolerated
        held = {cell.law.id for cell in self.verdict.cells if cell.observations}
        broken = "nothing new broken" if self._tolerated else "none broken"
        laws = f"{len(held)} of {plural(len(self.laws), 'law')}"
        return f"{laws} exercised, {broken}{self._tolerated}"

    @property
    def _tolerated(self) -> str:
        count = sum(violation.accepted for violation in self.verdict.violations)
        if not count:
            return ""
        return f" ({plural(count, 'known violation')} accepted by the baseline)"

    @property
    def silences(self) -> tuple[str, ...]:
        """Why the conversation proves nothing, where it does not."""
        if self.verdict.exercised:
            return ()
        if self.verdict.silent:
            return tuple(
                f"{subject_name(subject)} never told the state of an export"
                for subject in self.verdict.silent
            )
        if self.verdict.trace.subjects:
            return ("no law was exercised",)
        return ("no answer tells the state of an export",)

    @property
    def edition(self) -> str:
        """Which edition was enforced, and which one the server follows."""
        asked, found = self.verdict.edition_asked, self.verdict.edition_found
        if asked is None:
            judged = "judged is what both editions share"
            return f"{found}, as its answers show; {judged}" if found else f"not shown; {judged}"
        if found is None:
            return f"{asked} enforced; the conversation does not show which one is followed"
        return f"{asked} enforced, {'and' if asked == found else f'but {found}'} followed"

    @property
    def stale(self) -> tuple[str, ...]:
        """Accepted fingerprints that were exercised and are not broken any more."""
        return stale(self.verdict.accepted, self.verdict)

    @cached_property
    def laws(self) -> tuple[Law, ...]:
        """Every law that was to be judged, in the order of the verdict."""
        return tuple({cell.law.id: cell.law for cell in self.verdict.cells}.values())

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation that some law was judged for."""
        return tuple(sorted({cell.operation for cell in self.verdict.cells}, key=_column))

    @cached_property
    def cells(self) -> dict[tuple[str, Operation], Cell]:
        """The cells by law id and operation."""
        return {(cell.law.id, cell.operation): cell for cell in self.verdict.cells}

    @cached_property
    def _violations(self) -> dict[tuple[str, Operation], Violation]:
        return {(found.law.id, found.operation): found for found in self.verdict.violations}

    def violation(self, cell: Cell) -> Violation | None:
        """What is broken in a cell."""
        return self._violations.get((cell.law.id, cell.operation))

    def mark(self, cell: Cell) -> Mark:
        """A cell's state, with accepted violations apart."""
        violation = self.violation(cell)
        if violation is not None and violation.accepted:
            return "accepted"
        return cell.state.value

    @cached_property
    def counts(self) -> dict[Mark, int]:
        """How many cells are in each state."""
        found = Counter(self.mark(cell) for cell in self.verdict.cells)
        return {mark: found[mark] for mark in MARKS}

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """The broken laws, those that fail the check first."""
        by_law = groupby(self.verdict.violations, key=lambda violation: violation.law.id)
        found = [_broken(tuple(violations)) for _, violations in by_law]
        return tuple(sorted(found, key=lambda broken: broken.accepted))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What was only noted, once per law, operation and sentence."""
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
    def not_exercised(self) -> tuple[Silence, ...]:
        """The laws that nothing was seen of, by what they would need."""
        by_reason: dict[str, list[Cell]] = {}
        for cell in self.verdict.cells:
            if cell.state is CellState.NOT_EXERCISED:
                by_reason.setdefault(cell.reason, []).append(cell)
        return tuple(Silence(reason, tuple(cells)) for reason, cells in by_reason.items())

    @cached_property
    def unseen(self) -> tuple[DocumentedAnswer, ...]:
        """The documented answers that the conversation does not have."""
        return tuple(answer for answer in self.verdict.answers if not answer.seen)

    @cached_property
    def exchanges(self) -> dict[int, Exchange]:
        """The exchanges by index."""
        return {exchange.index: exchange for exchange in self.verdict.trace.exchanges}

    def reproduction(self, observation: Observation) -> str:
        """The command lines that show an observation again."""
        exchanges = (self.exchanges[index] for index in observation.exchanges)
        return reproduction(self.verdict.trace, exchanges)

    def account(self, violation: Violation) -> str:
        """All there is to say of a violation, as lines of text."""
        law = violation.law
        found = ways(violation).items()
        return "\n".join(
            [
                f"{law.id}: {law.statement}",
                f"where: {violation.operation}",
                *(f"seen: {sentence} ({evidence(seen)})" for sentence, seen in found),
                f"documents: {law.source.says} ({cited(law.source)})",
                page(law.source, violation.operation).address,
                self.reproduction(violation.observations[0]),
                f"baseline: {violation.fingerprint}",
            ]
        )

    def decisive(self, observation: Observation) -> Exchange:
        """The exchange that shows an observation."""
        return self.exchanges[observation.exchanges[-1]]


def _broken(violations: tuple[Violation, ...]) -> Broken:
    ordered = sorted(violations, key=lambda violation: violation.accepted)
    return Broken(violations[0].law, tuple(ordered))


def _column(operation: Operation) -> tuple[str, int]:
    return operation.kind, ACTIONS.index(operation.action)


def operation_name(operation: Operation) -> str:
    """Kind and action: ``batch request``."""
    return f"{operation.kind} {operation.action}"


def operation_id(operation: Operation) -> str:
    """The operation's name in reports for programs: ``batch-request``."""
    return f"{operation.kind}-{operation.action}"


def operation_names(operations: Iterable[Operation]) -> str:
    """Several operations in short: ``batch request, status; collection status``."""
    by_kind = groupby(sorted(set(operations), key=_column), key=lambda operation: operation.kind)
    return "; ".join(
        f"{kind} {', '.join(operation.action for operation in group)}" for kind, group in by_kind
    )


def subject_name(subject: Subject) -> str:
    """Kind and id, fit to be shown."""
    return f"{subject.kind} {shown.line(subject.id)}"


def answer_name(answer: DocumentedAnswer) -> str:
    """Status and state: ``202 generating``."""
    return f"{answer.status} {answer.branch}".rstrip()


def ways(violation: Violation) -> dict[str, list[Observation]]:
    """What was seen of a violation, each sentence once, with all that say it."""
    found: dict[str, list[Observation]] = {}
    for seen in violation.observations:
        found.setdefault(told(seen), []).append(seen)
    return found


def told(observation: Observation) -> str:
    """What was seen, fit to be shown."""
    return shown.line(observation.seen)


def evidence(observations: Iterable[Observation], limit: int = 4) -> str:
    """The numbers of the exchanges that show something: ``#3, #5, #8 and 2 more``."""
    numbers = sorted({shown.number(seen.exchanges[-1]) for seen in observations})
    names = ", ".join(f"#{number}" for number in numbers[:limit])
    more = len(numbers) - limit
    return f"{names} and {more} more" if more > 0 else names
