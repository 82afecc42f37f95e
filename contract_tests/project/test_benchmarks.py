"""The benchmarks run; what they measure is looked at by people."""

import json
import shutil
import subprocess
import sys

import pytest

from project.tree import ROOT

SCRIPT = ROOT / "benchmarks" / "transfer.py"


def run(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_way_is_set_beside_the_first(tmp_path):
    small = ["--megabytes", 1, "--members", 2, "--small-files", 3, "--polled-jobs", 3, "--runs", 1]
    target = tmp_path / "figures.json"

    done = run(
        "verify", "extract", "memory", "poll", *small, "--folder", tmp_path, "--json", target
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads(target.read_text(encoding="utf-8"))
    rows = [(row["job"], row["way"]) for row in figures["rows"]]
    assert rows[0] == ("verify", "testzip")
    assert ("extract small files", "extract") in rows
    polling = figures["polling"].values()
    assert all([part["exports"] for part in fleet][-1] == "all" for fleet in polling)
    assert len(done.stdout.splitlines()) == len(rows) + sum(map(len, polling))
    assert list(tmp_path.iterdir()) == [target]


def test_a_job_that_does_not_exist():
    done = run("fly")

    assert done.returncode == 2
    assert "there are verify" in done.stderr


def test_downloads_are_measured_over_a_real_socket(tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")

    done = run("download", "--megabytes", 1, "--members", 1, "--runs", 1, "--folder", tmp_path)

    assert done.returncode == 0, done.stderr
    assert "download, https" in done.stdout
