"""Documents of OpenAPI 3.0 and 3.2 are read as those of 3.1."""

import json

import pytest
from diff.documents import AREA, PATH, base, of_schema, put
from prolific_contract import DocumentError
from prolific_contract.diff import compare, contract_of
from prolific_contract.spec import import_document
from prolific_contract.spec._versions import modern, version_of


def read(document, version=None, **keys):
    written = {**document, **keys}
    return contract_of(json.dumps({**written, "openapi": version} if version else written), "x")


def changes(old, new):
    return {
        finding.where: finding.verdict for diff in compare(old, new) for finding in diff.findings
    }


@pytest.mark.parametrize(
    ("written", "version"),
    [("3.0.0", "3.0"), ("3.0.4", "3.0"), ("3.1.1", "3.1"), ("3.2.0", "3.2")],
)
def test_version_is_known_by_its_first_two_numbers(written, version):
    assert version_of({"openapi": written}) == version


@pytest.mark.parametrize("document", [{}, [], {"openapi": 3.1}, {"openapi": "3.10.0"}, None])
def test_other_versions_are_not_known(document):
    assert version_of(document) is None


# A schema of OpenAPI 3.0, and what it is in 3.1.
SCHEMAS = {
    "nullable": ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
    "not nullable": ({"type": "string", "nullable": False}, {"type": "string"}),
    "nullable without a type": ({"enum": ["a"], "nullable": True}, {"enum": ["a"]}),
    "nullable list": (
        {"type": "array", "nullable": True, "items": {"type": "string", "nullable": True}},
        {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
    ),
    "more than": (
        {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
        {"type": "integer", "exclusiveMinimum": 1},
    ),
    "at least": (
        {"type": "integer", "minimum": 1, "exclusiveMinimum": False},
        {"type": "integer", "minimum": 1},
    ),
    "less than": (
        {"type": "number", "maximum": 1, "exclusiveMaximum": True},
        {"type": "number", "exclusiveMaximum": 1},
    ),
    "less than nothing": ({"type": "number", "exclusiveMaximum": True}, {"type": "number"}),
    "example": ({"type": "string", "example": "a"}, {"type": "string", "examples": ["a"]}),
    "bytes": (
        {"type": "string", "format": "byte"},
        {"type": "string", "contentEncoding": "base64"},
    ),
    "beside a reference": (
        {"$ref": "#/components/schemas/Name", "nullable": True, "maxLength": 1},
        {"$ref": "#/components/schemas/Name"},
    ),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_of_3_0_is_rewritten(name):
    early, late = SCHEMAS[name]
    name_ = {"type": "string"}

    assert modern({**of_schema(early, Name=name_), "openapi": "3.0.3"}) == of_schema(
        late, Name=name_
    )
    assert changes(read(of_schema(early, Name=name_), "3.0.3"), of_schema(late, Name=name_)) == {}


def test_property_named_like_a_keyword_is_kept():
    schema = {"type": "object", "properties": {"nullable": {"type": "boolean"}, "example": {}}}

    assert read(of_schema(schema), "3.0.3") == of_schema(schema)


def test_document_of_3_0_may_break_one_of_3_1():
    old = read(of_schema({"type": "integer", "minimum": 3}), "3.0.3")
    new = read(of_schema({"type": "integer", "nullable": True, "minimum": 3}), "3.0.3")
    assert changes(old, new) == {"status 200, application/json": "breaking"}
    assert changes(new, old) == {"status 200, application/json": "compatible"}


def test_whole_document_of_3_0_is_imported():
    document = of_schema({"type": "string", "nullable": True, "example": "a"})
    document["paths"]["/api/v1/studies"] = document["paths"][f"{AREA}/things"]

    read_ = import_document(json.dumps({**document, "openapi": "3.0.3"}))
    assert read_["openapi"] == "3.1.0"
    assert list(read_["paths"]) == [f"{AREA}/things"]
    assert changes(of_schema({"type": ["string", "null"]}), read_) == {}


def test_invalid_document_of_3_0_is_refused():
    with pytest.raises(DocumentError, match="not a valid OpenAPI 3.1 document"):
        read(of_schema({"type": "string", "minLength": "a"}), "3.0.3")


def test_document_of_3_2_is_read_as_one_of_3_1():
    assert changes(base(), read(base(), "3.2.0")) == {}


LATER = {"openapi": "3.2.0", "$self": "https://docs.example/openapi.yaml"}


def test_additions_of_3_2_are_accepted():
    document = {**base(), **LATER, "tags": [{"name": "things", "summary": "s", "kind": "nav"}]}
    del put(document)["responses"]["202"]["description"]

    assert changes(base(), read(document)) == {}


@pytest.mark.parametrize(
    "item",
    [
        lambda operation: {"query": operation},
        lambda operation: {"additionalOperations": {"COPY": operation}},
    ],
)
def test_methods_of_3_2_are_compared(item):
    def document(**schema):
        document = of_schema({"type": "string", **schema})
        operation = document["paths"].pop(f"{AREA}/things")["get"]
        return read({**document, **LATER, "paths": {f"{AREA}/things": item(operation)}})

    assert changes(document(), document(maxLength=4)) == {
        "status 200, application/json": "compatible"
    }
    assert changes(document(maxLength=4), document()) == {
        "status 200, application/json": "breaking"
    }
    assert list(import_document(json.dumps(document()))["paths"]) == [f"{AREA}/things"]


def test_items_of_a_sequence_are_compared():
    def document(kind, **media):
        document = {**of_schema({}), **LATER}
        response = document["paths"][f"{AREA}/things"]["get"]["responses"]["200"]
        response["content"] = {"application/jsonl": {"itemSchema": {"type": kind}, **media}}
        return read(document)

    assert changes(document("integer"), document("string")) == {
        "status 200, application/jsonl": "breaking"
    }


def test_media_type_of_3_2_may_be_a_component():
    def document(kind):
        document = {**of_schema({}), **LATER}
        response = document["paths"][f"{AREA}/things"]["get"]["responses"]["200"]
        response["content"] = {"text/plain": {"$ref": "#/components/mediaTypes/Text"}}
        document["components"]["mediaTypes"] = {"Text": {"schema": {"type": kind}}}
        return read(document)

    assert changes(document("integer"), document("string")) == {
        "status 200, text/plain": "breaking"
    }


def test_query_string_of_3_2_is_a_parameter():
    def document(*required):
        text = {
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "required": [*required]}
            }
        }
        document = {**of_schema({}), **LATER}
        document["paths"][f"{AREA}/things"]["get"]["parameters"] = [
            {"name": "all", "in": "querystring", "content": text}
        ]
        return read(document)

    assert changes(document(), document("q")) == {"querystring parameter all": "breaking"}


def test_features_of_3_2_are_refused_in_3_1():
    document = base()
    document["paths"][PATH]["query"] = put(base())

    with pytest.raises(DocumentError, match="not a valid OpenAPI 3.1 document"):
        read(document)
