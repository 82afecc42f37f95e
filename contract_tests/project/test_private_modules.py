"""Which private modules tests import: the tables of CONTRIBUTING.md."""

import importlib
import re
import sys

import pytest

from project.tree import ROOT, imported_modules, python_files


def private_modules_for_tests():
    """The tables of CONTRIBUTING, of the cores and of the rest: packages, each with its modules."""
    section = (
        (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Private modules in tests")[2]
    )
    cores, _, rest = section.partition("\n## ")[0].partition("Apart from the cores")
    return [dict(re.findall(r"(?m)^\| `([\w.]+)` \| ([^|]+?) \|", one)) for one in (cores, rest)]


def private_module(name):
    """The private module or package that a dotted name leads to; None for a public one."""
    folder = {"prolific_exports": "wrapper", "prolific_contract": "contract_tests"}
    parts = name.split(".")
    while parts and parts[0] in folder:
        path = ROOT.joinpath(folder[parts[0]], *parts)
        if path.is_dir() or path.with_suffix(".py").is_file():
            return ".".join(parts) if any(part.startswith("_") for part in parts) else None
        del parts[-1]
    return None


def is_listed(module, table):
    package, _, name = module.rpartition(".")
    modules = table.get(package, "")
    if modules == "all" or f"`{name}`" in modules:
        return True
    # All modules of a package are those of its packages, too.
    return "._" in package and is_listed(package, table)


@pytest.fixture(scope="module")
def private_imports():
    """What each test module, and each helper of the tests, imports from private modules."""
    found = {}
    for name in python_files("contract_tests"):
        if not name.startswith("contract_tests/prolific_contract/"):
            imported = {(one, private_module(one)) for one in imported_modules(ROOT / name)}
            found[name] = {(one, module) for one, module in imported if module}
    return found


def test_private_module_that_tests_import_is_listed(private_imports):
    cores, rest = private_modules_for_tests()
    found = {module for imported in private_imports.values() for _, module in imported}

    assert len(found) > 50
    for module in found:
        assert is_listed(module, cores) or is_listed(module, rest), (
            f"CONTRIBUTING.md does not list {module}"
        )


def test_private_module_that_is_listed_exists():
    for table in private_modules_for_tests():
        assert len(table) > 10
        for package, modules in table.items():
            for name in re.findall(r"`(\w+)`", modules):
                assert private_module(f"{package}.{name}") == f"{package}.{name}"


def test_most_test_modules_import_private_modules_of_pure_cores_only(private_imports):
    cores, _ = private_modules_for_tests()
    tests = [name for name in private_imports if "/test_" in name]
    beside = [
        name
        for name in tests
        if not all(is_listed(module, cores) for _, module in private_imports[name])
    ]

    assert len(tests) > 200
    assert len(beside) < len(tests) / 3, beside


def public_package(name, module):
    """The package that exports a name of a private module; None if none does."""
    value = getattr(importlib.import_module(module), name, None)
    parts = module.split(".")
    while parts := parts[:-1]:
        package = ".".join(parts)
        exported = getattr(importlib.import_module(package), "__all__", ())
        if "._" not in package and name in exported:
            return package if getattr(sys.modules[package], name) is value else None
    return None


def test_public_names_are_imported_from_their_package(private_imports):
    found = {
        f"{file}: import {name} from {package}"
        for file, imports in private_imports.items()
        for imported, module in imports
        if (name := imported.removeprefix(f"{module}.")) != imported
        if (package := public_package(name, module))
    }

    assert found == set()
