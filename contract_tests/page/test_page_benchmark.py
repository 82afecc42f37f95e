"""The benchmark of the page runs; what it measures is looked at by people."""

import subprocess
import sys

import pytest
from project.tree import ROOT


@pytest.mark.unmeasured
def test_page_is_made_opened_and_filtered(browser):
    script = ROOT / "benchmarks" / "page.py"
    command = [sys.executable, str(script), "--submissions", "30"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("30 of 30 submissions, ")
    assert [line.split(" | ")[0] for line in lines[2:5]] == ["| step", "| ---", "| open"]
    assert len(lines) == 14
