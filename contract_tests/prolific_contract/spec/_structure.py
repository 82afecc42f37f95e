"""What stands where in an OpenAPI document of version 3.1 or 3.2.

One table answers three questions that must agree: which keys of an object are
prose, in which order the others are written, and where references can occur. It is
positional because names alone mislead: ``title`` and ``description`` are prose in a
schema and real properties in ``properties``.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

# A position is written as
#   name      an object of that row
#   {name}    a map from free names to such objects, written in the order of its keys
#   [name]    an array of such objects, in its own order
#   value     kept as it is
#   sorted    an array of text whose order means nothing
#   prose     for people: never imported
# The order of a row's keys is the order in which they are written.
_ROWS: dict[str, dict[str, str]] = {
    "document": {
        "openapi": "value",
        "$self": "prose",
        "info": "info",
        "jsonSchemaDialect": "value",
        "servers": "[server]",
        "security": "value",
        "paths": "{path item}",
        "webhooks": "prose",
        "components": "components",
        "tags": "prose",
        "externalDocs": "prose",
    },
    "info": {
        "title": "value",
        "version": "value",
        "summary": "prose",
        "description": "prose",
        "termsOfService": "prose",
        "contact": "prose",
        "license": "prose",
    },
    "server": {"url": "value", "description": "prose", "variables": "{server variable}"},
    "server variable": {"enum": "value", "default": "value", "description": "prose"},
    "path item": {
        "$ref": "value",
        "summary": "prose",
        "description": "prose",
        "servers": "[server]",
        "parameters": "[parameter]",
        "delete": "operation",
        "get": "operation",
        "head": "operation",
        "options": "operation",
        "patch": "operation",
        "post": "operation",
        "put": "operation",
        "query": "operation",
        "trace": "operation",
        "additionalOperations": "{operation}",
    },
    "operation": {
        "operationId": "value",
        "tags": "value",
        "summary": "prose",
        "description": "prose",
        "externalDocs": "prose",
        "deprecated": "value",
        "servers": "[server]",
        "security": "value",
        "parameters": "[parameter]",
        "requestBody": "request body",
        "responses": "{response}",
        "callbacks": "value",
    },
    "parameter": {
        "$ref": "value",
        "name": "value",
        "in": "value",
        "description": "prose",
        "summary": "prose",
        "required": "value",
        "deprecated": "value",
        "allowEmptyValue": "value",
        "style": "value",
        "explode": "value",
        "allowReserved": "value",
        "schema": "schema",
        "content": "{media type}",
        "example": "prose",
        "examples": "prose",
    },
    "request body": {
        "$ref": "value",
        "description": "prose",
        "summary": "prose",
        "required": "value",
        "content": "{media type}",
    },
    "response": {
        "$ref": "value",
        # Mandatory, so the import writes one of its own.
        "description": "value",
        "summary": "prose",
        "headers": "{parameter}",
        "content": "{media type}",
        "links": "value",
    },
    "media type": {
        "$ref": "value",
        "schema": "schema",
        "itemSchema": "schema",
        "encoding": "{encoding}",
        "prefixEncoding": "[encoding]",
        "itemEncoding": "encoding",
        "example": "prose",
        "examples": "prose",
    },
    "encoding": {
        "contentType": "value",
        "headers": "{parameter}",
        "style": "value",
        "explode": "value",
        "allowReserved": "value",
    },
    "components": {
        "schemas": "{schema}",
        "responses": "{response}",
        "parameters": "{parameter}",
        "requestBodies": "{request body}",
        "headers": "{parameter}",
        "securitySchemes": "{security scheme}",
        "mediaTypes": "{media type}",
        "pathItems": "{path item}",
        "examples": "prose",
        "links": "value",
        "callbacks": "value",
    },
    "security scheme": {
        "$ref": "value",
        "type": "value",
        "description": "prose",
        "name": "value",
        "in": "value",
        "scheme": "value",
        "bearerFormat": "value",
        "flows": "value",
        "openIdConnectUrl": "value",
    },
    "schema": {
        "$ref": "value",
        "title": "prose",
        "description": "prose",
        "type": "value",
        "format": "value",
        "const": "value",
        "enum": "value",
        "default": "value",
        "deprecated": "value",
        "readOnly": "value",
        "writeOnly": "value",
        "allOf": "[schema]",
        "anyOf": "[schema]",
        "oneOf": "[schema]",
        "not": "schema",
        "if": "schema",
        "then": "schema",
        "else": "schema",
        "discriminator": "discriminator",
        "properties": "{schema}",
        "patternProperties": "{schema}",
        "additionalProperties": "schema",
        "unevaluatedProperties": "schema",
        "propertyNames": "schema",
        "dependentSchemas": "{schema}",
        "required": "sorted",
        "items": "schema",
        "prefixItems": "[schema]",
        "unevaluatedItems": "schema",
        "contains": "schema",
        "$defs": "{schema}",
        "contentSchema": "schema",
        "$comment": "prose",
        "example": "prose",
        "examples": "prose",
        "externalDocs": "prose",
    },
    "discriminator": {"propertyName": "value", "mapping": "value"},
}

METHODS = tuple(name for name, row in _ROWS["path item"].items() if row == "operation")
"""The HTTP methods a path item has keys for, in lower case."""


def operations_of(item: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operations of a path item by method, as the item writes it."""
    others = item.get("additionalOperations")
    for named in ({method: item[method] for method in METHODS if method in item}, others):
        if isinstance(named, dict):
            yield from named.items()


