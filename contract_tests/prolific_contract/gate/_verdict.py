"""The result of a check: one cell for each law and operation, with its observations."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

from attrs import field, frozen

from prolific_contract._vocabulary import Edition, Operation
from prolific_contract.gate.laws._jobs import canonical, resource_of
from prolific_contract.gate.laws._law import Law, Observation, Outcome
from prolific_contract.gate.trace._exchanges import Exchange, Subject, Trace


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
        accepted: Whether the baseline names the violation, so that it does not fail the check.
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

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """Every violation, accepted ones included, ordered by law and operation."""
        return tuple(self._violations())

    def _violations(self) -> Iterator[Violation]:
        for cell in self.cells:
            broken = tuple(seen for seen in cell.observations if seen.outcome is Outcome.VIOLATED)
            if broken:
                violation = Violation(cell.law, cell.operation, broken)
                yield Violation(
                    cell.law, cell.operation, broken, violation.fingerprint in self.accepted
                )

    @cached_property
    def subjects_without_state(self) -> tuple[Subject, ...]:
        """The subjects to export for which no response reported the state of an export."""
        reported = {
            resource_of(exchange.address)
            for exchange in self._reporting_state
            if exchange.address is not None
        }
        return tuple(
            subject
            for subject in self.trace.subjects
            if not subject.forbidden and (subject.kind, canonical(subject.id)) not in reported
        )

    @cached_property
    def _reporting_state(self) -> tuple[Exchange, ...]:
        """The exchanges that report the state of an export."""
        return tuple(
            exchange
            for exchange in self.trace.exchanges
            if exchange.operation is not None
            and not exchange.generated
            and exchange.response is not None
            and exchange.response.status < 300
            and exchange.response.state is not None
        )

    @property
    def exercised(self) -> bool:
        """Whether the conversation contains enough for a verdict.

        A server that refuses every request in the documented way breaks no law, but that
        proves nothing. So each subject must report the state of an export at least once.
        """
        observed = any(cell.observations for cell in self.cells)
        has_states = bool(self.trace.subjects or self._reporting_state)
        return observed and not self.subjects_without_state and has_states

    @property
    def conforms(self) -> bool:
        """Whether the check has a verdict and found no violation beyond the baseline."""
        return self.exercised and not self._new

    @property
    def exit_code(self) -> int:
        """0: conforms. 1: violations that the baseline does not accept. 2: inconclusive."""
        if self._new:
            return 1
        return 0 if self.exercised else 2

    @property
    def _new(self) -> bool:
        return any(not violation.accepted for violation in self.violations)
