"""Which fields of a schema apply to requests, and which to responses.

Only the server sets ``readOnly`` fields: requests do not contain them, whatever ``required`` says.
Responses do not contain ``writeOnly`` fields (OpenAPI 3.1.0, section
4.8.24, and JSON Schema's validation vocabulary, section 9.4).
"""

from typing import Any, Literal

from prolific_contract.spec._structure import rebuild

Direction = Literal["request", "response"]

MARKS: dict[Direction, str] = {"request": "readOnly", "response": "writeOnly"}
"""The keyword that excludes a field from messages of a direction."""

_WITHOUT = "$without"


def sendable(schema: Any, direction: Direction | None) -> Any:
    """What a plain schema lets a sender send in a direction."""
    return _without(schema, direction, instead=False)


def takeable(schema: Any, direction: Direction | None) -> Any:
    """What a plain schema lets a receiver take in a direction.

    A server refuses or ignores a readOnly field; either way the client loses the value. A client
    accepts an unexpected writeOnly field as it accepts unknown fields.
    """
    return _without(schema, direction, instead=direction == "response")


def _without(schema: Any, direction: Direction | None, *, instead: bool) -> Any:
    if direction is None:
        return schema
    mark = MARKS[direction]

    def replace(_row: str, node: dict[str, Any]) -> Any:
        fields = node.get("properties", {})
        marked = {name for name, field in fields.items() if _is_marked(field, mark)}
        parts = [part for part in node.get("allOf", ()) if isinstance(part, dict)]
        names = marked.union(*(part.get(_WITHOUT, ()) for part in parts))
        if not names:
            return node
        # A part may require what another one describes.
        for part in (node, *parts):
            if "required" in part:
                part["required"] = [name for name in part["required"] if name not in names]
        if marked:
            node["properties"] = {**fields, **dict.fromkeys(marked, instead)}
        return {**node, _WITHOUT: sorted(names)}

    def strip(_row: str, node: dict[str, Any]) -> Any:
        return {key: value for key, value in node.items() if key not in (mark, _WITHOUT)}

    return rebuild(rebuild(schema, "schema", replace), "schema", strip)


def _is_marked(schema: Any, mark: str) -> bool:
    return isinstance(schema, dict) and (
        schema.get(mark) is True or any(_is_marked(part, mark) for part in schema.get("allOf", ()))
    )
