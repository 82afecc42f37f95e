"""requirements.lock: what ``make`` installs, and nothing about where from."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from project.tree import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEV = PROJECT["dependency-groups"]["dev"]
WANTED = [
    *PROJECT["project"]["dependencies"],
    *(
        requirement
        for requirements in PROJECT["project"]["optional-dependencies"].values()
        for requirement in requirements
        if not requirement.startswith("prolific-exports[")
    ),
]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")


def locked_lines():
    """Each requirement on one line, comments left out."""
    text = re.sub(r"(?m)(^|\s)#.*$", "", LOCK).replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


def locked_requirements():
    return [Requirement(line.partition("--hash=")[0]) for line in locked_lines()]


def locked_versions():
    """Versions by name: a package may be locked differently for different systems."""
    versions = {}
    for requirement in locked_requirements():
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{requirement} is not pinned"
        versions.setdefault(canonicalize_name(requirement.name), []).append(specifier.version)
    return versions


def test_every_requirement_has_hashes_and_nothing_else():
    assert len(locked_lines()) > 50
    for line in locked_lines():
        requirement, first, _ = line.partition("--hash=")
        assert first, f"{requirement} has no hash"
        assert not HASH.sub("", line[len(requirement) :]).strip(), requirement


def test_it_has_no_addresses():
    assert "://" not in LOCK
    assert not [requirement for requirement in locked_requirements() if requirement.url]


@pytest.mark.parametrize("pin", DEV)
def test_development_tools_are_pinned_and_locked_at_that_version(pin):
    requirement = Requirement(pin)
    (specifier,) = requirement.specifier

    assert specifier.operator == "=="
    assert locked_versions()[canonicalize_name(requirement.name)] == [specifier.version]


@pytest.mark.parametrize("wanted", WANTED)
def test_dependencies_are_locked_at_a_version_they_allow(wanted):
    requirement = Requirement(wanted)

    versions = locked_versions()[canonicalize_name(requirement.name)]

    assert all(requirement.specifier.contains(version) for version in versions)


def test_tables_bring_time_zones_where_the_system_has_none():
    tables = map(Requirement, PROJECT["project"]["optional-dependencies"]["tables"])
    on_windows = {"sys_platform": "win32"}

    brought = {r.name for r in tables if r.marker is None or r.marker.evaluate(on_windows)}

    assert brought == {"pyarrow", "tzdata"}
