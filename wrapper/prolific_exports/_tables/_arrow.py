"""Arrow schemas of both shapes, and batches from rows.

Nothing here calls ``pyarrow.array`` or ``pyarrow.scalar``, or passes Python values to a compute
function: these import pandas if it is installed, which takes half of the time for a small table.
"""

import json
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from prolific_exports._archive._answer_shapes import AnswerShape, TextList, Texts
from prolific_exports._tables._column_names import IDENTITY, LONG, LONG_WITH_MISSING, SOURCE
from prolific_exports._tables._compute import cast, encode
from prolific_exports._tables._optional_libraries import require
from prolific_exports._tables._wide import Column

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def long_schema(*, source: bool, missing: bool) -> Any:
    """Return the Arrow schema of the long shape, with or without the column ``missing``."""
    pa = require("pyarrow")
    types = {IDENTITY[-1]: timestamp_type(), "position": pa.int32(), "missing": pa.bool_()}
    names = LONG_WITH_MISSING if missing else LONG
    fields = [(name, types.get(name, pa.string())) for name in names]
    return pa.schema([(SOURCE, pa.string())] * source + fields)


def dictionary_schema(schema: Any) -> Any:
    """Return the long schema with dictionaries for the texts that many rows share."""
    pa = require("pyarrow")
    few = pa.dictionary(pa.int32(), pa.string())
    names = {SOURCE, *IDENTITY[:-1], "instruction_id", "type", "description"}
    return pa.schema([field.with_type(few) if field.name in names else field for field in schema])


def with_dictionary_of(array: Any, type_: Any) -> Any:
    """Return the array as a dictionary if the type is one, else without dictionary."""
    dictionary = require("pyarrow").types.is_dictionary
    if dictionary(array.type) == dictionary(type_):
        return array
    return encode(array) if dictionary(type_) else cast(array, type_)


def wide_schema(columns: Sequence[Column], *, source: bool) -> Any:
    """Return the Arrow schema of the wide shape, with ids and types as metadata of fields."""
    pa = require("pyarrow")
    fields = [pa.field(name, pa.string()) for name in (SOURCE,) * source + IDENTITY[:-1]]
    fields.append(pa.field(IDENTITY[-1], timestamp_type()))
    for column in columns:
        about = {"instruction_id": column.id, "type": column.type or ""}
        metadata = {key: value.encode("utf-8", "replace") for key, value in about.items()}
        fields.append(pa.field(column.name, value_type(column.shape), metadata=metadata))
    return pa.schema([*fields, pa.field("extra", pa.string())])


def timestamp_type() -> Any:
    """Return the type of ``created_at``: microseconds, UTC."""
    return require("pyarrow").timestamp("us", "UTC")


def value_type(shape: AnswerShape | None) -> Any:
    """Return the type of a column of the wide shape; answers without a shape are JSON texts."""
    pa = require("pyarrow")
    if shape is None:
        return pa.string()
    layout = shape.layout
    if isinstance(layout, Texts):
        return text_struct(layout.names) if len(layout.names) > 1 else pa.string()
    return list_type(layout)


def list_type(layout: TextList) -> Any:
    """Return the type of a list of texts, or of objects of texts."""
    pa = require("pyarrow")
    return pa.list_(text_struct(layout.fields) if layout.fields else pa.string())


def text_struct(names: Sequence[str]) -> Any:
    """Return the type of an object of texts."""
    pa = require("pyarrow")
    return pa.struct([(name, pa.string()) for name in names])


def batch_from_rows(rows: Sequence[Sequence[Any]], schema: Any) -> Any:
    """Return rows, at least one, as a record batch."""
    pa = require("pyarrow")
    moments = {number for number, type_ in enumerate(schema.types) if type_ == timestamp_type()}
    # Name columns by their numbers, since names in the wide shape can be any text.
    fields = [
        (str(number), pa.int64() if number in moments else type_)
        for number, type_ in enumerate(schema.types)
    ]
    names = [name for name, _ in fields]
    encode = json.JSONEncoder(ensure_ascii=False, default=_microseconds).encode
    text = "\n".join(encode(dict(zip(names, row, strict=True))) for row in rows).encode() + b"\n"
    table = read_json(text, pa.schema(fields))
    arrays = [column.combine_chunks() for column in table.columns]
    for number in moments:
        # Like a cast, without importing the compute functions.
        arrays[number] = arrays[number].view(schema.types[number])
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def read_json(text: bytes, schema: Any) -> Any:
    """Parse JSON Lines of exactly this schema, in this thread, to a table of one chunk.

    Raises:
        pyarrow.ArrowException: They have another schema.
    """
    pa, reader = require("pyarrow"), require("pyarrow.json")
    return reader.read_json(
        pa.BufferReader(text),
        reader.ReadOptions(use_threads=False, block_size=len(text) + 1),
        reader.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )


def texts(values: Sequence[str | None]) -> Any:
    """Return an array of a few texts; cached."""
    return _array(tuple(values))


@lru_cache(maxsize=256)
def _array(values: tuple[str | None, ...]) -> Any:
    pa = require("pyarrow")
    lines = "".join(json.dumps({"text": value}) + "\n" for value in values)
    return read_json(lines.encode(), pa.schema([("text", pa.string())]))["text"].combine_chunks()


def numbers(values: Sequence[int]) -> Any:
    """Return an array of integers."""
    pa = require("pyarrow")
    packed = array("q", values)
    return pa.Array.from_buffers(pa.int64(), len(packed), [None, pa.py_buffer(packed)])


def integers(array_: Any) -> list[int]:
    """Return the values of an array of 64-bit integers without nulls."""
    values = memoryview(array_.buffers()[1]).cast("b").cast("q")
    return values[array_.offset :][: len(array_)].tolist()


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
