"""pyarrow's JSON reader, with the types that collection.json states; no checks."""

import json
import sys
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.json as pj
import pyarrow.parquet as pq
from documented import FIELDS, IDS, S

# Its functions are made while it is imported: type checkers do not see them.
pc: Any = pyarrow.compute
VALUES = ("value", "unit", "option", "explanation", "name", "path")
COLUMNS = (*IDS, "instruction_id", "type", "description", *VALUES)
TABLE = pa.schema([(name, S) for name in COLUMNS])


def rows_of(answer: Any, kind: str) -> tuple[Any, dict[str, Any]]:
    """Which records an instruction's rows are of, and their columns."""
    have = {"type": answer.field("type"), "description": answer.field("description")}
    values = answer.field(answer.type.num_fields - 1)
    if pa.types.is_list(values.type):
        rows, values = pc.list_parent_indices(values), values.flatten()
        have = {name: column.take(rows) for name, column in have.items()}
        if values.type == S:
            return rows, have | {"value": values}
        names = [field.name for field in values.type]
        return rows, have | dict(zip(names, values.flatten(), strict=True))
    rows = pc.indices_nonzero(answer.is_valid())
    have |= {name: answer.field(name) for name, _ in FIELDS[kind]}
    return rows, {name: column.take(rows) for name, column in have.items()}


def main(source: str, target: str) -> None:
    """An archive to Parquet."""
    archive = zipfile.ZipFile(source)
    names = archive.namelist()
    metadata = json.loads(archive.read(next(n for n in names if n.endswith("collection.json"))))
    asked = [(one["id"], one["type"]) for one in metadata["instructions"]]
    answers = [
        (id_, pa.struct([("type", S), ("description", S), *FIELDS[kind]])) for id_, kind in asked
    ]
    schema = pa.schema([*((name, S) for name in IDS), ("responses", pa.struct(answers))])
    reader = pj.open_json(
        archive.open(next(n for n in names if n.endswith("responses.jsonl"))),
        pj.ReadOptions(block_size=8 << 20),
        pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )
    with pq.ParquetWriter(target, TABLE) as writer:
        for batch in reader:
            flat = batch["responses"].flatten()
            for (id_, kind), answer in zip(asked, flat, strict=True):
                rows, have = rows_of(answer, kind)
                have |= {name: batch[name].take(rows) for name in IDS}
                have["instruction_id"] = pa.repeat(id_, len(rows))
                nothing = pa.nulls(len(rows), S)
                arrays = [have.get(name, nothing) for name in COLUMNS]
                writer.write_table(pa.table(arrays, schema=TABLE))


main(*sys.argv[1:])
