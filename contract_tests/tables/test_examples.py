"""The examples run as they stand, on an archive of the sandbox."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prolific_contract.sandbox import ArchiveSpec, write_archive

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("library", ["pandas", "polars", "duckdb"])
def test_example_runs(library, tmp_path):
    path = tmp_path / "export.zip"
    spec = ArchiveSpec(
        kind="collection",
        resource_id="65f0c1d2e3a4b5c6d7e8f901",
        exported_at=datetime(2026, 3, 20, 10, 30, tzinfo=UTC),
        submissions=25,
        files=6,
        seed=1,
    )
    with path.open("wb") as target:
        write_archive(spec, target)
    command = [sys.executable, "-X", "utf8", str(EXAMPLES / f"with_{library}.py"), str(path)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "cook" in ran.stdout
