"""One answer to one instruction, typed by the shapes of documents/003.

The shapes are those of the archive. The API's own answers name the same things
otherwise (D-18); they are not accepted here under the archive's type names.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, get_args

from attrs import Factory, frozen

from prolific_exports._archive._answer_shapes import SHAPES, TextList, Texts
from prolific_exports._archive._fields import Item, take_items, take_text


@frozen
class FreeText:
    """A text.

    Attributes:
        value: What the participant wrote.
        description: The instruction's wording, where the archive repeats it.
        extra: Fields that are not documented, as they came.
    """

    type: ClassVar[str] = "free_text"
    value: str
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class FreeTextWithUnit:
    """A text, mostly a number, and its unit.

    Attributes:
        value: What the participant wrote, never converted to a number.
        unit: The unit, as the instruction has it.
        description: The instruction's wording, where the archive repeats it.
        extra: Fields that are not documented, as they came.
    """

    type: ClassVar[str] = "free_text_with_unit"
    value: str
    unit: str
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class MultipleChoice:
    """The options that were chosen.

    Attributes:
        values: The options in the archive's order.
        description: The instruction's wording, where the archive repeats it.
        extra: Fields that are not documented, as they came.
    """

    type: ClassVar[str] = "multiple_choice"
    values: tuple[str, ...]
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class Choice:
    """An option that was chosen, and why.

    Attributes:
        option: The option.
        explanation: What the participant wrote about it.
        extra: Fields that are not documented, as they came.
    """

    option: str
    explanation: str
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class MultipleChoiceWithFreeText:
    """The options that were chosen, each with an explanation.

    Attributes:
        values: The choices in the archive's order.
        description: The instruction's wording, where the archive repeats it.
        extra: Fields that are not documented, as they came.
    """

    type: ClassVar[str] = "multiple_choice_with_free_text"
    values: tuple[Choice, ...]
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class UploadedFile:
    """A file that was uploaded, as the record names it.

    Attributes:
        name: The file's name on the participant's side. Do not write to it: it is
            whatever the participant's device said.
        path: Where the file is, relative to the archive's root folder; good for
            ``ExportArchive.open_file``, and below the folder after ``extract``.
        extra: Fields that are not documented, as they came.
    """

    name: str
    path: str
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class FileUpload:
    """The files that were uploaded.

    Attributes:
        files: The files in the archive's order.
        description: The instruction's wording, where the archive repeats it.
        extra: Fields that are not documented, as they came.
    """

    type: ClassVar[str] = "file_upload"
    files: tuple[UploadedFile, ...]
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class StarRating:
    """A number of stars.

    The documents do not have it yet: it comes from the vendor's client.

    Attributes:
        value: The stars that the participant chose, such as ``"3"``, never converted to a number.
        description: The instruction's wording, where the archive repeats it.
        extra: Fields that are not known, as they came.
    """

    type: ClassVar[str] = "star_rating"
    value: str
    description: str | None = None
    extra: Mapping[str, Any] = Factory(dict)


@frozen
class UnknownResponse:
    """An answer whose type is not known, or which does not have its type's shape (D-27).

    Attributes:
        raw: The answer's JSON, untouched.
    """

    raw: Any

    @property
    def type(self) -> str | None:
        """The type that the answer claims, if it has one."""
        return take_text(self._fields(), "type")

    @property
    def description(self) -> str | None:
        """The instruction's wording, where the archive repeats it."""
        return take_text(self._fields(), "description")

    @property
    def extra(self) -> Mapping[str, Any]:
        """All other fields; none when the answer is no JSON object."""
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
"""Any answer; tell them apart by class or by ``type``."""


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
    item_class = _ITEM_CLASSES[type_]
    return (tuple(item_class(*texts, extra) for texts, extra in items),)


_CLASSES: Mapping[str, Callable[..., Response]] = {
    one.type: one for one in get_args(Response) if one is not UnknownResponse
}
_ITEM_CLASSES: Mapping[str, Callable[..., Choice | UploadedFile]] = {
    MultipleChoiceWithFreeText.type: Choice,
    FileUpload.type: UploadedFile,
}
