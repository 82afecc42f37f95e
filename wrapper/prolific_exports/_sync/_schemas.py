"""The tables of a dataset. Their names, columns and types are part of the public interface."""

from typing import Any, Final

from prolific_exports._tables._arrow import long_schema, timestamp_type
from prolific_exports._tables._column_names import IDENTITY
from prolific_exports._tables._optional_libraries import require

LAYOUT: Final = 1
"""Version of the layout. A dataset with a later one is refused."""

ORIGIN: Final = ("workspace_id", "kind", "resource_id", "export_id")
"""Columns of every table: where its rows come from."""

TABLES: Final = ("answers", "submissions", "files", "instructions")
"""The tables of responses. The others in ``_sync`` are the dataset's own."""

RESOURCES: Final = "_sync/resources"
"""The table of collections and batches, with how far each is exported."""


def schema_of(table: str) -> Any:
    """Return the Arrow schema of a table."""
    pa = require("pyarrow")
    text, moment = pa.string(), timestamp_type()
    identity = [(name, moment if name == IDENTITY[-1] else text) for name in IDENTITY]
    origin = [(name, text) for name in ORIGIN]
    own: dict[str, list[tuple[str, Any]]] = {
        "answers": [(one.name, one.type) for one in long_schema(source=False, missing=False)]
        + [("n", pa.int64())],
        "submissions": [*identity, ("rows", pa.int64()), ("digest", text)],
        "files": [
            *identity,
            ("instruction_id", text),
            ("position", pa.int32()),
            ("name", text),
            ("path", text),
            ("key", text),
            ("size", pa.int64()),
            ("crc32", pa.int64()),
        ],
        "instructions": [
            ("instruction_id", text),
            ("type", text),
            ("description", text),
            ("position", pa.int32()),
        ],
        RESOURCES: [("synced_to", moment), ("news_at", moment)],
    }
    return pa.schema([*own[table], *origin])
