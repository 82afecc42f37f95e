"""The fast reader: makes Arrow batches of ordinary records, equal to the reference reader's.

pyarrow's JSON reader gets a schema made from the archive's instructions, and refuses most unusual
content: unknown fields, other types, repeated names. This module finds what pyarrow accepts, and
refuses such blocks too. A refused block is ``None``, and the reference reader reads it.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from prolific_exports._archive._answer_shapes import SHAPES, VALUE_NAMES, TextList, Texts
from prolific_exports._archive._limits import MAX_VALUES
from prolific_exports._tables._answer_order import answer_prefix, occur_in_order, ranks_in_text
from prolific_exports._tables._arrow import (
    integers,
    list_type,
    numbers,
    read_json,
    text_struct,
    texts,
    timestamp_type,
    value_type,
)
from prolific_exports._tables._column_names import IDENTITY
from prolific_exports._tables._compute import call, cast, encode, matches, take
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._values import encodable
from prolific_exports._tables._wide import Column

# The timestamps that Arrow and the reference reader read alike.
_MOMENT: Final = (
    r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"
)
_NULL: Final = re.compile(rb'"[ \t\r\n]*:[ \t\r\n]*null')
_OPEN, _CLOSE = b"{}"
# Records times instructions of one batch: some 150 MB.
_MOST_CELLS: Final = 1 << 22


class FastReader(ABC):
    """Reads blocks of ordinary records.

    Attributes:
        columns: The instructions whose answers it can read.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        """Prepare for an archive's instructions."""
        pa = require("pyarrow")
        self.columns = [column for column in columns if column.shape and is_plain(column)]
        # Ids are compared from the last quote in them, since an id can contain quotes.
        self._ids = {column.id.rpartition('"')[2].encode() for column in self.columns}
        self._most_answers = len(self.columns)
        identity = [(name, pa.string()) for name in IDENTITY]
        answers = pa.struct([(column.id, _answer_type(column)) for column in self.columns])
        self._schema = pa.schema([*identity, ("responses", answers)])

    def read(self, text: bytes) -> Any:
        """Return the batch of a block, without ``source``; None if it has unusual content."""
        pa = require("pyarrow")
        records = self._parsed(text)
        if records is None:
            return None
        identity = [_one_chunk(records[name]) for name in IDENTITY]
        responses = _one_chunk(records["responses"])
        answers = [responses.field(number) for number in range(len(self.columns))]
        if responses.null_count or not all(map(self._is_expected, answers, self.columns)):
            return None
        # pyarrow does not distinguish a null from a missing field.
        if any(array.null_count for array in answers) and self._has_nulls(text):
            return None
        try:
            identity[-1] = _moments(identity[-1])
        except pa.ArrowException:
            return None
        return None if identity[-1] is None else self._to_batch(text, identity, answers)

    @abstractmethod
    def _is_expected(self, answers: Any, column: Column) -> bool:
        """Return whether the answers contain nothing that the table would lose."""

    @abstractmethod
    def _to_batch(self, text: bytes, identity: list[Any], answers: list[Any]) -> Any:
        """Return the batch of arrays with an element per record; None if it is unusual."""

    def _parsed(self, text: bytes) -> Any:
        pa = require("pyarrow")
        text = text.replace(b"\r\n", b"\n") if b"\r" in text else text
        text = text if text.endswith(b"\n") else text + b"\n"
        lines = _count_objects(text)
        if not lines:
            return None
        # Each record takes memory for every instruction, answered or not.
        if b"\0" in text or lines * (self._most_answers + 1) > _MOST_CELLS:
            return None
        try:
            table = read_json(text, self._schema)
            if not text.isascii():
                # pyarrow checks only here whether texts are UTF-8.
                table.validate(full=True)
        except pa.ArrowException:
            return None
        return table if table.num_rows == lines else None

    def _has_nulls(self, text: bytes) -> bool:
        """Return whether an answer may be null; elsewhere a null counts as a missing field."""
        if b"null" not in text:
            return False
        for found in _NULL.finditer(text):
            name = text[text.rfind(b'"', 0, found.start()) + 1 : found.start()]
            if name in self._ids or b"\\" in name:
                return True
        return False


