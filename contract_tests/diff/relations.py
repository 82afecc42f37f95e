"""Schemas, and how what one may send relates to what another takes."""

from typing import Any

from prolific_contract.diff._forms import Schema
from prolific_contract.diff._relation import Judge, Relation
from prolific_contract.spec import load_contract

CONTRACT = load_contract()
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
UUID = {"type": "string", "format": "uuid"}


def relate(sent: Any, taken: Any, **components: Any) -> Relation:
    """Judge two schemas, which may refer to the components."""
    document = {"components": {"schemas": components}}
    return Judge().relate(Schema(document, sent), Schema(document, taken))


def object_of(required: Any = (), **fields: Any) -> dict[str, Any]:
    """The schema of an object."""
    return {"type": "object", "properties": fields, "required": list(required)}
