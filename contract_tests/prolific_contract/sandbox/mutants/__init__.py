"""Sandboxes that are right but for one fault, to prove that a gate notices it.

`MUTANTS` has every one by its name, e.g. ``date-naive@batch-status``: the fault, and the
operation that has it. `MutatedSite` is one of them, to be called in-process or to be served.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from prolific_contract._vocabulary import KINDS, Operation
from prolific_contract.sandbox._by_name import named
from prolific_contract.sandbox.mutants._deleting import DELETING
from prolific_contract.sandbox.mutants._fault import SHOWS, Fault, Mutant, Shows
from prolific_contract.sandbox.mutants._filtering import FILTERING
from prolific_contract.sandbox.mutants._isolation import ISOLATION
from prolific_contract.sandbox.mutants._lists import LISTS
from prolific_contract.sandbox.mutants._shape import SHAPE
from prolific_contract.sandbox.mutants._site import MutatedSite
from prolific_contract.sandbox.mutants._time import TIME
from prolific_contract.sandbox.mutants._values import VALUES

__all__ = ["FAULTS", "MUTANTS", "SHOWS", "Fault", "Mutant", "MutatedSite", "Shows", "mutant"]

FAULTS: tuple[Fault, ...] = (
    *SHAPE,
    *VALUES,
    *TIME,
    *FILTERING,
    *LISTS,
    *DELETING,
    *ISOLATION,
)


def _every() -> Iterator[Mutant]:
    for fault in FAULTS:
        for action in fault.places:
            for kind in KINDS:
                operation = Operation(kind, action)
                yield Mutant(fault, operation)
                for shows in fault.also.get(action, ()):
                    yield Mutant(fault, operation, shows)


MUTANTS: Mapping[str, Mutant] = MappingProxyType({one.name: one for one in _every()})


def mutant(name: str) -> Mutant:
    """The mutant of that name.

    Raises:
        SandboxError: There is none; the message names those that look like it.
    """
    return named("mutant", name, MUTANTS)
