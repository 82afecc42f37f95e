"""The outcome of a check: laws by operations, each with what was seen."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

from attrs import field, frozen

from prolific_contract._vocabulary import Edition, Operation
from prolific_contract.gate.laws._jobs import canonical, place
from prolific_contract.gate.laws._law import Law, Observation, Outcome
from prolific_contract.gate.trace._exchanges import Exchange, Subject, Trace


class CellState(StrEnum):
    """What a law says of an operation after all."""

    HELD = "held"
    VIOLATED = "violated"
    NOTED = "noted"
    NOT_EXERCISED = "not exercised"


@frozen
class Cell:
    """One law about one operation.

    Attributes:
        law: The law.
        operation: The operation.
        observations: All that was observed, in conversation order.
        reason: Why nothing was, when nothing was.
    """

    law: Law
    operation: Operation
    observations: tuple[Observation, ...]
    reason: str = ""

    @property
    def state(self) -> CellState:
        """Violated beats noted beats held."""
        outcomes = {observation.outcome for observation in self.observations}
        if Outcome.VIOLATED in outcomes:
            return CellState.VIOLATED
        if Outcome.NOTED in outcomes:
            return CellState.NOTED
        return CellState.HELD if outcomes else CellState.NOT_EXERCISED


@frozen
class Violation:
    """One law broken by one operation: what a report lists and a baseline accepts.

    Attributes:
        law: The law.
        operation: Where it was broken.
        observations: Every time it was broken, first one first.
        accepted: Whether the baseline names it, so that it does not fail the check.
    """

    law: Law
    operation: Operation
    observations: tuple[Observation, ...]
    accepted: bool = False

    @property
    def fingerprint(self) -> str:
        """What a baseline file holds: the law and the operation, nothing that changes by run."""
        return f"{self.law.id} {self.operation.kind} {self.operation.action}"


@frozen
class DocumentedAnswer:
    """A response that the contract documents.

    Attributes:
        operation: Of the API.
        status: HTTP status.
        branch: The state it tells (``generating`` …) where the body is a union; else empty.
        seen: Whether the conversation has one.
    """

    operation: Operation
    status: int
    branch: str
    seen: bool


@frozen
class Verdict:
    """What a check found.

    Attributes:
        target: Base URL, or the file that was judged.
        profile: ``polite`` or ``full``.
        edition_asked: The edition that was enforced; None for ``auto``.
        edition_found: The edition that the conversation shows; None if it does not show any.
        strict: Whether additive drift counts as a violation.
        started: When the conversation began, aware; None if the recording does not say.
        took: Seconds it took.
        trace: The conversation.
        cells: Every law of the profile and edition, for every operation it is about.
        answers: Every answer that the contract documents, and whether it was seen.
        accepted: Fingerprints that the baseline names.
        version: Version of the gate.
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
        """Every broken law, by law and operation; accepted ones too."""
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
    def silent(self) -> tuple[Subject, ...]:
        """The subjects that were to be exported and never told the state of an export."""
        told = {
            place(exchange.address) for exchange in self._telling if exchange.address is not None
        }
        return tuple(
            subject
            for subject in self.trace.subjects
            if not subject.forbidden and (subject.kind, canonical(subject.id)) not in told
        )

    @cached_property
    def _telling(self) -> tuple[Exchange, ...]:
        """The exchanges that told the state of an export."""
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
        """Whether enough was seen to say anything.

        A server that refuses every request in the documented way keeps every law and
        proves nothing: each subject has to tell the state of an export at least once.
        """
        observed = any(cell.observations for cell in self.cells)
        return observed and not self.silent and bool(self.trace.subjects or self._telling)

    @property
    def conforms(self) -> bool:
        """Whether enough was seen and nothing new is broken."""
        return self.exercised and not self._new

    @property
    def exit_code(self) -> int:
        """0 conforms, 1 violations that no baseline accepts, 2 not enough was exercised."""
        if self._new:
            return 1
        return 0 if self.exercised else 2

    @property
    def _new(self) -> bool:
        return any(not violation.accepted for violation in self.violations)
