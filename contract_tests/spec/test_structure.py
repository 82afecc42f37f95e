"""What stands where in an OpenAPI document: the order of keys, prose, references."""

import pytest
from prolific_contract import DocumentError
from prolific_contract.spec._components import (
    Component,
    drop_unreachable,
    parse_reference,
    reachable,
)
from prolific_contract.spec._structure import outline, rebuild, references, walk


def test_prose_is_removed_but_names_are_kept():
    schema = {
        "title": "prose",
        "description": "prose",
        "example": {"title": "prose"},
        "properties": {
            "title": {"type": "string", "description": "prose"},
            "description": {"title": "prose", "default": {"description": "kept"}},
            "x-tag": {"x-fern-type": "prose", "enum": ["title", "description"]},
        },
        "const": {"title": "kept"},
    }

    assert outline(schema, "schema") == {
        "const": {"title": "kept"},
        "properties": {
            "description": {"default": {"description": "kept"}},
            "title": {"type": "string"},
            "x-tag": {"enum": ["title", "description"]},
        },
    }


def test_keys_are_ordered_and_ordered_lists_are_kept():
    schema = {
        "zzz": 1,
        "required": ["b", "a"],
        "oneOf": [{"format": "x", "type": "string"}, True],
        "enum": ["b", "a"],
        "type": "object",
        "aaa": 2,
    }

    ordered = outline(schema, "schema")

    assert list(ordered) == ["type", "enum", "oneOf", "required", "aaa", "zzz"]
    assert ordered["required"] == ["a", "b"]
    assert ordered["enum"] == ["b", "a"]
    assert [*ordered["oneOf"][0]] == ["type", "format"]
    assert ordered["oneOf"][1] is True


def test_prose_and_extensions_can_be_kept():
    schema = {"x-a": 1, "description": "ours", "type": "string"}

    assert outline(schema, "schema", prose=True) == schema
    assert list(outline(schema, "schema", prose=True)) == ["description", "type", "x-a"]


@pytest.mark.parametrize(
    ("node", "position"),
    [
        ("text", "schema"),
        (False, "schema"),
        ([1], "{schema}"),
        ({"a": 1}, "[schema]"),
        ("a", "sorted"),
        (None, "document"),
    ],
)
def test_malformed_parts_are_left_for_the_validator(node, position):
    assert outline(node, position) == node
    assert list(walk(node, position)) == []


def test_objects_are_found_by_their_place():
    document = {
        "paths": {"/a/{b}": {"get": {"responses": {"200": {"content": {}}}}}},
        "components": {"schemas": {"A": {"properties": {"get": {"enum": [{"x": 1}]}}}}},
    }

    assert [(place.row, place.pointer) for place in walk(document)] == [
        ("document", "#"),
        ("path item", "#/paths/~1a~1{b}"),
        ("operation", "#/paths/~1a~1{b}/get"),
        ("response", "#/paths/~1a~1{b}/get/responses/200"),
        ("components", "#/components"),
        ("schema", "#/components/schemas/A"),
        ("schema", "#/components/schemas/A/properties/get"),
    ]


def test_references_are_found_where_they_are_references():
    schema = {
        "properties": {"$ref": {"type": "string"}, "a": {"$ref": "#/components/schemas/A"}},
        "oneOf": [{"$ref": "#/components/schemas/B"}],
        "discriminator": {
            "propertyName": "t",
            "mapping": {"c": "#/components/schemas/C"},
        },
        "enum": [{"$ref": "no reference"}],
    }

    assert sorted(references(schema, "schema")) == [
        ("schema", "#/components/schemas/A"),
        ("schema", "#/components/schemas/B"),
        ("schema", "#/components/schemas/C"),
    ]


def test_reference_names_a_component():
    component = Component("schemas", "a/b~c")

    assert component.reference == "#/components/schemas/a~1b~0c"
    assert parse_reference(component.reference) == component


@pytest.mark.parametrize(
    "reference", ["other.yaml#/components/schemas/A", "#/components/links/A", "#/paths/~1a"]
)
def test_other_references_are_refused(reference):
    with pytest.raises(DocumentError, match="does not name a component"):
        parse_reference(reference)


def with_components():
    return {
        "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}},
        "components": {
            "responses": {
                "R": {"content": {"t/t": {"schema": {"$ref": "#/components/schemas/A"}}}}
            },
            "schemas": {
                "A": {"items": {"$ref": "#/components/schemas/B"}},
                "B": {"items": {"$ref": "#/components/schemas/A"}},
                "C": {"items": {"$ref": "#/components/schemas/B"}},
            },
            "parameters": {"P": {"name": "p", "in": "query"}},
            "securitySchemes": {"token": {"type": "apiKey"}},
        },
    }


def test_components_are_reached_through_each_other():
    assert reachable(with_components()) == {
        Component("responses", "R"),
        Component("schemas", "A"),
        Component("schemas", "B"),
    }


def test_unreached_components_are_removed_except_security_schemes():
    document = with_components()

    assert drop_unreachable(document) == [Component("schemas", "C"), Component("parameters", "P")]
    assert list(document["components"]) == ["responses", "schemas", "securitySchemes"]
    assert list(document["components"]["schemas"]) == ["A", "B"]


def test_document_may_have_no_components():
    assert drop_unreachable({"paths": {}}) == []


def test_reference_to_nothing_is_an_error():
    document = with_components()
    del document["components"]["schemas"]["B"]

    with pytest.raises(DocumentError, match="refers to #/components/schemas/B"):
        reachable(document)


def test_reference_to_another_kind_of_component_is_an_error():
    document = with_components()
    document["components"]["responses"]["R"] = {"$ref": "#/components/schemas/A"}

    with pytest.raises(DocumentError, match="a reference to .*schemas/A must name a response"):
        reachable(document)


def test_objects_are_shared_by_position_and_values_are_not():
    schema = {
        "properties": {"enum": {"type": "a"}, "b": True},
        "oneOf": [{"type": "c"}],
        "enum": [{"type": "kept"}],
        "required": ["x"],
        "items": "malformed",
    }

    def mark(row, node):
        return {**node, "row": row}

    assert rebuild(schema, "schema", mark) == {
        "properties": {"enum": {"type": "a", "row": "schema"}, "b": True},
        "oneOf": [{"type": "c", "row": "schema"}],
        "enum": [{"type": "kept"}],
        "required": ["x"],
        "items": "malformed",
        "row": "schema",
    }
