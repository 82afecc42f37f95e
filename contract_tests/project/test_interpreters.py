"""Which interpreters ``make test-pythons`` and ``.ci/run`` find."""

import os
import sys

import pytest

from project import interpreters

pytestmark = pytest.mark.skipif(os.name == "nt", reason="makes interpreters of shell scripts")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without interpreters, and a function that adds one."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))

    def add(path, version):
        path = tmp_path / path
        path.parent.mkdir(parents=True, exist_ok=True)
        script = f"echo {version} {path}" if version else "exit 127"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return add


def test_interpreters_of_path_and_version_managers_are_found_oldest_first(machine):
    newest = machine("uv/cpython-3.14/bin/python3", "3.14")
    machine("pyenv/versions/3.10.1/bin/python3", "3.10")
    middle = machine("pyenv/versions/3.12.1/bin/python3", "3.12")
    oldest = machine("bin/python3", "3.11")

    found = interpreters.find_interpreters()

    assert list(found.items()) == [("3.11", oldest), ("3.12", middle), ("3.14", newest)]


def test_broken_interpreter_on_path_is_skipped(machine):
    machine("bin/python3.12", "")
    managed = machine("pyenv/versions/3.12.1/bin/python3", "3.12")

    assert interpreters.find_interpreters() == {"3.12": managed}


def test_oldest_and_newest_are_one_line_each(machine, capsys):
    oldest = machine("bin/python3.11", "3.11")
    newest = machine("bin/python3.13", "3.13")

    assert interpreters.main(["--oldest"]) == 0
    assert interpreters.main(["--newest"]) == 0

    assert capsys.readouterr().out == f"3.11 {oldest}\n3.13 {newest}\n"


def test_machine_without_a_supported_interpreter_fails(machine):
    assert interpreters.main([]) == 1
