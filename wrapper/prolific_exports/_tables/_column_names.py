"""The columns of both shapes. Their names, order and types are part of the public interface."""

from typing import Final, Literal, TypeAlias

from prolific_exports._archive._answer_shapes import VALUE_NAMES

Shape: TypeAlias = Literal["long", "wide", "tidy"]
"""The layout of a table: one row per value, or per submission without loss, or for analysis."""

SOURCE: Final = "source"
"""The first column of a table of several archives: the archive's file name, or its path."""

IDENTITY: Final = (
    "submission_id",
    "participant_id",
    "collection_id",
    "batch_id",
    "task_id",
    "created_at",
)
"""The columns that identify the submission: texts, and ``created_at`` as a timestamp."""

LONG: Final = (
    *IDENTITY,
    "instruction_id",
    "type",
    "description",
    *({"name": "file_name", "path": "file_path"}.get(name, name) for name in VALUE_NAMES),
    "position",
    "extra",
)
"""The columns of the long shape: texts, except ``created_at`` and ``position``."""

LONG_WITH_MISSING: Final = (*LONG[:-1], "missing", LONG[-1])
"""The same with ``missing``, which is true in rows of questions without an entry."""
