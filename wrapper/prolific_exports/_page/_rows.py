"""The rows of a page, as the JSON that its script reads.

A row is ``[source, submission, participant, task, time, answers]``, sometimes with the JSON of
what is not documented at its end. ``source`` is the number of the archive, ``time`` is in
milliseconds. ``answers`` alternates the place of a question and its value: null for an answer
without content, otherwise by the kind of the question

- ``text``: the text;
- ``number``: ``[text, place of the unit or null, number or null]``;
- ``choice``: a list of ``[option, explanation]``, with an option's place or, if it has none, text;
- ``file``: a list of ``[name, number of the file or null]``;
- ``other``: the answer's JSON.

An answer in an undocumented form is ``{"value": …, "json": …}``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from attrs import Factory, define, field

from prolific_exports._page._questions import PageQuestion
from prolific_exports._page._totals import is_answered
from prolific_exports._tables._answer_parts import AnswerParts, read_answer
from prolific_exports._tables._observed import number_in
from prolific_exports._tables._record_parts import RecordPart
from prolific_exports._tables._values import dumps

LONGEST_TEXT: Final = 20_000
"""Characters of a text that a page shows."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class FileNumbers(Protocol):
    """Gives the files of a page their numbers."""

    def number(self, source: int, path: str) -> int | None:
        """Return the number of an uploaded file; None if the archive does not contain it."""


@define
class RowEncoder:
    """Makes rows.

    Attributes:
        questions: The questions of the page.
        files: Gives files their numbers.
        cut_texts: Number of texts that were cut.
    """

    questions: Sequence[PageQuestion]
    files: FileNumbers
    cut_texts: int = 0

    _places: dict[str, int] = field(
        default=Factory(
            lambda self: {one.question.id: place for place, one in enumerate(self.questions)},
            takes_self=True,
        ),
        init=False,
    )

    def row(self, part: RecordPart, source: int) -> list[Any]:
        """Return the row of a submission, or of one of its tasks."""
        submission, participant, _, _, task, moment = part.identity
        answers: list[Any] = []
        for id_, raw in (part.responses or {}).items():
            place = self._places[id_]
            answers += (place, self._value(self.questions[place], raw, source))
        time = None if moment is None else (moment - _EPOCH) // _MILLISECOND
        row = [source, submission, participant, task, time, answers]
        return [*row, self._text(dumps(dict(part.extra)))] if part.extra else row

    def _value(self, question: PageQuestion, raw: Any, source: int) -> Any:
        answer = read_answer(raw)
        if not is_answered(answer, raw):
            return None
        if question.kind == "other":
            return self._text(dumps(raw))
        if answer.type != question.question.type:
            return {"value": None, "json": self._text(dumps(raw))}
        fits = answer.fits and all(item.fits for item in answer.items or ())
        value = self._documented(question, answer, source)
        return value if fits else {"value": value, "json": self._text(dumps(raw))}

    def _documented(self, question: PageQuestion, answer: AnswerParts, source: int) -> Any:
        texts = [list(item.texts.values()) for item in answer.items or () if item.texts]
        if answer.items is None:
            texts = [list(answer.texts.values())]
        match question.kind:
            case "text":
                return self._text(texts[0][0])
            case "number":
                value, unit = texts[0]
                place = None if unit is None else question.units.get(unit)
                return [self._text(value), place, None if value is None else number_in(value)]
            case "choice":
                return [
                    [question.options.get(option, self._text(option)), *map(self._text, rest)]
                    for option, *rest in texts
                    if option is not None
                ]
            case _:
                return [
                    [
                        self._text(name or path),
                        None if path is None else self.files.number(source, path),
                    ]
                    for name, path in texts
                ]

    def _text(self, text: str | None) -> str | None:
        if text is None or len(text) <= LONGEST_TEXT:
            return text
        self.cut_texts += 1
        return f"{text[:LONGEST_TEXT]}…"
