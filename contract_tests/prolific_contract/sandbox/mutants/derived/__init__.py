"""Faults that operators derive from the operations of the API.

Each operator (omit, swap, refuse …) is applied to every part of every operation: the documented
members and statuses come from the built contract. `derived_faults` returns them all.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from attrs import frozen

from prolific_contract._vocabulary import (
    ACTIONS,
    EDITIONS,
    KINDS,
    MANAGEMENT_ACTIONS,
    Action,
    Edition,
    Kind,
    Operation,
)
from prolific_contract.sandbox.mutants._fault import Fault, Mutant
from prolific_contract.sandbox.mutants.derived._access_operators import on_access
from prolific_contract.sandbox.mutants.derived._archive_operators import on_archives
from prolific_contract.sandbox.mutants.derived._cache_operators import on_caches
from prolific_contract.sandbox.mutants.derived._concurrency_operators import on_concurrency
from prolific_contract.sandbox.mutants.derived._derivation import OPERATORS, Derivation
from prolific_contract.sandbox.mutants.derived._identity_operators import on_identities
from prolific_contract.sandbox.mutants.derived._list_operators import on_lists
from prolific_contract.sandbox.mutants.derived._loss_operators import on_losses
from prolific_contract.sandbox.mutants.derived._member_operators import on_members
from prolific_contract.sandbox.mutants.derived._message_operators import on_messages
from prolific_contract.sandbox.mutants.derived._refusal_operators import on_refusals

__all__ = ["OPERATORS", "DerivedFault", "derived_faults"]

_TIMES = {1: "", 2: "2nd", 3: "3rd"}
_WORDS = {1: "", 2: "; only from the second time on", 3: "; only from the third time on"}

# Each form at one kind: the two kinds differ in nothing that a count depends on.
_LATER: Final[dict[Kind, int]] = {"batch": 2, "collection": 3}


@frozen
class DerivedFault:
    """A derivation at one operation of one edition.

    Attributes:
        first: From which time on the server is wrong.
    """

    derivation: Derivation
    kind: Kind
    edition: Edition
    first: int = 1

    @property
    def name(self) -> str:
        """The name of the mutant, e.g. ``omit/complete.url@batch-status``."""
        return self.mutant.name

    @property
    def mutant(self) -> Mutant:
        """The mutant with this fault."""
        derivation = self.derivation
        nth = _TIMES[self.first]
        fault = Fault(
            name=f"{derivation.operator}/{derivation.target}" + (f"-{nth}" if nth else ""),
            sentence=f"{derivation.sentence}{_WORDS[self.first]}",
            places={derivation.action: (self.edition,)},
            begin=lambda: derivation.begin(self.first),
            watches=derivation.watches,
            needs_failed_job=derivation.needs_failed_job,
            strict=derivation.strict,
        )
        return Mutant(fault, Operation(self.kind, derivation.action))


@cache
def derived_faults() -> tuple[DerivedFault, ...]:
    """Every derived fault, in a fixed order."""
    return tuple(_every())


def _every() -> Iterator[DerivedFault]:
    for edition in EDITIONS:
        for kind in KINDS:
            for action in ACTIONS:
                if action in MANAGEMENT_ACTIONS and edition == "2026-03":
                    continue
                for derivation in derivations(edition, kind, action):
                    yield DerivedFault(derivation, kind, edition)
                    if derivation.repeats:
                        yield DerivedFault(derivation, kind, edition, _LATER[kind])


def derivations(edition: Edition, kind: Kind, action: Action) -> Iterator[Derivation]:
    """Every derivation from one operation of an edition."""
    if action == "archive":
        yield from on_archives(edition, kind)
    else:
        yield from on_members(edition, kind, action)
        yield from on_messages(edition, kind, action)
        yield from on_access(edition, kind, action)
        yield from on_identities(edition, action)
        yield from on_caches(action)
        yield from on_losses(edition, action)
        yield from on_concurrency(edition, action)
    yield from on_refusals(edition, action)
    if action == "list":
        yield from on_lists()
