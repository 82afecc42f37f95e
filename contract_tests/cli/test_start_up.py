"""Start-up cost, and ``--help``."""

import json
import re
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from archive.builders import collection_members, write_zip
from prolific_exports import __version__
from prolific_exports._cli import main
from prolific_exports._flows._policy import DEFAULT_POLL_INTERVAL, DEFAULT_TIMEOUT, STALL_TIMEOUT
from prolific_exports._model._states import STATUSES

_PROBE = """
import sys
from prolific_exports._cli import run_process
sys.argv[0] = "prolific-exports"
try:
    code = run_process()
except SystemExit as stop:
    code = stop.code
modules = sorted(name for name, module in sys.modules.items() if module)
sys.stderr.write(__import__("json").dumps([code, modules]))
"""


def run(*arguments):
    """Exit code, stdout and the modules that were imported."""
    process = subprocess.run(
        [sys.executable, "-c", _PROBE, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    code, modules = json.loads(process.stderr.splitlines()[-1])
    return code or 0, process.stdout, set(modules)


def test_version_imports_no_argument_parser():
    code, out, modules = run("--version")
    assert (code, out) == (0, f"prolific-exports {__version__}\n")
    assert not modules & {"argparse", "attrs", "attr", "httpx", "rich", "prolific_api"}


def test_main_uses_the_arguments_of_the_process(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["prolific-exports", "--version"])
    assert main() == 0
    assert capsys.readouterr().out == f"prolific-exports {__version__}\n"


def test_interrupt_during_imports_exits_with_130(monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("prolific_exports._cli._command.run", interrupted)
    assert main(["show", "export.zip"]) == 130


@pytest.mark.parametrize("arguments", [["--help"], ["download", "--help"], ["show", "-h"]])
def test_help_imports_only_the_parser(arguments):
    code, out, modules = run(*arguments)
    assert code == 0
    assert out.startswith("usage: prolific-exports")
    assert not modules & {"attrs", "attr", "httpx", "rich", "prolific_api", "asyncio", "zipfile"}


def test_extract_imports_no_rich(tmp_path):
    code, out, modules = run("extract", str(tmp_path / "none.zip"), str(tmp_path))
    assert (code, out) == (1, "")
    assert not modules & {"rich", "httpx", "asyncio", "pyarrow"}


def test_table_imports_neither_numpy_nor_httpx(tmp_path):
    many = [{"responses": {"i": {"type": "free_text", "value": "x" * 999}}}] * 300
    archive = write_zip(tmp_path / "x.zip", collection_members(*many))
    target = tmp_path / "x.parquet"
    code, out, modules = run("table", str(archive), str(target))
    assert (code, out.strip()) == (0, str(target))
    assert "pyarrow" in modules
    assert not modules & {"numpy", "pandas", "httpx", "asyncio", "rich", "pyarrow.compute"}
    assert pq.read_table(target).num_rows == len(many)


COMMANDS = (
    "codebook",
    "download",
    "status",
    "list",
    "delete",
    "extract",
    "show",
    "table",
    "mcp",
    "login",
    "logout",
    "whoami",
    "schema",
    "completion",
    "man",
)


def help_of(capsys, *command):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert not stop.value.code
    return capsys.readouterr().out


def test_help_names_exit_codes_environment_and_examples(capsys):
    output = help_of(capsys)
    for word in ("PROLIFIC_TOKEN", "PROLIFIC_URL", "NO_COLOR", "130", "1 if any failed"):
        assert word in output
    assert len(re.findall("^  prolific-exports ", output, re.MULTILINE)) == 6


def test_status_help_names_every_state(capsys):
    output = help_of(capsys, "status")
    assert [state for state in STATUSES if f'"{state}"' not in output] == []


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_fits_80_columns(capsys, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "80")
    assert [line for line in help_of(capsys, *command).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_has_an_example_and_its_exit_codes(capsys, command):
    output = help_of(capsys, command)
    examples = re.findall(r"(?m)^ .*\bprolific-exports (\w+) ", output)
    assert command in examples
    assert "\nexit codes:\n" in output


def test_help_has_the_real_defaults(capsys):
    output = " ".join(help_of(capsys, "download").split())
    for option, default in (
        ("--timeout", DEFAULT_TIMEOUT),
        ("--poll-interval", DEFAULT_POLL_INTERVAL),
        ("--stall-timeout", STALL_TIMEOUT),
    ):
        description = output.rpartition(f" {option} SECONDS ")[2]
        assert description.partition("(default: ")[2].startswith(f"{default:g}"), option
