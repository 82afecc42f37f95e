"""What the answers of archives show about each question, read in one pass."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import define, evolve, field

from prolific_exports._archive import ArchiveReader
from prolific_exports._archive._answer_shapes import SHAPES, TextList, Texts
from prolific_exports._archive._limits import (
    MAX_INSTRUCTIONS,
    TOO_MANY_INSTRUCTIONS,
    beyond_limit,
)
from prolific_exports._model._codebook import Codebook, Question
from prolific_exports._tables._answer_parts import AnswerParts, read_answer
from prolific_exports._tables._instructions import described_instructions
from prolific_exports._tables._record_parts import answers_of
from prolific_exports._tables._sources import Source
from prolific_exports._tables._values import encodable

MOST_OPTIONS: Final = 1000
"""Options of a question: with more, its answers are texts of their own."""
MOST_FILES: Final = 20
"""Columns for the files of one question."""

# A decimal number, as people write it. Neither a comma for decimals nor one for thousands: which
# of them is meant is a guess.
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LONGEST_NUMBER: Final = 100


def number_in(text: str) -> float | None:
    """Return the number that a text is, with spaces around it; None if it is none."""
    stripped = text.strip()
    if len(stripped) > _LONGEST_NUMBER or not _NUMBER.fullmatch(stripped):
        return None
    value = float(stripped)
    return value if math.isfinite(value) else None


@define
class ObservedQuestion:
    """What the answers to one question have in common.

    Attributes:
        id: Id of the instruction.
        type: Its type, from the metadata or its first answer.
        wording: Its wording, from the same.
        options: The options that were chosen, in the order in which they occur.
        has_too_many_options: Whether there are more than ``MOST_OPTIONS``.
        most_items: The most options or files in one answer.
        units: The units that occur, in the order in which they occur.
        lacks_unit: Whether some text that is not blank has no unit.
        is_numeric: Whether every text is a number.
        has_fractions: Whether some number is not a whole one.
    """

    id: str
    type: str | None
    wording: str | None
    options: dict[str, None] = field(factory=dict)
    has_too_many_options: bool = False
    most_items: int = 0
    units: dict[str, None] = field(factory=dict)
    lacks_unit: bool = False
    is_numeric: bool = True
    has_fractions: bool = False

    def add(self, answer: AnswerParts) -> None:
        """Take an answer of the question's type into account."""
        shape = SHAPES[self.type or ""]
        if isinstance(shape.layout, Texts):
            self._add_texts(answer, shape.layout)
        elif answer.items is not None:
            self.most_items = max(self.most_items, len(answer.items))
            if shape.measure == "choices":
                for item in answer.items:
                    self._add_option(item.texts.get(shape.layout.names[0]))

    def _add_texts(self, answer: AnswerParts, layout: Texts) -> None:
        value = answer.texts[layout.names[0]]
        if value is not None and value.strip():
            number = number_in(value)
            self.is_numeric = self.is_numeric and number is not None
            self.has_fractions = self.has_fractions or (number or 0) % 1 != 0
            unit = answer.texts.get("unit")
            self.lacks_unit = self.lacks_unit or unit is None
            if unit is not None and len(self.units) < MOST_OPTIONS:
                self.units[unit] = None

    def _add_option(self, option: str | None) -> None:
        if option is None or option in self.options:
            return
        if len(self.options) < MOST_OPTIONS:
            self.options[option] = None
        else:
            self.has_too_many_options = True

    @property
    def question(self) -> Question:
        """The question, as far as its answers show it."""
        shape = SHAPES.get(self.type or "")
        is_list = (
            shape is not None and shape.measure == "choices" and isinstance(shape.layout, TextList)
        )
        return Question(
            id=self.id,
            type=self.type,
            wording=self.wording,
            options=() if self.has_too_many_options else tuple(self.options),
            answer_limit=1 if is_list and self.most_items == 1 else None,
            units=tuple(self.units),
        )


def observe(sources: Sequence[Source]) -> tuple[ObservedQuestion, ...]:
    """Return the questions of archives: those of the metadata first, in their order.

    Raises:
        UnsafeArchiveError: There are more questions than ``MAX_INSTRUCTIONS``.
    """
    found: dict[str, ObservedQuestion] = {}
    for source in sources:
        for id_, kind, description in described_instructions(source):
            found.setdefault(id_, ObservedQuestion(id_, kind, description))
    for source in sources:
        for id_, raw in _answers(source.records()):
            answer = read_answer(raw)
            observed = found.setdefault(id_, ObservedQuestion(id_, None, None))
            # A null answer states nothing.
            observed.type = observed.type or answer.type
            observed.wording = observed.wording or answer.description
            if len(found) > MAX_INSTRUCTIONS:
                raise beyond_limit(
                    source.archive.record_file(source.by).where, TOO_MANY_INSTRUCTIONS
                )
            if answer.type == observed.type and observed.type in SHAPES:
                observed.add(answer)
    return tuple(found.values())


def _answers(records: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for record in records:
        yield from answers_of(record)


def derived_codebook(archive: ArchiveReader) -> Codebook:
    """Return the codebook of an archive, derived from its answers."""
    metadata = archive.metadata
    observed = observe([Source(archive, "submission")])
    return Codebook(
        source="archive",
        kind=archive.kind,
        resource_id=metadata.id,
        name=metadata.name,
        questions=tuple(one.question for one in observed),
    )


def completed(question: Question, codebooks: Sequence[Codebook]) -> Question:
    """Return an observed question with what codebooks know about it.

    Options that no codebook has come last, since answers contain them. Lone surrogates are
    replaced as in answers.
    """
    asked = (codebook.question(question.id) for codebook in codebooks)
    known = next((one for one in asked if one is not None), None)
    if known is None:
        return question
    return evolve(
        question,
        wording=question.wording or (known.wording and encodable(known.wording)),
        options=tuple(dict.fromkeys((*map(encodable, known.options), *question.options))),
        answer_limit=known.answer_limit,
        units=tuple(dict.fromkeys((*map(encodable, known.units), *question.units))),
        required=known.required,
    )
