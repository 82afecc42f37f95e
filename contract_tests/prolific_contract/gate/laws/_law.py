"""The definition of a law, and of its observations in a conversation."""

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
        says: Its content, in our words.
        discrepancies: Where documents contradict each other (``D-4`` …). The law then takes
            the most permissive reading, and ``says`` states which one.
    """

    document: str
    says: str
    discrepancies: tuple[str, ...] = ()


class Outcome(StrEnum):
    """The result of one observation."""

    HELD = "held"
    VIOLATED = "violated"
    NOTED = "noted"


@frozen
class Observation:
    """One place in a conversation where a law held, was violated, or noted something.

    Attributes:
        operation: The operation for which the law held or was violated.
        outcome: Whether it held, was violated, or only noted something (additive drift).
        exchanges: Indexes of the exchanges that prove it, the decisive one last.
        seen: What happened, one sentence without secrets; empty if the law held.
        about: What is wrong, as far as the law can tell: documented members such as
            ``complete.url``, and ids of statements.
    """

    operation: Operation
    outcome: Outcome
    exchanges: tuple[int, ...]
    seen: str = ""
    about: tuple[str, ...] = ()


@frozen
class LawContext:
    """What a law needs in addition to the conversation.

    Attributes:
        contract: The built contract of the enforced edition; the union of both if None.
        edition: The enforced edition; None judges what both editions share.
        strict: Whether additive drift is a violation.
    """

    contract: Mapping[str, Any] = field(repr=False)
    edition: Edition | None = None
    strict: bool = False


LawCheck: TypeAlias = Callable[[Trace, LawContext], Iterable[Observation]]


@frozen
class Law:
    """A statement about every conversation with a conforming server.

    Attributes:
        id: Stable name, e.g. ``shape.status``; its prefix names the module.
        statement: What it demands, in one or two sentences.
        source: Where it comes from.
        operations: The operations that it judges.
        needs: What a conversation must contain to exercise it; a report prints it as the
            reason why the law was not exercised.
        check: Returns the observations; pure.
        mutants: The faults that prove it (`prolific_contract.sandbox.mutants`), at least
            one for each of its operations.
        editions: The editions to which it applies; empty for all.
        profile: ``polite`` if the polite conversation exercises it, else ``full``.
    """

    id: str
    statement: str
    source: LawSource
    operations: tuple[Operation, ...]
    needs: str
    check: LawCheck = field(repr=False, eq=False)
    mutants: tuple[str, ...]
    editions: tuple[Edition, ...] = ()
    profile: Literal["polite", "full"] = "polite"
