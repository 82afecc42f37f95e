"""Making the generated client, and noticing when it isn't what is generated."""

import os
import sys
import tomllib
from pathlib import Path

import pytest
from project.tree import ROOT
from prolific_contract import BuildError, DocumentError, MissingDependencyError
from prolific_contract.spec import _generate, dump_yaml
from prolific_contract.spec._generate import (
    Difference,
    compare,
    generate_client,
    read_package,
    replace_package,
)

OPENAPI = ROOT / "openapi"
SMALL = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/a": {
            "get": {
                "operationId": "get_a",
                "tags": ["a"],
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/A"}}
                        },
                    }
                },
            }
        }
    },
    "components": {"schemas": {"A": {"type": "object", "properties": {"b": {"type": "string"}}}}},
}


@pytest.fixture
def contract(tmp_path):
    path = tmp_path / "contract.yaml"
    path.write_text(dump_yaml(SMALL), encoding="utf-8")
    return path


CORE = {"client.py": b"class AuthenticatedClient:\n", "types.py": b""}
BEFORE = {"__init__.py": b"one\n", "api/a.py": b"two\n", **CORE}


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "package"
    (folder / "api").mkdir(parents=True)
    for name, content in CORE.items():
        (folder / name).write_bytes(content)
    (folder / "__init__.py").write_bytes(b"one\n")
    (folder / "api" / "a.py").write_bytes(b"two\r\n")
    (folder / "api" / "__pycache__").mkdir()
    (folder / "api" / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"x")
    return folder


class TestGenerator:
    def test_client_is_complete_typed_and_independent_of_path(self, contract, monkeypatch):
        files = generate_client(contract, OPENAPI / "generator.yaml")

        assert {"__init__.py", "py.typed", "client.py", "api/a/get_a.py", "models/a.py"} <= (
            files.keys()
        )
        assert not [path for path in files if ".ruff_cache" in path]

        monkeypatch.setenv("PATH", os.defpath)
        assert generate_client(contract, OPENAPI / "generator.yaml") == files

    def test_warning_of_the_generator_is_a_failure(self, contract):
        vague = {**SMALL, "components": {"schemas": {"A": {"type": "array"}}}}
        contract.write_text(dump_yaml(vague), encoding="utf-8")

        with pytest.raises(BuildError, match=r"the generator failed on .*contract\.yaml") as caught:
            generate_client(contract, OPENAPI / "generator.yaml")

        assert "Warning" in str(caught.value)

    def test_custom_templates_replace_the_generators(self, contract, tmp_path):
        schemas = {"A": {"type": "object", "properties": {"b": {"enum": ["x"]}}}}
        contract.write_text(
            dump_yaml({**SMALL, "components": {"schemas": schemas}}), encoding="utf-8"
        )
        config = tmp_path / "generator.yaml"
        config.write_text("{}", encoding="utf-8")

        ours = generate_client(contract, OPENAPI / "generator.yaml")
        theirs = generate_client(contract, config)

        assert b"_missing_" in ours["models/ab.py"]
        assert b"_missing_" not in theirs["models/ab.py"]

    def test_missing_generator_is_named(self, contract, monkeypatch):
        monkeypatch.setattr(_generate, "find_spec", lambda name: None)

        with pytest.raises(MissingDependencyError, match=r"pip install \S+$") as missing:
            generate_client(contract, OPENAPI / "generator.yaml")
        advised = str(missing.value).rpartition(" ")[2]
        project = tomllib.loads((OPENAPI.parent / "pyproject.toml").read_text(encoding="utf-8"))
        assert advised in project["dependency-groups"]["dev"]

    def test_scripts_of_this_interpreter_come_first(self, monkeypatch):
        monkeypatch.setattr(sys, "executable", str(Path("venv", "bin", "python")))
        monkeypatch.delenv("PATH")

        assert _generate._environment()["PATH"].split(os.pathsep)[0] == str(Path("venv", "bin"))


