"""Archives of a collection and of a batch, member by member, for what is noted about them."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from prolific_contract.gate.trace._content_reader import read_content
from prolific_contract.gate.trace._zip_directory import FilePart

ROOT = "collection-export-c1-20260320T100000/"
FREE, UNIT, CHOICE, BOTH, FILE = "free", "unit", "choice", "both", "file"
TYPES = {
    FREE: "free_text",
    UNIT: "free_text_with_unit",
    CHOICE: "multiple_choice",
    BOTH: "multiple_choice_with_free_text",
    FILE: "file_upload",
}
PATH = "files/s1_file_0.png"
VALUES: dict[str, dict[str, Any]] = {
    FREE: {"value": "Ann"},
    UNIT: {"value": "3", "unit": "minutes"},
    CHOICE: {"values": ["Ann"]},
    BOTH: {"values": [{"option": "Ann", "explanation": ""}]},
    FILE: {"files": [{"name": "Ann.png", "path": PATH}]},
}


def responses(**changed: Any) -> dict[str, Any]:
    given = {
        key: {"type": TYPES[key], "description": f"About {key}", **values}
        for key, values in VALUES.items()
    }
    return {key: {**one, **changed.get(key, {})} for key, one in given.items()}


def record(**changed: Any) -> dict[str, Any]:
    return {
        "submission_id": "s1",
        "participant_id": "Ann",
        "collection_id": "c1",
        "created_at": "2026-03-19T10:00:00Z",
        "responses": responses(),
        **changed,
    }


def metadata(**changed: Any) -> dict[str, Any]:
    instructions = [{"id": key, "type": kind, "description": ""} for key, kind in TYPES.items()]
    return {
        "collection_id": "c1",
        "name": "Ann",
        "exported_at": "2026-03-20T10:00:00Z",
        "instructions": instructions,
        **changed,
    }


def lines(*records: Any) -> bytes:
    return "".join(f"{json.dumps(one)}\n" for one in records).encode()


def members(**changed: bytes | None) -> dict[str, bytes]:
    """The members of a collection's archive; None leaves one out."""
    given = {
        "responses.jsonl": lines(record()),
        "collection.json": json.dumps(metadata()).encode(),
        "README.md": b"Read me",
        PATH: b"image",
        **changed,
    }
    return {f"{ROOT}{name}": data for name, data in given.items() if data is not None}


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def read(data: bytes) -> Any:
    return read_content([FilePart(0, data)], len(data))


def batch(
    by_submission: bytes = b'{"submission_id": "s1"}\n',
    by_task: bytes = b'{"task": 1}\n',
    about: bytes = b"{}",
) -> bytes:
    return packed(
        {
            "data/responses-by-submission.jsonl": by_submission,
            "data/responses-by-task.jsonl": by_task,
            "data/batch.json": about,
            "data/README.md": b"",
            "data/files/Ann.png": b"",
        }
    )
