"""``make dist``: what a release is made of, and that each extra has a smoke test."""

import subprocess
import sys
import tomllib
import zipfile

import pytest

from project import dist, smoke
from project.tree import ROOT

CHANGELOG = """# Changelog

## 0.2.0 (2027-01-31)

- New.

## 0.1.0

- First.
"""


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "prolific_exports-0.2.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        metadata = "Name: prolific-exports\nProvides-Extra: all\nProvides-Extra: fast\n\nText\n"
        archive.writestr("prolific_exports-0.2.0.dist-info/METADATA", metadata)
    return path


@pytest.mark.parametrize(("version", "text"), [("0.2.0", "- New.\n"), ("0.1.0", "- First.\n")])
def test_notes_of_a_release_are_its_section_of_the_changelog(version, text):
    assert dist.notes(CHANGELOG, version) == text


@pytest.mark.parametrize("version", ["0.3.0", "0.1", "2.0"])
def test_release_without_a_section_in_the_changelog_is_refused(version):
    with pytest.raises(dist.DistError, match=f"no section for version {version}: write one"):
        dist.notes(CHANGELOG, version)


def test_version_and_extras_are_read_from_the_wheel(wheel, tmp_path):
    sdist = tmp_path / "prolific_exports-0.2.0.tar.gz"
    assert dist.version_of([sdist, wheel]) == "0.2.0"
    assert dist.extras(wheel) == ["all", "fast"]


def test_current_version_has_notes():
    version = {}
    exec((ROOT / "wrapper/prolific_exports/_version.py").read_text("utf-8"), version)
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert dist.notes(changelog, version["__version__"])


def test_failing_tool_is_reported_with_its_output(tmp_path):
    script = "import sys; print('found a fault'); sys.exit(3)"
    with pytest.raises(dist.DistError, match=r"failed \(3\):\nfound a fault"):
        dist._run(sys.executable, "-c", script, cwd=tmp_path)


def test_every_extra_has_a_smoke_test():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]
    assert set(smoke.CHECKS) == {"", *extras}


@pytest.mark.parametrize("extra", ["", "tables", "media"])
def test_smoke_tests_pass_where_everything_is_installed(tmp_path, extra):
    done = subprocess.run(
        [sys.executable, "-I", dist.SMOKE, extra],
        cwd=tmp_path,
        env=dist._environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
