"""What may be in the tree, and what may import what."""

import ast
import importlib
import re
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import prolific_exports
import pytest

from project.tree import ROOT, imported_modules, project_files, python_files

pytestmark = [pytest.mark.static, pytest.mark.unmeasured]

STANDARD_LIBRARY = sys.stdlib_module_names
MACHINE_PATHS = re.compile(
    r"(?<![\w.}>-])/(?:work|root|tmp|home|Users)/\w|[A-Z]:\\+Users", re.ASCII
)
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|crates\.io|anaconda\.org|proxy\.golang\.org"
    r"|index-url[ =]+\S*:/",
    re.IGNORECASE,
)


def texts():
    """Every text file of the project by name."""
    for name in project_files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            yield name, content.decode("utf-8")


def findings(pattern):
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def roots(path):
    return {module.partition(".")[0] for module in imported_modules(path)}


def importers(folder, package):
    return [name for name in python_files(folder) if package in roots(ROOT / name)]


def test_tree_contains_no_machine_paths():
    assert findings(MACHINE_PATHS) == []


def test_tree_contains_no_registry_addresses():
    assert findings(REGISTRIES) == []


@pytest.mark.parametrize("folder", ["home/ada", "root/x", "tmp/x", "work/x", "Users/ada"])
def test_machine_paths_are_recognised(folder):
    for before in ("", "x = '", "file://", "PATH=", "`"):
        assert MACHINE_PATHS.search(f"{before}/{folder}")
    for before in ("https://example.org", "{id}", "..", "<id>"):
        assert not MACHINE_PATHS.search(f"{before}/{folder}")


def test_tree_does_not_mention_this_machine():
    assert findings(re.compile(re.escape(str(ROOT)) + r"\b")) == []


def test_text_files_end_in_a_newline_and_have_no_trailing_spaces():
    assert [
        name
        for name, text in texts()
        if text and (not text.endswith("\n") or re.search(r"(?m)[ \t\r]$", text))
    ] == []


def test_sdk_imports_nothing_from_the_gate():
    assert importers("wrapper", "prolific_contract") == []


def test_one_module_of_the_sdk_imports_the_generated_client():
    assert importers("wrapper", "prolific_api") == ["wrapper/prolific_exports/_flows/_boundary.py"]


def test_only_the_http_room_and_the_two_clients_import_httpx():
    others = [
        name
        for name in importers("wrapper", "httpx")
        if not name.startswith("wrapper/prolific_exports/_http/")
    ]
    # Their argument `http_client` has its type.
    assert others == [
        "wrapper/prolific_exports/_async_client.py",
        "wrapper/prolific_exports/_client.py",
    ]


def test_only_the_dataset_imports_the_library_of_its_tables():
    sources = {name: (ROOT / name).read_text("utf-8") for name in python_files("wrapper")}
    named = [name for name, text in sources.items() if 'import_module("deltalake")' in text]

    assert importers("wrapper", "deltalake") == []
    assert named == ["wrapper/prolific_exports/_sync/_dataset.py"]


@pytest.mark.parametrize("library", ["mcp", "pydantic"])
def test_only_the_room_for_agents_imports_the_protocol(library):
    files = importers("wrapper", library)
    assert files != []
    assert [name for name in files if not name.startswith("wrapper/prolific_exports/_mcp/")] == []


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [
        ("generated", {"attrs", "httpx"}),
        (
            "wrapper",
            # httpx sends with httpcore and encodes names with idna; both always come with it. The
            # last three give names to types only: extras are imported when they are asked for.
            {"attrs", "httpx", "httpcore", "idna", "rich", "prolific_api", "prolific_exports"}
            | {"duckdb", "pandas", "polars"}
            # Only the room for agents.
            | {"mcp", "pydantic"},
        ),
    ],
)
def test_packages_import_only_their_dependencies(folder, allowed):
    files = python_files(folder)
    found = {root for name in files for root in roots(ROOT / name)}

    assert len(files) > 20
    assert found - STANDARD_LIBRARY <= allowed


def test_examples_and_benchmarks_use_only_the_public_api():
    private = re.compile(r"^prolific_\w+(\.\w+)*\._(?!_)|^prolific_api\b")

    assert [
        f"{name} imports {module}"
        for name in python_files("examples", "benchmarks", "docs")
        for module in imported_modules(ROOT / name)
        if private.match(module)
    ] == []


def test_pytest_plugin_imports_pytest_and_the_standard_library():
    """Every pytest run of those who have it installed pays for what it imports."""
    script = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import prolific_contract.pytest_plugin\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert set(ran.stdout.split()) - STANDARD_LIBRARY == {"prolific_contract"}


def test_every_module_has_a_docstring():
    files = python_files("wrapper/prolific_exports", "contract_tests/prolific_contract")
    first_lines = {
        name: (ast.get_docstring(ast.parse((ROOT / name).read_text("utf-8"))) or "").split("\n")[0]
        for name in files
    }

    assert len(files) > 50
    assert [name for name, line in first_lines.items() if not line.endswith((".", ":"))] == []


