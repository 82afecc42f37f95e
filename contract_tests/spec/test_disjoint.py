"""The proof that the branches of a union exclude each other."""

import pytest
from prolific_contract.spec._disjoint import pairs


def judged(*branches, **schemas):
    document = {"components": {"schemas": {"U": {"oneOf": list(branches)}, **schemas}}}
    return list(pairs(document))


def tagged(value, **properties):
    return {
        "type": "object",
        "properties": {"t": {"type": "string", "enum": [value]}, **properties},
        "required": ["t"],
    }


def test_branches_with_their_own_tag_are_disjoint():
    found = judged(tagged("a"), tagged("b"), tagged("c"))

    assert [(pair.left, pair.right, pair.verdict) for pair in found] == [
        (0, 1, "disjoint"),
        (0, 2, "disjoint"),
        (1, 2, "disjoint"),
    ]
    assert {pair.union for pair in found} == {"#/components/schemas/U"}
    assert {pair.reason for pair in found} == {""}


def test_branches_that_share_a_value_overlap():
    (pair,) = judged(tagged("a"), tagged("a", b={"type": "string"}))

    assert pair.verdict == "overlapping"
    assert str(pair) == ("#/components/schemas/U/oneOf, branches 0 and 1: some value matches both")


def test_optional_tag_does_not_separate():
    loose = {**tagged("b"), "required": []}

    assert [pair.verdict for pair in judged({**tagged("a"), "required": []}, loose)] == [
        "overlapping"
    ]


def test_references_are_followed_with_sibling_keywords():
    ref = {"$ref": "#/components/schemas/Tag"}
    schema = {"type": "object", "properties": {"t": {**ref, "default": "a"}}, "required": ["t"]}

    (pair,) = judged(
        schema,
        {"$ref": "#/components/schemas/B"},
        Tag={"type": "string", "enum": ["a"]},
        B=tagged("b"),
    )

    assert pair.verdict == "disjoint"


def test_properties_named_like_keywords_are_not_keywords():
    named = {
        "type": "object",
        "properties": {"discriminator": {"enum": ["a"]}, "$ref": {"enum": [{"$ref": 1}]}},
        "required": ["discriminator", "$ref"],
        "discriminator": {"propertyName": "$ref"},
    }
    other = {**named, "properties": {"discriminator": {"enum": ["b"]}, "$ref": True}}

    assert [pair.verdict for pair in judged(named, other)] == ["disjoint"]
    assert [pair.verdict for pair in judged(named, named)] == ["overlapping"]


def test_sibling_keywords_narrow_a_reference():
    both = {"$ref": "#/components/schemas/S", "allOf": [{"maxLength": 3}]}

    (pair,) = judged(both, {"type": "string", "minLength": 4}, S={"type": "string"})

    assert pair.verdict == "disjoint"


def test_unions_inside_operations_and_schemas_are_found():
    union = {"oneOf": [{"type": "string"}, {"type": "null"}]}
    media = {"content": {"application/json": {"schema": {"items": union}}}}
    document = {"paths": {"/a": {"get": {"responses": {"200": media}}}}}

    (pair,) = pairs(document)

    assert pair.union == ("#/paths/~1a/get/responses/200/content/application~1json/schema/items")


def test_recursive_branch_is_unproved():
    recursive = {"$ref": "#/components/schemas/R"}
    found = judged(
        recursive,
        {"type": "string"},
        recursive,
        R={"type": "object", "properties": {"r": recursive}},
    )

    assert {pair.verdict for pair in found} == {"unproved"}
    assert {pair.reason for pair in found} == {"recursive through R"}


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (
            {"type": "string", "format": "uuid"},
            {"type": "string", "format": "uri"},
            "beyond what the canonical form decides",
        ),
        ({"$dynamicRef": "#a"}, {"type": "string"}, "Anchor 'a' does not exist"),
    ],
)
def test_undecidable_pair_is_unproved_with_the_reason(left, right, reason):
    (pair,) = judged(left, right)

    assert (pair.verdict, pair.reason) == ("unproved", reason)
