"""Typed answers, in the shapes of the archive (documents/003).

The API's answers have other names for the same content (D-18); they are not accepted here.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, TypeAlias, get_args, get_type_hints

from attrs import Factory, frozen

from prolific_exports._archive._answer_shapes import SHAPES, TextList, Texts
from prolific_exports._archive._fields import Item, take_items, take_text


@frozen
class FreeText:
    """A text.

    Attributes:
        value: What the participant wrote.
        description: The instruction's wording, if the archive repeats it.
        extra: Fields that are not documented, unchanged.
    """

    type: ClassVar[str] = "free_text"
    value: str
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class FreeTextWithUnit:
    """A text, usually a number, and its unit.

    Attributes:
        value: What the participant wrote, never converted to a number.
        unit: The unit, as in the instruction.
        description: The instruction's wording, if the archive repeats it.
        extra: Fields that are not documented, unchanged.
    """

    type: ClassVar[str] = "free_text_with_unit"
    value: str
    unit: str
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class MultipleChoice:
    """The chosen options.

    Attributes:
        values: The options, in the archive's order.
        description: The instruction's wording, if the archive repeats it.
        extra: Fields that are not documented, unchanged.
    """

    type: ClassVar[str] = "multiple_choice"
    values: tuple[str, ...]
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class Choice:
    """A chosen option with its explanation.

    Attributes:
        explanation: What the participant wrote about the option.
        extra: Fields that are not documented, unchanged.
    """

    option: str
    explanation: str
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class MultipleChoiceWithFreeText:
    """The chosen options, each with an explanation.

    Attributes:
        values: The choices, in the archive's order.
        description: The instruction's wording, if the archive repeats it.
        extra: Fields that are not documented, unchanged.
    """

    type: ClassVar[str] = "multiple_choice_with_free_text"
    values: tuple[Choice, ...]
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class UploadedFile:
    """An uploaded file, as the record names it.

    Attributes:
        name: The file's name on the participant's device. It can be any text: do not use it as a
            path.
        path: The file's path relative to the archive's root folder, for
            ``ExportArchive.open_file``, and relative to the folder of ``extract``.
        extra: Fields that are not documented, unchanged.
    """

    name: str
    path: str
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class FileUpload:
    """The uploaded files.

    Attributes:
        files: The files, in the archive's order.
        description: The instruction's wording, if the archive repeats it.
        extra: Fields that are not documented, unchanged.
    """

    type: ClassVar[str] = "file_upload"
    files: tuple[UploadedFile, ...]
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class StarRating:
    """A number of stars.

    Not documented yet; known from the vendor's client.

    Attributes:
        value: The chosen number of stars, such as ``"3"``; a text, never converted to a number.
        description: The instruction's wording, if the archive repeats it.
        extra: Fields that are not known, unchanged.
    """

    type: ClassVar[str] = "star_rating"
    value: str
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class UnknownResponse:
    """An answer of an unknown type, or without its type's shape (D-27).

    Attributes:
        raw: The answer's JSON, unchanged.
    """

    raw: Any

    @property
    def type(self) -> str | None:
        """The type that the answer states; None if it states none."""
        return take_text(self._fields(), "type")

    @property
    def description(self) -> str | None:
        """The instruction's wording, if the archive repeats it."""
        return take_text(self._fields(), "description")

    @property
    def extra(self) -> Mapping[str, Any]:
        """All other fields; empty if the answer is not a JSON object."""
        fields = self._fields()
        take_text(fields, "type")
        take_text(fields, "description")
        return fields

    def _fields(self) -> dict[str, Any]:
        return dict(self.raw) if isinstance(self.raw, dict) else {}


Response: TypeAlias = (
    FreeText
    | FreeTextWithUnit
    | MultipleChoice
    | MultipleChoiceWithFreeText
    | FileUpload
    | StarRating
    | UnknownResponse
)
"""Any answer; distinguish them by class or ``type``."""


def parse_response(raw: Any) -> Response:
    """Return the typed answer for a value of a record's ``responses``.

    Never fails: an answer that differs from its type's shape in any documented field is an
    ``UnknownResponse``.
    """
    if not isinstance(raw, dict):
        return UnknownResponse(raw)
    fields = dict(raw)
    type_ = take_text(fields, "type")
    shape = SHAPES.get(type_ or "")
    if type_ is None or shape is None:
        return UnknownResponse(raw)
    items = take_items(fields, shape.layout)
    if items is None:
        return UnknownResponse(raw)
    content = _arguments(items, type_, shape.layout)
    return _CLASSES[type_](*content, take_text(fields, "description"), fields)


def _arguments(items: Sequence[Item], type_: str, layout: Texts | TextList) -> Sequence[Any]:
    if isinstance(layout, Texts):
        [(texts, _)] = items
        return texts
    if not layout.fields:
        return (tuple(text for (text,), _ in items),)
    item_class = _item_class(type_, layout)
    return (tuple(item_class(*texts, extra) for texts, extra in items),)


@cache
def _item_class(type_: str, layout: TextList) -> Callable[..., Any]:
    """The class of a list's items, as the response class declares it."""
    item_class: Callable[..., Any] = get_args(get_type_hints(_CLASSES[type_])[layout.name])[0]
    return item_class


_CLASSES: Mapping[str, Callable[..., Response]] = {
    one.type: one for one in get_args(Response) if one is not UnknownResponse
}
