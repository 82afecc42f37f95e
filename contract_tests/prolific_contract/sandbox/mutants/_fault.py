"""A fault: what it does, which operations can have it, and when it is triggered."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

from attrs import Factory, field, frozen

from prolific_contract._vocabulary import EDITIONS, KINDS, Action, Edition, Kind, Operation
from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

Trigger: TypeAlias = Literal["always", "late", "second", "sometimes"]
MutantBehaviour: TypeAlias = Callable[[FaultyRequest], Reply]
Places: TypeAlias = Mapping[Action, tuple[Edition, ...]]

TRIGGERS: Final[Mapping[Trigger, str]] = {
    "always": "",
    "late": "only from the third status or list request on",
    "second": "only for a resource's second export",
    "sometimes": "only at random, from a fixed seed",
}

# Only edition 2026-11 has these operations (D-3).
LIST: Final[Places] = {"list": ("2026-11",)}
DELETE: Final[Places] = {"delete": ("2026-11",)}
MANAGEMENT: Final[Places] = {**LIST, **DELETE}
# What both editions have.
SHARED: Final[Places] = {"request": EDITIONS, "status": EDITIONS}
EVERY: Final[Places] = {**SHARED, **MANAGEMENT}
REPORTING: Final[Places] = {**SHARED, **LIST}
REQUEST: Final[Places] = {"request": EDITIONS}
STATUS: Final[Places] = {"status": EDITIONS}
ARCHIVE: Final[Places] = {"archive": EDITIONS}
EVERYWHERE: Final[Places] = {**SHARED, **ARCHIVE, **MANAGEMENT}
# In edition 2026-11 only GET reports a finished export (D-2).
FINISHED: Final[Places] = {"request": ("2026-03",), "status": EDITIONS}


def always(behave: MutantBehaviour) -> Callable[[], MutantBehaviour]:
    """Make a factory for a behaviour without state."""
    return lambda: behave


@frozen
class Fault:
    """One way in which a server can break the contract.

    Attributes:
        name: The name by which laws refer to it, e.g. ``status-201``.
        sentence: What the server does: one sentence without its full stop.
        places: The actions that can have it, each with its editions.
        begin: Creates the behaviour of one server; called again when the server is reset.
        watches: Other actions whose requests the behaviour must see.
        also: Rarer triggers that the catalogue also contains, by action.
        needs_failed_job: Whether it needs a resource whose first job fails.
        strict: Whether only ``--strict`` treats it as a fault (additive drift).
        kinds: The kinds that can have it; both, unless the documents describe only one.
    """

    name: str
    sentence: str
    places: Places
    begin: Callable[[], MutantBehaviour] = field(repr=False, eq=False)
    watches: tuple[Action, ...] = ()
    also: Mapping[Action, tuple[Trigger, ...]] = Factory(dict)
    needs_failed_job: bool = False
    strict: bool = False
    kinds: tuple[Kind, ...] = KINDS


@frozen
class Mutant:
    """A fault at one operation; the rest of the sandbox is correct.

    Attributes:
        trigger: When the fault occurs: a key of `TRIGGERS`.
    """

    fault: Fault
    operation: Operation
    trigger: Trigger = "always"

    @property
    def name(self) -> str:
        """What ``prolific-contract sandbox --mutant`` takes, e.g. ``status-201@batch-request``."""
        rarely = "" if self.trigger == "always" else f"-{self.trigger}"
        return f"{self.fault.name}{rarely}@{self.operation.kind}-{self.operation.action}"

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions in which the operation can have the fault."""
        return self.fault.places[self.operation.action]

    @property
    def first_job_fails(self) -> bool:
        """Whether the fault needs a resource whose first job fails and whose second does not.

        In edition 2026-03 a resource has no second job while the first has its archive.
        """
        return self.fault.needs_failed_job or (self.trigger == "second")

    @property
    def sentence(self) -> str:
        """What the server does: one sentence without its full stop."""
        rarely = TRIGGERS[self.trigger]
        return f"{self.fault.sentence}; {rarely}" if rarely else self.fault.sentence
