"""The fixture for users' own tests."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import httpx
import prolific_contract
import pytest
from prolific_contract import _lazy, pytest_plugin

pytest_plugins = ["pytester"]

USING = """
import httpx

def post(sandbox):
    return httpx.post(
        f"{sandbox.url}/api/v1/data-collection/batches/{sandbox.batch_id}/export",
        headers={"Authorization": f"Token {sandbox.token}"},
    )
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Runs a user's test module in a pytest with no other plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run_module(source):
        pytester.makepyfile(source)
        options = ["-p", "prolific_contract.pytest_plugin", "--strict-markers", "-Werror"]
        return pytester.runpytest_inprocess(*options)

    return run_module


def test_fixture_provides_a_running_sandbox(prolific_sandbox):
    answer = httpx.post(
        f"{prolific_sandbox.url}/api/v1/data-collection/collections/"
        f"{prolific_sandbox.collection_id}/export",
        headers={"Authorization": f"Token {prolific_sandbox.token}"},
    )

    assert answer.status_code == 202
    assert prolific_sandbox.settings.generation_seconds == 0.2


def test_tests_share_only_the_server(run):
    result = run(
        USING
        + """
seen = []

def test_one(prolific_sandbox):
    seen.append((prolific_sandbox.url, post(prolific_sandbox).json()["export_id"]))

def test_two(prolific_sandbox):
    url, export_id = seen[0]
    assert prolific_sandbox.url == url
    assert post(prolific_sandbox).json()["export_id"] != export_id
"""
    )

    result.assert_outcomes(passed=2)


def test_marker_changes_settings_for_one_test(run):
    result = run(
        """
import pytest

pytestmark = pytest.mark.prolific_sandbox(token="module", seed=7)

@pytest.mark.prolific_sandbox(token="test", edition="2026-11")
def test_marked(prolific_sandbox):
    settings = prolific_sandbox.settings
    assert (settings.token, settings.seed, settings.edition) == ("test", 7, "2026-11")
    assert settings.generation_seconds == 0.2

def test_unmarked(prolific_sandbox):
    settings = prolific_sandbox.settings
    assert (settings.token, settings.seed, settings.edition) == ("module", 7, "2026-03")
"""
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("edition='2025'", "*@pytest.mark.prolific_sandbox: unknown edition '2025'*"),
        ("speed=2", "*@pytest.mark.prolific_sandbox: *unexpected keyword argument 'speed'*"),
        ("0.5", "*@pytest.mark.prolific_sandbox: *positional argument*"),
    ],
)
def test_wrong_marker_is_reported_with_a_message(run, arguments, message):
    result = run(
        f"""
import pytest

@pytest.mark.prolific_sandbox({arguments})
def test_marked(prolific_sandbox): ...
"""
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*Traceback*")


def without_sandbox_modules(monkeypatch, missing):
    gone = ("prolific_contract.sandbox._", f"{missing}.")
    for name in [name for name in sys.modules if name.startswith(gone)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_fixture_without_the_extra_names_it(run, monkeypatch, missing):
    without_sandbox_modules(monkeypatch, missing)
    result = run("def test_it(prolific_sandbox): ...")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*needs {missing}*pip install 'prolific-exports?contract?'*"])


def test_other_missing_module_is_not_attributed_to_the_extra(run, monkeypatch):
    without_sandbox_modules(monkeypatch, "attrs")
    result = run("def test_it(prolific_sandbox): ...")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ModuleNotFoundError*attrs*"])
    result.stdout.no_fnmatch_line("*pip install*")


def test_plugin_import_is_lightweight():
    code = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import prolific_contract.pytest_plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == [
        "prolific_contract",
        "prolific_contract._lazy",
        "prolific_contract.pytest_plugin",
    ]


def test_plugin_has_only_hooks_and_fixtures():
    module = executed_anew(pytest_plugin)

    assert {name for name in vars(module) if name.startswith(("pytest_", "prolific"))} == {
        "prolific_env",
        "prolific_recording",
        "prolific_sandbox",
        "prolific_sandbox_server",
        "pytest_addoption",
        "pytest_configure",
        "pytest_configure_node",
        "pytest_terminal_summary",
    }


def executed_anew(module):
    """The module, executed while coverage is measured: pytest loads plugins before."""
    spec = importlib.util.spec_from_file_location(module.__name__, Path(module.__file__))
    assert spec is not None
    assert spec.loader is not None
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    return again


def test_package_that_the_plugin_loads_has_its_public_names():
    again = executed_anew(prolific_contract)

    assert again.__all__ == prolific_contract.__all__
    for name in again.__all__:
        assert getattr(again, name) is getattr(prolific_contract, name)


def test_lazy_package_has_only_the_names_that_it_defines():
    get = executed_anew(_lazy).lazy("prolific_contract", _vocabulary="KINDS EDITIONS")

    assert get("KINDS") == prolific_contract.KINDS
    with pytest.raises(AttributeError, match="'prolific_contract' has no attribute 'OTHER'"):
        get("OTHER")
