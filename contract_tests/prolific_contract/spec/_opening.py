"""The contract as the generated client is made from it: open where the contract is closed.

A client that refuses what it doesn't know loses data on the day that the API grows. So it keeps
values of enums that the contract does not have (the template of enums), and members of unions.
"""

from itertools import combinations
from typing import Any, Final

from prolific_contract.spec._structure import rebuild, walk

TAGS: Final = "x-tags"
"""In a schema: by property, the values that tell it from the others of a union.

The template of unions looks at them, since an unknown value of an enum does not keep an object
from being read.
"""


def opened(document: Any) -> Any:
    """A copy of a contract with one more branch in each union, for whatever else may come.

    So the client's types say that something else may come.
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
    """Note in a union's objects what tells them apart."""
    objects = [branch for branch in branches if branch.get("type") == "object"]
    if len(objects) < 2:
        return
    for name in objects[0].get("properties", {}):
        values = [_values(document, one, name) for one in objects]
        if all(values) and not any(one & other for one, other in combinations(values, 2)):
            for one, own in zip(objects, values, strict=True):
                one.setdefault(TAGS, {})[name] = sorted(own)


def _values(document: Any, schema: dict[str, Any], name: str) -> set[str]:
    """The values of a required enum of texts; none if the property is something else."""
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
