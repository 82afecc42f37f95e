"""The parts of the built contract that express one operation, as short texts.

A response's members are named by its state, or ``error`` or ``list``: ``complete.url required``
and ``complete.url string uri`` are two parts. A new member, or another type, is a new part.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from prolific_contract import Operation

_Node: TypeAlias = Mapping[str, Any]


def contract_parts(contract: _Node, operation: Operation) -> frozenset[str]:
    """The parts of an operation; empty if the contract does not have it."""
    item = contract["paths"].get(operation.template, {}).get(operation.method.lower())
    return frozenset(_parts(contract, operation, item)) if item else frozenset()


def _parts(contract: _Node, operation: Operation, item: _Node) -> Iterator[str]:
    for scheme in item["security"]:
        yield from (f"security {name}" for name in scheme)
    for parameter in item["parameters"]:
        name = parameter["name"].replace(f"{operation.kind}_id", "resource_id")
        yield from _value(contract, f"{parameter['in']} {name}", parameter)
    for code, response in item["responses"].items():
        # No document states an assumption.
        if "x-assumption" in response:
            continue
        yield code
        for name, header in response.get("headers", {}).items():
            yield from _value(contract, f"{code} {name}", header)
        for media_type, content in response.get("content", {}).items():
            yield f"media {media_type}"
            yield from _body(contract, int(code), content["schema"])


def _value(contract: _Node, name: str, value: _Node) -> Iterator[str]:
    yield f"{name} {'required' if value.get('required') else 'optional'}"
    yield f"{name} {_type(contract, value['schema'])}"


def _body(contract: _Node, status: int, schema: _Node) -> Iterator[str]:
    schema = _resolved(contract, schema)
    if status >= 400:
        yield from _schema(contract, "error", schema)
    elif schema.get("type") == "array":
        yield from _schema(contract, "list", schema)
    else:
        for branch in schema.get("oneOf", [schema]):
            members = _resolved(contract, branch)["properties"]
            (state,) = _resolved(contract, members["status"])["enum"]
            yield from _schema(contract, state, branch)


def _schema(contract: _Node, name: str, schema: _Node) -> Iterator[str]:
    schema = _resolved(contract, schema)
    yield f"{name} {_type(contract, schema)}"
    yield from _members(contract, name, schema)


def _members(contract: _Node, name: str, schema: _Node) -> Iterator[str]:
    schema = _resolved(contract, schema)
    for branch in schema.get("oneOf", ()):
        yield from _members(contract, name, branch)
    if "items" in schema:
        yield from _members(contract, f"{name}[]", schema["items"])
    for member, value in schema.get("properties", {}).items():
        required = "required" if member in schema.get("required", ()) else "optional"
        yield f"{name}.{member} {required}"
        yield from _schema(contract, f"{name}.{member}", value)


def _type(contract: _Node, schema: _Node) -> str:
    schema = _resolved(contract, schema)
    if "oneOf" in schema:
        return " or ".join(_type(contract, branch) for branch in schema["oneOf"])
    if "enum" in schema:
        return " or ".join(schema["enum"])
    if schema["type"] == "array":
        return f"array of {_type(contract, schema['items'])}"
    if "additionalProperties" in schema:
        return f"map of {_type(contract, schema['additionalProperties'])}"
    return f"{schema['type']} {schema.get('format', '')}".rstrip()


def _resolved(contract: _Node, schema: _Node) -> _Node:
    while "$ref" in schema:
        schema = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
