"""The reference reader for the wide shape: one row per submission."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import frozen

from prolific_exports._archive._answer_shapes import SHAPES, AnswerShape, Texts
from prolific_exports._tables._answer_parts import AnswerParts, read_answer
from prolific_exports._tables._column_names import IDENTITY, SOURCE
from prolific_exports._tables._record_parts import record_parts
from prolific_exports._tables._values import dumps, encodable


@frozen
class Column:
    """The column of one instruction.

    Attributes:
        name: The instruction's wording, or its id if it has none; made unique, ignoring case as
            SQL does.
        id: Id of the instruction.
        type: Its type. Answers of another type go to ``extra``. If the type is not documented, the
            column contains the answers as JSON texts.
        description: Its wording.
    """

    name: str
    id: str
    type: str | None
    description: str | None

    @property
    def shape(self) -> AnswerShape | None:
        """The shape of its answers; None if their type is not documented."""
        return SHAPES.get(self.type or "")


def columns(instructions: Iterable[tuple[str, str | None, str | None]]) -> tuple[Column, ...]:
    """Return the columns of instructions, given as id, type and wording; one for each id."""
    first: dict[str, tuple[str | None, str | None]] = {}
    for id_, kind, description in instructions:
        first.setdefault(id_, (kind, description))
    taken = {SOURCE, *IDENTITY, "extra"}
    numbers: dict[str, int] = {}
    found = []
    for id_, (kind, description) in first.items():
        # Arrow's C interface cuts names at a NUL.
        wanted = name = encodable(description or id_ or "(no description)").replace("\0", "\ufffd")
        key = wanted.casefold()
        number = numbers.get(key, 1)
        while name.casefold() in taken:
            number += 1
            name = f"{wanted} ({number})"
        # Thousands of instructions can have the same wording.
        numbers[key] = number
        taken.add(name.casefold())
        found.append(Column(name, id_, kind, description))
    return tuple(found)


def wide_rows(record: Any, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a record: identity, a value for each column, ``extra``."""
    for part in record_parts(record):
        extra: dict[str, Any] = dict(part.extra)
        left: dict[str, Any] = {}
        answers = part.responses or {}
        values = []
        for column in columns:
            value = None
            if column.id in answers:
                raw = answers[column.id]
                value, rest = _value(read_answer(raw), raw, column)
                if rest is not _NOTHING:
                    left[column.id] = rest
            values.append(value)
        known = {column.id for column in columns}
        left |= {id_: raw for id_, raw in answers.items() if id_ not in known}
        if left:
            extra["responses"] = left
        yield (*part.identity, *values, dumps(extra) if extra else None)


_NOTHING: Final = object()


def _value(answer: AnswerParts, raw: Any, column: Column) -> tuple[Any, Any]:
    """Return the value for the column, and the part of the answer that the column cannot store."""
    shape = column.shape
    if shape is None:
        return dumps(raw), _NOTHING
    if answer.type != column.type:
        return None, raw
    rest = raw
    if answer.fits and all(item.fits for item in answer.items or ()):
        rest = _NOTHING
        if answer.description is not None and answer.description != column.description:
            rest = {"description": answer.description}
    layout = shape.layout
    if isinstance(layout, Texts):
        texts = answer.texts
        return texts[layout.names[0]] if len(texts) == 1 else dict(texts), rest
    if answer.items is None:
        return None, rest
    if not layout.fields:
        return [item.texts[layout.names[0]] for item in answer.items], rest
    return [dict(item.texts) or None for item in answer.items], rest
