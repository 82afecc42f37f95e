"""The definition of a statement."""

from typing import Final, Literal, TypeAlias, get_args

from attrs import frozen

from prolific_contract._vocabulary import EDITIONS, MANAGEMENT_ACTIONS, Edition, Operation

Category: TypeAlias = Literal[
    "method",
    "status",
    "field",
    "relation",
    "order",
    "time",
    "identity",
    "access",
    "limit",
    "filter",
]
"""What a statement is about."""

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)


@frozen
class Statement:
    """One checkable statement of the documents about the export operations.

    Attributes:
        id: Stable name: operation or ``api``, category, subject; e.g. ``request.status.202``.
        says: What the documents state, in our words.
        source: The documents that state it.
        operations: The operations that it is about.
        laws: The ids of the laws that check it.
        unchecked: Why no law can check it; empty if laws do.
        discrepancies: Where documents contradict each other about it (``D-4`` …).
        editions: The editions that have it; empty for all that have its operations.
        contract: The parts of the built contract that express it, e.g. ``202`` or
            ``generating.export_id required``.
    """

    id: str
    says: str
    source: str
    operations: tuple[Operation, ...]
    laws: tuple[str, ...] = ()
    unchecked: str = ""
    discrepancies: tuple[str, ...] = ()
    editions: tuple[Edition, ...] = ()
    contract: tuple[str, ...] = ()

    @property
    def category(self) -> Category:
        """What it is about: the second part of its id."""
        found = self.id.split(".")[1]
        return next(category for category in CATEGORIES if category == found)

    def places(self) -> tuple[tuple[Operation, Edition], ...]:
        """The operations that it is about, each with an edition that has it."""
        return tuple(
            (operation, edition)
            for operation in self.operations
            for edition in self.editions or EDITIONS
            if edition == "2026-11" or operation.action not in MANAGEMENT_ACTIONS
        )
