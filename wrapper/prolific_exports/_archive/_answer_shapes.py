"""The answer types that are known: one table, from which every reader is derived.

Add a type by adding an entry to ``SHAPES``, and a class for it to ``_responses.Response``. Sources:
documents/003, and the vendor's client for star ratings.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import frozen

Measure: TypeAlias = Literal["lengths", "numbers", "choices", "files"]
"""What a summary counts in the answers of a type."""


@frozen
class Texts:
    """The layout of an answer whose content is one text, or several with names.

    Attributes:
        names: The fields that hold the texts.
        folded_in: Lists that may hold the first text instead of the field, as
            ``[{"value": "3"}]``. The API writes answers in this form; which form archives use is
            not documented.
    """

    names: tuple[str, ...]
    folded_in: tuple[str, ...] = ()


@frozen
class TextList:
    """The layout of an answer whose content is a list.

    Attributes:
        name: The field that holds the list.
        fields: The fields of each item, all texts; empty if the items are texts themselves.
        text: The name under which readers give an item that is a text itself: that of the field
            that would hold it.
    """

    name: str
    fields: tuple[str, ...] = ()
    text: str = "value"

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which readers give an item's texts."""
        return self.fields or (self.text,)


@frozen
class AnswerShape:
    """What an answer of one type contains.

    Attributes:
        layout: Its fields besides ``type`` and ``description``.
        measure: What a summary counts: the lengths of a text, the numbers in a text with its unit,
            the chosen options (with explanations, if the items have a second field), or the files.
    """

    layout: Texts | TextList
    measure: Measure

    @property
    def file_list(self) -> str | None:
        """The field that lists uploaded files, each with its ``path``; None if there is none."""
        layout = self.layout
        if isinstance(layout, TextList) and "path" in layout.fields:
            return layout.name
        return None


SHAPES: Final[Mapping[str, AnswerShape]] = {
    "free_text": AnswerShape(Texts(("value",)), "lengths"),
    "free_text_with_unit": AnswerShape(Texts(("value", "unit")), "numbers"),
    "multiple_choice": AnswerShape(TextList("values", text="option"), "choices"),
    "multiple_choice_with_free_text": AnswerShape(
        TextList("values", ("option", "explanation")), "choices"
    ),
    "file_upload": AnswerShape(TextList("files", ("name", "path")), "files"),
    "star_rating": AnswerShape(Texts(("value",), folded_in=("answer", "values")), "choices"),
}
"""The shape of each known type, by its name in archives."""

VALUE_NAMES: Final = tuple(
    dict.fromkeys(name for shape in SHAPES.values() for name in shape.layout.names)
)
"""The names of all texts that answers contain, in the order of the long table's columns."""

FIELD_NAMES: Final = frozenset(
    (
        *("type", "description", *VALUE_NAMES),
        *(one.layout.name for one in SHAPES.values() if isinstance(one.layout, TextList)),
    )
)
"""The names of all fields of answers and their items."""
