"""Pairs of contracts of which it is known whether the second breaks clients of the first.

The client of the old contract sends requests and receives responses, the server of the new one
receives and sends. A sender keeps to the fields that it documents; a receiver takes others too.
Each pair is the contract of one operation, and the same with one edit.
"""

from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from typing import Any, Literal

from attrs import frozen
from prolific_contract.spec import load_contract
from prolific_contract.spec._components import drop_unreachable, parse_reference
from prolific_contract.spec._structure import references

from helpers.field_edits import FIELD_EDITS, Document, FieldEdit
from helpers.operation_edits import OPERATION_EDITS, OperationEdit, operation_of

Direction = Literal["request", "response"]
DIRECTIONS: tuple[Direction, ...] = ("request", "response")


@frozen
class Pair:
    """Two contracts, and whether the new one breaks clients of the old one."""

    kind: str
    place: str
    breaks: bool
    why: str
    old: Document
    new: Document


def pairs(each: int) -> Iterator[Pair]:
    """Pairs of every kind.

    Args:
        each: The number of pairs of a kind, in each direction, if there are as many places.
    """
    documents = list(_documents())
    for edit in FIELD_EDITS:
        for direction, breaks in zip(DIRECTIONS, edit.breaks, strict=True):
            found = _edited_fields(documents, edit, direction)
            for place, old, new in islice(found, each):
                yield Pair(f"{edit.kind} ({direction})", place, breaks, edit.why, old, new)
                if edit.opposite:
                    back = edit.breaks[1 - DIRECTIONS.index(direction)]
                    kind = f"{edit.opposite} ({direction})"
                    yield Pair(kind, place, back, edit.why, new, old)
    for one in OPERATION_EDITS:
        for place, old, new in islice(_edited_operations(documents, one), each):
            yield Pair(one.kind, place, one.breaks[0], one.why, old, new)
            if one.opposite:
                yield Pair(one.opposite, place, one.breaks[1], one.why, new, old)


def _documents() -> Iterator[tuple[str, Document]]:
    contract = load_contract()
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            document = deepcopy({**contract, "paths": {path: {method: operation}}})
            drop_unreachable(document)
            yield f"{method.upper()} {path}", document


def _reached(document: Document, node: Any, row: str) -> set[str]:
    """The schemas that a part of a document needs."""
    found: set[str] = set()
    pending = list(references(node, row))
    while pending:
        name = parse_reference(pending.pop()[1]).name
        if name not in found:
            found.add(name)
            pending += references(document["components"]["schemas"][name], "schema")
    return found


def _objects(document: Document, direction: Direction) -> list[str]:
    """The objects that only messages of a direction have, and errors have not."""
    operation = operation_of(document)
    answers = {
        success: {
            status: answer
            for status, answer in operation["responses"].items()
            if (status < "400") is success
        }
        for success in (True, False)
    }
    reached: dict[Direction, set[str]] = {
        "request": _reached(document, operation.get("requestBody", {}), "request body"),
        "response": _reached(document, answers[True], "{response}"),
    }
    other = reached["response" if direction == "request" else "request"]
    rest = other | _reached(document, answers[False], "{response}")
    schemas = document["components"].get("schemas", {})
    return sorted(n for n in reached[direction] - rest if schemas[n].get("properties"))


def _edited_fields(
    documents: list[tuple[str, Document]], edit: FieldEdit, direction: Direction
) -> Iterator[tuple[str, Document, Document]]:
    seen: set[str] = set()
    for place, document in documents:
        for name in _objects(document, direction):
            old = deepcopy(document)
            if name in seen:
                continue
            if edit.before is not None:
                edit.before(old["components"]["schemas"][name])
            new = deepcopy(old)
            if edit.edit(new["components"]["schemas"][name]):
                seen.add(name)
                yield f"{place}, {name}", old, new
                # One of each operation: the next has other shapes.
                break


def _edited_operations(
    documents: list[tuple[str, Document]], edit: OperationEdit
) -> Iterator[tuple[str, Document, Document]]:
    for place, old in documents:
        new = deepcopy(old)
        if edit.edit(new):
            yield place, old, new
