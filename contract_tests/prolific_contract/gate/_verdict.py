"""The result of a check: one cell for each law and operation, with its observations."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal

from attrs import evolve, field, frozen

from prolific_contract._vocabulary import KINDS, Edition, Kind, Operation
from prolific_contract.gate._evidence import Evidence, evidence_of
from prolific_contract.gate.laws import law
from prolific_contract.gate.laws._law import Law, Observation, Outcome
from prolific_contract.gate.trace._exchanges import Subject, Trace


class CellState(StrEnum):
    """The result of one law for one operation."""

    HELD = "held"
    VIOLATED = "violated"
    NOTED = "noted"
    NOT_EXERCISED = "not exercised"


@frozen
class Cell:
    """One law, judged for one operation.

    Attributes:
        observations: In the order of the conversation; empty if the law was not exercised.
        reason: Why the law was not exercised; empty if it was.
    """

    law: Law
    operation: Operation
    observations: tuple[Observation, ...]
    reason: str = ""

    @property
    def state(self) -> CellState:
        """The most severe outcome wins: violated, then noted, then held."""
        outcomes = {observation.outcome for observation in self.observations}
        if Outcome.VIOLATED in outcomes:
            return CellState.VIOLATED
        if Outcome.NOTED in outcomes:
            return CellState.NOTED
        return CellState.HELD if outcomes else CellState.NOT_EXERCISED


@frozen
class Violation:
    """One law that one operation breaks. Reports list violations, baselines accept them.

    Attributes:
        observations: Every time the operation broke the law, in the order of the conversation.
        accepted: Whether the baseline or an earlier report names the violation, so that it does
            not fail the check.
    """

    law: Law
    operation: Operation
    observations: tuple[Observation, ...]
    accepted: bool = False

    @property
    def fingerprint(self) -> str:
        """Identifies the violation in baseline files: law and operation, the same in every run."""
        return f"{self.law.id} {self.operation.kind} {self.operation.action}"


@frozen
class DocumentedAnswer:
    """A response that the contract documents.

    Attributes:
        branch: The state in the body (``generating`` …) if the body is a union; else empty.
        seen: Whether the conversation contains such a response.
    """

    operation: Operation
    status: int
    branch: str
    seen: bool


@frozen
class Requirements:
    """What a check has to exercise in addition to what every verdict needs.

    Attributes:
        laws: Ids of laws that have to be exercised for every kind that the check exports.
        min_exercised: How many laws have to be exercised.
    """

    laws: tuple[str, ...] = ()
    min_exercised: int = 0


NO_REQUIREMENTS: Final = Requirements()


@frozen
class Unmet:
    """A required law that was not exercised for a kind.

    Attributes:
        reason: What the conversation would need to exercise it, as a clause.
    """

    law_id: str
    kind: Kind
    reason: str


@frozen
class Verdict:
    """The result of a check.

    Attributes:
        target: Base URL of the server, or path of the recording.
        edition_asked: The enforced edition; None for ``auto``.
        edition_found: The edition that the responses show; None if they show none or both.
        strict: Whether undocumented members count as violations.
        started: Start of the conversation, aware; None if the recording does not have it.
        took: Duration of the conversation in seconds.
        cells: Every law of the profile and edition, for each of its operations.
        answers: Every response that the contract documents.
        version: Version of the gate.
        accepted: Fingerprints in the baseline.
        earlier: Fingerprints in the report of an earlier check, which do not fail this one;
            None without such a report.
        requirements: What the check has to exercise.
    """

    target: str
    profile: Literal["polite", "full"]
    edition_asked: Edition | None
    edition_found: Edition | None
    strict: bool
    started: datetime | None
    took: float
    trace: Trace = field(repr=False)
    cells: tuple[Cell, ...] = field(repr=False)
    answers: tuple[DocumentedAnswer, ...] = field(repr=False)
    version: str
    accepted: frozenset[str] = frozenset()
    earlier: frozenset[str] | None = None
    requirements: Requirements = NO_REQUIREMENTS

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """Every violation, accepted ones included, ordered by law and operation."""
        return tuple(self._violations())

    def _violations(self) -> Iterator[Violation]:
        for cell in self.cells:
            broken = tuple(seen for seen in cell.observations if seen.outcome is Outcome.VIOLATED)
            if broken:
                violation = Violation(cell.law, cell.operation, broken)
                known = self.accepted | (self.earlier or frozenset())
                yield evolve(violation, accepted=violation.fingerprint in known)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the verdict rests on, for every batch and collection to export."""
        return evidence_of(self.trace)

    @property
    def subjects_without_state(self) -> tuple[Subject, ...]:
        """The subjects to export for which no response reported the state of an export."""
        return tuple(
            one.subject for one in self.evidence if self.trace.subjects and not one.reported
        )

    @property
    def exercised(self) -> bool:
        """Whether the conversation contains enough for a verdict.

        A server that refuses every request in the documented way breaks no law, but that
        proves nothing. So an export of each subject must have been polled, and one must have
        been complete; in a recording without subjects, those of any batch or collection.
        """
        enough = all if self.trace.subjects else any
        observed = any(cell.observations for cell in self.cells)
        return observed and enough(one.is_enough for one in self.evidence)

    @cached_property
    def laws_exercised(self) -> frozenset[str]:
        """The ids of the laws that were exercised for any operation."""
        return frozenset(cell.law.id for cell in self.cells if cell.observations)

    @cached_property
    def unmet(self) -> tuple[Unmet, ...]:
        """The laws that the check requires and did not exercise."""
        return tuple(
            Unmet(law_id, kind, self._reason(law_id, kind))
            for law_id in self.requirements.laws
            for kind in KINDS
            if any(cell.operation.kind == kind for cell in self.cells)
            and any(kind == operation.kind for operation in law(law_id).operations)
            and not any(cell.observations for cell in self._cells(law_id, kind))
        )

    def _cells(self, law_id: str, kind: Kind) -> Iterator[Cell]:
        for cell in self.cells:
            if (cell.law.id, cell.operation.kind) == (law_id, kind):
                yield cell

    def _reason(self, law_id: str, kind: Kind) -> str:
        reasons = [cell.reason for cell in self._cells(law_id, kind)]
        if reasons:
            return reasons[0]
        required = law(law_id)
        if required.editions and self.edition_asked not in required.editions:
            return f"needs --edition {' or '.join(required.editions)}"
        if required.profile != self.profile:
            return f"needs --profile {required.profile}"
        return "needs --edition 2026-11, or a server that lists and deletes jobs"

    @property
    def has_enough_laws(self) -> bool:
        """Whether as many laws were exercised as the check requires."""
        return len(self.laws_exercised) >= self.requirements.min_exercised

    @property
    def conclusive(self) -> bool:
        """Whether the check exercised enough, and everything that it requires."""
        return self.exercised and not self.unmet and self.has_enough_laws

    @property
    def conforms(self) -> bool:
        """Whether the check has a verdict and found no violation beyond the baseline."""
        return self.conclusive and not self._new

    @property
    def exit_code(self) -> int:
        """0: conforms. 1: violations that are not known. 2: inconclusive."""
        if self._new:
            return 1
        return 0 if self.conclusive else 2

    @property
    def _new(self) -> bool:
        return any(not violation.accepted for violation in self.violations)
