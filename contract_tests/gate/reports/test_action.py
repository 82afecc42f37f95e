"""The GitHub action: what it asks the command for."""

import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from project.tree import ROOT
from prolific_contract.cli import build_parser
from prolific_contract.gate.reports import FORMATS

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step.get("name", "Python"): step for step in ACTION["runs"]["steps"]}
CHECK = STEPS["Check"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="bash is not what runners have")


class Ran:
    def __init__(self, folder, inputs, code):
        self.folder = folder
        place = folder / "place" / "bin"
        place.mkdir(parents=True)
        command = place / "prolific-contract"
        # In place of the command: keeps what it was asked for, and reports one line.
        command.write_text(
            f"#!{sys.executable}\n"
            "import pathlib, sys\n"
            "here = pathlib.Path('.')\n"
            "(here / 'arguments').write_text('\\n'.join(sys.argv[1:]))\n"
            "(here / 'reports').mkdir(exist_ok=True)\n"
            f"if {code} < 2:\n"
            "    (here / 'reports/report.txt').write_text('FAILED\\n```\\n')\n"
            f"sys.exit({code})\n",
            encoding="utf-8",
        )
        command.chmod(0o755)
        values = {name: given.get("default", "") for name, given in ACTION["inputs"].items()} | {
            "reports": "reports",
            **inputs,
        }
        environment = {
            name: re.sub(
                r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: values[match[1]], value
            ).replace("${{ runner.temp }}/prolific-contract", str(folder / "place"))
            for name, value in CHECK["env"].items()
        }
        self.ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", CHECK["run"]],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "RUNNER_OS": "Linux",
                "GITHUB_OUTPUT": str(folder / "output"),
                "GITHUB_STEP_SUMMARY": str(folder / "summary"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def arguments(self):
        return self.text("arguments").split("\n")

    @property
    def understood(self):
        return build_parser().parse_args(self.arguments)

    def text(self, name):
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path):
    return lambda code=0, **inputs: Ran(
        tmp_path, {name.replace("_", "-"): value for name, value in inputs.items()}, code
    )


def test_every_action_input_reaches_the_command(run):
    understood = run(
        target="https://api.example",
        token="secret",
        batch="b1",
        collection="c1",
        forbidden_batch="b2",
        forbidden_collection="c2",
        edition="2026-11",
        profile="full",
        max_wait="60",
        strict="true",
        baseline="known.json",
    ).understood

    assert understood.target == "https://api.example"
    assert (understood.batch, understood.collection) == ("b1", "c1")
    assert (understood.forbidden_batch, understood.forbidden_collection) == ("b2", "c2")
    assert (understood.edition, understood.profile) == ("2026-11", "full")
    assert (understood.max_wait, understood.strict) == (60.0, True)
    assert str(understood.baseline) == "known.json"
    # It goes through the environment: other processes can read arguments.
    assert understood.token is None


def test_missing_inputs_use_the_commands_defaults(run):
    understood = run(target="https://api.example").understood

    assert (understood.batch, understood.baseline, understood.har) == (None, None, None)
    assert (understood.edition, understood.profile) == (None, None)
    assert (understood.max_wait, understood.strict) == (None, None)


def test_token_is_passed_with_a_recording(run):
    understood = run(har="recorded.har", token="secret").understood

    assert (str(understood.har), understood.token) == ("recorded.har", "secret")


def test_action_writes_every_report_format(run):
    reports = run(target="x").understood.report

    assert reports == [
        "html=reports/report.html",
        "json=reports/report.json",
        "junit=reports/report.junit.xml",
        "sarif=reports/report.sarif",
        "text=reports/report.txt",
    ]
    assert {report.partition("=")[0] for report in reports} == set(FORMATS)


@pytest.mark.parametrize("code", [0, 1, 2])
def test_exit_code_is_the_commands(run, code):
    done = run(code, target="x")

    assert done.ran.returncode == code
    assert done.text("output") == f"exit-code={code}\n"


def test_job_summary_shows_the_report_unchanged(run):
    assert run(1, target="x").text("summary") == "\n    FAILED\n    ```\n"


def test_reports_of_an_earlier_check_are_removed(run, tmp_path):
    (tmp_path / "reports").mkdir()
    for name in ("report.txt", "report.sarif", "notes.txt"):
        (tmp_path / "reports" / name).write_text("PASSED", encoding="utf-8")
    done = run(2, target="x")

    assert not (done.folder / "summary").exists()
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["notes.txt"]


def test_empty_inputs_count_as_missing(run):
    understood = run(target="x", edition="", profile="", max_wait="").understood

    assert (understood.edition, understood.profile, understood.max_wait) == (None, None, None)


@pytest.mark.parametrize(
    ("profile", "extra"), [("polite", "contract"), ("", "contract"), ("full", "fuzz")]
)
def test_extra_of_the_profile_is_installed(tmp_path, profile, extra):
    step = STEPS["Install"]
    (tmp_path / "place" / "bin").mkdir(parents=True)
    # In place of Python: keeps what it was asked for.
    for python in (tmp_path / "python", tmp_path / "place" / "bin" / "python"):
        python.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {tmp_path}/asked\n', encoding="utf-8")
        python.chmod(0o755)
    given = {
        "PYTHON": str(tmp_path / "python"),
        "SOURCE": "/a checkout",
        "PLACE": str(tmp_path / "place"),
        "PROFILE": profile,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    assert given.keys() == step["env"].keys()
    assert step["env"]["PROFILE"] == "${{ inputs.profile }}"
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={"PATH": os.environ["PATH"], "RUNNER_OS": "Linux", **given},
        check=True,
    )
    *_, asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    (installed,) = re.findall(r"/a checkout\[([a-z]+)\]", asked)

    assert installed == extra
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = "schemathesis" if profile == "full" else "jsonschema-rs"
    assert needed in " ".join(_all_of(extra, extras["optional-dependencies"]))


def _all_of(extra, extras):
    """The requirements of an extra, those of the extras that it includes too."""
    for requirement in extras[extra]:
        yield requirement
        included = re.match(r"prolific-exports\[([a-z,]+)\]", requirement)
        for name in included[1].split(",") if included else ():
            yield from _all_of(name, extras)


def test_inputs_cannot_inject_commands(run):
    hostile = "$(touch pwned)`touch pwned`\"'; touch pwned; --strict"

    done = run(target=hostile, batch=hostile)

    assert done.understood.target == hostile
    assert not (done.folder / "pwned").exists()


def test_scripts_contain_no_expressions():
    assert [step for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")] == []


def test_inputs_and_outputs_are_described_and_used():
    text = (ROOT / "action.yml").read_text(encoding="utf-8")

    for name, given in ACTION["inputs"].items():
        assert given["description"]
        assert f"inputs.{name} " in text
    assert all(given["description"] and given["value"] for given in ACTION["outputs"].values())


def test_used_actions_are_pinned_to_commits():
    used = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]

    assert len(used) == 2
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used)
