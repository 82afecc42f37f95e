"""One answer to one instruction, typed by the shapes of documents/003.

The shapes are those of the archive. The API's own answers name the same things
otherwise (D-18); they are not accepted here under the archive's type names.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias, TypeVar

from attrs import Factory, frozen

from prolific_exports._archive._fields import take_text, unfold_rating


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
    """The answer that a value of a record's ``responses`` holds.

    Never fails: what does not have a documented shape, down to the last field, is an
    ``UnknownResponse``.
    """
    if not isinstance(raw, dict):
        return UnknownResponse(raw)
    fields = dict(raw)
    parse = _PARSERS.get(take_text(fields, "type"))
    response = parse(fields) if parse else None
    return UnknownResponse(raw) if response is None else response


def _free_text(fields: dict[str, Any]) -> FreeText | None:
    value = take_text(fields, "value")
    if value is None:
        return None
    return FreeText(value, take_text(fields, "description"), fields)


def _free_text_with_unit(fields: dict[str, Any]) -> FreeTextWithUnit | None:
    value = take_text(fields, "value")
    unit = take_text(fields, "unit")
    if value is None or unit is None:
        return None
    return FreeTextWithUnit(value, unit, take_text(fields, "description"), fields)


def _multiple_choice(fields: dict[str, Any]) -> MultipleChoice | None:
    values = _take_items(fields, "values", lambda value: value if isinstance(value, str) else None)
    if values is None:
        return None
    return MultipleChoice(values, take_text(fields, "description"), fields)


def _multiple_choice_with_free_text(
    fields: dict[str, Any],
) -> MultipleChoiceWithFreeText | None:
    values = _take_items(fields, "values", _choice)
    if values is None:
        return None
    return MultipleChoiceWithFreeText(values, take_text(fields, "description"), fields)


def _file_upload(fields: dict[str, Any]) -> FileUpload | None:
    files = _take_items(fields, "files", _uploaded_file)
    if files is None:
        return None
    return FileUpload(files, take_text(fields, "description"), fields)


def _star_rating(fields: dict[str, Any]) -> StarRating | None:
    unfold_rating(fields)
    value = take_text(fields, "value")
    if value is None:
        return None
    return StarRating(value, take_text(fields, "description"), fields)


def _choice(raw: Any) -> Choice | None:
    pair = _take_pair(raw, "option", "explanation")
    return Choice(*pair) if pair else None


def _uploaded_file(raw: Any) -> UploadedFile | None:
    pair = _take_pair(raw, "name", "path")
    return UploadedFile(*pair) if pair else None


def _take_pair(raw: Any, first: str, second: str) -> tuple[str, str, dict[str, Any]] | None:
    if not isinstance(raw, dict):
        return None
    fields = dict(raw)
    one, other = take_text(fields, first), take_text(fields, second)
    return None if one is None or other is None else (one, other, fields)


_Item = TypeVar("_Item")


def _take_items(
    fields: dict[str, Any], name: str, parse: Callable[[Any], _Item | None]
) -> tuple[_Item, ...] | None:
    values = fields.pop(name, None)
    if not isinstance(values, list):
        return None
    items = tuple(item for value in values if (item := parse(value)) is not None)
    return items if len(items) == len(values) else None


_PARSERS: Mapping[str | None, Callable[[dict[str, Any]], Response | None]] = {
    FreeText.type: _free_text,
    FreeTextWithUnit.type: _free_text_with_unit,
    MultipleChoice.type: _multiple_choice,
    MultipleChoiceWithFreeText.type: _multiple_choice_with_free_text,
    FileUpload.type: _file_upload,
    StarRating.type: _star_rating,
}
