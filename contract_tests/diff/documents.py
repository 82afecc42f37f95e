"""A small contract, and copies of it with one thing changed."""

import copy
from typing import Any

AREA = "/api/v1/data-collection"
PATH = f"{AREA}/things/{{thing_id}}"

_THING = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "made_at": {"type": "string", "format": "date-time"},
        "state": {"$ref": "#/components/schemas/State"},
        "size": {"type": "integer"},
        "count": {"type": "integer", "format": "int32"},
        "weight": {"type": "number", "format": "double"},
        "note": {"type": ["string", "null"]},
        "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "part": {"$ref": "#/components/schemas/Part"},
    },
    "required": ["id", "state"],
}

BASE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "security": [{"token": []}],
    "paths": {
        PATH: {
            "put": {
                "operationId": "put_thing",
                "tags": ["things"],
                "parameters": [
                    {"name": "thing_id", "in": "path", "required": True, "schema": {}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"$ref": "#/components/parameters/Workspace"},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                    },
                },
                "responses": {
                    "200": {
                        "description": "OK",
                        "headers": {"ETag": {"required": True, "schema": {"type": "string"}}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        },
                    },
                    "202": {"description": "Accepted"},
                    "404": {
                        "description": "Not Found",
                        "headers": {"Age": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                },
            },
        },
    },
    "components": {
        "parameters": {
            "Workspace": {
                "name": "workspace_id",
                "in": "query",
                "required": True,
                "schema": {"type": "string"},
            }
        },
        "securitySchemes": {
            "token": {"type": "apiKey", "in": "header", "name": "Authorization"},
            "other": {"type": "http", "scheme": "bearer"},
        },
        "schemas": {
            "Thing": _THING,
            "State": {"type": "string", "enum": ["new", "used"]},
            "Tag": {"type": "object", "properties": {"text": {"type": "string"}}},
            "Part": {
                "oneOf": [
                    {"$ref": "#/components/schemas/Screw"},
                    {"$ref": "#/components/schemas/Nail"},
                ],
                "discriminator": {"propertyName": "kind"},
            },
            "Screw": {
                "type": "object",
                "properties": {"kind": {"enum": ["screw"]}, "length": {"type": "integer"}},
                "required": ["kind", "length"],
            },
            "Nail": {
                "type": "object",
                "properties": {"kind": {"enum": ["nail"]}},
                "required": ["kind"],
            },
        },
    },
}


def base() -> dict[str, Any]:
    """A copy to change."""
    return copy.deepcopy(BASE)


def put(document: dict[str, Any]) -> dict[str, Any]:
    """Its operation."""
    return document["paths"][PATH]["put"]


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    """Its schemas."""
    return document["components"]["schemas"]


def field(document: dict[str, Any], name: str) -> dict[str, Any]:
    """A field of what its operation takes and gives."""
    found: dict[str, Any] = thing(document)["properties"][name]
    return found


def thing(document: dict[str, Any]) -> dict[str, Any]:
    """What its operation takes and gives."""
    return schemas(document)["Thing"]


def of_schema(schema: Any, **components: Any) -> dict[str, Any]:
    """A contract whose operation answers by a schema and takes nothing."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {
            f"{AREA}/things": {
                "get": {
                    "responses": {
                        "200": {
                            "description": "OK",
                            "content": {"application/json": {"schema": schema}},
                        }
                    }
                }
            }
        },
        "components": {"schemas": components},
    }
