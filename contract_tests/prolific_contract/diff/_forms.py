"""The forms of a schema that comparisons need.

*Plain*: references are resolved and annotations removed, so that renaming a component or rewording
a description changes nothing; formats of numbers become bounds. *Closed*: a sender sends only the
fields that it documents. The receiver's schema stays as written, open to unknown fields. If both
sides were open, dropping an optional field would count as breaking: the sender could still send it
with any value.
"""

import json
from collections.abc import Set as AbstractSet
from typing import Any

from attrs import evolve, frozen

from prolific_contract.diff._directions import MARKS, Direction
from prolific_contract.spec._components import parse_reference
from prolific_contract.spec._structure import rebuild

RECURSION = "$recursion"
"""In a plain schema: the number of components between this place and the one it repeats."""

_DEPTH = 3
_MARKS = frozenset(MARKS.values())
# Keywords that describe values but refuse none.
_ANNOTATIONS = frozenset(
    {
        "title",
        "description",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "xml",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "$comment",
        "$id",
        "$anchor",
        "$schema",
    }
)


# The registry of formats of the OpenAPI Initiative. `double` adds no bounds.
_INTEGERS = {f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)}
_BOUNDS: dict[str, tuple[float, float] | None] = {
    **_INTEGERS,
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    "double-int": (-(2**53) + 1, 2**53 - 1),
    "float": (-3.4028234663852886e38, 3.4028234663852886e38),
    "double": None,
}


@frozen
class Schema:
    """A schema, the document of its references, and the direction of its messages."""

    document: dict[str, Any]
    schema: Any
    direction: Direction | None = None
    """None if readOnly and writeOnly do not apply."""


def plain(schema: Schema, *, defaults: bool = False) -> Any:
    """A schema without references and annotations.

    `RECURSION` marks where a component contains itself.

    Args:
        schema: The schema. A direction keeps the keyword that excludes fields from its messages.
        defaults: Whether to keep default values.
    """
    kept = {MARKS[schema.direction]} if schema.direction else set()
    return _plain(schema.document, schema.schema, (), kept | {"default"} if defaults else kept)


def _plain(
    document: dict[str, Any], schema: Any, inside: tuple[str, ...], stay: AbstractSet[str]
) -> Any:
    def resolve(row: str, node: dict[str, Any]) -> Any:
        if row != "schema":
            return node
        kept = _bounded(
            {
                key: value
                for key, value in node.items()
                if not (key in _ANNOTATIONS - stay or key.startswith("x-"))
                # Drop readOnly and writeOnly if they are false.
                and (key not in _MARKS or value is True)
            }
        )
        if "$ref" not in kept:
            return kept
        name = parse_reference(kept.pop("$ref")).name
        if name in inside:
            resolved: Any = {RECURSION: len(inside) - inside.index(name)}
        else:
            target = document["components"]["schemas"][name]
            resolved = _plain(document, target, (*inside, name), stay)
        return {**kept, "allOf": [*kept.get("allOf", ()), resolved]} if kept else resolved

    return rebuild(schema, "schema", resolve)


def _bounded(node: dict[str, Any]) -> dict[str, Any]:
    """The schema with its number format, if any, replaced by bounds."""
    types = node.get("type", "number")
    if node.get("format") not in _BOUNDS or not {"integer", "number"} & {*_listed(types)}:
        return node
    bounded = {key: value for key, value in node.items() if key != "format"}
    bounds = _BOUNDS[node["format"]]
    if bounds is not None:
        least, most = bounds
        bounded["minimum"] = max(least, node.get("minimum", least))
        bounded["maximum"] = min(most, node.get("maximum", most))
    return bounded


def _listed(types: Any) -> list[Any]:
    return types if isinstance(types, list) else [types]


def is_recursive(schema: Any) -> bool:
    """Whether a plain schema contains itself."""
    if isinstance(schema, dict):
        return RECURSION in schema or any(map(is_recursive, schema.values()))
    return isinstance(schema, list) and any(map(is_recursive, schema))


def unrolled(schema: Schema, *, end: bool) -> Any:
    """A plain schema in which recursion ends after a few levels.

    Args:
        schema: The schema.
        end: The schema at the last level: False makes the result stricter than the original,
            True more permissive.
    """

    def unroll(node: Any, inside: tuple[str, ...]) -> Any:
        def resolve(row: str, node: dict[str, Any]) -> Any:
            if row != "schema" or "$ref" not in node:
                return node
            name = parse_reference(node.pop("$ref")).name
            target = schema.document["components"]["schemas"][name]
            if inside.count(name) == _DEPTH:
                resolved: Any = end
            else:
                resolved = unroll(target, (*inside, name))
            return {**node, "allOf": [*node.get("allOf", ()), resolved]} if node else resolved

        return rebuild(node, "schema", resolve)

    return plain(evolve(schema, schema=unroll(schema.schema, ())))


def closed(schema: Any) -> Any:
    """What a sender may send by a plain schema: only documented fields.

    An object without documented fields may contain any field.
    """
    if not isinstance(schema, dict):
        return schema
    rebuilt = rebuild(schema, "schema", _close)
    return _strip_marks(rebuilt)


_CLOSED_BY = "$closedBy"
_BRANCHES = ("oneOf", "anyOf")


def _close(_row: str, node: dict[str, Any]) -> Any:
    parts = node.get("allOf", ())
    branches = [branch for key in _BRANCHES for branch in node.get(key, ())]
    documented = "properties" in node or any(map(_is_closed, parts))
    if not documented or {"additionalProperties", "unevaluatedProperties"} & node.keys():
        return node
    if not parts and not any(map(_is_closed, branches)):
        return {**node, "additionalProperties": False, _CLOSED_BY: "additionalProperties"}
    # Close combined parts together, or each part would refuse the fields of the others.
    together = {**_opened(node), "unevaluatedProperties": False}
    return {**together, _CLOSED_BY: "unevaluatedProperties"}


def _is_closed(part: Any) -> bool:
    """Whether a part, or one of its branches, was closed here."""
    if not isinstance(part, dict):
        return False
    return _CLOSED_BY in part or any(
        _is_closed(branch) for key in _BRANCHES for branch in part.get(key, ())
    )


def _opened(part: Any) -> Any:
    """A part as it was before it was closed here."""
    if not isinstance(part, dict):
        return part
    opened = {k: v for k, v in part.items() if k not in (_CLOSED_BY, part.get(_CLOSED_BY))}
    for key in ("allOf", *_BRANCHES):
        if key in opened:
            opened[key] = [_opened(inner) for inner in opened[key]]
    return opened


def _strip_marks(schema: Any) -> Any:
    def strip(_row: str, node: dict[str, Any]) -> Any:
        return {key: value for key, value in node.items() if key != _CLOSED_BY}

    return rebuild(schema, "schema", strip)


def key_of(schema: Any) -> str:
    """The same text for plain schemas that differ only in order."""
    return json.dumps(rebuild(schema, "schema", _ordered), sort_keys=True)


def _ordered(_row: str, node: dict[str, Any]) -> Any:
    ordered = dict(node)
    for key in ("required", "enum", "oneOf", "anyOf", "allOf"):
        if isinstance(node.get(key), list):
            ordered[key] = sorted(node[key], key=lambda item: json.dumps(item, sort_keys=True))
    if ordered.get("required") == []:
        del ordered["required"]
    types = node.get("type")
    if isinstance(types, list):
        ordered["type"] = sorted(types) if len(types) > 1 else types[0]
    return ordered
