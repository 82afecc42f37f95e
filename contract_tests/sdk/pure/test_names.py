"""The package's names: one list, told three ways (to people, type checkers and `import`)."""

import ast
import importlib
import pickle
import subprocess
import sys
from pathlib import Path

import prolific_exports
import pytest
from prolific_exports import _errors


def imported_for_type_checkers():
    tree = ast.parse(Path(prolific_exports.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    return {
        alias.name: imported.module.removeprefix("prolific_exports.")
        for imported in block.body
        if isinstance(imported, ast.ImportFrom) and imported.module and imported.module != "typing"
        for alias in imported.names
    }


def test_three_lists_of_names_agree():
    names = dict(prolific_exports._HOME_OF)
    assert imported_for_type_checkers() == names
    assert sorted(prolific_exports.__all__) == sorted([*names, "__version__"])
    assert sum(map(len, prolific_exports._HOMES.values())) == len(names)


@pytest.mark.parametrize("name", prolific_exports.__all__)
def test_every_name_can_be_imported_from_the_package(name, monkeypatch):
    # As in a fresh process, where it has not been looked up yet.
    if name in prolific_exports._HOME_OF:
        monkeypatch.delitem(vars(prolific_exports), name, raising=False)
    value = getattr(prolific_exports, name)
    assert getattr(prolific_exports, name) is value
    if name in prolific_exports._HOME_OF:
        home = importlib.import_module(f"prolific_exports.{prolific_exports._HOME_OF[name]}")
        assert value is getattr(home, name)


def test_name_is_looked_up_once(monkeypatch):
    monkeypatch.delitem(vars(prolific_exports), "ExportRef", raising=False)
    assert "ExportRef" not in vars(prolific_exports)
    value = prolific_exports.ExportRef
    assert vars(prolific_exports)["ExportRef"] is value


def test_unknown_name_raises_attribute_error():
    name = "Nothing"
    with pytest.raises(AttributeError, match="'prolific_exports' has no attribute 'Nothing'"):
        getattr(prolific_exports, name)
    with pytest.raises(ImportError):
        importlib.import_module("prolific_exports.nothing")


def test_names_listed_by_dir_exist(monkeypatch):
    # An import anywhere sets it: as in a process without one.
    monkeypatch.delattr(prolific_exports, "testing", raising=False)
    assert dir(prolific_exports) == sorted([*prolific_exports.__all__, "testing"])
    name = "testing"
    assert getattr(prolific_exports, name) is importlib.import_module("prolific_exports.testing")


def test_every_error_is_public():
    raised = {
        name
        for name, value in vars(_errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert raised <= set(prolific_exports.__all__)


def test_public_classes_can_be_found_by_pickle():
    for name in prolific_exports.__all__:
        value = getattr(prolific_exports, name)
        if isinstance(value, type):
            assert pickle.loads(pickle.dumps(value)) is value


def run(code):
    """The names of the modules that a fresh interpreter has after some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return set(done.stdout.split())


def test_package_import_is_lightweight():
    modules = run("import prolific_exports; dir(prolific_exports); prolific_exports.__version__")
    assert "prolific_exports" in modules
    heavy = {"httpx", "httpcore", "attrs", "attr", "rich", "prolific_api", "asyncio", "json", "ssl"}
    assert not modules & heavy
    assert not {name for name in modules if name.startswith("prolific_exports._")} - {
        "prolific_exports._version"
    }


def test_errors_and_the_clock_for_tests_need_no_http_library():
    modules = run("from prolific_exports import ExportsError, testing; testing.FakeClock")
    assert "prolific_exports._errors" in modules
    assert not modules & {"httpx", "attrs", "rich"}


def test_star_import_imports_every_public_name():
    # httpx imports rich by itself for its own command, where click is installed as well.
    modules = run(
        "import sys; sys.modules['click'] = None\n"
        "from prolific_exports import *; Exports, AsyncExports, download, UsageError"
    )
    assert "httpx" in modules
    assert "rich" not in modules
