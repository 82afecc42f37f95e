"""What the command prints with ``--json``, compared with the published schemas."""

from typing import Any

from jsonschema_rs import Draft202012Validator
from prolific_exports._cli._schemas import SCHEMAS


def check_document(name: str, document: Any) -> None:
    """Check that a document has exactly the members that its schema names."""
    _check(closed(SCHEMAS[name]), document)


def check_sample(name: str, document: Any) -> None:
    """Check that a document printed earlier has no member that is gone or of another type."""
    _check(_without_requirements(closed(SCHEMAS[name])), document)


def closed(schema: Any) -> Any:
    """The schema without members that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    return inner | {"additionalProperties": False} if "properties" in inner else inner


def _without_requirements(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_requirements(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # A member may have that name, too.
    return {
        name: _without_requirements(value)
        for name, value in schema.items()
        if not (name == "required" and isinstance(value, list))
    }


def _check(schema: Any, document: Any) -> None:
    validator = Draft202012Validator(schema, validate_formats=True)
    errors = [
        f"{error.instance_path}: {error.message}" for error in validator.iter_errors(document)
    ]
    assert not errors, (errors, document)
