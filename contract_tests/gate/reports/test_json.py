"""The report for programs, and the schema that describes it."""

import json
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from helpers import traces, verdicts
from helpers.verdicts import REQUEST, broken, cells, law
from prolific_contract.gate.reports._json import document, render
from prolific_contract.gate.trace import Trace

SCHEMA = json.loads(
    (files("prolific_contract.gate.reports") / "report.schema.json").read_text(encoding="utf-8")
)


def closed(schema: Any) -> Any:
    """The schema with nothing allowed that it does not describe."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    own = {name: closed(value) for name, value in schema.items()}
    if "properties" in schema and "allOf" not in schema:
        own.setdefault("unevaluatedProperties", False)
    return own


def closed_document():
    made = closed(SCHEMA)
    # Composed of another one, which therefore may not be closed by itself.
    del made["$defs"]["observation"]["unevaluatedProperties"]
    made["properties"]["notes"]["items"]["unevaluatedProperties"] = False
    made["properties"]["violations"]["items"]["properties"]["observations"]["items"][
        "unevaluatedProperties"
    ] = False
    return made


VALIDATOR = jsonschema_rs.Draft202012Validator(closed_document(), validate_formats=True)


def test_report_schema_is_valid():
    assert jsonschema_rs.meta.is_valid(SCHEMA)
    assert not jsonschema_rs.meta.is_valid({**SCHEMA, "type": "unknown"})


@pytest.mark.parametrize(
    "verdict",
    [
        verdicts.verdict(),
        verdicts.failing(),
        verdicts.failing(accepted=frozenset({"shape.error batch status"})),
        verdicts.hostile(),
        verdicts.verdict(trace=Trace(()), cells=(), edition_found=None, started=None),
        verdicts.verdict(edition_asked="2026-11", strict=True, profile="full"),
    ],
)
def test_every_report_is_valid_against_the_schema(verdict):
    text = render(verdict)

    VALIDATOR.validate(json.loads(text))
    assert text.isascii()
    assert text.endswith("}\n")


def test_report_of_a_real_verdict_is_valid_against_the_schema(real_verdict):
    VALIDATOR.validate(document(real_verdict))


@pytest.mark.parametrize(
    ("verdict", "result"),
    [
        (verdicts.verdict(), (0, True, True)),
        (verdicts.failing(), (1, False, True)),
        (verdicts.verdict(trace=Trace(())), (2, False, False)),
    ],
)
def test_result_has_exit_code_and_conformance(verdict, result):
    report = document(verdict)["result"]

    assert (report["exit_code"], report["conforms"], report["exercised"]) == result


def test_report_has_format_version_and_target():
    report = document(verdicts.failing(took=1.23456, edition_asked="2026-11"))

    assert (report["format"], report["version"], report["gate"]) == (
        "prolific-contract report",
        1,
        "1.2.3",
    )
    assert report["target"] == "https://api.example"
    assert report["edition"] == {"enforced": "2026-11", "found": "2026-03"}
    assert (report["started"], report["seconds"]) == ("2026-03-20T10:00:00.000Z", 1.235)
    assert report["requests"] == 5
    assert report["subjects"] == [
        {"kind": "batch", "id": "r1", "forbidden": False, "silent": False}
    ]
    assert report["answers"][0] == {
        "operation": "batch-status",
        "status": 200,
        "state": "failed",
        "seen": False,
    }
    assert report["answers"][1]["state"] is None


def test_silent_subjects_are_marked():
    builder = traces.TraceBuilder("batch", verdicts.Subject("batch", "r1"))

    assert document(verdicts.verdict(trace=builder.trace))["subjects"][0]["silent"] is True


def test_report_describes_laws_and_operations():
    report = document(verdicts.failing())

    assert report["operations"][1] == {
        "id": "batch-status",
        "kind": "batch",
        "action": "status",
        "method": "GET",
        "path": "/api/v1/data-collection/batches/{batch_id}/export/{export_id}",
    }
    assert report["laws"][1] == {
        "id": "shape.error",
        "statement": "Every error is enveloped.",
        "needs": "an error",
        "profile": "polite",
        "editions": [],
        "source": {
            "document": "documents/002, 004",
            "says": "An error is an object.",
            "discrepancies": ["D-9", "D-10"],
            "page": "https://docs.prolific.com/api-reference/ai-task-builder/"
            "request-collection-export",
        },
    }


def test_cells_count_observations():
    report = document(verdicts.failing(accepted=frozenset({"shape.error batch request"})))
    cell = {(c["law"], c["operation"]): c for c in report["cells"]}

    assert cell["shape.error", "batch-request"]["state"] == "accepted"
    assert cell["shape.error", "batch-status"] == {
        "law": "shape.error",
        "operation": "batch-status",
        "state": "violated",
        "observations": {"held": 0, "violated": 3, "noted": 0},
        "reason": None,
    }
    assert cell["shape.answered", "batch-status"] == {
        "law": "shape.answered",
        "operation": "batch-status",
        "state": "not-exercised",
        "observations": {"held": 0, "violated": 0, "noted": 0},
        "reason": "needs an error",
    }


def test_violations_refer_to_their_exchanges():
    report = document(verdicts.failing())

    archive = report["violations"][2]
    assert archive["fingerprint"] == "value.archive batch archive"
    assert archive["accepted"] is False
    assert archive["observations"] == [{"seen": "the file is no ZIP file", "exchanges": [3, 4]}]
    assert archive["reproduce"].endswith('"$url"')


def test_report_has_notes_and_stale_baseline_entries():
    report = document(verdicts.failing(accepted=frozenset({"shape.answered batch request"})))

    assert report["notes"] == [
        {
            "law": "shape.additive",
            "operation": "batch-status",
            "times": 1,
            "seen": "not documented: /new",
            "exchanges": [2, 3],
        }
    ]
    assert report["stale_baseline"] == ["shape.answered batch request"]


def test_referenced_exchanges_are_included():
    report = document(verdicts.failing())
    exchange = {each["number"]: each for each in report["exchanges"]}

    assert list(exchange) == [1, 2, 3, 4, 5]
    assert exchange[5]["request"] == {
        "method": "GET",
        "url": f"https://api.example/api/v1/data-collection/batches/r1/export/{traces.JOB}",
        "credential": "none",
        "headers": [],
    }
    assert exchange[4]["response"]["body"] == {
        "text": "",
        "bytes": 20,
        "note": "archive data, not shown",
    }
    assert exchange[2]["at"] == 3.0
    assert exchange[1]["response"]["headers"] == [
        {"name": "content-TYPE", "value": "application/json"}
    ]


def test_unreferenced_exchanges_are_not_included():
    report = document(verdicts.verdict(*cells(law(), broken(REQUEST, "x", 0, 2))))

    assert [each["number"] for each in report["exchanges"]] == [1, 3]


def test_failure_is_reported_instead_of_a_response():
    exchange = document(verdicts.hostile())["exchanges"][2]

    assert exchange["response"] is None
    assert exchange["failure"].startswith("reset by https://[redacted]@h.example/x")
