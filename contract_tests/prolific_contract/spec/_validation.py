"""Validates OpenAPI 3.1 and 3.2 documents; each problem is a line with its location."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from prolific_contract._errors import DocumentError
from prolific_contract.spec._structure import walk
from prolific_contract.spec._versions import version_of

if TYPE_CHECKING:
    from openapi_spec_validator import OpenAPIV31SpecValidator, OpenAPIV32SpecValidator

_SCHEMA = jsonschema_rs.Draft202012Validator(
    {"$ref": "https://json-schema.org/draft/2020-12/schema"}
)
# OpenAPI 3.1.0, section 4.8.25: a keyword of OpenAPI's own dialect of JSON Schema.
_DISCRIMINATOR = jsonschema_rs.Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "propertyName": {"type": "string"},
            "mapping": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["propertyName"],
    }
)


def structural_errors(document: Any) -> list[str]:
    """Problems of structure, by the schema of the document's version (3.1 or 3.2).

    Names of components are not checked, because published ones break the rule for them.
    """
    return [*_shape_errors(document), *_schema_errors(document)]


def check_structure(document: Any, source: str) -> None:
    """Check a document's structure.

    Raises:
        DocumentError: It has problems; each is a line of the message.
    """
    errors = structural_errors(document)
    if errors:
        lines = "\n".join(f"  {error}" for error in errors)
        version = version_of(document)
        raise DocumentError(f"{source} is not a valid OpenAPI {version} document:\n{lines}")


def semantic_errors(document: dict[str, Any]) -> list[str]:
    """Problems of names, parameters and defaults, in a document of valid structure.

    The validator crashes on other documents.
    """
    try:
        return [
            _line("#" + _path(error.absolute_path), error.message)
            for error in _validator(document).iter_errors()
        ]
    except RecursionError:
        return ["#/components: a component only refers to itself"]


def _validator(document: Any) -> "OpenAPIV31SpecValidator | OpenAPIV32SpecValidator":
    import openapi_spec_validator as library  # noqa: PLC0415 - takes longer than a check

    later = version_of(document) == "3.2"
    chosen = library.OpenAPIV32SpecValidator if later else library.OpenAPIV31SpecValidator
    return chosen(document)


def _shape_errors(document: Any) -> Iterator[str]:
    if isinstance(document, dict) and isinstance(document.get("components"), dict):
        components = {
            section: {re.sub(r"[^A-Za-z0-9._-]", "_", name): node for name, node in named.items()}
            if isinstance(named, dict)
            else named
            for section, named in document["components"].items()
        }
        document = {**document, "components": components}
    for error in _validator(document).schema_validator.iter_errors(document):
        yield _line("#" + _path(error.absolute_path), error.message)


def _schema_errors(document: Any) -> Iterator[str]:
    inside = "-"
    for place in walk(document):
        if place.row != "schema":
            continue
        for error in _DISCRIMINATOR.iter_errors(place.node.get("discriminator", _NONE)):
            yield _line(f"{place.pointer}/discriminator{_path(error.instance_path)}", error.message)
        # Checking the outermost schema includes the nested ones.
        if not place.pointer.startswith(inside):
            inside = place.pointer + "/"
            for error in _SCHEMA.iter_errors(place.node):
                yield _line(place.pointer + _path(error.instance_path), error.message)


_NONE = {"propertyName": ""}


def _path(steps: Any) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _line(pointer: str, message: str) -> str:
    # Some messages continue with the whole schema.
    return f"{pointer}: {message.partition(chr(10))[0]}"
