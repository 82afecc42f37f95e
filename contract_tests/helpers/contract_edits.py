"""Edits of a contract, and the verdicts on them."""

from collections.abc import Callable
from typing import Any, TypeAlias

from diff.documents import base, put, thing
from prolific_contract.diff import compare
from prolific_contract.diff._contract import operations
from prolific_contract.diff._messages import (
    RequestExample,
    ResponseExample,
    request_is_sent,
    request_refusals,
    response_is_sent,
    response_refusals,
)

Document: TypeAlias = dict[str, Any]
Get: TypeAlias = Callable[[Document], Any]
Edit: TypeAlias = Callable[[Document], object]

BODY = "request body, application/json"
ANSWER = "status 200, application/json"


def edited(edit: Edit) -> Document:
    document = base()
    edit(document)
    return document


def setting(get: Get, **values: Any) -> Edit:
    return lambda document: get(document).update(values)


def field(name: str) -> Get:
    return lambda document: thing(document)["properties"][name]


def without(get: Get, key: str) -> Edit:
    return lambda document: get(document).pop(key)


def verdicts(old: Document, new: Document) -> dict[str, str]:
    """The verdict of every place that changed, with examples that hold."""
    return dict(sorted_verdicts(old, new))


def sorted_verdicts(old: Document, new: Document) -> list[tuple[str, str]]:
    (diff,) = compare(old, new)
    (before,), (after,) = operations(old).values(), operations(new).values()
    for finding in diff.findings:
        shown = finding.verdict == "breaking"
        assert (finding.example is not None) == (finding.message is not None) == shown
        if isinstance(finding.message, RequestExample):
            assert request_is_sent(before, finding.message)
            refusals = request_refusals(after, finding.message)
            assert (finding.where in refusals) is not finding.is_misread
        elif isinstance(finding.message, ResponseExample):
            documented = after.documented(finding.message.status)
            assert documented is not None
            answer = after.answers[documented]
            assert response_is_sent(answer, finding.message)
            refusals = response_refusals(before, finding.message)
            assert (finding.where in refusals) is not finding.is_misread
    return sorted((finding.where, finding.verdict) for finding in diff.findings)


def parameter(index: int) -> Get:
    return lambda document: put(document)["parameters"][index]


def adding(**written: Any) -> Edit:
    return lambda document: put(document)["parameters"].append(
        {"name": "since", "in": "query", "schema": {"type": "string"}, **written}
    )
