"""The questions of a page: what the codebook and the answers say about each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from prolific_exports._archive._answer_shapes import SHAPES
from prolific_exports._model._codebook import Codebook, Question
from prolific_exports._page._totals import Totals
from prolific_exports._tables._observed import completed

QuestionKind: TypeAlias = Literal["choice", "number", "text", "file", "other"]
"""What the card of a question shows."""

_KINDS: Final[Mapping[str, QuestionKind]] = {
    "lengths": "text",
    "numbers": "number",
    "choices": "choice",
    "files": "file",
}


@frozen(kw_only=True)
class PageQuestion:
    """A question.

    Attributes:
        number: Its number from 1, as in the columns of tidy tables.
        question: What is known about it.
        kind: What its card shows.
        answered: Number of rows of the archives with an answer.
        options: The place of each option.
        units: The place of each unit.
    """

    number: int
    question: Question
    kind: QuestionKind
    answered: int
    options: Mapping[str, int] = field(repr=False)
    units: Mapping[str, int] = field(repr=False)

    @property
    def wording(self) -> str:
        """What participants read; the id if that is unknown."""
        return self.question.wording or self.question.id

    def to_json(self) -> dict[str, Any]:
        """Return what the page's script reads."""
        return {
            "key": f"q{self.number}",
            "id": self.question.id,
            "type": self.question.type,
            "kind": self.kind,
            "wording": self.wording,
            "options": list(self.options),
            "units": list(self.units),
            "required": self.question.required,
            "limit": self.question.answer_limit,
        }


def page_questions(totals: Totals, codebooks: Sequence[Codebook]) -> tuple[PageQuestion, ...]:
    """Return the questions: those of the archives, then those that only codebooks have."""
    found = [completed(one.question, codebooks) for one in totals.questions]
    known = {one.id for one in found}
    for codebook in codebooks:
        for question in codebook.questions:
            if question.id not in known:
                known.add(question.id)
                found.append(question)
    return tuple(_question(number, one, totals) for number, one in enumerate(found, 1))


def _question(number: int, question: Question, totals: Totals) -> PageQuestion:
    shape = SHAPES.get(question.type or "")
    options = question.options or totals.ratings(question.id)
    return PageQuestion(
        number=number,
        question=question,
        kind="other" if shape is None else _KINDS[shape.measure],
        answered=totals.answered.get(question.id, 0),
        options={option: place for place, option in enumerate(options)},
        units={unit: place for place, unit in enumerate(question.units)},
    )
