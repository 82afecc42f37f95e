"""The reference reader for the long shape: one row per value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prolific_exports._archive._answer_shapes import VALUE_NAMES
from prolific_exports._tables._answer_parts import AnswerParts, read_answer
from prolific_exports._tables._record_parts import RecordPart, record_parts
from prolific_exports._tables._values import dumps, encodable
from prolific_exports._tables._wide import Column


def long_rows(record: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a record (its JSON, read by ``loads``) with the columns ``LONG``.

    Keeps the order of the record's answers. A submission without answers, and an empty list, have
    one row.
    """
    for part in record_parts(record):
        yield from _part_rows(part)


def _part_rows(part: RecordPart) -> Iterator[tuple[Any, ...]]:
    extra = part.extra
    if not part.responses:
        yield _row(part, (None,) * 3, {}, None, extra)
        return
    for id_, raw in part.responses.items():
        yield from _answer_rows(part, id_, read_answer(raw), extra)
        # Keep it only in the part's first row.
        extra = {}


def _answer_rows(
    part: RecordPart, id_: str, answer: AnswerParts, extra: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    id_text = encodable(id_)
    if id_text != id_:
        extra = {**extra, "instruction_id": id_}
    if not answer.fits:
        extra = {**extra, "answer": answer.left}
    heading = (id_text, answer.type, answer.description)
    if not answer.items:
        yield _row(part, heading, answer.texts, None, extra)
        return
    for position, item in enumerate(answer.items):
        own = extra if item.fits else {**extra, "item": item.left}
        yield _row(part, heading, item.texts, position, own)
        extra = {}


def _row(
    part: RecordPart,
    heading: tuple[str | None, ...],
    texts: Mapping[str, str | None],
    position: int | None,
    extra: Mapping[str, Any],
) -> tuple[Any, ...]:
    kept = dumps(extra) if extra else None
    return (*part.identity, *heading, *map(texts.get, VALUE_NAMES), position, kept)


def long_rows_with_missing(record: Any, questions: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a record with the columns ``LONG_WITH_MISSING``.

    They are those of `long_rows`. After those of each submission comes one for each question that
    it has no entry for, in which ``missing`` is true.
    """
    for part in record_parts(record):
        for row in _part_rows(part):
            yield (*row[:-1], False, row[-1])
        # A record whose answers are not recognised may have answered everything.
        answers = part.responses
        if answers is not None:
            yield from (_missing_row(part, one) for one in questions if one.id not in answers)


def _missing_row(part: RecordPart, question: Column) -> tuple[Any, ...]:
    heading = missing_heading(question)
    extra = None if heading[0] == question.id else dumps({"instruction_id": question.id})
    return (*part.identity, *heading, *(None,) * len(VALUE_NAMES), None, True, extra)


def missing_heading(question: Column) -> tuple[str | None, ...]:
    """Return id, type and wording of a question as the rows without an answer have them."""
    texts = (question.id, question.type, question.description)
    return tuple(None if text is None else encodable(text) for text in texts)
