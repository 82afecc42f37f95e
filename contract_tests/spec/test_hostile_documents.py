"""Whatever is wrong with a document, the tools say so and do not crash."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract import ContractToolError, DocumentError
from prolific_contract.cli import main
from prolific_contract.spec import build, dump_yaml, import_document

PATH = "/api/v1/data-collection/batches/{batch_id}"
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "https://api.example.org"}],
    "paths": {
        PATH: {
            "get": {
                "operationId": "get",
                "parameters": [
                    {
                        "name": "batch_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "prose",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Job"}}
                        },
                    },
                    "404": {"$ref": "#/components/responses/Missing"},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Job": {
                "oneOf": [
                    {"$ref": "#/components/schemas/Job0"},
                    {
                        "properties": {"status": {"type": "string", "enum": ["b"]}},
                        "required": ["status"],
                    },
                ],
                "discriminator": {
                    "propertyName": "status",
                    "mapping": {"a": "#/components/schemas/Job0"},
                },
            },
            "Job0": {
                "properties": {"status": {"$ref": "#/components/schemas/JobOneOf0Status"}},
                "required": ["status"],
            },
            "JobOneOf0Status": {"type": "string", "enum": ["a"]},
        },
        "responses": {"Missing": {"description": "prose"}},
        "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "A"}},
    },
}
OVERLAY = {
    "overlay": "1.0.0",
    "info": {"title": "t", "version": "1"},
    "actions": [
        {
            "target": "$.paths.*.*",
            "update": {"summary": "s", "tags": ["t"]},
            "x-evidence": [{"document": "d", "discrepancy": "D-1"}],
        }
    ],
}
JUNK = st.sampled_from([None, True, 0, 1.5, "", "text", [], [None], {}, {"$ref": 1}, {"a": "b"}])


def locations(node, location=()):
    if location:
        yield location
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        if isinstance(value, dict | list):
            yield from locations(value, (*location, key))
        else:
            yield (*location, key)


def with_junk(document, location, junk):
    changed = copy.deepcopy(document)
    node = changed
    for step in location[:-1]:
        node = node[step]
    node[location[-1]] = junk
    return changed


@settings(deadline=None)
@given(st.sampled_from(list(locations(DOCUMENT))), JUNK)
def test_import_succeeds_or_reports_the_problem(location, junk):
    text = dump_yaml(with_junk(DOCUMENT, location, junk))

    try:
        imported = import_document(text, source="page.txt")
    except DocumentError as error:
        assert str(error).startswith("page.txt")
    else:
        assert import_document(dump_yaml(imported)) == imported


@settings(deadline=None)
@given(st.sampled_from(list(locations(DOCUMENT))), JUNK)
def test_build_succeeds_or_reports_the_problem_in_the_document(location, junk):
    try:
        document = build(with_junk(DOCUMENT, location, junk), OVERLAY)
    except ContractToolError as error:
        assert str(error)
    else:
        assert document["openapi"].startswith("3.1")


@settings(deadline=None)
@given(st.sampled_from(list(locations(OVERLAY))), JUNK)
def test_build_succeeds_or_reports_the_problem_in_the_overlay(location, junk):
    try:
        document = build(DOCUMENT, with_junk(OVERLAY, location, junk))
    except ContractToolError as error:
        assert str(error)
    else:
        assert document["paths"]


def nested(levels):
    schema = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "array", "items": schema}
    return with_junk(DOCUMENT, ("components", "schemas", "Job"), schema)


def test_schema_may_be_nested_up_to_the_reading_limit():
    text = dump_yaml(nested(60))

    assert import_document(text) == import_document(dump_yaml(import_document(text)))
    assert build(import_document(text), OVERLAY)["openapi"].startswith("3.1")


@pytest.mark.parametrize("command", ["import", "diff", "build"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 30_000, "is nested deeper than 64 levels"),
        (dump_yaml(nested(200)), "is nested deeper than 64 levels"),
        ("info: !!bool foo", "'foo' is neither true nor false"),
        ("info: !!timestamp foo", "could not determine a constructor for the tag"),
    ],
    ids=["brackets", "schema", "bool", "timestamp"],
)
def test_unreadable_documents_are_reported_with_a_message(command, text, said, tmp_path, capsys):
    path = tmp_path / "page.yaml"
    path.write_text(text, encoding="utf-8")
    arguments = {
        "import": ["import", str(path), "--output", "-"],
        "diff": ["diff", str(path), str(path)],
        "build": ["build", "--upstream", str(path), "--output", "-"],
    }

    assert main(arguments[command]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"prolific-contract: error: {path} is ")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("location", "junk", "said"),
    [
        (("components", "schemas", "Job", "discriminator"), "x", "schemas/Job/discriminator: "),
        (
            ("components", "schemas", "Job", "discriminator", "mapping"),
            {"a": 1},
            "schemas/Job/discriminator/mapping/a: ",
        ),
        (("components", "schemas", "Job", "oneOf"), {}, "#/components/schemas/Job/oneOf: "),
        (("components", "schemas", "Job0", "required"), "status", "schemas/Job0/required: "),
        (("components", "schemas"), [], "#/components/schemas: "),
        (("components",), [], "#/components: "),
        (("paths", PATH, "get", "responses"), [], "batches~1{batch_id}/get/responses: "),
    ],
)
def test_error_names_the_place(location, junk, said):
    with pytest.raises(DocumentError, match="is not a valid OpenAPI 3.1 document") as caught:
        import_document(dump_yaml(with_junk(DOCUMENT, location, junk)))

    assert said in str(caught.value)
