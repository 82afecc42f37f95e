"""Notebooks in a real kernel: the examples, an error, an interrupt."""

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
import pytest
from prolific_contract.sandbox import Sandbox, SandboxSettings
from prolific_exports import Exports

EXAMPLES = Path(__file__).parents[2] / "examples"
COLLECTION = "65f0c1d2e3a4b5c6d7e8f901"
EXECUTE = Path(__file__).with_name("execute.py")


@pytest.fixture(scope="module")
def sandbox():
    settings = SandboxSettings(edition="2026-11", generation_seconds=0.2, submissions=12)
    with Sandbox(settings) as one:
        yield one


@pytest.fixture
def execute(sandbox, tmp_path, monkeypatch):
    """Executes the text of a notebook; returns the outputs of each code cell."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.setenv("PROLIFIC_URL", sandbox.url)
    monkeypatch.setenv("PROLIFIC_TOKEN", sandbox.token)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.delenv("MPLBACKEND", raising=False)

    def execute(text, times=1, errors="raise"):
        path = tmp_path / "notebook.ipynb"
        path.write_text(text.replace(COLLECTION, sandbox.collection_id), encoding="utf-8")
        command = [sys.executable, "-X", "utf8", str(EXECUTE), str(path), str(times), errors]
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
        assert ran.returncode == 0, ran.stderr
        return [cell["outputs"] for cell in json.loads(ran.stdout)]

    return execute


def content(outputs, type_):
    """The contents of outputs in one format."""
    found = [output["data"][type_] for output in outputs if type_ in output.get("data", {})]
    return ["".join(one) for one in found]


@pytest.mark.parametrize("name", ["answers", "media"])
def test_example_has_no_outputs_and_a_kernel_of_any_python(name):
    notebook = nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)

    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(cells) > 3
    assert [(cell.outputs, cell.execution_count) for cell in cells] == [([], None)] * len(cells)
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("name", ["answers", "media"])
def test_example_runs_twice_and_costs_one_export(name, execute, sandbox):
    with Exports(sandbox.token, base_url=sandbox.url) as exports:
        before = {job.export_id for job in exports.collections.list(sandbox.collection_id)}

        cells = execute((EXAMPLES / f"{name}.ipynb").read_text(encoding="utf-8"), times=2)

        after = {job.export_id for job in exports.collections.list(sandbox.collection_id)}
    # The first example leaves a job that the second one uses again.
    assert len(after | before) == 1
    assert not [output for outputs in cells for output in outputs if "ename" in output]
    shown = [output for outputs in cells for output in outputs if output.get("name") == "stderr"]
    assert shown == []
    half = len(cells) // 2
    for outputs in (cells[0], cells[half]):
        progress, archive = content(outputs, "text/html")
        assert f"collection {sandbox.collection_id}: 1 of 1 saved" in progress
        assert ET.fromstring(archive).tag == "table"
    assert "so nothing is requested" in content(cells[half], "text/plain")[0]


def test_media_are_shown_as_pictures(execute):
    text = (EXAMPLES / "media.ipynb").read_text(encoding="utf-8")

    pictures = [
        output
        for outputs in execute(text)
        for output in outputs
        if {"image/png", "image/jpeg"} & output.get("data", {}).keys()
    ]
    assert len(pictures) == 3


def notebook(*cells):
    return nbformat.writes(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    )


ERROR = """
def ask():
    Exports().collections.job("no id!", "x")

ask()
"""
INTERRUPT = """
class Clock(FakeClock):
    def sleep(self, seconds):
        raise KeyboardInterrupt

Exports(clock=Clock()).collections.download("65f0c1d2e3a4b5c6d7e8f901", "x.zip")
"""
SETUP = "from prolific_exports import Exports\nfrom prolific_exports.testing import FakeClock"


def plain(output):
    """The traceback of an error without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output["traceback"]))


def test_error_is_short_and_an_interrupt_names_the_job(execute, sandbox):
    _, error, full, interrupt = execute(
        notebook(SETUP, ERROR, "%xmode Verbose\n%tb", INTERRUPT), errors="allow"
    )

    lines = plain(error[-1]).splitlines()
    assert lines[0].startswith("UsageError: 'no id!' is not the id of a collection")
    assert lines[1:] == [
        "  in Cell In[2], line 4: ask()",
        '  in Cell In[2], line 2: Exports().collections.job("no id!", "x")',
        "  For all frames: %xmode Verbose, then %tb",
    ]
    assert "check_id" in plain(full[-1])
    progress, interrupted = interrupt
    assert "1 interrupted" in progress["data"]["text/plain"]
    call = re.search(r"exports\.collections\.job\('(.+?)', '(.+?)'\)", plain(interrupted))
    assert call[1] == sandbox.collection_id
    with Exports(sandbox.token, base_url=sandbox.url) as exports:
        assert call[2] in {job.export_id for job in exports.collections.list(call[1])}
