"""One pass over archives, for what a page has to know before its first row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import Factory, define, field, frozen

from prolific_exports._archive import ArchiveReader
from prolific_exports._archive._answer_shapes import SHAPES, Texts
from prolific_exports._tables._answer_parts import AnswerParts, read_answer
from prolific_exports._tables._observed import MOST_OPTIONS, ObservedQuestion, number_in, observe
from prolific_exports._tables._record_parts import record_parts
from prolific_exports._tables._sources import Source

_MOST_STARS: Final = 20
"""Ratings up to this number have a bar for each number of stars, also for those not given."""


def is_answered(answer: AnswerParts, raw: Any) -> bool:
    """Return whether an answer has any content."""
    shape = SHAPES.get(answer.type or "")
    if shape is None:
        return raw is not None
    if isinstance(shape.layout, Texts):
        # A unit alone is no answer.
        value = answer.texts[shape.layout.names[0]]
        return bool(value and value.strip()) or not answer.fits
    return not answer.fits or any(
        not item.fits or any(text and text.strip() for text in item.texts.values())
        for item in answer.items or ()
    )


@define
class Totals:
    """What archives contain.

    Attributes:
        questions: The questions, as far as archives show them.
        rows: Number of submissions; in a batch, of submissions and tasks.
        unknown_records: Number of records without recognised answers.
        participants: The participants' ids.
        first: When the earliest submission was created.
        last: When the latest submission was created.
        answered: Number of rows with an answer, by question.
    """

    questions: tuple[ObservedQuestion, ...] = ()
    rows: int = 0
    unknown_records: int = 0
    participants: set[str] = Factory(set)
    first: datetime | None = None
    last: datetime | None = None
    answered: dict[str, int] = Factory(dict)
    _ratings: dict[str, dict[str, None]] = Factory(dict)

    def add(self, record: Any) -> None:
        """Count a record."""
        for part in record_parts(record):
            if part.responses is None:
                self.unknown_records += 1
                continue
            self.rows += 1
            *_, moment = part.identity
            participant = part.identity[1]
            if participant is not None:
                self.participants.add(participant)
            if moment is not None:
                self.first = min(self.first or moment, moment)
                self.last = max(self.last or moment, moment)
            for id_, raw in part.responses.items():
                self._add_answer(id_, raw)

    def _add_answer(self, id_: str, raw: Any) -> None:
        answer = read_answer(raw)
        if not is_answered(answer, raw):
            return
        self.answered[id_] = self.answered.get(id_, 0) + 1
        shape = SHAPES.get(answer.type or "")
        if shape is not None and shape.measure == "choices" and isinstance(shape.layout, Texts):
            given = self._ratings.setdefault(id_, {})
            value = answer.texts[shape.layout.names[0]]
            if value is not None and len(given) < MOST_OPTIONS:
                given[value] = None

    def ratings(self, id_: str) -> tuple[str, ...]:
        """Return the ratings of a question, in their order: each number of stars, if all are."""
        given = self._ratings.get(id_, {})
        numbers = {text: number_in(text) for text in given}
        found = [number for number in numbers.values() if number is not None]
        if len(found) < len(numbers) or not found:
            return tuple(given)
        stars = tuple(str(number) for number in range(1, int(max(found)) + 1))
        if max(found) <= _MOST_STARS and set(given) <= set(stars):
            return stars
        return tuple(sorted(given, key=lambda text: numbers[text] or 0))


@frozen
class _CountedSource(Source):
    totals: Totals = field(kw_only=True)

    def records(self) -> Iterator[Any]:
        """Yield the JSON of each record, and count it."""
        for record in Source.records(self):
            self.totals.add(record)
            yield record


def read_totals(archives: Sequence[ArchiveReader]) -> Totals:
    """Read archives once. Keeps the participants' ids in memory, but not the records.

    Raises:
        ArchiveError: An archive has no records by submission.
        CorruptArchiveError: It is damaged, or a record is not JSON.
        UnsafeArchiveError: It exceeds a limit of the reader.
    """
    found = Totals()
    found.questions = observe(
        [_CountedSource(archive, "submission", totals=found) for archive in archives]
    )
    return found
