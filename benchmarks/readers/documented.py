"""The documented fields of records, for pyarrow."""

from typing import Any

import pyarrow as pa

S = pa.string()
EXPLAINED = pa.struct([("option", S), ("explanation", S)])
FILE = pa.struct([("name", S), ("path", S)])
FIELDS: dict[str, list[tuple[str, Any]]] = {
    "free_text": [("value", S)],
    "free_text_with_unit": [("value", S), ("unit", S)],
    "multiple_choice": [("values", pa.list_(S))],
    "multiple_choice_with_free_text": [("values", pa.list_(EXPLAINED))],
    "file_upload": [("files", pa.list_(FILE))],
}
IDS = ("submission_id", "participant_id", "collection_id", "created_at")
