"""The gate's guide says what is."""

import json
import re

import pytest
import yaml
from project.tree import ROOT
from prolific_contract.gate import read_baseline
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.reports import FORMATS

GUIDE = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
FAMILIES = {law.id.partition(".")[0] for law in LAWS}


def blocks(language):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", GUIDE)


def test_guide_names_exactly_the_laws():
    named = re.findall(rf"`((?:{'|'.join(FAMILIES)})\.[a-z-]+)`", GUIDE)

    assert named == [law.id for law in LAWS]


def test_guide_names_every_report_format():
    assert set(re.findall(r"(?m)^\| `([a-z]+)` \|", GUIDE)) == set(FORMATS)


def test_baseline_example_in_the_guide_is_valid(tmp_path):
    (example,) = blocks("json")
    (tmp_path / "baseline.json").write_text(example, encoding="utf-8")

    assert json.loads(example)["accepted"]
    assert read_baseline(tmp_path / "baseline.json").fingerprints == {"shape.error batch request"}


def test_ci_snippets_in_the_guide_use_existing_inputs_and_outputs():
    github, pull_request, gitlab = map(yaml.safe_load, blocks("yaml"))
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = (s for s in github["jobs"]["contract"]["steps"] if s.get("id") == "gate")

    assert set(step["with"]) <= set(action["inputs"])
    assert set(pull_request[1]["with"]) <= set(action["inputs"])
    name = action["inputs"]["artifact"]["default"]
    assert pull_request[0]["run"].endswith(f"--name {name} --dir main-report\n")
    assert set(re.findall(r"steps\.gate\.outputs\.([a-z-]+)", GUIDE)) <= set(action["outputs"])
    assert "prolific-contract check " in gitlab["contract"]["script"][1]


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https:)([^)#]+)\)", GUIDE))
def test_links_in_the_guide_exist(link):
    assert (ROOT / "docs" / link).is_file()
