"""The report as JSON, for programs. ``report.schema.json`` describes it."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from attrs import asdict

from prolific_contract.gate._comparison import Comparison
from prolific_contract.gate._evidence import Evidence
from prolific_contract.gate._verdict import Cell, Verdict, Violation
from prolific_contract.gate.laws._law import Law, Observation, Outcome
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.reports._documents import page
from prolific_contract.gate.reports._names import operation_id
from prolific_contract.gate.reports._summary import Summary, seen_text
from prolific_contract.gate.statements import STATEMENTS, Statement
from prolific_contract.gate.trace._exchanges import Exchange

FORMAT: Final = "prolific-contract report"
VERSION: Final = 1


def render(verdict: Verdict) -> str:
    """The report as a JSON document."""
    return f"{json.dumps(document(verdict), indent=2, allow_nan=False)}\n"


def document(verdict: Verdict) -> dict[str, Any]:
    """The report as plain values."""
    summary = Summary(verdict)
    return {
        "format": FORMAT,
        "version": VERSION,
        "gate": verdict.version,
        "result": {
            "exit_code": verdict.exit_code,
            "conforms": verdict.conforms,
            "exercised": verdict.exercised,
            "conclusive": verdict.conclusive,
            "laws_exercised": len(verdict.laws_exercised),
            "sentence": summary.headline,
            "reasons": list(summary.why_inconclusive),
        },
        "requirements": {
            "laws": list(verdict.requirements.laws),
            "min_exercised": verdict.requirements.min_exercised,
        },
        "target": summary.target,
        "profile": verdict.profile,
        "strict": verdict.strict,
        "edition": {"enforced": verdict.edition_asked, "found": verdict.edition_found},
        "started": None if verdict.started is None else _timestamp(verdict.started),
        "seconds": round(verdict.took, 3),
        "requests": len(verdict.trace.exchanges),
        "subjects": [
            {
                "kind": subject.kind,
                "id": display.line(subject.id),
                "forbidden": subject.forbidden,
                "silent": subject in verdict.subjects_without_state,
            }
            for subject in verdict.trace.subjects
        ],
        "evidence": [_evidence(evidence) for evidence in verdict.evidence],
        "operations": [
            {
                "id": operation_id(operation),
                "kind": operation.kind,
                "action": operation.action,
                "method": operation.method,
                "path": operation.template,
            }
            for operation in summary.operations
        ],
        "laws": [_law(law) for law in summary.laws],
        "cells": [_cell(cell, summary) for cell in verdict.cells],
        "violations": [_violation(violation, summary) for violation in verdict.violations],
        "statements": [_statement(statement) for statement in _broken(summary)],
        "notes": [
            {
                "law": note.law.id,
                "operation": operation_id(note.operation),
                "times": note.times,
                **_observation(note.observation),
            }
            for note in summary.notes
        ],
        "answers": [
            {
                "operation": operation_id(answer.operation),
                "status": answer.status,
                "state": answer.branch or None,
                "seen": answer.seen,
            }
            for answer in verdict.answers
        ],
        "stale_baseline": list(summary.stale),
        "comparison": _comparison(summary.comparison),
        "exchanges": [_exchange(exchange) for exchange in _referenced(summary)],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "kind": evidence.subject.kind,
        "id": display.line(evidence.subject.id),
        "enough": evidence.is_enough,
        "reported": evidence.reported,
        "jobs": evidence.jobs,
        "polls": evidence.polls,
        "complete": evidence.complete,
        "archives": evidence.archives,
        "lists": evidence.lists,
        "deleted": evidence.deleted,
    }


def _comparison(comparison: Comparison | None) -> dict[str, list[str]] | None:
    if comparison is None:
        return None
    return {name: list(fingerprints) for name, fingerprints in asdict(comparison).items()}


def _law(law: Law) -> dict[str, Any]:
    return {
        "id": law.id,
        "statement": law.statement,
        "needs": law.needs,
        "profile": law.profile,
        "editions": list(law.editions),
        "source": {
            "document": law.source.document,
            "says": law.source.says,
            "discrepancies": list(law.source.discrepancies),
            "page": page(law.source).address,
        },
    }


def _cell(cell: Cell, summary: Summary) -> dict[str, Any]:
    count = {
        outcome.value: sum(seen.outcome is outcome for seen in cell.observations)
        for outcome in Outcome
    }
    return {
        "law": cell.law.id,
        "operation": operation_id(cell.operation),
        "state": summary.mark(cell).replace(" ", "-"),
        "observations": count,
        "reason": cell.reason or None,
    }


def _violation(violation: Violation, summary: Summary) -> dict[str, Any]:
    return {
        "fingerprint": violation.fingerprint,
        "law": violation.law.id,
        "operation": operation_id(violation.operation),
        "accepted": violation.accepted,
        "statements": [statement.id for statement in summary.statements(violation)],
        "observations": [_observation(seen) for seen in violation.observations],
        "reproduce": summary.reproduction(violation.observations[0]),
    }


def _broken(summary: Summary) -> list[Statement]:
    """The statements that the violations concern, each once."""
    found = {
        statement.id
        for violation in summary.verdict.violations
        for statement in summary.statements(violation)
    }
    return [statement for statement in STATEMENTS if statement.id in found]


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "id": statement.id,
        "says": statement.says,
        "category": statement.category,
        "source": statement.source,
        "discrepancies": list(statement.discrepancies),
    }


def _observation(observation: Observation) -> dict[str, Any]:
    return {
        "seen": seen_text(observation),
        "exchanges": [display.number(index) for index in observation.exchanges],
    }


def _referenced(summary: Summary) -> Iterator[Exchange]:
    """The exchanges that the violations and notes refer to."""
    observations: Iterable[Observation] = [
        *(seen for violation in summary.verdict.violations for seen in violation.observations),
        *(note.observation for note in summary.notes),
    ]
    indexes = {index for seen in observations for index in seen.exchanges}
    return (summary.exchanges[index] for index in sorted(indexes))


def _exchange(exchange: Exchange) -> dict[str, Any]:
    answer = exchange.response
    response = None
    if answer is not None:
        body = display.body(exchange, answer)
        response = {
            "status": answer.status,
            "headers": _headers(answer.headers),
            "body": {"text": body.text, "bytes": body.size, "note": body.note or None},
        }
    return {
        "number": display.number(exchange.index),
        "at": round(exchange.at, 3),
        "seconds": round(exchange.took, 3),
        "generated": exchange.generated,
        "request": {
            "method": display.line(exchange.method),
            "url": display.url(exchange),
            "credential": exchange.credential.name.lower().replace("_", "-"),
            "headers": _headers(exchange.headers),
        },
        "response": response,
        "failure": None if exchange.failure is None else display.line(exchange.failure),
    }


def _headers(fields: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in display.headers(fields)]


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
