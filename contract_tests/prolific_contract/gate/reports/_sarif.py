"""The report as SARIF 2.1.0, for code scanning.

Code scanning requires a location in the repository for each result; the URL of a server is not
one. So results point to the operation in the contract: the text that the server contradicts, and
that an overlay would correct.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC
from functools import cache
from typing import Any, Final

from prolific_contract._vocabulary import Operation
from prolific_contract.gate._verdict import Verdict, Violation
from prolific_contract.gate.laws._law import Law, Observation
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.reports._documents import citation, page
from prolific_contract.gate.reports._names import operation_name
from prolific_contract.gate.reports._summary import Note, Summary, by_sentence, evidence, seen_text
from prolific_contract.spec._files import contract_text

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_CONTRACT: Final = "openapi/prolific.yaml"


def render(verdict: Verdict) -> str:
    """The report as a SARIF log."""
    return f"{json.dumps(document(verdict), indent=2)}\n"


def document(verdict: Verdict) -> dict[str, Any]:
    """The report as plain values."""
    summary = Summary(verdict)
    rules = {law.id: index for index, law in enumerate(summary.laws)}
    results = [
        *(_violation(violation, summary) for violation in verdict.violations),
        *(_note(note, summary) for note in summary.notes),
    ]
    for result in results:
        result["ruleIndex"] = rules[result["ruleId"]]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "prolific-contract",
                        "version": verdict.version,
                        "rules": [_rule(law) for law in summary.laws],
                    }
                },
                "automationDetails": {"id": "prolific-contract/"},
                "invocations": [_invocation(summary)],
                "results": results,
            }
        ],
    }


def _rule(law: Law) -> dict[str, Any]:
    address = page(law.source).address
    demand, source = f"{law.statement}\n\n{law.source.says}", citation(law.source)
    return {
        "id": law.id,
        "shortDescription": {"text": law.statement},
        "fullDescription": {"text": law.source.says},
        "help": {
            "text": f"{demand}\n\n{source}\n{address}",
            "markdown": f"{demand}\n\n[{source}]({address})",
        },
        "helpUri": address,
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["contract", law.id.partition(".")[0]],
            "precision": "very-high",
            "problem.severity": "error",
        },
    }


def _invocation(summary: Summary) -> dict[str, Any]:
    verdict = summary.verdict
    invocation: dict[str, Any] = {
        "executionSuccessful": verdict.conclusive,
        "exitCode": verdict.exit_code,
        "exitCodeDescription": summary.headline,
        "properties": {"evidence": list(summary.evidence)},
    }
    if verdict.started is not None:
        invocation["startTimeUtc"] = f"{verdict.started.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if summary.why_inconclusive:
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": sentence}}
            for sentence in summary.why_inconclusive
        ]
    return invocation


def _violation(violation: Violation, summary: Summary) -> dict[str, Any]:
    first = violation.observations[0]
    command = summary.reproduction(first)
    shown_by = evidence(by_sentence(violation)[seen_text(first)])
    text = (
        f"{operation_name(violation.operation)}: {seen_text(first)} "
        f"({shown_by} of the conversation with {summary.target}).\n\n"
        f"{violation.law.statement}\n\n{command}"
    )
    result = _result(violation.law, violation.operation, text, violation.observations)
    result["level"] = "note" if violation.accepted else "error"
    result["partialFingerprints"] = _fingerprints(violation.fingerprint)
    result["properties"]["statements"] = [one.id for one in summary.statements(violation)]
    if violation.accepted:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": "accepted by the baseline",
            }
        ]
    return result


def _note(note: Note, summary: Summary) -> dict[str, Any]:
    text = (
        f"{operation_name(note.operation)}: {seen_text(note.observation)} "
        f"({evidence([note.observation])} of the conversation with {summary.target})."
    )
    result = _result(note.law, note.operation, text, [note.observation])
    result["level"] = "note"
    result["partialFingerprints"] = _fingerprints(
        f"{note.law.id} {operation_name(note.operation)} {seen_text(note.observation)}"
    )
    return result


def _result(
    law: Law, operation: Operation, text: str, observations: Iterable[Observation]
) -> dict[str, Any]:
    return {
        "ruleId": law.id,
        # Escaped, because SARIF viewers read brackets as links.
        "message": {"text": re.sub(r"([\[\]\\])", r"\\\1", text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _CONTRACT, "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": _line_of(operation)},
                },
                "logicalLocations": [
                    {"fullyQualifiedName": str(operation), "kind": "resource"},
                ],
            }
        ],
        "properties": {
            "exchanges": sorted({display.number(seen.exchanges[-1]) for seen in observations})
        },
    }


def _fingerprints(text: str) -> dict[str, str]:
    # The name that code scanning reads: it recognises a result after its line has moved.
    return {"primaryLocationLineHash": f"{hashlib.sha256(text.encode()).hexdigest()[:32]}:1"}


@cache
def _line_of(operation: Operation) -> int:
    """The line of an operation in the contract; for archives, of the operation with their URL."""
    if operation.action == "archive":
        return _line_of(Operation(operation.kind, "status"))
    path, method = f"  {operation.template}:", f"    {operation.method.lower()}:"
    lines = contract_text().splitlines()
    return lines.index(method, lines.index(path)) + 1
