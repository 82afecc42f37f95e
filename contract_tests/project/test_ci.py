"""What runs before a change is taken: ``.ci/run`` and the workflow."""

import os
import re
import tomllib

import pytest
import yaml

from project.tree import ROOT

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


def test_workflow_has_read_permission_only_and_pins_actions(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/x@v1"))


def test_every_make_target_in_ci_exists(workflow):
    targets = set(re.findall(r"(?m)^([a-z-]+):", read("Makefile")))
    commands = [
        step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step
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

    named = {word for one in selections for word in re.findall(r"\w+", one)} - {"not", "and"}
    assert named
    assert named <= known


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_ci_script_is_executable():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