class TestComparison:
    def test_package_is_read_without_bytecode(self, package):
        assert read_package(package) == BEFORE

    def test_missing_package_is_empty(self, tmp_path):
        assert read_package(tmp_path / "nowhere") == {}

    def test_differences_are_named_by_kind(self):
        difference = compare({"a": b"1", "b": b"2", "c": b"3"}, {"b": b"2", "c": b"x", "d": b"4"})

        assert difference == Difference(changed=["c"], missing=["a"], surplus=["d"])
        assert difference
        assert difference.lines() == ["changed: c", "missing: a", "surplus: d"]

    def test_equal_packages_do_not_differ(self):
        assert not compare({"a": b"1"}, {"a": b"1"})

    def test_package_is_updated_to_the_generated_files(self, package):
        wanted = {"__init__.py": b"new\n", "models/b.py": b"three\n", **CORE}

        difference = replace_package(package, wanted)

        assert difference == Difference(["__init__.py"], ["models/b.py"], ["api/a.py"])
        assert read_package(package) == wanted
        assert sorted(path.name for path in package.iterdir()) == [
            "__init__.py",
            "client.py",
            "models",
            "types.py",
        ]

    def test_needed_folder_is_kept(self, package):
        replace_package(package, {"__init__.py": b"one\n", "api/b.py": b"two\n", **CORE})

        assert sorted(path.name for path in (package / "api").glob("*.py")) == ["b.py"]

    def test_unchanged_file_is_not_written(self, package):
        before = (package / "__init__.py").stat()

        replace_package(package, BEFORE)

        after = (package / "__init__.py").stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    def test_empty_folders_are_removed_with_their_parents(self, tmp_path):
        replace_package(tmp_path / "p", {"a/b/c.py": b"", **CORE})

        replace_package(tmp_path / "p", CORE)

        assert {path.name for path in (tmp_path / "p").iterdir()} == CORE.keys()

    @pytest.mark.parametrize(
        ("files", "named"),
        [
            (["thesis.txt", "sub/data.csv", ".git/HEAD"], ".git, .git/HEAD, sub, …"),
            (["client.py"], "client.py"),
            (["client.py", "types.py", "mine.py"], "client.py, mine.py, types.py"),
        ],
    )
    def test_foreign_files_are_neither_replaced_nor_removed(self, tmp_path, files, named):
        for name in files:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("mine", encoding="utf-8")

        with pytest.raises(DocumentError, match=r"Nothing was written") as caught:
            replace_package(tmp_path, BEFORE)

        assert f"it contains {named}. " in str(caught.value)
        assert read_package(tmp_path) == dict.fromkeys(files, b"mine")

    @pytest.mark.parametrize("name", ["notes.txt", ".env", "api/.hidden.py"])
    def test_generated_package_with_foreign_files_is_refused(self, package, name):
        (package / name).write_text("mine", encoding="utf-8")

        with pytest.raises(DocumentError, match=rf"it contains {name}\."):
            replace_package(package, CORE)

        assert read_package(package) == {**BEFORE, name: b"mine"}

    def test_folder_with_only_bytecode_is_filled(self, tmp_path):
        (tmp_path / "__pycache__").mkdir()

        replace_package(tmp_path, BEFORE)

        assert read_package(tmp_path) == BEFORE

    def test_file_that_can_not_be_read_is_named(self, package, monkeypatch):
        def refuse(path):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_bytes", refuse)

        with pytest.raises(DocumentError, match=r"__init__\.py can't be read: Permission denied"):
            read_package(package)

    def test_file_that_can_not_be_removed_is_named(self, package, monkeypatch):
        def refuse(path):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "unlink", refuse)

        with pytest.raises(DocumentError, match=r"a\.py can't be removed: Permission denied"):
            replace_package(package, {"__init__.py": b"one\n", **CORE})
