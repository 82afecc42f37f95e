"""Opens the contract for the generated client: enums and unions accept unknown values.

A client that refuses unknown values loses data when the API grows. So the generated client keeps
unknown enum values (see the template of enums) and unknown members of unions.
"""

from itertools import combinations
from typing import Any, Final

from prolific_contract.spec._structure import rebuild, walk

TAGS: Final = "x-tags"
"""In a schema: by property, the values that distinguish it from the other branches of a union.

The template of unions uses them, because a branch also accepts objects with unknown enum values.
"""


def opened(document: Any) -> Any:
    """A copy of a contract in which each union has an additional branch for unknown values.

    The client's types then include unknown values.
    """

    def open_union(row: str, node: dict[str, Any]) -> dict[str, Any]:
        if row == "schema" and isinstance(node.get("oneOf"), list):
            node["oneOf"] = [*node["oneOf"], {}]
        return node

    copy = rebuild(document, "document", open_union)
    for place in walk(document):
        if place.row == "schema" and isinstance(place.node.get("oneOf"), list):
            _tag(copy, [_resolved(copy, branch) for branch in place.node["oneOf"]])
    return copy


def _tag(document: Any, branches: list[dict[str, Any]]) -> None:
    """Record in a union's objects which values distinguish them."""
    objects = [branch for branch in branches if branch.get("type") == "object"]
    if len(objects) < 2:
        return
    for name in objects[0].get("properties", {}):
        values = [_values(document, one, name) for one in objects]
        if all(values) and not any(one & other for one, other in combinations(values, 2)):
            for one, own in zip(objects, values, strict=True):
                one.setdefault(TAGS, {})[name] = sorted(own)


def _values(document: Any, schema: dict[str, Any], name: str) -> set[str]:
    """The values of a required string enum; empty for any other property."""
    if name not in schema.get("required", ()):
        return set()
    values = _resolved(document, schema.get("properties", {}).get(name)).get("enum", ())
    return set(values) if all(isinstance(value, str) for value in values) else set()


def _resolved(document: Any, schema: Any) -> dict[str, Any]:
    """The schema that a reference names, or the schema itself."""
    if not isinstance(schema, dict):
        return {}
    name = str(schema.get("$ref", "")).removeprefix("#/components/schemas/")
    found = document["components"]["schemas"].get(name) if name else schema
    return found if isinstance(found, dict) else {}
