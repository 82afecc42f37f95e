"""Detects the OpenAPI version of a document, and converts 3.0 to 3.1."""

from typing import Any

from prolific_contract.spec._structure import rebuild

VERSIONS = ("3.0", "3.1", "3.2")
"""The supported versions."""


def version_of(document: Any) -> str | None:
    """The version of a document, one of `VERSIONS`; None if unsupported or missing."""
    written = document.get("openapi") if isinstance(document, dict) else None
    return next((one for one in VERSIONS if str(written).startswith(f"{one}.")), None)


def modern(document: dict[str, Any]) -> dict[str, Any]:
    """Convert an OpenAPI 3.0 document to 3.1; later versions are returned unchanged.

    Schemas are converted to JSON Schema 2020-12 (OpenAPI 3.0.3, section 4.7.24).
    """
    if version_of(document) != "3.0":
        return document
    rewritten: dict[str, Any] = rebuild(document, "document", _rewrite)
    return {**rewritten, "openapi": "3.1.0"}


def _rewrite(row: str, node: dict[str, Any]) -> Any:
    # Only path items may have other keys beside a reference.
    if isinstance(node.get("$ref"), str) and row != "path item":
        return {"$ref": node["$ref"]}
    return _schema(node) if row == "schema" else node


def _schema(node: dict[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in node.items() if key not in ("nullable", "example")}
    if "example" in node:
        schema["examples"] = [node["example"]]
    # Without a type, nullable has no effect (OpenAPI 3.0.3, "nullable").
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        schema["type"] = [node["type"], "null"]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        is_exclusive = schema.get(exclusive)
        if isinstance(is_exclusive, bool):
            del schema[exclusive]
        if is_exclusive is True and bound in schema:
            schema[exclusive] = schema.pop(bound)
    if schema.get("format") == "byte":
        del schema["format"]
        schema["contentEncoding"] = "base64"
    return schema