class FastWide(FastReader):
    """Reads into the wide shape."""

    def __init__(self, columns: Sequence[Column]) -> None:
        """Prepare for an archive's instructions."""
        super().__init__(columns)
        self._all = columns

    def _is_expected(self, answers: Any, column: Column) -> bool:
        described = answers.field("description")
        return _is_always(answers, "type", column.type) and (
            described.null_count == len(described)
            or (column.description is not None and _all_are(described, column.description))
        )

    def _to_batch(
        self,
        text: bytes,  # noqa: ARG002 - the order of columns does not depend on the text
        identity: list[Any],
        answers: list[Any],
    ) -> Any:
        pa = require("pyarrow")
        by_id = {column.id: array for column, array in zip(self.columns, answers, strict=True)}
        count = len(identity[0])
        values = [
            _value(by_id[column.id], column)
            if column.id in by_id
            else pa.nulls(count, value_type(column.shape))
            for column in self._all
        ]
        arrays = [*identity, *values, pa.nulls(count, pa.string())]
        return pa.RecordBatch.from_arrays(arrays, names=[str(n) for n in range(len(arrays))])


class FastLong(FastReader):
    """Reads into the long shape; columns with few different values are dictionaries."""

    def __init__(
        self, columns: Sequence[Column], questions: Sequence[Column] | None = None
    ) -> None:
        """Prepare for an archive's instructions.

        Args:
            columns: The instructions that the metadata describes.
            questions: All questions, each plain, if those without an entry get a row.
        """
        super().__init__([one for one in columns if is_plain(one) and answer_prefix(one.id)])
        self._beginnings = [answer_prefix(column.id) or b"" for column in self.columns]
        self._questions = questions
        self._most_answers = max(len(self.columns), len(questions or ()))
        # What an instruction's number in a row group stands for. After the columns come submissions
        # without answers, and then the questions without an entry.
        self._numbered = [*self.columns, None, *(questions or ())]
        repeated = (text for one in self._numbered if one for text in (one.id, one.description))
        self._longest_text = max((len((text or "").encode()) for text in repeated), default=0)

    def _is_expected(self, answers: Any, column: Column) -> bool:
        return _is_always(answers, "type", column.type)

    def _to_batch(self, text: bytes, identity: list[Any], answers: list[Any]) -> Any:
        pa = require("pyarrow")
        count = len(identity[0])
        keys = self._keys(text, answers, count)
        if keys is None:
            return None
        groups: list[_RowGroup] = []
        for number, (column, array) in enumerate(zip(self.columns, answers, strict=True)):
            groups += _rows_of(array, column, number)
        groups.append(_RowGroup(_unanswered(count, answers), len(self.columns), {}))
        groups += self._missing_groups(answers, count)
        groups = [group for group in groups if len(group.records)]
        unnamed = pa.nulls(count, pa.string())
        described = pa.concat_arrays([*(one.field("description") for one in answers), unnamed])
        repeated = [*identity[:-1], described]
        rows_count = sum(len(group.records) for group in groups)
        if max(self._longest_text, *map(_longest, repeated)) * rows_count > _MOST_REPEATED:
            return None
        records = pa.concat_arrays([cast(group.records, pa.int64()) for group in groups])
        instructions = pa.concat_arrays([group.numbers() for group in groups])
        # The sort is stable, so the items of a list keep their order.
        order = call("array_sort_indices", self._with_missing(keys, records, instructions))
        rows, which = take(records, order), take(instructions, order)

        def gathered(name: str, type_: Any) -> Any:
            if not any(name in group.values for group in groups):
                return pa.nulls(len(order), type_)
            pieces = [
                group.values[name] if name in group.values else pa.nulls(len(group.records), type_)
                for group in groups
            ]
            return take(pa.concat_arrays(pieces), order)

        def attribute(name: str) -> Any:
            words = texts([None if one is None else getattr(one, name) for one in self._numbered])
            return take(encode(words), which)

        def wordings() -> Any:
            index = call("add", call("multiply", which, numbers([count])[0]), rows)
            own = [pa.repeat(texts([one.description])[0], count) for one in self._questions or ()]
            return take(encode(pa.concat_arrays([described, *own])), index)

        repeats_wording = all(map(_repeats_wording, answers, self.columns))
        arrays = [
            *(take(encode(array), rows) for array in identity[:-1]),
            take(identity[-1], rows),
            attribute("id"),
            attribute("type"),
            attribute("description") if repeats_wording else wordings(),
            *(gathered(name, pa.string()) for name in VALUE_NAMES),
            gathered("position", pa.int32()),
        ]
        if self._questions is not None:
            arrays.append(call("greater", which, numbers([len(self.columns)])[0]))
        arrays.append(pa.nulls(len(order), pa.string()))
        return pa.RecordBatch.from_arrays(arrays, names=[str(n) for n in range(len(arrays))])

    def _missing_groups(self, answers: list[Any], count: int) -> Iterator["_RowGroup"]:
        """Yield the rows of questions without an entry."""
        by_id = {column.id: array for column, array in zip(self.columns, answers, strict=True)}
        for number, question in enumerate(self._questions or (), len(self.columns) + 1):
            array = by_id.get(question.id)
            # No record of the block answers an instruction that is not a column.
            records = (
                numbers(range(count)) if array is None else _indices_where(call("is_null", array))
            )
            yield _RowGroup(records, number, {})

    def _with_missing(
        self, keys: Callable[[Any, Any], Any], records: Any, instructions: Any
    ) -> Any:
        """Return the sort keys of all rows: questions without an entry follow the answers."""
        if self._questions is None:
            return keys(records, instructions)
        width = numbers([len(self.columns)])[0]
        # Ranks are known of answers only.
        own = keys(records, call("min_element_wise", instructions, width))
        later = call("subtract", call("max_element_wise", instructions, width), width)
        shift = call("multiply", records, numbers([len(self._questions)])[0])
        return call("add", call("add", own, shift), later)

    def _keys(self, text: bytes, answers: list[Any], count: int) -> Any:
        """Return the function from records' and instructions' numbers to the rows' sort keys.

        None if the order in which the answers were written is not certain.
        """
        pa = require("pyarrow")
        width = len(self.columns) + 1

        def usual(records: Any, instructions: Any) -> Any:
            return call("add", call("multiply", records, numbers([width])[0]), instructions)

        # The usual case: every record answers every instruction.
        complete = not any(array.null_count for array in answers)
        if complete and occur_in_order(text, self._beginnings * count):
            return usual
        answered = [cast(_indices_where(call("is_valid", array)), pa.int64()) for array in answers]
        each = [usual(records, numbers([number])[0]) for number, records in enumerate(answered)]
        unordered = pa.concat_arrays([*each, numbers([])])
        present = integers(take(unordered, call("array_sort_indices", unordered)))
        if occur_in_order(text, (self._beginnings[key % width] for key in present)):
            return usual
        table = ranks_in_text(text, self._beginnings, present, count)
        if table is None:
            return None
        places = numbers(table)
        return lambda records, instructions: take(places, usual(records, instructions))


