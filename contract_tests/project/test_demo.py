"""``prolific-contract demo``, which is what ``make demo`` runs."""

import csv
import os
import subprocess
import sys

from prolific_contract import cli
from prolific_contract._commands import demo

from project.tree import ROOT


def run(folder, *arguments, **variables):
    environment = os.environ | {"NO_PROXY": "127.0.0.1"} | variables
    return subprocess.run(
        [sys.executable, "-m", "prolific_contract", "demo", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )


def test_demo_needs_only_the_libraries_of_the_sandbox(tmp_path):
    """``make demo`` installs no others."""
    script = (
        "import sys\n"
        "for name in sys.argv[1:]: sys.modules[name] = None\n"
        "from prolific_contract import cli\n"
        "sys.exit(cli.main(['demo']))"
    )
    pins = (ROOT / "requirements-demo.lock").read_text("utf-8")
    others = {
        "_pytest": "pytest",
        "jsonpath_rfc9535": "jsonpath-rfc9535",
        "jsonschema_rs": "jsonschema-rs",
        "openapi_spec_validator": "openapi-spec-validator",
        "pyarrow": "pyarrow",
        "pytest": "pytest",
        "schemathesis": "schemathesis",
        "trustme": "trustme",
        "yaml": "pyyaml",
    }
    assert not any(f"\n{library}==" in pins for library in others.values())
    done = subprocess.run(
        [sys.executable, "-c", script, *others],
        cwd=tmp_path,
        env=os.environ | {"NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr.count("is not installed")) == (0, 0), done.stderr


def test_demo_on_a_terminal_that_lacks_characters_escapes_them(tmp_path):
    done = run(tmp_path, PYTHONIOENCODING="cp1252")

    output = done.stdout.decode("cp1252")
    assert (done.returncode, done.stderr.decode("cp1252").count("Traceback")) == (0, 0)
    assert "The first rows of" in output
    assert r"\u0448" in output
    assert "Whole table:" in output
    made = {path.name for path in (tmp_path / "demo-output").iterdir()}
    assert {"collection.zip", "responses.csv"} <= made


def test_demo_run_twice_replaces_its_output(capfd, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tmp_path / "a" / "b"

    assert cli.main(["demo", "--output", str(folder)]) == 0
    assert cli.main(["demo", "--output", str(folder)]) == 0

    output = capfd.readouterr().out
    assert output.index("$ prolific-exports download") < output.index("$ prolific-exports show")
    with (folder / "responses.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 206


def test_demo_whose_command_fails_ends_with_its_exit_code(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(
        demo.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], returncode=3)
    )

    assert cli.main(["demo", "--output", str(tmp_path)]) == 3


def test_demo_with_a_file_as_its_folder_is_an_error(tmp_path, capsys):
    (tmp_path / "taken").touch()

    assert cli.main(["demo", "--output", str(tmp_path / "taken")]) == 2
    assert "can't create" in capsys.readouterr().err


def test_demo_without_a_stdout_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "__stdout__", None)
    monkeypatch.setattr(
        demo.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], returncode=1)
    )

    assert cli.main(["demo", "--output", str(tmp_path)]) == 1
