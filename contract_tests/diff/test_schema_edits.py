"""Edits of schemas: what they break in requests and in responses, in both directions."""

import pytest
from helpers.contract_edits import ANSWER, BODY, edited, field, setting, verdicts, without

from diff.documents import base, schemas, thing

# What it does to requests and to responses; the opposite edit does the opposite.
SCHEMA_EDITS = {
    "enum member added": (
        lambda d: schemas(d)["State"]["enum"].append("lost"),
        "compatible",
        "breaking",
    ),
    "enum member removed": (
        lambda d: schemas(d)["State"]["enum"].remove("new"),
        "breaking",
        "compatible",
    ),
    "enum opened": (without(lambda d: schemas(d)["State"], "enum"), "compatible", "breaking"),
    "required added": (
        lambda d: thing(d)["required"].append("name"),
        "breaking",
        "compatible",
    ),
    "required removed": (
        lambda d: thing(d)["required"].remove("state"),
        "compatible",
        "breaking",
    ),
    "type changed": (setting(field("size"), type="string"), "breaking", "breaking"),
    "type widened": (setting(field("size"), type="number"), "compatible", "breaking"),
    "type narrowed": (setting(field("weight"), type="integer"), "breaking", "compatible"),
    "null added": (setting(field("name"), type=["string", "null"]), "compatible", "breaking"),
    "null removed": (setting(field("note"), type="string"), "breaking", "compatible"),
    "format added": (setting(field("name"), format="uri"), "breaking", "compatible"),
    "format removed": (without(field("made_at"), "format"), "compatible", "breaking"),
    "format changed": (setting(field("id"), format="date-time"), "breaking", "breaking"),
    "branch added": (
        lambda d: schemas(d)["Part"]["oneOf"].append(
            {"type": "object", "properties": {"kind": {"enum": ["glue"]}}, "required": ["kind"]}
        ),
        "compatible",
        "breaking",
    ),
    "branch removed": (
        lambda d: schemas(d)["Part"]["oneOf"].pop(),
        "breaking",
        "compatible",
    ),
    "field of a branch changed": (
        lambda d: schemas(d)["Screw"]["properties"]["length"].update(type="string"),
        "breaking",
        "breaking",
    ),
    "items changed": (
        lambda d: schemas(d)["Tag"]["properties"]["text"].update(type="integer"),
        "breaking",
        "breaking",
    ),
    "items widened": (
        lambda d: schemas(d)["Tag"]["properties"]["text"].update(type=["string", "integer"]),
        "compatible",
        "breaking",
    ),
    "items bounded": (setting(field("tags"), minItems=1), "breaking", "compatible"),
    "array to object": (setting(field("tags"), type="object"), "breaking", "breaking"),
    "additional properties typed otherwise": (
        setting(field("labels"), additionalProperties={"type": "integer"}),
        "breaking",
        "breaking",
    ),
    "additional properties untyped": (
        setting(field("labels"), additionalProperties={}),
        "compatible",
        "breaking",
    ),
    "optional field added": (
        setting(lambda d: thing(d)["properties"], colour={"type": "string"}),
        "compatible",
        "compatible",
    ),
    "optional field removed": (
        without(lambda d: thing(d)["properties"], "size"),
        "compatible",
        "compatible",
    ),
    "object closed": (setting(thing, additionalProperties=False), "compatible", "compatible"),
    "bound added": (setting(field("size"), minimum=3), "breaking", "compatible"),
    "length bounded": (setting(field("name"), maxLength=40), "breaking", "compatible"),
    "integers of 64 bits": (setting(field("count"), format="int64"), "compatible", "breaking"),
    "integers of any size": (without(field("count"), "format"), "compatible", "breaking"),
    "integers bounded by a format": (
        setting(field("size"), format="int32"),
        "breaking",
        "compatible",
    ),
    "precision reduced": (setting(field("weight"), format="float"), "breaking", "compatible"),
    "rule for names added": (
        setting(field("labels"), propertyNames={"pattern": "^[a-z]+$"}),
        "breaking",
        "compatible",
    ),
    "const": (setting(field("name"), const="x"), "breaking", "compatible"),
}


@pytest.mark.parametrize("name", SCHEMA_EDITS)
def test_schema_edit_has_its_verdict_in_both_directions(name):
    edit, request, response = SCHEMA_EDITS[name]
    new = edited(edit)

    assert verdicts(base(), new) == {BODY: request, ANSWER: response}
    # The other way round, what one side sends is what the other takes.
    assert verdicts(new, base()) == {BODY: response, ANSWER: request}


# What counts in one direction only: verdicts of requests and of responses, there and back.
DIRECTED = {
    "required field becomes the server's": (
        setting(field("state"), readOnly=True),
        ("breaking", None),
        ("breaking", None),
    ),
    "optional field becomes the server's": (
        setting(field("name"), readOnly=True),
        ("breaking", None),
        ("compatible", None),
    ),
    "required field becomes the client's": (
        setting(field("state"), writeOnly=True),
        (None, "breaking"),
        (None, "compatible"),
    ),
    "optional field becomes the client's": (
        setting(field("name"), writeOnly=True),
        (None, "compatible"),
        (None, "compatible"),
    ),
    "not marked": (
        setting(field("name"), readOnly=False, writeOnly=False),
        (None, None),
        (None, None),
    ),
    "a component is marked": (
        setting(lambda d: schemas(d)["State"], writeOnly=True),
        (None, "breaking"),
        (None, "compatible"),
    ),
    "a reference is marked": (
        setting(field("state"), readOnly=True, description="Set by the server."),
        ("breaking", None),
        ("breaking", None),
    ),
    "a part of a conjunction is marked": (
        lambda d: schemas(d).update(
            Thing={
                "allOf": [
                    {
                        "type": "object",
                        "properties": {"state": {"type": "string", "writeOnly": True}},
                    },
                    {**thing(d), "properties": without_state(d)},
                    True,
                ]
            }
        ),
        ("compatible", "breaking"),
        ("breaking", "compatible"),
    ),
}


def without_state(document):
    return {name: field for name, field in thing(document)["properties"].items() if name != "state"}


@pytest.mark.parametrize("name", DIRECTED)
def test_read_only_and_write_only_count_by_direction(name):
    edit, there, back = DIRECTED[name]
    new = edited(edit)

    for old, other, (request, response) in ((base(), new, there), (new, base(), back)):
        expected = {BODY: request, ANSWER: response}
        assert verdicts(old, other) == {where: v for where, v in expected.items() if v}
    assert verdicts(new, new) == {}


def test_recursive_field_that_is_never_sent_is_allowed():
    def document(**more):
        document = base()
        thing(document)["properties"]["inner"] = {"$ref": "#/components/schemas/Thing", **more}
        return document

    assert verdicts(document(), document(readOnly=True)) == {BODY: "breaking"}
    assert verdicts(document(readOnly=True), document(readOnly=True)) == {}
