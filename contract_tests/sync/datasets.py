"""What a dataset in a folder contains."""

from pathlib import Path

import polars as pl
from prolific_exports import SyncReport

FIRST = [("c1", "s1", "Because."), ("c1", "s2", "Because."), ("c2", "s3", "Because.")]
"""The answers after the first run."""


def table(tmp_path: Path, name: str = "answers") -> pl.DataFrame:
    """A table of the dataset."""
    return pl.read_delta(str(tmp_path / "data" / name))


def answers(tmp_path: Path) -> list[tuple[str, ...]]:
    """The submissions of the dataset with their answers."""
    rows = table(tmp_path).filter(pl.col("type") == "free_text")
    return sorted(rows.select("resource_id", "submission_id", "value").rows())


def endings(report: SyncReport) -> dict[str, str]:
    """How the export of each resource ended."""
    return {one.ref.resource_id: one.ending for one in report.resources}


def hidden_files(tmp_path: Path) -> list[str]:
    """The dataset's own files, except for the table of resources."""
    folder = tmp_path / "data" / "_sync"
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.startswith("resources/"))
