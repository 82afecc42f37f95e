"""One answer as plain values: what its documented shape holds, and all that is left."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import Factory, frozen

from prolific_exports._archive._fields import unfold_rating
from prolific_exports._tables._record_parts import take_text

_RATING: Final = "star_rating"
# documents/003, and the vendor's client for star ratings: by type, the fields that are texts, the
# list, and the texts of the list's items (none: the items are texts themselves).
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "free_text": ("value",),
    "free_text_with_unit": ("value", "unit"),
    _RATING: ("value",),
}
_LISTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "multiple_choice": ("values", ()),
    "multiple_choice_with_free_text": ("values", ("option", "explanation")),
    "file_upload": ("files", ("name", "path")),
}
KNOWN: Final = frozenset((*_TEXTS, *_LISTS))
"""The types that are documented."""


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
        names: The texts that each of them documents.
    """

    values: Sequence[Any]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[ItemParts]:
        return (_item(value, self.names) for value in self.values)


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
    if kind == _RATING:
        unfold_rating(fields)
    texts = {name: take_text(fields, name) for name in _TEXTS.get(kind or "", ())}
    items: ItemSequence | None = None
    if kind is not None and kind in _LISTS:
        name, names = _LISTS[kind]
        values = fields.get(name)
        if values is None:
            fields.pop(name, None)
        elif isinstance(values, list):
            del fields[name]
            items = ItemSequence(values, names)
    return AnswerParts(kind, description, texts, items, fields, fits=not fields)


def _item(raw: Any, names: tuple[str, ...]) -> ItemParts:
    if not names:
        left = {"value": raw}
        text = take_text(left, "value")
        return ItemParts({"value": text}, raw, fits=not left)
    if not isinstance(raw, dict):
        return ItemParts({}, raw, fits=raw is None)
    fields = dict(raw)
    texts = {name: take_text(fields, name) for name in names}
    return ItemParts(texts, fields, fits=not fields)
