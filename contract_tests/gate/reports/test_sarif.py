"""The report for code scanning.

The schema here is the part of SARIF's that the reports use, closed: what it does not have
is an error.
"""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from helpers import verdicts
from helpers.verdicts import REQUEST, STATUS, broken, cells, law
from project.tree import ROOT
from prolific_contract import OPERATIONS
from prolific_contract.gate.reports._sarif import document, render
from prolific_contract.gate.trace import Trace

SCHEMA = json.loads(Path(__file__).with_name("sarif-subset.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)


def run(verdict):
    (only,) = document(verdict)["runs"]
    return only


def result(verdict, place=0):
    return run(verdict)["results"][place]


@pytest.mark.parametrize(
    "verdict",
    [
        verdicts.verdict(),
        verdicts.failing(),
        verdicts.failing(accepted=frozenset({"shape.error batch status"})),
        verdicts.hostile(),
        verdicts.verdict(trace=Trace(()), cells=(), started=None),
    ],
)
def test_every_report_is_valid_against_the_schema(verdict):
    VALIDATOR.validate(json.loads(render(verdict)))


def test_report_of_a_real_verdict_is_valid_against_the_schema(real_verdict):
    VALIDATOR.validate(document(real_verdict))
    assert len(run(real_verdict)["results"]) >= len(real_verdict.violations) > 0


def test_laws_are_rules():
    driver = run(verdicts.failing())["tool"]["driver"]

    assert (driver["name"], driver["version"]) == ("prolific-contract", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == [
        "shape.answered",
        "shape.error",
        "shape.additive",
        "value.archive",
    ]
    rule = driver["rules"][1]
    assert rule["shortDescription"]["text"] == "Every error is enveloped."
    assert rule["fullDescription"]["text"] == "An error is an object."
    assert rule["help"]["text"].endswith(
        f"documents/002, 004; D-9 field errors; D-10 real error bodies\n{rule['helpUri']}"
    )
    assert rule["help"]["markdown"].endswith(
        f"[documents/002, 004; D-9 field errors; D-10 real error bodies]({rule['helpUri']})"
    )
    assert rule["properties"]["tags"] == ["contract", "shape"]


def test_violations_are_errors():
    found = result(verdicts.failing(), 1)

    assert (found["ruleId"], found["ruleIndex"], found["level"]) == ("shape.error", 1, "error")
    text = found["message"]["text"]
    assert text.startswith(
        "batch status: the error is empty (#2, #5 of the conversation with https://api.example)."
        "\n\nEvery error is enveloped.\n\ncurl "
    )
    assert found["properties"]["exchanges"] == [2, 3, 5]
    assert "api.field.error" in found["properties"]["statements"]
    assert "suppressions" not in found


def test_accepted_violations_are_suppressed_notes():
    found = result(verdicts.failing(accepted=frozenset({"shape.error batch request"})))

    assert found["level"] == "note"
    assert found["suppressions"][0]["status"] == "accepted"


def test_notes_are_notes():
    found = result(verdicts.failing(), 3)

    assert (found["ruleId"], found["level"]) == ("shape.additive", "note")
    assert found["message"]["text"] == (
        "batch status: not documented: /new (#3 of the conversation with https://api.example)."
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_location_is_the_operation_in_the_contract(operation):
    found = result(verdicts.verdict(*cells(law("a.b", operation), broken(operation, "x"))))
    (location,) = found["locations"]
    physical = location["physicalLocation"]

    lines = (ROOT / physical["artifactLocation"]["uri"]).read_text("utf-8").split("\n")
    at = physical["region"]["startLine"] - 1
    assert lines[at].strip() == f"{operation.method.lower()}:"
    above = next(line for line in lines[at::-1] if line.startswith("  /"))
    path = above.strip().rstrip(":")
    assert path.startswith("/api/v1/data-collection/batches" if operation.kind == "batch" else "/")
    assert operation.action == "archive" or path == operation.template
    assert location["logicalLocations"][0]["fullyQualifiedName"] == str(operation)


def test_fingerprints_are_distinct_and_independent_of_wording():
    def prints(*sentences):
        found = cells(law(), broken(REQUEST, sentences[0]), broken(STATUS, sentences[1]))
        results = run(verdicts.verdict(*found))["results"]
        return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]

    first, second = prints("a", "b")
    assert first != second
    assert re.fullmatch(r"[0-9a-f]{32}:1", first)
    assert prints("c", "d") == [first, second]


def test_invocation_has_exit_code_and_times():
    passed = run(verdicts.verdict())["invocations"][0]
    unproved = run(verdicts.verdict(trace=Trace(()), started=None))["invocations"][0]

    assert passed == {
        "executionSuccessful": True,
        "exitCode": 0,
        "exitCodeDescription": "1 of 1 law exercised, none broken",
        "properties": {"evidence": ["batch r1: 1 job, 2 polls, 1 complete, 1 archive"]},
        "startTimeUtc": "2026-03-20T10:00:00Z",
    }
    assert unproved["executionSuccessful"] is False
    assert unproved["exitCode"] == 2
    assert unproved["toolExecutionNotifications"] == [
        {"level": "error", "message": {"text": "no response reported the state of an export"}}
    ]


def test_message_text_never_becomes_a_link():
    found = result(verdicts.verdict(*cells(law(), broken(REQUEST, "see [x](0) \\ y"))))

    assert "see \\[x\\](0) \\\\ y" in found["message"]["text"]
