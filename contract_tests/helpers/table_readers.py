"""Choices that the SDK makes by the size of an archive, made here for archives of any size."""

from typing import Final, Literal, TypeAlias

import pytest
from prolific_exports._tables import _fast, _output, _sources

Reader: TypeAlias = Literal["fast", "reference"]

READERS: Final[tuple[Reader, ...]] = ("fast", "reference")


def read_with(patch: pytest.MonkeyPatch, reader: Reader) -> None:
    """Read archives of every size with one of the two readers of records."""
    patch.setattr(_sources, "SMALL", 0 if reader == "fast" else 1 << 30)


def limit_blocks(patch: pytest.MonkeyPatch, size: int) -> None:
    """Make a batch of every ``size`` bytes of records."""
    patch.setattr(_sources.Source.__init__, "__defaults__", (size,))


def limit_detours(patch: pytest.MonkeyPatch, size: int) -> None:
    """Read ``size`` bytes around an unusual record with the reference reader."""
    patch.setattr(_sources, "_ODD", size)


def limit_text(patch: pytest.MonkeyPatch, characters: int, *, cells: int | None = None) -> None:
    """Limit the text, and the fast reader's cells, of one batch."""
    patch.setattr(_sources, "_MOST_TEXT", characters)
    if cells is None:
        patch.setattr(_fast, "_MOST_REPEATED", characters)
    else:
        patch.setattr(_fast, "_MOST_CELLS", cells)


def limit_row_groups(
    patch: pytest.MonkeyPatch, *, rows: int | None = None, size: int | None = None
) -> None:
    """Limit the rows, or the bytes, of a Parquet file's row group."""
    if rows is not None:
        patch.setattr(_output, "ROW_GROUP", rows)
    if size is not None:
        patch.setattr(_output, "GROUP_SIZE", size)
