"""What a law is, and what it says of a conversation."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from prolific_contract._vocabulary import Edition, Operation
from prolific_contract.gate.trace._exchanges import Trace


@frozen
class LawSource:
    """Where a law comes from.

    Attributes:
        document: The source document, e.g. ``documents/000``.
        says: What it says there, in our words.
        discrepancies: Where documents contradict each other (``D-4`` …); the law then
            takes the reading that accuses fewer servers, and ``says`` says which.
    """

    document: str
    says: str
    discrepancies: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What one observation says."""

    HELD = "held"
    VIOLATED = "violated"
    NOTED = "noted"


@frozen
class Observation:
    """One place in a conversation where a law had something to say.

    Attributes:
        operation: The operation that kept or broke it.
        outcome: Whether it was kept, broken, or only noted (additive drift).
        exchanges: Indexes of the exchanges that show it, the decisive one last.
        seen: What was seen, one sentence, secrets removed; empty when it was kept.
    """

    operation: Operation
    outcome: Outcome
    exchanges: tuple[int, ...]
    seen: str = ""


@frozen
class LawContext:
    """What a law needs besides the conversation.

    Attributes:
        contract: The built contract of the edition that is enforced (the union when none).
        edition: The edition that is enforced; None judges what both editions share.
        strict: Whether additive drift is a violation.
    """

    contract: Mapping[str, Any] = field(repr=False)
    edition: Edition | None = None
    strict: bool = False


Check: TypeAlias = Callable[[Trace, LawContext], Iterable[Observation]]


@frozen
class Law:
    """A statement about every conversation with a conforming server.

    Attributes:
        id: Stable name, e.g. ``shape.status``.
        statement: What it demands, one sentence.
        source: Where it comes from.
        operations: The operations it is about.
        needs: What a conversation must hold for it to say anything: what a report
            prints as the reason when it was not exercised.
        check: Gives the observations, pure.
        mutants: The faults that prove it (`prolific_contract.sandbox.mutants`): for each
            of its operations at least one of them exists.
        editions: The editions it belongs to; empty means every one.
        profile: ``polite`` if the polite conversation exercises it, else ``full``.
    """

    id: str
    statement: str
    source: LawSource
    operations: tuple[Operation, ...]
    needs: str
    check: Check = field(repr=False, eq=False)
    mutants: tuple[str, ...]
    editions: tuple[Edition, ...] = ()
    profile: Literal["polite", "full"] = "polite"
