"""The benchmark of tables runs; what it measures is looked at by people."""

import subprocess
import sys
from pathlib import Path

import pandas as pd

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "tables.py"
MAKE = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tables import write_archive
write_archive(Path(sys.argv[2]), 60)
"""
WAYS = ("recipe", "prolific-exports")


def run(*arguments, ways=WAYS):
    only = [word for way in ways for word in ("--only", way)]
    command = [sys.executable, str(SCRIPT), *only, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_each_reader_is_compared_with_the_first():
    lines = run("--submissions", "20", "--runs", "1")
    assert "20 submissions" in lines[2]
    assert lines[-2].startswith("| recipe | ")
    assert "| 1.000 (1.000 to 1.000) |" in lines[-2]
    assert lines[-1].startswith("| prolific-exports | ")


def test_tidy_shape_is_compared_with_pandas_by_hand():
    lines = run("--tidy", "--submissions", "200", "--runs", "1", ways=())
    assert "200 submissions" in lines[2]
    assert lines[-2].startswith("| pandas by hand | ")
    assert lines[-1].startswith("| prolific-exports, tidy | ")


def test_pandas_by_hand_has_the_cells_of_the_tidy_shape(tmp_path):
    """What is measured is the same work."""
    command = [sys.executable, "-c", MAKE, str(SCRIPT.parent), str(tmp_path / "export.zip")]
    subprocess.run(command, check=True)
    frames = []
    for reader in ("tidy_by_hand", "tidy_ours"):
        script = SCRIPT.parent / "readers" / f"{reader}.py"
        paths = [tmp_path / "export.zip", tmp_path / f"{reader}.parquet"]
        subprocess.run([sys.executable, script, *paths], check=True)
        frames.append(pd.read_parquet(paths[1]))
    by_hand, ours = frames
    assert ours["submission_id"].tolist() == by_hand["submission_id"].tolist()
    cells = [frame.drop(columns="created_at").notna().sum().sum() for frame in frames]
    # Flags of choices with explanations are null by hand in submissions that chose none of both.
    assert ours.shape[1] - by_hand.shape[1] == 3  # batch_id, task_id, absent
    assert cells[0] == cells[1]


def test_odd_records_are_kept_by_this_project():
    *rows, cut_off = run("--odd", ways=["prolific-exports"])[4:]
    assert len(rows) == 9
    assert {row.split(" | ")[-1] for row in rows} == {"kept |"}
    assert cut_off.endswith("| refused |")
