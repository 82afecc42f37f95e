"""Proves that no value matches two branches of a ``oneOf``.

A union refuses values that match two branches, and a client that tries one branch after
the other may choose the wrong one. So for every pair of branches, the intersection of
their schemas is proved to be empty.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Literal

import jsonschema_rs
from attrs import frozen
from jsonschema_rs.canonical import CanonicalizationError, Satisfiability

from prolific_contract.spec._components import parse_reference
from prolific_contract.spec._structure import rebuild, walk

Disjointness = Literal["disjoint", "overlapping", "unproved"]


@frozen
class Pair:
    """Two branches of a union, and whether they are disjoint."""

    union: str
    """JSON pointer of the schema that contains the ``oneOf``."""
    left: int
    right: int
    verdict: Disjointness
    reason: str
    """Why the verdict is not ``disjoint``; empty if it is."""

    def __str__(self) -> str:
        return f"{self.union}/oneOf, branches {self.left} and {self.right}: {self.reason}"


class _RecursionFoundError(Exception):
    """A schema contains itself, so its references can't be inlined."""


def pairs(document: dict[str, Any]) -> Iterator[Pair]:
    """All pairs of branches of every ``oneOf``, in the document's order."""
    for place in walk(document):
        if place.row == "schema" and "oneOf" in place.node:
            branches = enumerate(place.node["oneOf"])
            for (left, left_schema), (right, right_schema) in combinations(branches, 2):
                verdict = _judge(document, left_schema, right_schema)
                yield Pair(place.pointer, left, right, *verdict)


def _judge(document: dict[str, Any], *schemas: Any) -> tuple[Disjointness, str]:
    try:
        left, right = (
            jsonschema_rs.canonicalize(
                _inlined(document, schema, ()),
                draft=jsonschema_rs.Draft202012,
                validate_formats=True,
            )
            for schema in schemas
        )
        common = left.intersect(right).satisfiability()
    except _RecursionFoundError as error:
        return "unproved", f"recursive through {error}"
    except CanonicalizationError as error:
        return "unproved", str(error)
    if common == Satisfiability.NO:
        return "disjoint", ""
    if common == Satisfiability.YES:
        return "overlapping", "some value matches both"
    return "unproved", "beyond what the canonical form decides"


def _inlined(document: dict[str, Any], schema: Any, inside: tuple[str, ...]) -> Any:
    """A schema with every reference replaced by its target."""

    def resolve(row: str, node: dict[str, Any]) -> Any:
        if row == "schema":
            # A discriminator does not change which values a union admits.
            node.pop("discriminator", None)
        if "$ref" not in node:
            return node
        component = parse_reference(node.pop("$ref"))
        if component.name in inside:
            raise _RecursionFoundError(component.name)
        target = document["components"][component.section][component.name]
        resolved = _inlined(document, target, (*inside, component.name))
        return {**node, "allOf": [*node.get("allOf", ()), resolved]} if node else resolved

    return rebuild(schema, "schema", resolve)
