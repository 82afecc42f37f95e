"""What a fault is, where it exists, and when it shows."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

from attrs import Factory, field, frozen

from prolific_contract._vocabulary import EDITIONS, Action, Edition, Operation
from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox.mutants._faulty_request import Turn

Shows: TypeAlias = Literal["always", "late", "second", "sometimes"]
Behaviour: TypeAlias = Callable[[Turn], Reply]
Places: TypeAlias = Mapping[Action, tuple[Edition, ...]]

SHOWS: Final[Mapping[Shows, str]] = {
    "always": "",
    "late": "only from the third request of a job's state, or of the list of a resource, on",
    "second": "only for a resource's second export",
    "sometimes": "only by a seeded chance",
}

# What edition 2026-11 has alone (D-3).
LIST: Final[Places] = {"list": ("2026-11",)}
DELETE: Final[Places] = {"delete": ("2026-11",)}
MANAGING: Final[Places] = {**LIST, **DELETE}
API: Final[Places] = {"request": EDITIONS, "status": EDITIONS}
EVERY: Final[Places] = {**API, **MANAGING}
TOLD: Final[Places] = {**API, **LIST}
REQUEST: Final[Places] = {"request": EDITIONS}
STATUS: Final[Places] = {"status": EDITIONS}
ARCHIVE: Final[Places] = {"archive": EDITIONS}
EVERYWHERE: Final[Places] = {**API, **ARCHIVE, **MANAGING}
# In edition 2026-11 only GET tells of a finished export (D-2).
FINISHED: Final[Places] = {"request": ("2026-03",), "status": EDITIONS}


def always(behave: Behaviour) -> Callable[[], Behaviour]:
    """A behaviour that remembers nothing."""
    return lambda: behave


@frozen
class Fault:
    """One thing that a server can do wrong, wherever it may do it.

    Attributes:
        name: What laws name it by, e.g. ``status-201``.
        sentence: What the server does, one sentence without its subject and full stop.
        places: Actions of both kinds where it exists, each with its editions.
        begin: Makes the behaviour of one server; called again when the server is reset.
        watches: Further actions of the kind whose requests the behaviour has to see.
        also: Rarer appearances that the catalogue has too, by action.
        needs_failed_job: Whether the resource's first job has to fail for it to show.
        strict: Whether it is a fault only for those who do not want additive drift.
    """

    name: str
    sentence: str
    places: Places
    begin: Callable[[], Behaviour] = field(repr=False, eq=False)
    watches: tuple[Action, ...] = ()
    also: Mapping[Action, tuple[Shows, ...]] = Factory(dict)
    needs_failed_job: bool = False
    strict: bool = False


@frozen
class Mutant:
    """A fault at one operation: a sandbox that is right but for it.

    Attributes:
        fault: The fault.
        operation: The operation that has it.
        shows: When it shows.
    """

    fault: Fault
    operation: Operation
    shows: Shows = "always"

    @property
    def name(self) -> str:
        """What ``prolific-contract sandbox --mutant`` takes, e.g. ``status-201@batch-request``."""
        rarely = "" if self.shows == "always" else f"-{self.shows}"
        return f"{self.fault.name}{rarely}@{self.operation.kind}-{self.operation.action}"

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions in which the operation can have the fault."""
        return self.fault.places[self.operation.action]

    @property
    def first_job_fails(self) -> bool:
        """Whether a resource's first job has to fail, and the second not, for it to show.

        In edition 2026-03 there is no second job as long as the first has its archive.
        """
        return self.fault.needs_failed_job or (self.shows == "second")

    @property
    def sentence(self) -> str:
        """What it does, one sentence without its subject and full stop."""
        rarely = SHOWS[self.shows]
        return f"{self.fault.sentence}; {rarely}" if rarely else self.fault.sentence
