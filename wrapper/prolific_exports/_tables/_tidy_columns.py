"""The columns of the tidy shape: which values of an answer go where."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from prolific_exports._archive._answer_shapes import SHAPES, Texts
from prolific_exports._model._codebook import Codebook, Question
from prolific_exports._tables._answer_parts import AnswerParts, ItemParts
from prolific_exports._tables._observed import (
    MOST_FILES,
    ObservedQuestion,
    completed,
    number_in,
)
from prolific_exports._tables._slugs import ColumnNames
from prolific_exports._tables._values import dumps

ColumnKind: TypeAlias = Literal["text", "time", "category", "flag", "integer", "number"]
"""What a column contains: a ``flag`` is 0 or 1, a ``category`` one of its categories."""


@frozen(kw_only=True)
class TidyColumn:
    """A column of the tidy shape.

    Attributes:
        name: Its name: see ``_slugs``.
        label: What it is, in the words of the question.
        kind: What it contains.
        question_id: The question; None for columns about the submission.
        question_type: The type of the question; None for columns about the submission, or if it
            is unknown.
        categories: The possible values of a category, in their order.
    """

    name: str
    label: str
    kind: ColumnKind = "text"
    question_id: str | None = None
    question_type: str | None = None
    categories: tuple[str, ...] = ()


Values: TypeAlias = tuple[list[Any], bool]
"""The values of a question's columns, and whether they are the whole answer."""


@frozen
class QuestionColumns:
    """The columns of one question.

    Attributes:
        key: ``q`` and the number of the question, with which its columns begin.
        question: The question, with what the codebook knows about it.
        columns: Its columns, at least one.
        read: Returns their values for an answer of the question's type.
    """

    key: str
    question: Question
    columns: tuple[TidyColumn, ...]
    read: Callable[[AnswerParts, Any], Values] = field(repr=False)

    def values(self, answer: AnswerParts, raw: Any) -> Values:
        """Return the values for any answer."""
        known = SHAPES.get(self.question.type or "") is not None
        if known and answer.type != self.question.type:
            return [None] * len(self.columns), raw is None
        return self.read(answer, raw)


def plan(
    observed: Sequence[ObservedQuestion], codebooks: Sequence[Codebook] = ()
) -> tuple[QuestionColumns, ...]:
    """Return the columns of questions.

    Args:
        observed: The questions, in their order.
        codebooks: What was asked, as far as it is known.
    """
    names = ColumnNames()
    return tuple(_plan_one(n, one, codebooks, names) for n, one in enumerate(observed, 1))


def _plan_one(
    number: int, observed: ObservedQuestion, codebooks: Sequence[Codebook], names: ColumnNames
) -> QuestionColumns:
    question = completed(observed.question, codebooks)
    maker = _ColumnMaker(number, question, names)
    shape = SHAPES.get(question.type or "")
    columns: tuple[TidyColumn, ...]
    read: Callable[[AnswerParts, Any], Values]
    if shape is None:
        columns, read = (maker.column(),), _read_unknown
    else:
        match shape.measure:
            case "lengths":
                columns, read = (maker.column(),), _read_text
            case "numbers":
                columns, read = _numbers(maker, observed)
            case "files":
                columns, read = _files(maker, observed)
            case "choices" if isinstance(shape.layout, Texts):
                kind: ColumnKind = "integer" if _is_whole(observed) else "text"
                columns, read = (maker.column(kind=kind),), _rating_reader(kind)
            case _:
                columns, read = _choices(maker, observed, explained=len(shape.layout.names) > 1)
    return QuestionColumns(f"q{number}", question, columns, read)


@frozen
class _ColumnMaker:
    number: int
    question: Question
    names: ColumnNames

    def column(
        self,
        *,
        about: str | None = None,
        ending: str = "",
        detail: str = "",
        kind: ColumnKind = "text",
        categories: tuple[str, ...] = (),
    ) -> TidyColumn:
        """Return a column.

        Args:
            about: What the name says; by default the wording.
            ending: What the name ends with.
            detail: What the label says after the wording.
            kind: What the column contains.
            categories: The values of a category.
        """
        wording = self.question.wording or self.question.id
        return TidyColumn(
            name=self.names.take(self.number, wording if about is None else about, ending),
            label=f"{wording}{detail}",
            kind=kind,
            question_id=self.question.id,
            question_type=self.question.type,
            categories=categories,
        )


def _read_unknown(_answer: AnswerParts, raw: Any) -> Values:
    return [None if raw is None else dumps(raw)], True


def _read_text(answer: AnswerParts, _raw: Any) -> Values:
    return [answer.texts["value"]], answer.fits


def _is_whole(observed: ObservedQuestion) -> bool:
    return observed.is_numeric and not observed.has_fractions


