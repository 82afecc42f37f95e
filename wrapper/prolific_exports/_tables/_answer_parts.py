"""Splits an answer into the texts of its documented shape and the rest."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import Factory, frozen

from prolific_exports._archive._answer_shapes import SHAPES, TextList, Texts
from prolific_exports._archive._fields import unfold_text
from prolific_exports._tables._record_parts import take_text


@frozen
class ItemParts:
    """One item of an answer's list.

    Attributes:
        texts: Its texts by name; the layout names a plain text. Empty for a null.
        left: The content that is not documented, unchanged.
        fits: Whether nothing is left.
    """

    texts: Mapping[str, str | None]
    left: Any = None
    fits: bool = True


@frozen
class ItemSequence:
    """The items of a list, split one at a time, since there can be many empty ones.

    Attributes:
        values: The items, unchanged.
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
    """An answer, split.

    Attributes:
        type: The type that it states.
        description: The instruction's wording, if the answer repeats it.
        texts: The documented texts of its type.
        items: The items of its type's documented list; None without such a list.
        left: The content that is not documented, unchanged.
        fits: Whether nothing is left.
    """

    type: str | None = None
    description: str | None = None
    texts: Mapping[str, str | None] = Factory(dict)
    items: "ItemSequence | None" = None
    left: Any = None
    fits: bool = True


def read_answer(raw: Any) -> AnswerParts:
    """Split an answer. Never fails, and loses nothing but nulls."""
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
