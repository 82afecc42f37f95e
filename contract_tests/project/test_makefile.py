"""Which interpreter make takes, tried with interpreters that only say who they are."""

import os
import shutil
import subprocess

import pytest

from project.tree import ROOT

pytestmark = pytest.mark.skipif(
    os.name == "nt" or shutil.which("make") is None, reason="needs make and a POSIX shell"
)


@pytest.fixture
def interpreter(tmp_path):
    def made(path, identity):
        path = tmp_path / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\necho {identity}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return made


@pytest.fixture
def recipe(tmp_path):
    """The commands that `make setup` would run, or with ``dry=False`` runs, and what they say."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.lock", "requirements-demo.lock", "pyproject.toml"):
        (tmp_path / name).touch()

    def run_make(*, dry=True, target="setup", **variables):
        inherited = {
            k: v for k, v in os.environ.items() if k not in ("PYTHON", "VENV", "MAKEFLAGS")
        }
        done = subprocess.run(
            ["make", *(["--dry-run"] if dry else []), target],
            cwd=tmp_path,
            env={**inherited, **variables},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    return run_make


@pytest.fixture
def ready(tmp_path, interpreter):
    """An environment of Python 3.11 that is there."""
    interpreter(".venv/bin/python", "/usr 3.11")
    for stamp in (".demo-ready", ".ready"):  # in the order that make makes them
        (tmp_path / ".venv" / stamp).touch()


def test_first_environment_uses_the_named_interpreter(recipe, interpreter):
    named = interpreter("python3.13", "/usr 3.13")

    assert f"\n{named} -m venv  .venv\n" in recipe(PYTHON=str(named))


def test_naming_another_interpreter_recreates_the_environment(recipe, interpreter, ready):
    named = interpreter("python3.13", "/usr 3.13")

    assert f"\n{named} -m venv --clear .venv\n" in recipe(PYTHON=str(named))


def test_environment_is_not_recreated_for_its_own_interpreter(recipe, interpreter, ready):
    named = interpreter("elsewhere/python", "/usr 3.13")
    path = os.pathsep.join((str(named.parent), os.environ["PATH"]))

    printed = recipe(dry=False, PYTHON="python", PATH=path)

    assert "python -m venv --clear .venv\n/usr 3.13\n" in printed


def test_naming_the_same_interpreter_or_none_changes_nothing(recipe, interpreter, ready):
    assert "venv" not in recipe()
    assert "venv" not in recipe(PYTHON=str(interpreter("python3", "/usr 3.11")))


def test_changed_lock_recreates_the_environment(recipe, tmp_path, ready):
    os.utime(tmp_path / ".venv" / ".ready", (0, 0))
    assert "-r requirements.lock" in recipe()

    os.utime(tmp_path / ".venv" / ".demo-ready", (0, 0))
    assert " -m venv  .venv\n" in recipe()


def test_demo_installs_no_development_tools(recipe, interpreter, ready):
    named = interpreter("python3.13", "/usr 3.13")

    commands = recipe(target="demo", PYTHON=str(named))

    assert "-r requirements-demo.lock" in commands
    assert "-r requirements.lock" not in commands


def test_locks_are_installed_without_resolving_and_then_checked(recipe, interpreter):
    commands = recipe(PYTHON=str(interpreter("python3.13", "/usr 3.13"))).splitlines()

    installs = [line for line in commands if " pip " in line and " install " in line]
    assert len(installs) == 3
    assert all("--no-deps" in line for line in installs)
    assert all("--require-hashes" in line for line in installs if ".lock" in line)
    assert sum(line.endswith("pip --disable-pip-version-check check") for line in commands) == 2


def test_interpreter_refused_by_a_version_manager_is_skipped(recipe, tmp_path, interpreter):
    refused = interpreter("shims/python3.11", "")
    refused.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    runs = interpreter("shims/python3.12", "/usr 3.12")
    path = os.pathsep.join((str(refused.parent), os.environ["PATH"]))

    assert f"{runs} -m venv  .venv\n" in recipe(PATH=path)


def test_windows_uses_the_named_interpreter(recipe):
    assert "\nmine -m venv  .venv\n" in recipe(OS="Windows_NT", PYTHON="mine")
    assert "\npython -m venv  .venv\n" in recipe(OS="Windows_NT")


@pytest.fixture
def pythons(tmp_path, interpreter):
    """`make test-pythons` with Python 3.11 and 3.13, whose tests fail on the given versions."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    calls = tmp_path / "calls"

    def run(*failing, found="'3.11 /a/python\n3.13 /a b/python'"):
        python = interpreter("python3", "")
        python.write_text(f"#!/bin/sh\n[ {found} ] && printf '%b\\n' {found}\n", encoding="utf-8")
        make = interpreter("make", "")
        cases = "|".join(f"*-{version}*" for version in (*failing, "none"))
        make.write_text(
            f'#!/bin/sh\necho "$*" >>"{calls}"\ncase "$*" in {cases}) exit 1;; esac\n',
            encoding="utf-8",
        )
        done = subprocess.run(
            ["make", "test-pythons", f"MAKE={make}", f"PYTHON={python}"],
            cwd=tmp_path,
            env={k: v for k, v in os.environ.items() if k not in ("VENV", "MAKEFLAGS")},
            capture_output=True,
            text=True,
            check=False,
        )
        return done, calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []

    return run


def test_tests_run_on_every_python_in_its_own_environment(pythons):
    done, calls = pythons()

    assert done.returncode == 0
    assert calls == [
        "--no-print-directory test COVERAGE=no VENV=.venv-3.11 PYTHON=/a/python",
        "--no-print-directory test COVERAGE=no VENV=.venv-3.13 PYTHON=/a b/python",
    ]


def test_failure_on_one_python_does_not_end_the_tests_on_the_others(pythons):
    done, calls = pythons("3.11")

    assert done.returncode != 0
    assert len(calls) == 2
    assert "the tests failed on Python 3.11\n" in done.stderr


def test_machine_without_a_supported_python_fails_instead_of_testing_nothing(pythons):
    done, calls = pythons(found="''")

    assert done.returncode != 0
    assert not calls
    assert "no Python from 3.11 on was found" in done.stderr
