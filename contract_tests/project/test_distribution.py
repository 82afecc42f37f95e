"""The wheel: what is in it, and that it works outside the checkout, with what it requires."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import prolific_exports
import pytest
import yaml
from packaging.requirements import Requirement

from project.environments import Environment, copy_packages, environment_variables
from project.tree import PACKAGES, ROOT, project_files

# One worker makes the wheel and the environments for all tests of this module.
pytestmark = pytest.mark.xdist_group("distribution")

IMPORTS = ("prolific_api", "prolific_exports", "prolific_contract")
DIST_INFO = f"prolific_exports-{prolific_exports.__version__}.dist-info"
COMMANDS = ("prolific-exports", "prolific-contract")

LOCATIONS = f"import {', '.join(IMPORTS)}\n" + "".join(
    f"print({name}.__file__)\n" for name in IMPORTS
)
CONTRACT_SUMMARY = (
    "from prolific_contract.spec import load_contract\n"
    "contract = load_contract()\n"
    "print(contract['openapi'], len(contract['paths']), len(contract['components']['schemas']))"
)


def contract_files():
    """The contract, what it is built from, and what the client is generated with."""
    return [name for name in project_files() if re.match(r"openapi/(templates/|.*\.yaml$)", name)]


def hatchling(folder, *arguments):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", *arguments],
        cwd=folder,
        env=environment_variables(),
        capture_output=True,
        check=True,
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The project's files without what a working tree gathers."""
    folder = tmp_path_factory.mktemp("clone")
    for name in project_files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    return folder


@pytest.fixture(scope="module")
def dist(clone):
    """A folder with the wheel and the source distribution."""
    hatchling(clone, "--target", "wheel", "--target", "sdist", "--directory", "built")
    return clone / "built"


@pytest.fixture(scope="module")
def wheel(dist):
    (wheel,) = dist.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def sdist(dist):
    (sdist,) = dist.glob("*.tar.gz")
    return sdist


