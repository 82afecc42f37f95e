"""The report for the test views of CI systems."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from helpers import traces, verdicts
from helpers.verdicts import REQUEST, STATUS, broken, cells, held, law, noted
from prolific_contract.gate.reports._junit import render
from prolific_contract.gate.trace import Trace

# What Jenkins' schema allows, less what no other reader knows.
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped", "system-out"},
}


def report(verdict) -> Any:
    return ET.fromstring(render(verdict))


def case(root, name):
    (found,) = (case for case in root.iter("testcase") if case.get("name") == name)
    return found


@pytest.mark.parametrize(
    "verdict",
    [
        verdicts.verdict(),
        verdicts.failing(accepted=frozenset({"shape.error batch status"})),
        verdicts.hostile(),
        verdicts.verdict(trace=Trace(()), cells=(), started=None),
    ],
)
def test_every_report_follows_the_common_junit_dialect(verdict):
    root = report(verdict)

    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        outcomes = [child.tag for child in element if child.tag != "system-out"]
        assert element.tag != "testcase" or len(outcomes) <= 1
    for suite in [root, *root]:
        cases = list(suite.iter("testcase"))
        counts = {
            "tests": len(cases),
            "failures": sum(case.find("failure") is not None for case in cases),
            "errors": sum(case.find("error") is not None for case in cases),
            "skipped": sum(case.find("skipped") is not None for case in cases),
        }
        assert {name: int(suite.get(name)) for name in counts} == counts


def test_report_of_a_real_verdict_is_readable(real_verdict):
    root = report(real_verdict)

    assert int(root.get("failures")) == len(real_verdict.violations)
    assert int(root.get("tests")) == len(real_verdict.cells) + 1
    assert root.get("errors") == "0"


def test_report_has_a_suite_for_each_family():
    root = report(verdicts.failing())

    assert [suite.get("name") for suite in root] == [
        "prolific-contract.conversation",
        "prolific-contract.shape",
        "prolific-contract.value",
    ]
    assert root[1].get("timestamp") == "2026-03-20T10:00:00"
    assert (root.get("time"), root[0].get("time")) == ("12.000", "12.000")
    assert root.get("name") == "prolific-contract: https://api.example"


def test_law_that_holds_passes():
    kept = case(report(verdicts.failing()), "answered: batch request")

    assert (kept.get("classname"), list(kept)) == ("prolific-contract.shape", [])


def test_violated_law_fails_with_details():
    (failure,) = case(report(verdicts.failing()), "error: batch status")

    assert (failure.get("type"), failure.get("message")) == ("shape.error", "the error is empty")
    assert failure.text.split("\n") == [
        "shape.error: Every error is enveloped.",
        "operation: GET /api/v1/data-collection/batches/{batch_id}/export/{export_id}",
        "observed: the error is empty (#2, #5)",
        "observed: the error is a page (#3)",
        (
            "documents: An error is an object. "
            "(documents/002, 004; D-9 field errors; D-10 real error bodies)"
        ),
        "https://docs.prolific.com/api-reference/ai-task-builder/request-batch-export",
        f"curl -sS -i {traces.BASE}/api/v1/data-collection/batches/r1/export/{traces.JOB}",
        "baseline fingerprint: shape.error batch status",
    ]


def test_accepted_violation_is_skipped():
    root = report(verdicts.failing(accepted=frozenset({"shape.error batch status"})))
    skipped, out = case(root, "error: batch status")

    assert skipped.get("message") == "accepted by the baseline: the error is empty"
    assert out.text.startswith("shape.error: ")


def test_law_that_was_not_exercised_is_skipped_with_the_reason():
    (skipped,) = case(report(verdicts.failing()), "answered: batch status")

    assert skipped.get("message") == "not exercised: needs an error"


def test_notes_are_written_to_system_out():
    (out,) = case(report(verdicts.failing()), "additive: batch status")

    assert out.text == "noted: not documented: /new (#3)"


def test_violation_takes_precedence_over_notes():
    found = cells(law(), broken(REQUEST, "x"), noted(REQUEST, "n"), held(STATUS))

    assert [c.tag for c in case(report(verdicts.verdict(*found)), "error: batch request")] == [
        "failure"
    ]


def test_conversation_that_proves_nothing_is_an_error():
    verdict = verdicts.verdict(trace=Trace((), (verdicts.Subject("batch", "b1"),)))
    error, out = case(report(verdict), "reports the state of an export")

    assert error.get("message") == "no response reported the state of an export of batch b1"
    assert error.text == error.get("message")
    assert out.text.startswith(error.text)


def test_conversation_details_are_properties():
    verdict = verdicts.failing(
        strict=True,
        accepted=frozenset({"shape.answered batch request"}),
        trace=verdicts.example_trace(),
    )
    (out,) = case(report(verdict), "reports the state of an export")

    assert out.text.split("\n") == [
        "2 laws broken, in 3 places",
        "edition: 2026-03, judging by the responses; only shared rules applied",
        "profile: polite, strict",
        "requests: 5",
        "evidence: batch r1: 1 job, 2 polls, 1 complete, 1 archive",
        "documented responses not seen: batch status 200 failed",
        "in the baseline, but fixed: shape.answered batch request",
    ]
    (out,) = case(report(verdicts.verdict()), "reports the state of an export")
    assert out.text.split("\n")[2:] == [
        "profile: polite",
        "requests: 5",
        "evidence: batch r1: 1 job, 2 polls, 1 complete, 1 archive",
    ]


def test_characters_invalid_in_xml_are_replaced():
    text = render(verdicts.hostile())

    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    assert ET.fromstring(text).tag == "testsuites"
    assert "\ufffd" in text or "\\x00" in text
