"""The verdict as SARIF 2.1.0, for code scanning.

Code scanning refuses a result without a place in the repository, and an address of a server
is no such place. The place here is the operation in the contract: that is what the server
and the documents no longer agree about, and where an overlay would say so.
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
from prolific_contract.gate.reports import _shown as shown
from prolific_contract.gate.reports._documents import cited, page
from prolific_contract.gate.reports._summary import (
    Note,
    Summary,
    evidence,
    operation_name,
    told,
    ways,
)
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
    text = f"{law.statement}\n\n{law.source.says}\n\n{cited(law.source)}\n{address}"
    return {
        "id": law.id,
        "shortDescription": {"text": law.statement},
        "fullDescription": {"text": law.source.says},
        "help": {
            "text": text,
            "markdown": f"{law.statement}\n\n{law.source.says}\n\n[{cited(law.source)}]({address})",
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
        "executionSuccessful": verdict.exercised,
        "exitCode": verdict.exit_code,
        "exitCodeDescription": summary.headline,
    }
    if verdict.started is not None:
        invocation["startTimeUtc"] = f"{verdict.started.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if summary.silences:
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": sentence}} for sentence in summary.silences
        ]
    return invocation


def _violation(violation: Violation, summary: Summary) -> dict[str, Any]:
    first = violation.observations[0]
    command = summary.reproduction(first)
    shown_by = evidence(ways(violation)[told(first)])
    text = (
        f"{operation_name(violation.operation)}: {told(first)} "
        f"({shown_by} of the conversation with {summary.target}).\n\n"
        f"{violation.law.statement}\n\n{command}"
    )
    result = _result(violation.law, violation.operation, text, violation.observations)
    result["level"] = "note" if violation.accepted else "error"
    result["partialFingerprints"] = _fingerprints(violation.fingerprint)
    if violation.accepted:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": "the baseline accepts it",
            }
        ]
    return result


def _note(note: Note, summary: Summary) -> dict[str, Any]:
    text = (
        f"{operation_name(note.operation)}: {told(note.observation)} "
        f"({evidence([note.observation])} of the conversation with {summary.target})."
    )
    result = _result(note.law, note.operation, text, [note.observation])
    result["level"] = "note"
    result["partialFingerprints"] = _fingerprints(
        f"{note.law.id} {operation_name(note.operation)} {told(note.observation)}"
    )
    return result


def _result(
    law: Law, operation: Operation, text: str, observations: Iterable[Observation]
) -> dict[str, Any]:
    return {
        "ruleId": law.id,
        # Brackets would be read as a link.
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
            "exchanges": sorted({shown.number(seen.exchanges[-1]) for seen in observations})
        },
    }


def _fingerprints(text: str) -> dict[str, str]:
    # Under the name that code scanning reads, so that a moved line is no other result.
    return {"primaryLocationLineHash": f"{hashlib.sha256(text.encode()).hexdigest()[:32]}:1"}


@cache
def _line_of(operation: Operation) -> int:
    """The line of the contract where an operation begins; of an archive, what names its URL."""
    if operation.action == "archive":
        return _line_of(Operation(operation.kind, "status"))
    path, method = f"  {operation.template}:", f"    {operation.method.lower()}:"
    lines = contract_text().splitlines()
    return lines.index(method, lines.index(path)) + 1
