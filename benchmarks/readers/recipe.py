"""The documented recipe (documents/003): pandas, and a loop over the answers."""

import io
import sys
import zipfile
from typing import Any

import pandas as pd


def main(source: str, target: str) -> None:
    """An archive to Parquet."""
    archive = zipfile.ZipFile(source)
    (name,) = [name for name in archive.namelist() if name.endswith("responses.jsonl")]
    df: Any = pd.read_json(io.BytesIO(archive.read(name)), lines=True)
    rows: list[dict[str, Any]] = []
    for record in df.itertuples():
        for id_, response in record.responses.items():
            row = {
                "submission_id": record.submission_id,
                "participant_id": record.participant_id,
                "created_at": record.created_at,
                "instruction_id": id_,
                "type": response["type"],
                "description": response["description"],
            }
            match response["type"]:
                case "free_text" | "free_text_with_unit":
                    rows.append(row | {"value": response["value"], "unit": response.get("unit")})
                case "multiple_choice":
                    rows += [row | {"value": value} for value in response["values"]]
                case "multiple_choice_with_free_text":
                    rows += [row | value for value in response["values"]]
                case "file_upload":
                    rows += [row | file for file in response["files"]]
    pd.DataFrame(rows).to_parquet(target)


main(*sys.argv[1:])