def _rating_reader(kind: ColumnKind) -> Callable[[AnswerParts, Any], Values]:
    def read(answer: AnswerParts, _raw: Any) -> Values:
        text = answer.texts["value"]
        if kind == "text" or text is None:
            return [text], answer.fits
        number = number_in(text)
        return [None if number is None else int(number)], answer.fits

    return read


_Plan: TypeAlias = tuple[tuple[TidyColumn, ...], Callable[[AnswerParts, Any], Values]]


def _numbers(maker: _ColumnMaker, observed: ObservedQuestion) -> _Plan:
    """One number if all answers have the same unit, else a text and its unit: never a mixture."""
    if observed.is_numeric and len(observed.units) + observed.lacks_unit <= 1:
        unit = next(iter(observed.units), None) or next(iter(maker.question.units), None)
        detail = "" if unit is None else f" [{unit}]"

        def read_number(answer: AnswerParts, _raw: Any) -> Values:
            text = answer.texts["value"]
            return [None if text is None else number_in(text)], answer.fits

        return (maker.column(detail=detail, kind="number"),), read_number

    def read_both(answer: AnswerParts, _raw: Any) -> Values:
        return [answer.texts["value"], answer.texts["unit"]], answer.fits

    units = maker.column(
        ending="_unit", detail=" (unit)", kind="category", categories=maker.question.units
    )
    return (maker.column(), units), read_both


def _files(maker: _ColumnMaker, observed: ObservedQuestion) -> _Plan:
    """One column for the path of each file."""
    count = max(1, min(observed.most_items, MOST_FILES))
    columns = (
        (maker.column(),)
        if count == 1
        else tuple(maker.column(ending=f"_{n}", detail=f" (file {n})") for n in range(1, count + 1))
    )

    def read(answer: AnswerParts, _raw: Any) -> Values:
        items = list(answer.items or ())
        paths = [item.texts.get("path") for item in items[:count]]
        whole = answer.fits and len(items) <= count and all(item.fits for item in items)
        return paths + [None] * (count - len(paths)), whole

    return columns, read


def _choices(maker: _ColumnMaker, observed: ObservedQuestion, *, explained: bool) -> _Plan:
    options = maker.question.options
    if observed.has_too_many_options:
        # One column of texts: a thousand columns would be unusable.
        return (maker.column(),), _read_list
    limit = maker.question.answer_limit
    if observed.most_items <= 1 and limit == 1:
        return _single(maker, options, explained=explained)
    return _multiple(maker, options, explained=explained)


def _read_list(answer: AnswerParts, raw: Any) -> Values:
    return [None if answer.items is None else dumps(raw["values"])], answer.fits


def _single(maker: _ColumnMaker, options: tuple[str, ...], *, explained: bool) -> _Plan:
    columns = [maker.column(kind="category", categories=options)]
    if explained:
        columns.append(maker.column(ending="_text", detail=" (explanation)"))

    def read(answer: AnswerParts, _raw: Any) -> Values:
        items = [item for item in answer.items or () if item.texts]
        values = _texts(items[0]) if items else [None, None]
        whole = answer.fits and len(items) <= 1 and all(item.fits for item in items)
        return values[: len(columns)], whole

    return tuple(columns), read


def _multiple(maker: _ColumnMaker, options: tuple[str, ...], *, explained: bool) -> _Plan:
    columns = []
    for option in options or ("",):
        detail = f" ({option})" if option else ""
        columns.append(maker.column(about=option or None, detail=detail, kind="flag"))
        if explained:
            columns.append(
                maker.column(about=option or None, ending="_text", detail=f"{detail} (explanation)")
            )
    place = {option: number for number, option in enumerate(options or ("",))}
    width = len(columns) // len(place)

    def read(answer: AnswerParts, _raw: Any) -> Values:
        if answer.items is None:
            return [None] * len(columns), answer.fits
        values: list[Any] = [0, None][:width] * len(place)
        whole = answer.fits
        for item in answer.items:
            option, text = _texts(item)
            whole = whole and item.fits
            # An item that is null, or has no option, chooses nothing.
            if option is not None:
                at = place[option] * width
                whole = whole and not values[at]
                values[at : at + width] = [1, text][:width]
        return values, whole

    return tuple(columns), read


def _texts(item: ItemParts) -> list[str | None]:
    """The option of an item and its explanation, if it has one."""
    texts = list(item.texts.values())
    return [*texts, None, None][:2]


ABSENT: Final = "absent"
"""The column that names the questions for which the submission has no entry."""

SUBMISSION_LABELS: Final = {
    "source": "Archive",
    "submission_id": "Submission",
    "participant_id": "Participant",
    "collection_id": "Collection",
    "batch_id": "Batch",
    "task_id": "Task",
    "created_at": "Time of submission (UTC)",
    ABSENT: "Questions without an entry: not asked, or left out",
}
"""The labels of the columns about the submission."""
