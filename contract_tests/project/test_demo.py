"""What ``make demo`` runs, on a terminal that lacks most of what the answers are written in."""

import os
import subprocess
import sys

from project.tree import ROOT


def test_the_demo_needs_no_terminal_that_can_show_every_answer(tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "NO_PROXY": "127.0.0.1"}

    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "demo.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )

    told = done.stdout.decode("cp1252")
    assert (done.returncode, done.stderr.decode("cp1252").count("Traceback")) == (0, 0)
    assert "The first rows of" in told
    assert r"\u0448" in told
    assert "the whole table" in told
    made = {path.name for path in (tmp_path / "demo-output").iterdir()}
    assert made == {"collection.zip", "responses.csv"}
