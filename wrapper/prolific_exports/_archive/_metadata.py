"""An archive's own description: ``collection.json`` or ``batch.json``."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import Factory, field, frozen

from prolific_exports._archive._fields import take_instant, take_text

if TYPE_CHECKING:
    from prolific_exports._model._references import Kind


@frozen
class Instruction:
    """One question or prompt.

    Attributes:
        id: The key of its answers in records.
        type: The type of its answers; more types exist than are documented (D-27).
        description: Its wording.
        extra: Fields that are not documented, or not of the documented type.
    """

    id: str | None = None
    type: str | None = None
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class Metadata:
    """The archive's description of itself; every field may be missing.

    The shape is documented for collections only (documents/003). Batches are read by the same
    names, with ``batch_id`` instead of ``collection_id``.

    Attributes:
        id: Id of the collection or batch.
        name: Its name.
        exported_at: When the archive was created, with its time zone.
        instructions: The instructions, in the archive's order.
        extra: Fields that are not documented, or not of the documented type.
        raw: The whole object, unchanged; empty if the archive has none.
    """

    id: str | None = None
    name: str | None = None
    exported_at: datetime | None = None
    instructions: tuple[Instruction, ...] = ()
    extra: Mapping[str, Any] = Factory(dict)
    raw: Mapping[str, Any] = field(factory=dict, repr=False)


def parse_metadata(raw: Mapping[str, Any], kind: "Kind") -> Metadata:
    """Return the metadata of an archive of this kind."""
    fields = dict(raw)
    return Metadata(
        id=take_text(fields, f"{kind}_id"),
        name=take_text(fields, "name"),
        exported_at=take_instant(fields, "exported_at"),
        instructions=_take_instructions(fields),
        extra=fields,
        raw=raw,
    )


def _take_instructions(fields: dict[str, Any]) -> tuple[Instruction, ...]:
    values = fields.get("instructions")
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        return ()
    del fields["instructions"]
    return tuple(_instruction(value) for value in values)


def _instruction(raw: Mapping[str, Any]) -> Instruction:
    fields = dict(raw)
    return Instruction(
        id=take_text(fields, "id"),
        type=take_text(fields, "type"),
        description=take_text(fields, "description"),
        extra=fields,
    )
