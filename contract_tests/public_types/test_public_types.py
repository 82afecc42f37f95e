"""The public API's types, as mypy and pyright tell them to users of the installed package."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.static, pytest.mark.unmeasured]

SAMPLE = Path(__file__).parent / "api.py"
# What mypy learned about the dependencies is good for the next run.
MYPY_CACHE = SAMPLE.parents[2] / ".mypy_cache" / "public_types"


@pytest.fixture
def run(tmp_path):
    shutil.copy(SAMPLE, tmp_path)
    # The project's own settings and paths are not there for its users.
    hidden = ("MYPYPATH", "MYPY_CONFIG_FILE", "PYTHONPATH")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}

    def run(*command):
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_mypy_accepts_the_public_api_strictly(run, tmp_path):
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\n", encoding="utf-8")

    ran = run("mypy", "--cache-dir", str(MYPY_CACHE), SAMPLE.name)

    assert ran.stdout.startswith("Success: no issues found in 1 source file"), ran.stdout


def test_pyright_accepts_the_public_api_strictly(run, tmp_path):
    settings = {
        "typeCheckingMode": "strict",
        "enableTypeIgnoreComments": True,
        "reportUnnecessaryTypeIgnoreComment": "error",
        # A sample looks at values and leaves them.
        "reportUnusedExpression": "none",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")

    ran = run("pyright", "--pythonpath", sys.executable, "--outputjson")

    report = json.loads(ran.stdout)
    assert [
        f"{finding['range']['start']['line'] + 1}: {finding['message']}"
        for finding in report["generalDiagnostics"]
    ] == []
    assert report["summary"]["filesAnalyzed"] == 1
