"""Building the contract of an edition or of all, and what a built contract guarantees."""

import pytest
from prolific_contract import BuildError, OverlayError
from prolific_contract.spec import EDITIONS, build, build_with_proof, load_yaml

EVIDENCE = {"document": "documents/004"}


def upstream(**schemas):
    media = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": {"description": "OK", "content": media}}}}},
        "components": {"schemas": {"A": {"type": "string"}, **schemas}},
    }


def overlay(*actions):
    return {
        "overlay": "1.0.0",
        "info": {"title": "t", "version": "1"},
        "actions": [{"x-evidence": EVIDENCE, **action} for action in actions],
    }


def update(schema, **options):
    return {"target": "$.components.schemas.A", "update": schema, **options}


def test_contract_is_the_published_document_with_the_overlay():
    document = build(upstream(), overlay(update({"description": "ours"})))

    assert document["components"]["schemas"]["A"] == {"description": "ours", "type": "string"}


def test_keys_have_one_order_independent_of_the_overlay():
    document = build(upstream(), overlay(update({"x-note": 1, "format": "uri", "title": "T"})))

    assert list(document["components"]["schemas"]["A"]) == ["title", "type", "format", "x-note"]


def test_edition_has_its_own_actions():
    corrections = overlay(
        update({"format": "uuid"}, **{"x-edition": "2026-11"}),
        {"target": "$.paths['/a'].get.summary", "remove": True, "x-edition": "2026-11"},
    )
    source = upstream()
    source["paths"]["/a"]["get"]["summary"] = "s"

    def features(edition):
        document = build(source, corrections, edition)
        return "format" in document["components"]["schemas"]["A"], "summary" in document["paths"][
            "/a"
        ]["get"]

    assert features("2026-03") == (False, True)
    assert features("2026-11") == (True, False)
    assert features(None) == (True, True)


def test_unused_components_are_removed_and_reported():
    built = build_with_proof(upstream(B={"type": "string"}), overlay(update({})))

    assert list(built.document["components"]["schemas"]) == ["A"]
    assert [component.reference for component in built.dropped] == ["#/components/schemas/B"]


def test_target_that_matches_nothing_fails():
    with pytest.raises(OverlayError, match="matches nothing"):
        build(upstream(), overlay({"target": "$.nowhere", "update": {}}))


def test_document_of_another_shape_fails_with_its_place():
    source = upstream()
    del source["info"]["version"]
    source["paths"]["/a"]["get"]["deprecated"] = "yes"

    with pytest.raises(BuildError, match=r"not valid OpenAPI 3\.1") as caught:
        build(source, overlay(update({})))

    _, *others = str(caught.value).replace("'", '"').splitlines()
    assert sorted(others) == [
        '  #/info: "version" is a required property',
        '  #/paths/~1a/get/deprecated: "yes" is not of type "boolean"',
    ]


def test_operations_with_equal_names_fail():
    source = upstream()
    source["paths"]["/a"]["get"]["operationId"] = "same"
    source["paths"]["/b"] = source["paths"]["/a"]

    with pytest.raises(BuildError, match="Operation ID 'same'"):
        build(source, overlay(update({})))


def test_component_that_refers_to_itself_fails():
    source = upstream()
    source["components"]["schemas"]["A"] = {"$ref": "#/components/schemas/A"}

    with pytest.raises(BuildError, match="only refers to itself"):
        build(source, overlay(update({})))


def test_reference_that_the_overlay_breaks_fails():
    broken = update({"items": {"$ref": "#/components/schemas/Gone"}})

    with pytest.raises(BuildError, match="refers to #/components/schemas/Gone"):
        build(upstream(), overlay(broken))


def test_overlapping_branches_fail():
    union = {"oneOf": [{"type": "number"}, {"type": "integer"}], "type": ["number"]}

    with pytest.raises(BuildError, match="branches of unions in the built") as caught:
        build(upstream(), overlay(update(union)))

    assert "#/components/schemas/A/oneOf, branches 0 and 1" in str(caught.value)


def test_header_lists_proved_and_unproved_pairs():
    union = {
        "oneOf": [{"format": "uuid"}, {"format": "uri"}, {"type": "null"}],
        "type": ["string", "null"],
    }
    source = upstream()
    source["components"]["schemas"]["A"] = {
        "oneOf": [{"type": "string", **branch} for branch in union["oneOf"][:2]]
        + [{"type": "null"}]
    }

    built = build_with_proof(source, overlay(update({})))
    text = built.render()

    assert (len(built.disjoint), len(built.unproved)) == (2, 1)
    assert "# Pairs of oneOf branches proved disjoint: 2.\n" in text
    assert "# Not proved: #/components/schemas/A/oneOf, branches 0 and 1: beyond" in text
    assert "# Edition: the union of 2026-03 and 2026-11.\n" in text
    assert load_yaml(text, source="x") == built.document


@pytest.mark.parametrize("edition", EDITIONS)
def test_contract_of_an_edition_names_the_edition(edition):
    text = build_with_proof(upstream(), overlay(update({})), edition).render()

    assert f"# Edition: {edition}.\n" in text
