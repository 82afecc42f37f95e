"""The lock files: what ``make`` installs, and nothing about where from."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from itertools import product

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from project.interpreters import SUPPORTED
from project.tree import ROOT

pytestmark = [pytest.mark.unmeasured, pytest.mark.every_python]

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
DEMO_LOCK = (ROOT / "requirements-demo.lock").read_text(encoding="utf-8")
SYSTEMS = {
    "Linux": {"sys_platform": "linux", "os_name": "posix"},
    "Darwin": {"sys_platform": "darwin", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "os_name": "nt"},
}
ENVIRONMENTS = [
    {
        **default_environment(),
        **SYSTEMS[system],
        "platform_system": system,
        "python_version": version,
        "python_full_version": f"{version}.0",
        "platform_machine": machine,
    }
    for version, system, machine in product(SUPPORTED, SYSTEMS, ("x86_64", "arm64"))
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
DEV = [*GROUPS["build"], *(pin for pin in GROUPS["dev"] if isinstance(pin, str))]
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


def locked_lines(lock=LOCK):
    """Each requirement on one line, comments left out."""
    text = re.sub(r"(?m)(^|\s)#.*$", "", lock).replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


def locked_requirements(lock=LOCK):
    return [Requirement(line.partition("--hash=")[0]) for line in locked_lines(lock)]


def applies(requirement, environment, extras=frozenset()):
    """Whether a requirement counts there: for itself, or through one of the extras."""
    return requirement.marker is None or any(
        requirement.marker.evaluate({**environment, "extra": extra}) for extra in extras or {""}
    )


def missing(lock, environment):
    """What the packages that a lock installs there require and the lock does not have."""
    here = {canonicalize_name(r.name): r for r in lock if applies(r, environment)}
    for name, locked in here.items():
        try:
            requirements = map(Requirement, distribution(name).requires or ())
        except PackageNotFoundError:
            # Its metadata are on the systems that its marker names, where this test runs, too.
            assert not applies(locked, default_environment()), f"{name} is not installed"
            continue
        for wanted in requirements:
            if not applies(wanted, environment, frozenset({"", *locked.extras})):
                continue
            found = here.get(canonicalize_name(wanted.name))
            if found is None:
                yield f"{name} requires {wanted}"
                continue
            (pin,) = found.specifier
            if not wanted.specifier.contains(pin.version) or wanted.extras - found.extras:
                yield f"{name} requires {wanted}, locked is {found}"


def locked_versions():
    """Versions by name: a package may be locked differently for different systems."""
    versions = {}
    for requirement in locked_requirements():
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{requirement} is not pinned"
        versions.setdefault(canonicalize_name(requirement.name), []).append(specifier.version)
    return versions


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("lock", [LOCK, DEMO_LOCK], ids=["all", "demo"])
def test_lock_on_every_python_and_system_has_all_that_its_packages_require(lock, environment):
    assert list(missing(locked_requirements(lock), environment)) == []


def test_missing_requirement_extra_and_version_are_found():
    lock = [Requirement("pytest-cov==7.1.0"), Requirement("coverage==7.0")]
    lock += [Requirement("pluggy==1.6"), Requirement("pytest==9.2.0")]
    found = list(missing(lock, {**default_environment(), "sys_platform": "linux"}))

    assert any(line.startswith("pytest-cov requires coverage[toml]") for line in found)
    assert any(line.startswith("pytest requires iniconfig") for line in found)


def test_demo_lock_is_a_part_of_the_whole_lock():
    def pins(lock):
        return {(r.name, str(r.specifier)) for r in locked_requirements(lock)}

    assert pins(DEMO_LOCK) < pins(LOCK)
    tools = {"pytest", "mypy", "ruff", "pyarrow", "schemathesis", "hypothesis"}
    assert not tools & {name for name, _ in pins(DEMO_LOCK)}


@pytest.mark.parametrize("lock", [LOCK, DEMO_LOCK], ids=["all", "demo"])
def test_every_requirement_has_hashes_and_nothing_else(lock):
    assert len(locked_lines(lock)) > 15
    for line in locked_lines(lock):
        requirement, first, _ = line.partition("--hash=")
        assert first, f"{requirement} has no hash"
        assert not HASH.sub("", line[len(requirement) :]).strip(), requirement


def test_lock_has_no_addresses():
    for lock in (LOCK, DEMO_LOCK):
        assert "://" not in lock
        assert not [requirement for requirement in locked_requirements(lock) if requirement.url]


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


def test_tables_extra_includes_tzdata_for_systems_without_it():
    tables = map(Requirement, PROJECT["project"]["optional-dependencies"]["tables"])
    on_windows = {"sys_platform": "win32"}

    brought = {r.name for r in tables if r.marker is None or r.marker.evaluate(on_windows)}

    assert brought == {"pyarrow", "tzdata"}
