"""The benchmark of tables runs; what it measures is looked at by people."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "tables.py"
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


def test_odd_records_are_kept_by_this_project():
    *rows, cut_off = run("--odd", ways=["prolific-exports"])[4:]
    assert len(rows) == 9
    assert {row.split(" | ")[-1] for row in rows} == {"kept |"}
    assert cut_off.endswith("| refused |")