@pytest.mark.parametrize("name", [n for n in prolific_exports.__all__ if n != "__version__"])
def test_every_public_name_has_a_docstring(name):
    value = getattr(prolific_exports, name)
    if getattr(value, "__module__", "").startswith("prolific_exports."):
        assert value.__doc__
        assert not value.__doc__.startswith(f"{name}("), "a docstring made by a class decorator"
        members = vars(value).items() if isinstance(value, type) else ()
        undocumented = [
            member
            for member, what in members
            if not member.startswith("_")
            and (callable(what) or isinstance(what, property | classmethod | staticmethod))
            and not what.__doc__
        ]
        assert undocumented == []
    else:
        assert documented_alias(name), f"no string below the definition of {name}"


def documented_alias(name):
    """Whether a type alias has the string below it that documentation tools read."""
    for file in python_files("wrapper/prolific_exports"):
        body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        for node, following in pairwise(body):
            target = getattr(node, "target", None) or (getattr(node, "targets", None) or [None])[0]
            if isinstance(target, ast.Name) and target.id == name:
                return isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
    return False


def test_every_public_name_can_be_imported_and_listed():
    assert len(set(prolific_exports.__all__)) == len(prolific_exports.__all__)
    assert set(prolific_exports.__all__) <= set(dir(prolific_exports))
    for name in prolific_exports.__all__:
        getattr(prolific_exports, name)


@pytest.mark.parametrize(
    "package",
    [
        "prolific_contract",
        "prolific_contract.diff",
        "prolific_contract.gate",
        "prolific_contract.gate.conversation",
        "prolific_contract.gate.laws",
        "prolific_contract.gate.proof",
        "prolific_contract.gate.trace",
        "prolific_contract.sandbox",
        "prolific_contract.spec",
    ],
)
def test_every_public_name_of_the_tools_can_be_imported(package):
    module = importlib.import_module(package)

    for name in module.__all__:
        getattr(module, name)
    with pytest.raises(AttributeError, match=f"'{package}' has no attribute 'unknown'"):
        _ = module.unknown


def test_importing_a_package_of_the_tools_imports_none_of_its_modules():
    script = "import sys, prolific_contract.gate.proof as p; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    own = {name for name in ran.stdout.split() if name.startswith("prolific_contract.")}
    assert own == {
        "prolific_contract._lazy",
        "prolific_contract.gate",
        "prolific_contract.gate.proof",
    }


def test_packages_have_type_markers():
    for package in ("generated/prolific_api", "wrapper/prolific_exports"):
        assert (ROOT / package / "py.typed").is_file()
    assert Path(ROOT / "contract_tests/prolific_contract/py.typed").is_file()


HAND_WRITTEN = ("wrapper/prolific_exports", "contract_tests/prolific_contract")
MOST_LINES = 450
MOST_LINES_OF_A_CLASS = 220
MOST_LINES_OF_A_TEST_MODULE = 600


def test_modules_and_classes_are_small_enough_for_one_subject():
    too_long = []
    for name in python_files(*HAND_WRITTEN):
        text = (ROOT / name).read_text(encoding="utf-8")
        if len(text.splitlines()) > MOST_LINES:
            too_long.append(name)
        too_long += [
            f"{name}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ClassDef)
            and node.end_lineno - node.lineno >= MOST_LINES_OF_A_CLASS
        ]

    assert too_long == []


def test_modules_of_tests_are_small_enough_for_one_subject():
    files = set(python_files("contract_tests")) - set(python_files(*HAND_WRITTEN))
    lines = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in files}

    assert len(files) > 200
    assert [name for name, number in lines.items() if number > MOST_LINES_OF_A_TEST_MODULE] == []


def test_value_classes_are_written_with_attrs():
    """One library for value classes: exceptions need a reason."""
    tuples = {
        # Most callers unpack it.
        "wrapper/prolific_exports/_model/_timestamps.py",
    }
    files = python_files(*HAND_WRITTEN, "contract_tests/helpers")

    assert importers("contract_tests", "dataclasses") == []
    assert importers("wrapper", "dataclasses") == []
    assert {
        name for name in files if "NamedTuple" in (ROOT / name).read_text(encoding="utf-8")
    } == tuples


def test_classes_and_aliases_have_names_of_their_own():
    """A name says what is inside and exists once in the hand-written packages."""
    defined = defaultdict(list)
    for name in python_files(*HAND_WRITTEN):
        for node in ast.parse((ROOT / name).read_text(encoding="utf-8")).body:
            match node:
                case ast.ClassDef(name=own):
                    defined[own].append(name)
                case (
                    ast.Assign(targets=[ast.Name(id=own)]) | ast.AnnAssign(target=ast.Name(id=own))
                ):
                    # Constants and type variables are local.
                    if own[0].isupper() and not own.isupper() and not re.fullmatch(r"T_\w+", own):
                        defined[own].append(name)

    # The vocabulary of the gate does not import the SDK, which has the same kinds.
    del defined["Kind"]
    assert {own: files for own, files in defined.items() if len(files) > 1} == {}
