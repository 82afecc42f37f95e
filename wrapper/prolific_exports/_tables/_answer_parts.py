"""One answer as plain values: what its documented shape holds, and all that is left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import Factory, frozen

from prolific_exports._archive._answer_shapes import SHAPES, TextList, Texts
from prolific_exports._archive._fields import unfold_text
from prolific_exports._tables._record_parts import take_text


@frozen
class ItemParts:
    """One element of an answer's list.

    Attributes:
        texts: Its texts by their names; a list of plain texts has them as ``value``;
            none of a null.
        left: What did not fit, as it came.
        fits: Whether nothing is left.
    """

    texts: Mapping[str, str | None]
    left: Any = None
    fits: bool = True


@frozen
class ItemSequence:
    """The elements of a list, taken apart one at a time: of empty ones there can be many.

    Attributes:
        values: The elements as they came.
        layout: The layout of the answer.
    """

    values: Sequence[Any]
    layout: TextList

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[ItemParts]:
        return (_item(value, self.layout) for value in self.values)


@frozen
class AnswerParts:
    """An answer's parts.

    Attributes:
        type: The type that it claims.
        description: The instruction's wording, where it is repeated.
        texts: The texts that its type documents.
        items: The elements of the list that its type documents; None when it has no such list.
        left: What did not fit, as it came.
        fits: Whether nothing is left.
    """

    type: str | None = None
    description: str | None = None
    texts: Mapping[str, str | None] = Factory(dict)
    items: "ItemSequence | None" = None
    left: Any = None
    fits: bool = True


def read_answer(raw: Any) -> AnswerParts:
    """Take an answer apart. Never fails, and loses nothing but nulls."""
    if not isinstance(raw, dict):
        return AnswerParts(left=raw, fits=False)
    fields = dict(raw)
    kind = take_text(fields, "type")
    description = take_text(fields, "description")
    shape = SHAPES.get(kind or "")
    if shape is None:
        return AnswerParts(kind, description, {}, None, fields, fits=not fields)
    texts: dict[str, str | None] = {}
    items: ItemSequence | None = None
    layout = shape.layout
    if isinstance(layout, Texts):
        unfold_text(fields, layout)
        texts = {name: take_text(fields, name) for name in layout.names}
    else:
        values = fields.get(layout.name)
        if values is None:
            fields.pop(layout.name, None)
        elif isinstance(values, list):
            del fields[layout.name]
            items = ItemSequence(values, layout)
    return AnswerParts(kind, description, texts, items, fields, fits=not fields)


def _item(raw: Any, layout: TextList) -> ItemParts:
    if not layout.fields:
        [name] = layout.names
        left = {name: raw}
        text = take_text(left, name)
        return ItemParts({name: text}, raw, fits=not left)
    if not isinstance(raw, dict):
        return ItemParts({}, raw, fits=raw is None)
    fields = dict(raw)
    texts = {name: take_text(fields, name) for name in layout.fields}
    return ItemParts(texts, fields, fits=not fields)
