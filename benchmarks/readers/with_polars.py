"""polars' JSON reader, with the types that collection.json states; no checks."""

import json
import sys
import zipfile
from collections.abc import Mapping
from typing import Any

import polars as pl

S = pl.String
EXPLAINED = pl.Struct({"option": S, "explanation": S})
FILE = pl.Struct({"name": S, "path": S})
FIELDS: Mapping[str, Mapping[str, Any]] = {
    "free_text": {"value": S},
    "free_text_with_unit": {"value": S, "unit": S},
    "multiple_choice": {"values": pl.List(S)},
    "multiple_choice_with_free_text": {"values": pl.List(EXPLAINED)},
    "file_upload": {"files": pl.List(FILE)},
}
IDS = ("submission_id", "participant_id", "collection_id", "created_at")


def main(source: str, target: str) -> None:
    """An archive to Parquet."""
    archive = zipfile.ZipFile(source)
    names = archive.namelist()
    metadata = json.loads(archive.read(next(n for n in names if n.endswith("collection.json"))))
    asked = [(one["id"], one["type"]) for one in metadata["instructions"]]
    answers: dict[str, Any] = {
        id_: pl.Struct({"type": S, "description": S, **FIELDS[kind]}) for id_, kind in asked
    }
    schema: dict[str, Any] = {**dict.fromkeys(IDS, S), "responses": pl.Struct(answers)}
    (name,) = [name for name in names if name.endswith("responses.jsonl")]
    frame = pl.read_ndjson(archive.read(name), schema=schema).unnest("responses")
    parts = []
    for id_, kind in asked:
        part = frame.select(*IDS, pl.lit(id_).alias("instruction_id"), id_)
        part = part.filter(pl.col(id_).is_not_null()).unnest(id_)
        lists = {"values", "files"} & set(part.columns)
        if lists:
            part = part.explode(*lists)
            if kind == "multiple_choice":
                part = part.rename({"values": "value"})
            else:
                part = part.unnest(*lists)
        parts.append(part)
    pl.concat(parts, how="diagonal").write_parquet(target, compression="snappy")


main(*sys.argv[1:])
