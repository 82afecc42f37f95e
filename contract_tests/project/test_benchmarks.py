"""The benchmarks run; what they measure is looked at by people."""

import json
import shutil
import subprocess
import sys

import pytest

from project.tree import ROOT

BENCHMARKS = ROOT / "benchmarks"


def run(*arguments, script="transfer.py"):
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_way_is_compared_with_the_first(tmp_path):
    small = ["--megabytes", 1, "--members", 2, "--small-files", 3, "--runs", 1]
    target = tmp_path / "figures.json"

    done = run("verify", "extract", "memory", *small, "--folder", tmp_path, "--json", target)

    assert done.returncode == 0, done.stderr
    figures = json.loads(target.read_text(encoding="utf-8"))
    rows = [(row["job"], row["way"]) for row in figures["rows"]]
    assert rows[0] == ("verify", "testzip")
    assert ("extract small files", "extract") in rows
    assert len(done.stdout.splitlines()) == len(rows)
    assert list(tmp_path.iterdir()) == [target]


def test_polling_is_compared_with_a_fixed_interval():
    done = run("--exports", 40, script="polling.py")

    assert done.returncode == 0, done.stderr
    rows = [line.strip("|").split("|") for line in done.stdout.splitlines()[2:]]
    figures = {row[0].strip(): [float(cell.strip(" s")) for cell in row[1:]] for row in rows}
    _, delay, _, our_delay = figures["5 s, of all sizes"]
    assert our_delay < delay
    assert len(figures["of these: first quarter"]) == 4


@pytest.mark.unmeasured
@pytest.mark.timeout(300)
def test_diff_is_correct_for_every_edit_with_known_verdict():
    done = run("--each", 1, script="compare_diff.py")

    assert done.returncode == 0, done.stdout + done.stderr
    whole = done.stdout.splitlines()[2]
    pairs = int(whole.split("|")[3])
    assert pairs > 100
    assert whole == f"| **all** |  | {pairs} | {pairs} / 0 / 0 |  |"


def test_fleet_results_have_quartiles():
    done = run("--exports", 3, script="polling.py")

    assert done.returncode == 2
    assert "give 4 at least" in done.stderr


def test_unknown_benchmark_job_is_refused():
    done = run("fly")

    assert done.returncode == 2
    assert "there are verify" in done.stderr


def test_downloads_are_measured_over_a_real_socket(tmp_path):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")

    done = run("download", "--megabytes", 1, "--members", 1, "--runs", 1, "--folder", tmp_path)

    assert done.returncode == 0, done.stderr
    assert "download, https" in done.stdout


def test_event_loop_is_compared_with_an_idle_one(tmp_path):
    small = ["--downloads", 2, "--rate", 0, "--folder", tmp_path]
    target = tmp_path / "figures.json"

    done = run(*small, "--beside", ROOT, "--json", target, script="event_loop.py")

    assert done.returncode == 0, done.stderr
    figures = json.loads(target.read_text(encoding="utf-8"))
    assert len(figures) == len(done.stdout.splitlines()) == 18
    assert {one["way"] for one in figures} == {"nothing", "this version", "the other version"}
    assert all(one["low"] <= one["median"] <= one["high"] for one in figures)
    assert list(tmp_path.iterdir()) == [target]


def test_many_exports_at_once_are_compared_with_one(tmp_path):
    target = tmp_path / "figures.json"

    done = run("--exports", 3, "--generation", 0, "--json", target, script="many.py")

    assert done.returncode == 0, done.stderr
    rows = json.loads(target.read_text(encoding="utf-8"))
    figures = {(row["way"], row["name"]): row["median"] for row in rows}
    assert figures["many at once", "requests"] == figures["one export", "requests"]
    assert figures["many at once", "ready"] <= figures["many at once", "seconds"]
    assert len(done.stdout.splitlines()) == len(rows) == 6
