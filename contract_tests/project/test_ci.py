"""What runs before a change is taken: ``.ci/run`` and the workflow."""

import os
import re
import tomllib

import prolific_exports
import pytest
import yaml

from project.tree import ROOT

WORKFLOWS = tuple(
    f".github/workflows/{path.name}" for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
)
CLASSIFIER = "Programming Language :: Python :: 3."


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture
def workflow():
    return yaml.safe_load(read(".github/workflows/ci.yml"))


def test_workflow_runs_every_supported_python(workflow):
    classifiers = tomllib.loads(read("pyproject.toml"))["project"]["classifiers"]
    claimed = [c.rpartition(" ")[2] for c in classifiers if c.startswith(CLASSIFIER)]
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]

    assert matrix["python"] == claimed
    assert matrix["os"] == ["ubuntu", "macos", "windows"]
    for excluded in matrix["exclude"]:
        assert f"{excluded['os']}-latest" == workflow["jobs"]["check"]["runs-on"]
        (setup,) = (step for step in workflow["jobs"]["check"]["steps"] if "python" in str(step))
        assert setup["with"]["python-version"] == excluded["python"]


def uses(text):
    """The actions that a workflow uses: name, commit, version in the comment."""
    lines = re.findall(r"(?m)^ *(?:- )?uses: (.*)$", text)
    return [re.fullmatch(r"([\w/-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", line) for line in lines]


@pytest.mark.parametrize("name", [*WORKFLOWS, "action.yml"])
def test_actions_are_pinned_by_commit_and_are_few(name):
    """A tag can be moved to other code; a commit cannot."""
    found = uses(read(name))
    assert found
    assert None not in found
    own = {"actions/" + name for name in ("checkout", "setup-python", "attest")}
    own |= {"actions/upload-artifact", "actions/download-artifact"}
    assert {match[1] for match in found} <= own | {"pypa/gh-action-pypi-publish"}


def test_all_workflows_use_the_same_version_of_an_action():
    found = {match.group() for name in (*WORKFLOWS, "action.yml") for match in uses(read(name))}
    names = [one.partition("@")[0] for one in found]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_only_the_jobs_that_publish_may_write(name):
    workflow = yaml.safe_load(read(name))
    assert workflow["permissions"] in ({}, {"contents": "read"})
    writing = {
        job: {scope for scope, access in details.get("permissions", {}).items() if access != "read"}
        for job, details in workflow["jobs"].items()
    }
    allowed = {"publish": {"id-token", "attestations"}, "notes": {"contents"}}
    assert {job: scopes for job, scopes in writing.items() if scopes} == (
        allowed if name.endswith("release.yml") else {}
    )


def test_only_a_tag_is_published_after_all_installations_were_tested():
    jobs = yaml.safe_load(read(".github/workflows/release.yml"))["jobs"]
    assert jobs["publish"]["if"] == "github.ref_type == 'tag'"
    assert [jobs[job].get("needs") for job in ("test", "publish", "notes")] == [
        *("build", "test", "publish")
    ]
    assert jobs["publish"]["environment"] == "pypi"


def test_files_about_the_project_name_the_current_versions():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == prolific_exports.__version__
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    dev = tomllib.loads(read("pyproject.toml"))["dependency-groups"]["dev"]
    (ruff,) = (line for line in dev if str(line).startswith("ruff=="))
    assert [hook["additional_dependencies"] for hook in hooks] == [[ruff]] * 2


def test_every_make_target_in_ci_exists():
    targets = set(re.findall(r"(?m)^([a-z-]+):", read("Makefile")))
    commands = [
        step["run"]
        for name in WORKFLOWS
        for job in yaml.safe_load(read(name))["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    shown = "\n".join([read(".ci/run"), *commands])
    run = re.findall(r"(?m)^ *(?:\[.* \|\| )?(?:step )?make ([a-z-]+)", shown)

    assert set(run) <= targets
    assert {"check", "demo", "regenerate", "test"} <= set(run)
    assert ".ci/run" in commands


def test_ci_selects_tests_by_markers_that_exist():
    options = tomllib.loads(read("pyproject.toml"))["tool"]["pytest"]["ini_options"]
    known = {marker.partition(":")[0] for marker in options["markers"]}
    selections = re.findall(r"MARKERS='([^']+)'", read(".ci/run"))

    named = {word for one in selections for word in re.findall(r"\w+", one)} - {"not", "and", "or"}
    assert named
    assert named <= known


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_ci_script_is_executable():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