# Bytes of one column in a batch, which a very long text repeated for many answers could exceed.
_MOST_REPEATED: Final = 1 << 30


class _RowGroup:
    """Rows of one instruction: the numbers of their records, and their values by name."""

    def __init__(self, records: Any, instruction: int, values: dict[str, Any]) -> None:
        self.records = records
        self.instruction = instruction
        self.values = values

    def numbers(self) -> Any:
        pa = require("pyarrow")
        return pa.repeat(numbers([self.instruction])[0], len(self.records))


def _rows_of(answers: Any, column: Column, number: int) -> list[_RowGroup]:
    records = _indices_where(call("is_valid", answers))
    layout = _layout(column)
    if isinstance(layout, Texts):
        whole = len(records) == len(answers)
        fields = {name: answers.field(name) for name in layout.names}
        return [
            _RowGroup(
                records,
                number,
                fields if whole else {name: take(array, records) for name, array in fields.items()},
            )
        ]
    pa = require("pyarrow")
    lists = answers.field(layout.name)
    owners = call("list_parent_indices", lists)
    items = call("list_flatten", lists)
    first = take(lists.offsets.slice(0, len(lists)), owners)
    places = _count_up(items)
    values = {"position": call("subtract", cast(places, pa.int32()), first)}
    # flatten() also makes the fields of a null item null.
    parts = items.flatten() if layout.fields else [items]
    values |= dict(zip(layout.names, parts, strict=True))
    filled = call("greater", call("list_value_length", lists), numbers([0])[0])
    # A missing list counts as an empty one.
    filled = call("coalesce", filled, call("is_valid", lists))
    others = _indices_where(call("and_not", call("is_valid", answers), filled))
    return [_RowGroup(owners, number, values), _RowGroup(others, number, {})]


