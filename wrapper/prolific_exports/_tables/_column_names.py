"""The columns of both shapes. Their names, order and types are part of the public interface."""

from typing import Final, Literal, TypeAlias

from prolific_exports._archive._answer_shapes import VALUE_NAMES

Shape: TypeAlias = Literal["long", "wide"]
"""How a table is laid out: a row for each value, or a row for each submission."""

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
"""The columns that say whose answer it is; the last one is a moment, the others are texts."""

LONG: Final = (
    *IDENTITY,
    "instruction_id",
    "type",
    "description",
    *({"name": "file_name", "path": "file_path"}.get(name, name) for name in VALUE_NAMES),
    "position",
    "extra",
)
"""The columns of the long shape: all texts, but ``created_at`` and ``position``."""
