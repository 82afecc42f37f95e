"""Edits of the fields of an object, and which of them break requests or responses."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

Document = dict[str, Any]


@frozen
class FieldEdit:
    """An edit of the schema of an object, and its opposite.

    Attributes:
        kind: What it does.
        opposite: What the opposite does; empty where that has no verdict of its own.
        breaks: Whether it breaks, in requests and in responses. The opposite breaks the other
            way round: what one side sends the other receives.
        why: Why it breaks where it does.
        edit: Changes a schema; False if that has nothing to change.
        before: Changes the schema before, in both contracts.
    """

    kind: str
    opposite: str
    breaks: tuple[bool, bool]
    why: str
    edit: Callable[[Document], bool]
    before: Callable[[Document], object] | None = None


def _field(
    schema: Document, *, required: bool | None = None, kind: str | None = None
) -> tuple[str, Document] | None:
    """The first field of an object that is as asked for, written in place."""
    for name, field in schema["properties"].items():
        is_required = name in schema.get("required", ())
        if required not in (None, is_required) or kind not in (None, field.get("type")):
            continue
        if kind is None or not field.keys() & {"enum", "format", "minimum", "maxLength"}:
            return name, field
    return None


def _updating(
    *, required: bool | None = None, kind: str | None = None, **values: Any
) -> Callable[[Document], bool]:
    def edit(schema: Document) -> bool:
        found = _field(schema, required=required, kind=kind)
        if found is not None:
            found[1].update(values)
        return found is not None

    return edit


def _require(schema: Document) -> bool:
    found = _field(schema, required=False)
    if found is not None:
        schema["required"] = [*schema.get("required", ()), found[0]]
    return found is not None


def _remove(*, required: bool) -> Callable[[Document], bool]:
    def edit(schema: Document) -> bool:
        found = _field(schema, required=required, kind="string")
        if found is None:
            return False
        del schema["properties"][found[0]]
        schema["required"] = [name for name in schema.get("required", ()) if name != found[0]]
        return True

    return edit


def _add(*, required: bool) -> Callable[[Document], bool]:
    def edit(schema: Document) -> bool:
        schema["properties"]["novelty"] = {"type": "string"}
        if required:
            schema["required"] = [*schema.get("required", ()), "novelty"]
        return True

    return edit


def _added(**field: Any) -> Callable[[Document], bool]:
    """Gives both contracts a field of a sort that this one has nowhere."""

    def edit(schema: Document) -> bool:
        schema["properties"]["novelty"] = dict(field)
        return True

    return edit


def _novelty(**values: Any) -> Callable[[Document], bool]:
    def edit(schema: Document) -> bool:
        schema["properties"]["novelty"].update(values)
        return True

    return edit


_LABELS = {"type": "object", "additionalProperties": {"type": "string"}}
NARROWER = "the sender may still send what the receiver no longer takes"
FIELD_EDITS = [
    FieldEdit(
        "optional field required",
        "required field optional",
        (True, False),
        "a sender that leaves it out is refused",
        _require,
    ),
    FieldEdit(
        "optional field added",
        "optional field removed",
        (False, False),
        "receivers take fields that they do not know",
        _add(required=False),
    ),
    FieldEdit(
        "required field added",
        "required field removed",
        (True, False),
        "a sender that does not know it leaves it out",
        _add(required=True),
    ),
    FieldEdit(
        "text becomes integer",
        "integer becomes text",
        (True, True),
        "what is sent is of a type that is not taken",
        _updating(kind="string", type="integer"),
    ),
    FieldEdit(
        "null allowed",
        "null no longer allowed",
        (False, True),
        "null is sent to who does not take it",
        _updating(kind="string", type=["string", "null"]),
    ),
    FieldEdit(
        "integer becomes number",
        "number becomes integer",
        (False, True),
        "fractions are sent to who takes none",
        _updating(kind="integer", type="number"),
    ),
    FieldEdit(
        "length limited",
        "length unlimited",
        (True, False),
        NARROWER,
        _updating(kind="string", maxLength=40),
    ),
    FieldEdit(
        "format added",
        "format removed",
        (True, False),
        NARROWER,
        _updating(kind="string", format="uuid"),
    ),
    FieldEdit(
        "number limited",
        "number unlimited",
        (True, False),
        NARROWER,
        _updating(kind="integer", maximum=9),
    ),
    FieldEdit(
        "list of values added",
        "list of values removed",
        (True, False),
        NARROWER,
        _updating(kind="string", enum=["a", "b"]),
    ),
    FieldEdit(
        "items limited",
        "items unlimited",
        (True, False),
        NARROWER,
        _updating(kind="array", maxItems=5),
    ),
    FieldEdit(
        "value added to a list",
        "value removed from a list",
        (False, True),
        "a value is sent that the receiver does not know",
        _novelty(enum=["a", "b", "c"]),
        _added(type="string", enum=["a", "b"]),
    ),
    FieldEdit(
        "int32 becomes int64",
        "int64 becomes int32",
        (False, True),
        "2147483648 is sent to who reads 32 bits",
        _novelty(format="int64"),
        _added(type="integer", format="int32"),
    ),
    FieldEdit(
        "rule for names added",
        "rule for names removed",
        (True, False),
        "names are sent that the receiver does not take",
        _novelty(propertyNames={"pattern": "^[a-z]+$"}),
        _added(**_LABELS),
    ),
    FieldEdit(
        "branch added to a union",
        "branch removed from a union",
        (False, True),
        "a branch is sent that the receiver does not know",
        _novelty(oneOf=[{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]),
        _added(oneOf=[{"type": "string"}, {"type": "integer"}]),
    ),
    FieldEdit(
        "default changed",
        "",
        (True, True),
        "the same message without it means something else",
        _novelty(default=2),
        _added(type="integer", default=1),
    ),
    FieldEdit(
        "default removed",
        "",
        (True, True),
        "what a message without it means is no longer promised",
        lambda schema: schema["properties"]["novelty"].pop("default") == 1,
        _added(type="integer", default=1),
    ),
    FieldEdit(
        "described otherwise",
        "described as before",
        (False, False),
        "prose is for people",
        _updating(description="Something."),
    ),
]


def _marking(mark: str, *, required: bool) -> Callable[[Document], bool]:
    return _updating(required=required, kind="string", **{mark: True})


# What holds in one direction has no opposite of the other.
FIELD_EDITS += [
    FieldEdit(
        "required field becomes readOnly",
        "",
        (True, False),
        "what the client sets is the server's to set; responses have it as before",
        _marking("readOnly", required=True),
    ),
    FieldEdit(
        "optional field becomes readOnly",
        "",
        (True, False),
        "what the client sets is the server's to set; responses have it as before",
        _marking("readOnly", required=False),
    ),
    FieldEdit(
        "required field becomes writeOnly",
        "",
        (False, True),
        "responses lack what clients rely on; requests have it as before",
        _marking("writeOnly", required=True),
    ),
    FieldEdit(
        "optional field becomes writeOnly",
        "",
        (False, False),
        "responses need not have had it; requests have it as before",
        _marking("writeOnly", required=False),
    ),
]