def _unanswered(count: int, answers: list[Any]) -> Any:
    """Return the records without answers."""
    if not answers:
        return numbers(range(count))
    nothing = call("is_null", answers[0])
    for array in answers[1:]:
        nothing = call("and", nothing, call("is_null", array))
    return _indices_where(nothing)


def _answer_type(column: Column) -> Any:
    pa = require("pyarrow")
    layout = _layout(column)
    common = ("type", "description")
    if isinstance(layout, Texts):
        return text_struct((*common, *layout.names))
    return pa.struct([*text_struct(common), (layout.name, list_type(layout))])


def _layout(column: Column) -> Texts | TextList:
    """Return the layout of the column's answers, which have a documented type here."""
    return SHAPES[column.type or ""].layout


def _value(answers: Any, column: Column) -> Any:
    pa = require("pyarrow")
    layout = _layout(column)
    if isinstance(layout, TextList):
        return answers.field(layout.name)
    fields = [answers.field(name) for name in layout.names]
    if len(fields) == 1:
        return fields[0]
    # Like from_arrays with a mask, which would import all of pyarrow.compute.
    return pa.Array.from_buffers(
        value_type(column.shape), len(answers), answers.buffers()[:1], children=fields
    )


def _moments(written: Any) -> Any:
    """Return texts as timestamps; None if one does not have the most usual form."""
    usual = call("all", matches(written, _MOMENT)).as_py()
    return cast(written, timestamp_type()) if usual is not False else None


def _repeats_wording(answers: Any, column: Column) -> bool:
    """Return whether all answers repeat the instruction's wording."""
    if column.description is None:
        return bool(answers.field("description").null_count == len(answers))
    return _is_always(answers, "description", column.description)


def _is_always(answers: Any, name: str, value: str | None) -> bool:
    field = answers.field(name)
    return field.null_count == answers.null_count and _all_are(field, value)


def _all_are(array: Any, value: str | None) -> bool:
    return call("all", call("equal", array, texts([value])[0])).as_py() is not False


def _longest(texts_: Any) -> int:
    """Return the number of bytes of the longest text."""
    return call("max", call("binary_length", texts_)).as_py() or 0


def is_plain(column: Column) -> bool:
    """Return whether Arrow can store the texts of an instruction unchanged."""
    texts_ = f"{column.id}{column.type}{column.description}"
    return encodable(texts_) == texts_


def _count_up(like: Any) -> Any:
    """Return 0, 1, 2, ... for the elements of an array."""
    return _indices_where(call("or", call("is_valid", like), call("is_null", like)))


def _indices_where(which: Any) -> Any:
    """Return the indices of true elements."""
    return call("indices_nonzero", which)


def _one_chunk(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _count_objects(text: bytes) -> int:
    """Return the number of lines if each line is exactly one short object; else 0.

    Checks that each line begins and ends with a brace; the caller compares the number of objects.
    In JSON, a raw line break directly between two braces occurs only between objects. A line of
    fewer bytes than ``MAX_VALUES`` has fewer values, and the schema allows no deep nesting.
    """
    if text[:1] != b"{" or text[-2:] != b"}\n":
        return 0
    count, begin, place, last = 1, 0, text.find(b"\n"), len(text) - 1
    while place < last:
        if text[place - 1] != _CLOSE or text[place + 1] != _OPEN or place - begin > MAX_VALUES:
            return 0
        count += 1
        begin, place = place, text.find(b"\n", place + 1)
    return count if place - begin <= MAX_VALUES else 0
