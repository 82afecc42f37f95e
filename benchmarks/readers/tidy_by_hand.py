"""The same frame with pandas by hand, as an analysis without any checks would make it.

It trusts that each answer has the type of its question, that every amount is a number in one unit,
and that all options are in the answers.
"""

import io
import json
import sys
import zipfile
from typing import Any

import pandas as pd


def main(source: str, target: str) -> None:
    """An archive to Parquet, with one row for each submission."""
    archive = zipfile.ZipFile(source)
    names = {name.rpartition("/")[2]: name for name in archive.namelist()}
    questions = json.loads(archive.read(names["collection.json"]))["instructions"]
    data = io.BytesIO(archive.read(names["responses.jsonl"]))
    df: Any = pd.read_json(data, lines=True)
    columns = ["submission_id", "participant_id", "collection_id", "created_at"]
    frame = df[columns].copy()
    for number, question in enumerate(questions, 1):
        answers = [one.get(question["id"]) for one in df["responses"]]
        match question["type"]:
            case "free_text":
                frame[f"q{number}"] = [one and one["value"] for one in answers]
            case "free_text_with_unit":
                frame[f"q{number}"] = pd.to_numeric([one and one["value"] for one in answers])
            case "multiple_choice":
                chosen = pd.Series([one and one["values"] for one in answers]).explode()
                flags: Any = pd.get_dummies(chosen, dtype="int8").groupby(level=0).max()
                frame = frame.join(flags.add_prefix(f"q{number}_"))
            case "multiple_choice_with_free_text":
                pairs = [
                    (row, one["option"], one["explanation"])
                    for row, answer in enumerate(answers)
                    for one in (answer or {"values": ()})["values"]
                ]
                long = pd.DataFrame(pairs, columns=["row", "option", "text"])
                texts = long.pivot(index="row", columns="option", values="text")
                frame = frame.join(texts.notna().astype("int8").add_prefix(f"q{number}_"))
                frame = frame.join(texts.add_prefix(f"q{number}_").add_suffix("_text"))
            case "file_upload":
                frame[f"q{number}"] = [one and one["files"][0]["path"] for one in answers]
    frame.to_parquet(target)


main(*sys.argv[1:])
