"""An archive's own description: ``collection.json`` or ``batch.json``."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import Factory, field, frozen

from prolific_exports._archive._fields import take_instant, take_text
from prolific_exports._archive._json import RawJSON, read_json
from prolific_exports._archive._limits import (
    MAX_INSTRUCTIONS,
    TOO_MANY_INSTRUCTIONS,
    beyond_limit,
)
from prolific_exports._archive._member_index import MemberIndex
from prolific_exports._errors import CorruptArchiveError

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


def read_metadata(index: MemberIndex) -> Metadata:
    """Read the metadata of an archive; it is empty without ``collection.json`` or ``batch.json``.

    Raises:
        CorruptArchiveError: The file is damaged, is not a JSON object, or an object in it
            repeats a name.
        UnsafeArchiveError: It exceeds a limit of the reader.
    """
    name = f"{index.kind}.json"
    if index.kind is None or name not in index:
        return Metadata()
    file = index.file(name)
    raw = read_json(file.pieces(), file.where)
    if isinstance(raw, RawJSON):
        raise CorruptArchiveError(
            f"{file.where} repeats a name in one object, so one of its values would be lost. "
            "Request a new export, or extract the archive to look at the file."
        )
    if not isinstance(raw, dict):
        raise CorruptArchiveError(f"{file.where} is not a JSON object. Request a new export.")
    metadata = parse_metadata(raw, index.kind)
    if len(metadata.instructions) > MAX_INSTRUCTIONS:
        raise beyond_limit(file.where, TOO_MANY_INSTRUCTIONS)
    return metadata


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