@pytest.fixture(scope="module")
def members(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def metadata(members):
    return Parser().parsestr(members[f"{DIST_INFO}/METADATA"].decode())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel and all locked packages."""
    environment = Environment(tmp_path_factory.mktemp("installed"))
    environment.install(wheel)
    environment.add_locked_packages()
    return environment


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """The wheel and what it requires, without extras."""
    environment = Environment(tmp_path_factory.mktemp("bare"))
    environment.install(wheel)
    copy_packages(["attrs", "httpx", "rich"], environment.site_packages)
    return environment


@pytest.fixture(scope="module")
def editable(clone, tmp_path_factory):
    """An editable installation of the clone, and all locked packages."""
    folder = tmp_path_factory.mktemp("editable_wheel")
    script = "import sys, hatchling.build; hatchling.build.build_editable(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        cwd=clone,
        env=environment_variables(),
        capture_output=True,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    environment = Environment(tmp_path_factory.mktemp("editable"))
    environment.install(wheel)
    environment.add_locked_packages()
    return environment


def test_wheel_contains_the_three_packages_and_the_contract(members):
    packaged = {
        name.removeprefix(package.rpartition("/")[0] + "/")
        for package in PACKAGES
        for name in project_files()
        if name.startswith(f"{package}/")
    }
    own = {name for name in members if not name.startswith(f"{DIST_INFO}/")}

    assert own == packaged | {f"prolific_contract/{name}" for name in contract_files()}
    assert {name.partition("/")[0] for name in own} == set(IMPORTS)
    assert {f"{name}/py.typed" for name in IMPORTS} <= own
    for name in contract_files():
        assert members[f"prolific_contract/{name}"] == (ROOT / name).read_bytes()
    assert members[f"{DIST_INFO}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_wheel_paths_fit_windows_limits(members):
    """A default Windows allows 260 characters in all, and site-packages takes its share."""
    assert [name for name in members if len(name) > 80] == []


def test_wheel_is_for_every_platform(wheel):
    assert wheel.name.endswith("-py3-none-any.whl")


def test_entry_points_are_the_two_commands_and_the_pytest_plugin(members):
    lines = members[f"{DIST_INFO}/entry_points.txt"].decode().split("\n")

    assert [line.partition(" =")[0] for line in lines if line] == [
        "[console_scripts]",
        "prolific-contract",
        "prolific-exports",
        "[pytest11]",
        "prolific_contract",
    ]


def test_three_dependencies_are_required_and_the_rest_are_extras(metadata):
    requirements = [Requirement(line) for line in metadata.get_all("Requires-Dist")]
    extras = metadata.get_all("Provides-Extra")

    assert sorted(r.name for r in requirements if not r.marker) == ["attrs", "httpx", "rich"]
    assert {"all", "contract"} <= set(extras)
    of_extra = {
        extra: {r.name for r in requirements if r.marker and r.marker.evaluate({"extra": extra})}
        for extra in extras
    }
    assert of_extra["all"] == set().union(*of_extra.values())


def test_metadata_describe_the_package(metadata):
    assert metadata["Name"] == "prolific-exports"
    assert metadata["Version"] == prolific_exports.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert {url.partition(",")[0] for url in metadata.get_all("Project-URL")} == {
        *("Repository", "Documentation", "Changelog", "Issues")
    }
    assert metadata.get_payload().strip() == (ROOT / "README.md").read_text("utf-8").strip()


def test_wheel_has_no_build_paths(members, sdist, clone):
    with tarfile.open(sdist) as archive:
        files = {m.name: archive.extractfile(m) for m in archive if m.isfile()}
        contents = {name: file.read() for name, file in files.items() if file is not None}
        owners = {(m.uname, m.gname, m.uid, m.gid) for m in archive}

    assert owners == {("", "", 0, 0)}
    for folder in (clone, ROOT, Path.home() / "x", Path(sys.prefix)):
        place = str(folder).removesuffix("x").encode()
        assert [name for name, content in (members | contents).items() if place in content] == []


def test_source_distribution_builds_the_same_wheel(sdist, wheel, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()

    hatchling(source, "--target", "wheel", "--directory", str(tmp_path))

    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_installed_packages_are_imported_from_site_packages(installed, tmp_path):
    locations = installed.python(LOCATIONS, cwd=tmp_path).splitlines()

    assert [Path(location).parent for location in locations] == [
        installed.site_packages / name for name in IMPORTS
    ]


def test_contract_is_read_from_the_wheel(installed, tmp_path):
    contract = yaml.safe_load((ROOT / "openapi" / "prolific.yaml").read_text(encoding="utf-8"))

    summary = installed.python(CONTRACT_SUMMARY, cwd=tmp_path)

    assert summary.split() == [
        contract["openapi"],
        str(len(contract["paths"])),
        str(len(contract["components"]["schemas"])),
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_installed_commands_run(installed, bare, tmp_path, command):
    for environment in (installed, bare):
        version = environment.run(command, "--version", cwd=tmp_path)
        assert version.stdout.strip() == f"{command} {prolific_exports.__version__}"
        assert (version.returncode, version.stderr) == (0, "")

        usage = environment.run(command, "--help", cwd=tmp_path)
        assert usage.stdout.startswith(f"usage: {command} ")
        assert (usage.returncode, usage.stderr) == (0, "")


@pytest.mark.parametrize("module", ["prolific_exports", "prolific_contract"])
def test_packages_run_as_commands(bare, tmp_path, module):
    ran = bare.run("python", "-m", module, "--help", cwd=tmp_path)

    assert re.match(rf"usage: {module.replace('_', '-')} ", ran.stdout)


def test_importing_the_package_imports_no_dependencies(bare, tmp_path):
    script = (
        "import sys, prolific_exports\n"
        "print(*sorted({'attrs', 'httpx', 'rich', 'prolific_api'} & set(sys.modules)))"
    )

    assert bare.python(script, cwd=tmp_path) == ""


def test_every_public_name_is_available_without_extras(bare, tmp_path):
    script = (
        "import prolific_exports\n"
        "from prolific_exports import *\n"
        "print(len(prolific_exports.__all__), prolific_exports.testing.FakeClock().monotonic())"
    )

    assert bare.python(script, cwd=tmp_path) == f"{len(prolific_exports.__all__)} 0.0"


def test_wheel_contains_the_discrepancies_that_reports_cite(installed, bare, tmp_path):
    for environment in (installed, bare):
        listed = environment.run("prolific-contract", "discrepancies", cwd=tmp_path)
        assert listed.stdout.startswith("D-1   202 missing\n")

    completed = installed.run("prolific-contract", "discrepancies", "D-32", cwd=tmp_path)
    assert (completed.returncode, completed.stderr) == (0, "")
    assert "  documents  " in completed.stdout


@pytest.mark.parametrize("arguments", [["sandbox"], ["build", "--edition", "2026-03"]])
def test_tools_name_the_extra_that_they_need(bare, tmp_path, arguments):
    ran = bare.run("prolific-contract", *arguments, cwd=tmp_path)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.fullmatch(
        r"prolific-contract: error: \w+ is not installed: "
        r"pip install 'prolific-exports\[contract\]'",
        ran.stderr.strip(),
    )


def test_pytest_fixture_works_in_users_tests(installed, tmp_path):
    (tmp_path / "test_mine.py").write_text(
        "from prolific_exports import Exports\n"
        "def test_download(prolific_sandbox, tmp_path):\n"
        "    box = prolific_sandbox\n"
        "    with Exports(box.token, base_url=box.url, poll_interval=0.2) as exports:\n"
        "        archive = exports.collections.download(box.collection_id, tmp_path / 'x.zip')\n"
        "    assert len(list(archive.responses())) == 25\n",
        encoding="utf-8",
    )

    ran = installed.run("python", "-m", "pytest", "-q", "-W", "error", *_ONLY_OURS, cwd=tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout


def test_plugin_without_the_extra_does_not_fail(bare, tmp_path):
    copy_packages(["pytest"], tmp_path / "lib")
    (tmp_path / "test_mine.py").write_text(
        "def test_other(): pass\ndef test_download(prolific_sandbox): pass\n", encoding="utf-8"
    )

    ran = bare.run(
        "python",
        "-c",
        "import sys; sys.path.append('lib'); import pytest; sys.exit(pytest.main(['-q']))",
        cwd=tmp_path,
    )

    assert "1 passed, 1 error" in ran.stdout, ran.stdout + ran.stderr
    assert "pip install 'prolific-exports[contract]'" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_editable_installation_uses_the_checkout(editable, clone, tmp_path):
    locations = editable.python(LOCATIONS, cwd=tmp_path).splitlines()
    assert [Path(location).resolve().parent for location in locations] == [
        clone.resolve() / package for package in PACKAGES
    ]

    # What is edited there is used at once.
    contract = clone / "openapi" / "prolific.yaml"
    built = contract.read_text(encoding="utf-8")
    contract.write_text("{openapi: edited, paths: {}, components: {schemas: {}}}", encoding="utf-8")
    try:
        assert editable.python(CONTRACT_SUMMARY, cwd=tmp_path) == "edited 0 0"
    finally:
        contract.write_text(built, encoding="utf-8", newline="\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_editable_installation_has_the_commands(editable, tmp_path, command):
    ran = editable.run(command, "--version", cwd=tmp_path)

    assert ran.stdout.strip() == f"{command} {prolific_exports.__version__}"


# Plugins of the locked packages have opinions of their own about a session.
_ONLY_OURS = [
    part
    for name in ("randomly", "xdist", "cov", "hypothesispytest", "schemathesis", "respx")
    for part in ("-p", f"no:{name}")
]
