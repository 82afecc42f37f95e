"""The rooms of the packages import only what the table in `rooms` allows."""

import importlib
from collections import defaultdict

import pytest

from project import rooms
from project.tree import ROOT, imported_modules, python_files

pytestmark = [pytest.mark.static, pytest.mark.unmeasured]

FOLDERS = {
    rooms.SDK: "wrapper/prolific_exports",
    rooms.CONTRACT: "contract_tests/prolific_contract",
    rooms.GATE: "contract_tests/prolific_contract/gate",
}
PURE = ("_model", "_flows", "_errors", "_events", "_base_errors")
INPUT_AND_OUTPUT = {"asyncio", "httpcore", "http", "httpx", "socket", "ssl", "threading", "urllib3"}

EXCEPTIONS = {
    # The system's clock sleeps in an event loop.
    "wrapper/prolific_exports/_model/_clock.py",
    # One redactor serves several threads, so it has a lock.
    "wrapper/prolific_exports/_model/_redactor.py",
    # Names of HTTP statuses.
    "wrapper/prolific_exports/_flows/_error_responses.py",
}


def imports(package):
    """The modules that each room of a package imports."""
    folder = FOLDERS[package]
    found = defaultdict(set)
    for name in python_files(folder):
        room = name.removeprefix(f"{folder}/").partition("/")[0].removesuffix(".py")
        if room != "__init__":
            found[room] |= set(imported_modules(ROOT / name))
    return found


def neighbours(package, allowed):
    """The other rooms of a package that each of its rooms imports."""
    prefix = f"{package}."
    return {
        room: {
            module.removeprefix(prefix).partition(".")[0]
            for module in modules
            if module.startswith(prefix)
        }.intersection(allowed)
        - {room}
        for room, modules in imports(package).items()
    }


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        (rooms.SDK, rooms.SDK_ROOMS),
        (rooms.CONTRACT, rooms.CONTRACT_ROOMS),
        (rooms.GATE, rooms.GATE_ROOMS),
    ],
)
def test_rooms_import_exactly_what_the_table_allows(package, allowed):
    assert neighbours(package, allowed) == allowed


@pytest.mark.parametrize(
    "allowed", [rooms.SDK_ROOMS, rooms.GATE_ROOMS], ids=[rooms.SDK, rooms.GATE]
)
def test_rooms_have_no_import_cycle(allowed):
    left = dict(allowed)
    while free := [room for room, needs in left.items() if not needs & left.keys()]:
        for room in free:
            del left[room]
    assert left == {}


@pytest.mark.parametrize("package", [rooms.CONTRACT, rooms.GATE])
def test_rooms_import_no_public_name_of_their_own_package(package):
    """It would hide which room they need."""
    modules = set().union(*imports(package).values())
    names = importlib.import_module(package).__all__

    assert modules.isdisjoint(f"{package}.{name}" for name in names)


def test_tools_import_only_the_private_rooms_of_the_sdk_that_the_table_allows():
    found = {
        room: {parts[1] for parts in split if parts[0] == rooms.SDK and parts[1].startswith("_")}
        for room, modules in imports(rooms.CONTRACT).items()
        if (split := [module.split(".") for module in modules])
    }
    private = {room: names & rooms.SDK_ROOMS.keys() for room, names in found.items()}
    assert {room: names for room, names in private.items() if names} == {
        room: names for room, names in rooms.SDK_ROOMS_OF_TOOLS.items() if names
    }
    assert not {"_cli", "_client", "_download"} & set().union(*private.values())


def test_sdk_never_imports_the_gate():
    modules = set().union(*imports(rooms.SDK).values())
    assert not [module for module in modules if module.startswith(rooms.CONTRACT)]


def test_sandbox_never_imports_the_gate():
    modules = imports(rooms.CONTRACT)["sandbox"]
    assert not [module for module in modules if module.startswith(rooms.GATE)]


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_import_no_input_or_output(room):
    found = {
        (name, module)
        for name in python_files(f"{FOLDERS[rooms.SDK]}/{room}")
        or [f"{FOLDERS[rooms.SDK]}/{room}.py"]
        for module in imported_modules(ROOT / name)
        if module.partition(".")[0] in INPUT_AND_OUTPUT
    }
    assert {module for name, module in found if name not in EXCEPTIONS} == set()
