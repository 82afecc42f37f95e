"""The derived faults: each operator, applied to every part of every operation.

The hand-written mutants prove that each law works. The derived faults show what the laws miss: they
come from the contract and a few operators, not from the authors of the laws. A fault counts as
detected if any law is violated when its edition is enforced.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache

from attrs import evolve, frozen

from prolific_contract._vocabulary import Edition, Kind, Operation
from prolific_contract.gate.conversation._plan import BRISK, CAREFUL, Pace
from prolific_contract.gate.conversation._recorder import Conversation
from prolific_contract.gate.proof._catalogue import converse_with_mutant, judge_conversation
from prolific_contract.gate.trace._exchanges import CheckProfile
from prolific_contract.sandbox.mutants import Fault, Mutant
from prolific_contract.sandbox.mutants._fault import always
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived import DerivedFault, derived_faults


class DerivedOutcome(StrEnum):
    """What became of a derived fault."""

    DETECTED = "detected"
    SURVIVED = "survived"
    OPEN = "left open"
    RARE = "too rare"


@frozen
class DerivedResult:
    """The result of one derived fault.

    Attributes:
        index: The position of the fault in `derived_faults`; a fault itself can't be sent between
            processes.
        laws: The violated laws, sorted.
        shown: Whether any response differed from that of the sandbox without the fault.
        conclusive: Whether the verdict was conclusive.
    """

    index: int
    laws: tuple[str, ...]
    shown: bool
    conclusive: bool

    @property
    def fault(self) -> DerivedFault:
        """The fault that was judged."""
        return derived_faults()[self.index]

    @property
    def outcome(self) -> DerivedOutcome:
        """What became of the fault."""
        if self.laws:
            return DerivedOutcome.DETECTED
        if self.fault.derivation.open_because:
            return DerivedOutcome.OPEN
        # A conversation that has two such requests cannot show what begins with the third.
        return (
            DerivedOutcome.RARE
            if self.fault.first > 1 and not self.shown
            else DerivedOutcome.SURVIVED
        )

    def __str__(self) -> str:
        """Name, edition and what the conversation showed."""
        shown = "shown, but no law is violated" if self.shown else "never shown"
        verdict = "" if self.conclusive else "; the verdict is inconclusive"
        return f"{self.fault.name} ({self.fault.edition}): {shown}{verdict}"


def run_derived(index: int) -> DerivedResult:
    """Judge the derived fault at a position.

    The check has two paces, one for servers on the same machine and a slower one for all others.
    What happens after some seconds may show at the slower one only.
    """
    fault = derived_faults()[index]
    result = _judged(index, fault, BRISK)
    if result.outcome is DerivedOutcome.SURVIVED:
        slower = _judged(index, fault, CAREFUL)
        return evolve(slower, shown=slower.shown or result.shown)
    return result


def _judged(index: int, fault: DerivedFault, pace: Pace) -> DerivedResult:
    profile: CheckProfile = "full" if fault.derivation.full else "polite"
    conversation = converse_with_mutant(fault.mutant, fault.edition, profile, pace)
    verdict = judge_conversation(
        conversation, fault.edition, profile=profile, strict=fault.derivation.strict
    )
    clean = _shape_without_fault(
        fault.edition, fault.kind, profile, pace, first_job_fails=fault.mutant.first_job_fails
    )
    return DerivedResult(
        index,
        tuple(sorted({one.law.id for one in verdict.violations})),
        _shape(conversation) != clean,
        verdict.exercised,
    )


@cache
def _shape_without_fault(
    edition: Edition, kind: Kind, profile: CheckProfile, pace: Pace, *, first_job_fails: bool
) -> int:
    mutant = without_fault(edition, kind, first_job_fails=first_job_fails)
    return _shape(converse_with_mutant(mutant, edition, profile, pace))


def without_fault(edition: Edition, kind: Kind, *, first_job_fails: bool) -> Mutant:
    """A mutant that answers as the clean sandbox does."""
    none = Fault(
        "none",
        "It has no fault",
        {"status": (edition,)},
        always(FaultyRequest.reply),
        needs_failed_job=first_job_fails,
    )
    return Mutant(none, Operation(kind, "status"))


def _shape(conversation: Conversation) -> int:
    """A number that differs if any exchange does; sandbox and clock are deterministic."""
    return hash(
        tuple(
            (one.method, one.url, one.credential, one.at, one.failure, one.response)
            for one in conversation.trace.exchanges
        )
    )


def sample(indexes: Sequence[int], size: int | None, seed: int) -> Sequence[int]:
    """Some of the indexes of `derived_faults`, ascending.

    Args:
        indexes: All of them.
        size: How many to choose; None for all.
        seed: Determines which.
    """
    if size is None or size >= len(indexes):
        return indexes
    return sorted(random.Random(seed).sample(indexes, size))  # noqa: S311 - no secret


def survivors(results: Iterable[DerivedResult]) -> Iterator[DerivedResult]:
    """The faults that no law detects and no reason excuses."""
    return (result for result in results if result.outcome is DerivedOutcome.SURVIVED)


def derived_failures(results: Iterable[DerivedResult]) -> Iterator[str]:
    """Every reason why the derived catalogue proves less than it claims, one line each.

    A fault that is said to be indistinguishable from a conforming server, and is detected, has
    the wrong reason, or is a false positive.
    """
    for result in results:
        if result.outcome is DerivedOutcome.SURVIVED:
            yield f"survivor: {result}"
        elif result.laws and result.fault.derivation.open_because:
            yield (
                f"left open, but detected by {', '.join(result.laws)}: "
                f"{result.fault.name} ({result.fault.edition})"
            )
