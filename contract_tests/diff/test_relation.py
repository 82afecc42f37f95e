"""What one schema may send against what another takes."""

import pytest
from hypothesis import settings
from prolific_contract import DocumentError
from prolific_contract.diff._forms import Schema, closed, plain
from prolific_contract.diff._relation import (
    Judge,
    _covers,
    _difference,
    _disjoint,
    _is_contained,
    validator,
)
from prolific_contract.diff._samples import Hints, samples

from diff.relations import CONTRACT, NUMBER, SCHEMAS, TEXT, UUID, object_of, relate

FEW = settings(max_examples=25, deadline=None)


def one_of(*branches):
    return {"oneOf": list(branches)}


def named(**rule):
    free = {"type": "object", "additionalProperties": TEXT}
    return {**free, "propertyNames": rule} if rule else free


COMPATIBLE = {
    "anything is taken": (TEXT, {}),
    "anything, said otherwise": (TEXT, True),
    "integers are numbers": ({"type": "integer"}, {"type": "number", "format": "double"}),
    "inside arrays": (
        {"type": "array", "items": {"type": "array", "items": {"enum": ["a"]}}},
        {"type": "array", "items": {"type": "array", "items": {"enum": ["a", "b"]}}},
    ),
    "items left open": ({"type": "array", "items": TEXT}, {"type": "array"}),
    "typed free fields": (
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object", "additionalProperties": NUMBER},
    ),
    "no free fields": (
        object_of(a=TEXT),
        {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    ),
    "a union in a list": (
        {"type": "array", "items": one_of(object_of(["k"], k={"enum": ["x"]}))},
        {
            "type": "array",
            "items": one_of(
                object_of(["k"], k={"enum": ["x"]}), object_of(["k"], k={"enum": ["y"]}, l=TEXT)
            ),
        },
    ),
    "any of several": (
        {"type": "array", "items": {"anyOf": [TEXT, NUMBER]}},
        {"type": "array", "items": {"anyOf": [NUMBER, TEXT, {"type": "null"}]}},
    ),
    "types in a list": (
        {"type": "array", "items": {"type": ["string", "null"]}},
        {"type": "array", "items": {"type": ["string", "null", "integer"]}},
    ),
    "fewer required inside an array": (
        {"type": "array", "items": object_of(["a"], a=UUID)},
        {"type": "array", "items": object_of([], a=UUID)},
    ),
    "names by a rule": (
        {"type": "array", "items": named(maxLength=5)},
        {"type": "array", "items": named(maxLength=9)},
    ),
    "names of a list": (named(enum=["a"]), named(enum=["a", "b"])),
    "names without a rule": (named(pattern="^a"), named()),
    "documented names": (
        {"type": "array", "items": object_of(a=TEXT, b=False)},
        {"type": "array", "items": {"type": "object", "propertyNames": {"enum": ["a"]}}},
    ),
    "no names at all": ({**named(), "propertyNames": False}, named(maxLength=1)),
    "small numbers": (
        {"type": "integer", "format": "int32"},
        {"type": "integer", "format": "int64"},
    ),
    "single precision": ({"type": "number", "format": "float"}, NUMBER),
    "a byte": ({"type": "integer", "format": "uint8"}, {"type": "integer", "format": "int16"}),
    "longer arrays": (
        {"type": "array", "items": UUID, "minItems": 2},
        {"type": "array", "items": TEXT, "minItems": 1},
    ),
}


@pytest.mark.parametrize("name", COMPATIBLE)
def test_contained_schema_is_proved(name):
    assert relate(*COMPATIBLE[name]).kind == "compatible"


# Nothing is decided about a schema with this field on the canonical form alone.
OPAQUE = {"not": object_of(["x"], x={"type": "string", "pattern": "^a+$"})}
FEW = object_of(a=OPAQUE, b={"enum": ["a"]})
MORE = object_of(a=OPAQUE, b={"enum": ["a", "b"]})


def lists(items, **more):
    return {"type": "array", "items": items, **more}


def tagged(tag, **fields):
    return object_of(["k"], k={"enum": [tag]}, **fields)


PROVED_BY_PARTS = {
    "fields": (FEW, MORE),
    "items": (lists(FEW, minItems=1), lists(MORE)),
    "items of any kind": (lists(FEW, contains=OPAQUE), {"type": "array"}),
    "fields of fields": (object_of(["f"], f=FEW, g=TEXT), object_of(["f"], f=MORE)),
    "free fields": (
        {"type": "object", "additionalProperties": FEW},
        {"type": "object", "properties": {"p": MORE}, "additionalProperties": MORE},
    ),
    "branches": (
        one_of(tagged("x", f=FEW), tagged("y")),
        one_of(tagged("y"), tagged("x", f=MORE), tagged("z")),
    ),
    "alternatives": ({"anyOf": [FEW, TEXT]}, {"anyOf": [TEXT, MORE]}),
    "types": (
        {"type": ["array", "null"], "items": FEW},
        {"type": ["array", "null", "string"], "items": MORE},
    ),
    "never": (object_of(f=FEW, g=False), object_of(f=MORE, g=TEXT)),
}


@pytest.mark.parametrize("name", PROVED_BY_PARTS)
def test_union_is_proved_branch_by_branch(name):
    assert relate(*PROVED_BY_PARTS[name]).kind == "compatible"


UNPROVED = {
    "more is required": (object_of(f=OPAQUE), object_of(["f"], f=OPAQUE)),
    "fields by pattern": (
        {**object_of(f=FEW), "patternProperties": {"^q": OPAQUE}},
        {**object_of(f=MORE), "additionalProperties": OPAQUE},
    ),
    "fields beside branches": (
        {**object_of(["f"], f=OPAQUE), **one_of(tagged("x"), tagged("y"))},
        one_of(tagged("x", f=MORE), tagged("y", f=MORE)),
    ),
    "fields of branches": (
        {**object_of(f=FEW), "anyOf": [object_of(g=OPAQUE), object_of(h=OPAQUE)]},
        object_of(f=MORE, g=FEW),
    ),
    "fields that are not evaluated": (
        {**object_of(f=FEW), "unevaluatedProperties": OPAQUE},
        object_of(f=MORE, g=FEW),
    ),
    "items behind a prefix": (lists(FEW, prefixItems=[OPAQUE], minItems=1), lists(MORE)),
    "more is said": (object_of(f=FEW), {**object_of(f=MORE), "not": {"required": ["g"]}}),
    "names that are not taken": (
        object_of(f=FEW),
        {**object_of(f=MORE), "propertyNames": {"maxLength": 0}},
    ),
    "names beyond proof": (
        {"type": "object", "propertyNames": {"pattern": "^a{9}$"}},
        {"type": "object", "propertyNames": {"pattern": "^a{8,9}$"}},
    ),
    "overlapping branches": (lists(FEW), one_of(lists(MORE), lists(OPAQUE))),
    "no branch": (lists(OPAQUE), {"anyOf": [lists(FEW), TEXT]}),
    "anything at all": (True, MORE),
    "another type": (object_of(f=OPAQUE), lists(FEW)),
}


@pytest.mark.parametrize("name", UNPROVED)
def test_branches_without_proof_are_not_a_proof(name):
    sent, taken = UNPROVED[name]

    assert not _is_contained(sent, taken)
    assert relate(sent, taken).kind in {"unknown", "breaking"}


@pytest.mark.parametrize("unusable", [{"type": "string", "pattern": "("}, {"type": 1}])
def test_invalid_schema_proves_nothing(unusable):
    assert not _covers(TEXT, unusable)
    assert not _disjoint(TEXT, unusable)
    assert _difference(TEXT, unusable) is None


BREAKING = {
    "names by a rule": (named(), named(maxLength=3), {"field": "text"}),
    "names by another rule": (named(pattern="^x-"), named(pattern="^y-"), {"x-x": "text"}),
    "names by a longer rule": (
        named(pattern="^[a-z0-9]+$"),
        named(pattern="^[a-z]+$"),
        {"1": "text"},
    ),
    "names that are too long": (named(maxLength=4), named(maxLength=3), {"text": "text"}),
    "names of a list": (named(enum=["a", "b"]), named(enum=["a"]), {"b": "text"}),
    "no names at all": (named(), {**named(), "propertyNames": False}, {"field": "text"}),
    "documented names": (
        object_of(abc=TEXT),
        {"type": "object", "propertyNames": {"maxLength": 2}},
        {"abc": "text"},
    ),
    "large numbers": (
        {"type": "integer", "format": "int64"},
        {"type": "integer", "format": "int32"},
        -(2**63),
    ),
    "numbers of any size": (
        {"type": "integer", "minimum": 0},
        {"type": "integer", "format": "int64"},
        2**63,
    ),
    "large numbers or nothing": (
        {"type": ["integer", "null"], "format": "int64", "minimum": 1},
        {"type": ["integer", "null"], "format": "int32"},
        2**63 - 1,
    ),
    "double precision": (
        {"type": "number", "format": "double", "minimum": 1},
        {"type": "number", "format": "float", "maximum": 9},
        10,
    ),
    "a union that overlaps": (TEXT, one_of(TEXT, {"enum": ["a"]}), "a"),
    "nothing is taken": (TEXT, False, "text"),
    "any value": ({}, TEXT, 1),
    "any value, said otherwise": (True, TEXT, 1),
    "free fields": ({"type": "object"}, object_of(a=NUMBER), {"a": "text"}),
    "free items": ({"type": "array"}, {"type": "array", "items": TEXT}, [1]),
    "in place of an object": (object_of(a=TEXT), {"type": "array"}, {}),
    "a longer list": (
        {"type": "array", "items": TEXT},
        {"type": "array", "items": TEXT, "maxItems": 1},
        ["text", "text"],
    ),
    "a conjunction": (
        {"allOf": [object_of(a=TEXT), {"properties": {"b": TEXT}}, True]},
        object_of(a=TEXT, b=NUMBER),
        {"b": "text"},
    ),
    "a part of a conjunction": (
        {"allOf": [{"$ref": "#/components/schemas/A"}], "required": ["a"]},
        {"type": "object", "properties": {"a": NUMBER}},
        {"a": "text"},
    ),
    "a conjunction in a conjunction": (
        {
            "allOf": [
                {"allOf": [object_of(["a"], a=TEXT), object_of(b=TEXT)]},
                object_of(["c"], c=TEXT),
            ]
        },
        object_of(c=NUMBER),
        {"a": "text", "c": "text"},
    ),
    "alternatives in a conjunction": (
        {
            "allOf": [
                one_of(object_of(["a"], a=TEXT), object_of(["b"], b=TEXT)),
                object_of(["c"], c=TEXT),
            ]
        },
        object_of(c=NUMBER),
        {"a": "text", "c": "text"},
    ),
    "fields beside alternatives": (
        {**object_of(["c"], c=TEXT), **one_of(object_of(["a"], a=TEXT), object_of(["b"], b=TEXT))},
        object_of(c=NUMBER),
        {"a": "text", "c": "text"},
    ),
    "one branch": (
        {"anyOf": [NUMBER, False, UUID]},
        NUMBER,
        "a1b2c3d4-e5f6-4890-abcd-ef1234567890",
    ),
    "items of any type": ({"items": TEXT}, {"items": NUMBER}, ["text"]),
    "a bound": ({"type": "integer"}, {"type": "integer", "maximum": 500}, 501),
    "a length": (TEXT, {"type": "string", "maxLength": 5}, "x" * 6),
    "a length without a limit": (
        {"type": "string", "maxLength": 2**31 - 1},
        {"type": "string", "maxLength": 2500},
        "x" * 2501,
    ),
    "a list without a limit": (
        {"type": "array", "items": TEXT, "maxItems": 2**31 - 1},
        {"type": "array", "items": TEXT, "maxItems": 1},
        ["text", "text"],
    ),
    "a number of items written as a fraction": (
        {"type": "array", "items": TEXT, "minItems": 2.0},
        {"type": "array", "items": TEXT, "minItems": 3.0},
        ["text", "text"],
    ),
    "fields that are not evaluated": (
        {**object_of(a=TEXT), "unevaluatedProperties": TEXT},
        object_of(a=TEXT, b=NUMBER),
        {"b": "text"},
    ),
    "a step": ({"type": "number", "multipleOf": 0.25}, {"type": "integer"}, 0.25),
    "one number": (NUMBER, {"not": {"const": 7}}, 7),
    "a truth": ({"type": "boolean"}, {"const": True}, False),
    "a field that is forbidden": (object_of(a=TEXT), object_of(a=False), {"a": "text"}),
    "a tuple": (
        {"type": "array", "prefixItems": [TEXT, NUMBER], "items": False},
        {"type": "array", "prefixItems": [TEXT, TEXT]},
        ["text", 1],
    ),
    "a field without a schema": (
        {"required": ["a"]},
        {"properties": {"a": {"type": "integer"}}},
        {"a": "text"},
    ),
    "a format unknown": ({"type": "string", "format": "colour"}, {"enum": ["red"]}, "text"),
    "a constant that is open": ({"const": [1]}, {"const": [2]}, [1]),
}


@pytest.mark.parametrize("name", BREAKING)
def test_difference_has_a_counterexample(name):
    sent, taken, example = BREAKING[name]
    relation = relate(sent, taken, A=object_of(a=TEXT))

    assert (relation.kind, relation.example) == ("breaking", example)
    assert relation.reason


SAME = {
    "double precision is what JSON has": ({"type": "number", "format": "double"}, NUMBER),
    "bounds instead of a format": (
        {"type": "integer", "format": "int32"},
        {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_equivalent_schemas_are_equal(name):
    left, right = SAME[name]

    assert relate(left, right).kind == relate(right, left).kind == "same"


UNKNOWN = {
    "patterns": (
        {"type": "string", "pattern": "^a{9}$"},
        {"type": "string", "pattern": "^a{8,9}$"},
    ),
    "patterns in fields": (
        {"type": "object", "patternProperties": {"^x": TEXT}, "additionalProperties": False},
        {"type": "object", "additionalProperties": {"not": {"const": "u7"}}, "minProperties": 0},
    ),
    "overlapping branches": (
        {"type": "array", "items": {"type": "string", "pattern": "^q{9}$"}},
        {"type": "array", "items": one_of({"pattern": "^q"}, {"pattern": "^r"})},
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_difference_without_proof_or_counterexample_is_unknown(name):
    relation = relate(*UNKNOWN[name])

    assert relation.kind == "unknown"
    assert "no example found" in relation.reason


def tree(**fields):
    return object_of(
        ["name"], name=TEXT, children={"type": "array", "items": {"$ref": ref("Tree")}}, **fields
    )


def ref(name):
    return f"#/components/schemas/{name}"


def test_renamed_recursive_schema_is_equal():
    def document(name):
        of_itself = {"type": "array", "items": {"$ref": ref(name)}}
        return {"components": {"schemas": {name: object_of(["a"], a=TEXT, all=of_itself)}}}

    left = Schema(document("Tree"), {"$ref": ref("Tree")})
    right = Schema(document("Wood"), {"$ref": ref("Wood")})

    assert Judge().relate(left, right).kind == "same"


def test_recursive_schema_is_searched_for_counterexamples():
    def schema(**fields):
        return Schema({"components": {"schemas": {"Tree": tree(**fields)}}}, {"$ref": ref("Tree")})

    judge = Judge()

    wrong = judge.relate(schema(age=TEXT), schema(age=NUMBER))
    assert (wrong.kind, wrong.example) == ("breaking", {"name": "text", "age": "text"})
    beyond = judge.relate(schema(), schema(age=NUMBER))
    assert beyond.kind == "unknown"
    assert "is recursive" in beyond.reason


def test_recursive_reference_with_sibling_keywords_is_supported():
    node = {"$ref": ref("Tree"), "minProperties": 1}
    left, right = (
        Schema(
            {"components": {"schemas": {"Tree": object_of(a=kind, up=node)}}}, {"$ref": ref("Tree")}
        )
        for kind in (TEXT, NUMBER)
    )

    assert Judge().relate(left, right).kind == "breaking"


def test_invalid_schema_is_refused():
    with pytest.raises(DocumentError, match="invalid schema in the contract"):
        relate({"type": "string", "pattern": "("}, TEXT)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_contract_is_compatible_with_itself(name):
    schema = Schema(CONTRACT, {"$ref": ref(name)})

    assert Judge().relate(schema, schema).kind == "same"
    # Every schema has a value to show.
    sent = closed(plain(schema))
    may_send = validator(sent)
    assert any(may_send.is_valid(value) for value in samples(sent))


def test_composed_schemas_are_closed_together():
    document = {
        "allOf": [{"allOf": [object_of(a=TEXT)]}, {"anyOf": [object_of(b=TEXT), TEXT]}, True]
    }
    sent = closed(document)

    assert sent == {**document, "unevaluatedProperties": False}
    assert validator(sent).is_valid({"a": "text", "b": "text"})
    assert not validator(sent).is_valid({"a": "text", "c": "text"})


def test_part_with_its_own_additional_properties_is_unchanged():
    part = {**object_of(a=TEXT), "additionalProperties": NUMBER}

    assert closed({"allOf": [part, object_of(b=TEXT)]}) == {
        "allOf": [part, object_of(b=TEXT)],
        "unevaluatedProperties": False,
    }


def test_samples_are_bounded():
    endless = {"type": "array", "items": {"enum": list(range(50_000))}}

    assert len(list(samples(endless))) == 20_000
    assert all(length <= 2001 for length in Hints({"maxLength": 10**9, "minLength": 5}).lengths)
    assert max(map(len, samples({"type": "string", "minLength": 2**31 - 1}))) <= 2001
    assert not list(samples({"type": "array", "items": TEXT, "minItems": 2**31 - 1}))