_PARTS = re.compile(r"(?P<open>[{\[]?)(?P<row>[^\]}]+)")


def outline(node: Any, position: str = "document", *, prose: bool = False) -> Any:
    """A copy of a part of a document with its keys in one order.

    Args:
        node: The part.
        position: Where it stands, as in this module's table.
        prose: Whether prose and ``x-`` extensions stay.
    """
    if position == "sorted":
        return sorted(node) if isinstance(node, list) else node
    if position in {"value", "prose"}:
        return copy_json(node)
    container, row = _split(position)
    if container == "[" and isinstance(node, list):
        return [outline(item, row, prose=prose) for item in node]
    # A schema may be true or false, and what is malformed is the validator's to refuse.
    if not isinstance(node, dict) or container == "[":
        return copy_json(node)
    if container == "{":
        return {key: outline(node[key], row, prose=prose) for key in sorted(node)}
    known = _ROWS[row]
    unknown = sorted(key for key in node if key not in known)
    return {
        key: outline(node[key], known.get(key, "value"), prose=prose)
        for key in (*known, *unknown)
        if key in node and (prose or not (known.get(key) == "prose" or key.startswith("x-")))
    }


@frozen
class DocumentObject:
    """An object in a document: the row of its keys, its JSON pointer, and itself."""

    row: str
    pointer: str
    node: dict[str, Any]


def walk(node: Any, position: str = "document", pointer: str = "#") -> Iterator[DocumentObject]:
    """Every object of a part of a document, outermost first."""
    if position in {"value", "sorted", "prose"}:
        return
    container, row = _split(position)
    if container == "[":
        for index, item in enumerate(node if isinstance(node, list) else ()):
            yield from walk(item, row, f"{pointer}/{index}")
    elif isinstance(node, dict):
        if container == "":
            yield DocumentObject(row, pointer, node)
        for key, value in node.items():
            inner = row if container == "{" else _ROWS[row].get(key, "value")
            yield from walk(value, inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")


def references(node: Any, position: str = "document") -> Iterator[tuple[str, str]]:
    """Every reference in a part of a document, with the row of what it must name."""
    for place in walk(node, position):
        if place.row == "discriminator":
            for reference in place.node.get("mapping", {}).values():
                yield "schema", reference
        elif "$ref" in place.node:
            yield place.row, place.node["$ref"]


def rebuild(node: Any, position: str, change: Callable[[str, dict[str, Any]], Any]) -> Any:
    """A part of a document with every object replaced, innermost first.

    Args:
        node: The part.
        position: Where it stands.
        change: Gets the row of an object and a copy of it; gives what to put there.
    """
    if position in {"value", "sorted", "prose"}:
        return node
    container, row = _split(position)
    if container == "[" and isinstance(node, list):
        return [rebuild(item, row, change) for item in node]
    if not isinstance(node, dict):
        return node
    if container == "{":
        return {key: rebuild(value, row, change) for key, value in node.items()}
    known = _ROWS[row]
    return change(
        row,
        {key: rebuild(value, known.get(key, "value"), change) for key, value in node.items()},
    )


def copy_json(node: Any) -> Any:
    """A deep copy that shares nothing, whatever the original shares with itself."""
    if isinstance(node, dict):
        return {key: copy_json(value) for key, value in node.items()}
    if isinstance(node, list):
        return [copy_json(item) for item in node]
    return node


def _split(position: str) -> tuple[str, str]:
    match = _PARTS.match(position)
    assert match is not None, position  # noqa: S101 - the table above is ours
    return match["open"], match["row"]
