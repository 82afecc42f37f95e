"""The columns of both shapes. Their names, order and types are part of the public interface."""

from typing import Final, Literal, TypeAlias

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
    "value",
    "unit",
    "option",
    "explanation",
    "file_name",
    "file_path",
    "position",
    "extra",
)
"""The columns of the long shape: all texts, but ``created_at`` and ``position``."""
