"""Sandboxes with exactly one fault, which a gate must detect.

`MUTANTS` maps names such as ``date-naive@batch-status`` (the fault, and the operation that has
it) to mutants. `MutatedSite` is a sandbox with one of them, to call in-process or to serve.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from prolific_contract._vocabulary import Edition, Operation
from prolific_contract.sandbox._lookup import look_up
from prolific_contract.sandbox.mutants._archive_content import ARCHIVE_CONTENT
from prolific_contract.sandbox.mutants._archive_members import ARCHIVE_MEMBERS
from prolific_contract.sandbox.mutants._deletion import DELETION
from prolific_contract.sandbox.mutants._downloads import DOWNLOADS
from prolific_contract.sandbox.mutants._fault import TRIGGERS, Fault, Mutant, Trigger
from prolific_contract.sandbox.mutants._filtering import FILTERING
from prolific_contract.sandbox.mutants._isolation import ISOLATION
from prolific_contract.sandbox.mutants._lists import LISTS
from prolific_contract.sandbox.mutants._near_misses import NEAR_MISSES
from prolific_contract.sandbox.mutants._shape import SHAPE
from prolific_contract.sandbox.mutants._site import MutatedSite
from prolific_contract.sandbox.mutants._time import TIME
from prolific_contract.sandbox.mutants._values import VALUES

__all__ = ["FAULTS", "MUTANTS", "TRIGGERS", "Fault", "Mutant", "MutatedSite", "Trigger", "mutant"]

FAULTS: tuple[Fault, ...] = (
    *SHAPE,
    *VALUES,
    *ARCHIVE_MEMBERS,
    *ARCHIVE_CONTENT,
    *DOWNLOADS,
    *TIME,
    *FILTERING,
    *LISTS,
    *DELETION,
    *ISOLATION,
    *NEAR_MISSES,
)


def _every() -> Iterator[Mutant]:
    for fault in FAULTS:
        for action in fault.places:
            for kind in fault.kinds:
                operation = Operation(kind, action)
                yield Mutant(fault, operation)
                for trigger in fault.also.get(action, ()):
                    yield Mutant(fault, operation, trigger)


MUTANTS: Mapping[str, Mutant] = MappingProxyType({one.name: one for one in _every()})


def mutant(name: str, edition: Edition | None = None) -> Mutant:
    """Look up a mutant by name: a hand-written or a derived one.

    Args:
        name: Its name. Those of derived mutants contain a slash.
        edition: The edition of a derived mutant; None takes the first that has it.

    Raises:
        SandboxError: No mutant has this name. The message suggests similar names.
    """
    if "/" not in name:
        return look_up("mutant", name, MUTANTS)
    # Deriving them reads the contract, which needs packages of the [contract] extra.
    from prolific_contract.sandbox.mutants.derived import derived_faults  # noqa: PLC0415

    named = {one.name: one.mutant for one in reversed(derived_faults())}
    own = {one.name: one.mutant for one in derived_faults() if one.edition == edition}
    return look_up("mutant", name, {**named, **own})
