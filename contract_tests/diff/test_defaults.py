"""What a changed default means to those who omit the value."""

import pytest
from helpers.contract_edits import ANSWER, BODY, edited, field, setting, verdicts
from prolific_contract.diff import compare

from diff.documents import base, put, schemas, thing


def changing(get, old, new):
    """Two contracts that differ in the default of a schema; None for no default."""
    documents = base(), base()
    for document, default in zip(documents, (old, new), strict=True):
        if default is not None:
            get(document)["default"] = default
    return documents


def limit(document):
    return put(document)["parameters"][1]["schema"]


def finding(old, new, where):
    (diff,) = compare(old, new)
    return next(one for one in diff.findings if one.where == where)


LIMIT = "query parameter limit"
CHANGES = {
    "another": ((5, 10), "breaking"),
    "none any more": ((5, None), "breaking"),
    "one where there was none": ((None, 10), None),
    "the same": ((5, 5), None),
    "true is no one": ((1, True), "breaking"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_parameter_default_applies_to_requests_without_it(name):
    defaults, verdict = CHANGES[name]
    old, new = changing(limit, *defaults)

    assert verdicts(old, new) == ({LIMIT: verdict} if verdict else {})
    if verdict:
        example = finding(old, new, LIMIT).example
        assert example is not None
        assert "limit" not in example["query_parameters"]


@pytest.mark.parametrize("name", CHANGES)
def test_field_default_applies_in_both_directions(name):
    defaults, verdict = CHANGES[name]
    old, new = changing(field("size"), *defaults)

    assert verdicts(old, new) == ({BODY: verdict, ANSWER: verdict} if verdict else {})


def test_changed_default_is_reported_with_both_values():
    old, new = changing(field("size"), 5, 10)
    assert finding(old, new, BODY).sentence == ("/size: if omitted, it now means 10 instead of 5")
    old, new = changing(field("name"), "x", None)
    assert finding(old, new, BODY).sentence == (
        '/name: if omitted, it meant "x"; the default is no longer documented'
    )


def extended():
    """A contract with fields in all places that a schema has for them."""
    document = base()
    text, line = ({"type": "object", "properties": {"a": {"type": "string"}}} for _ in range(2))
    box = {"type": "object", "additionalProperties": {**text, "properties": {"a": {}}}}
    whole = {"allOf": [text, {"allOf": [{"type": "object"}]}]}
    lines = {"type": ["string", "array"], "items": line}
    thing(document)["properties"].update(box=box, whole=whole, lines=lines)
    glue = {"kind": {"enum": ["glue"]}, "drying": {"type": "integer"}}
    schemas(document)["Glue"] = {
        "allOf": [{"type": "object", "properties": glue, "required": ["kind"]}]
    }
    schemas(document)["Part"]["oneOf"].append({"$ref": "#/components/schemas/Glue"})
    return document


@pytest.mark.parametrize(
    ("get", "pointer", "parent"),
    [
        (lambda d: schemas(d)["Tag"]["properties"]["text"], "/tags/*/text", {"tags": [{}]}),
        (
            lambda d: thing(d)["properties"]["box"]["additionalProperties"]["properties"]["a"],
            "/box/*/a",
            {"box": {"field": {}}},
        ),
        (
            lambda d: schemas(d)["Glue"]["allOf"][0]["properties"]["drying"],
            "/part/drying",
            {"part": {"kind": "glue"}},
        ),
        (
            lambda d: thing(d)["properties"]["whole"]["allOf"][0]["properties"]["a"],
            "/whole/a",
            {"whole": {}},
        ),
        (
            lambda d: thing(d)["properties"]["lines"]["items"]["properties"]["a"],
            "/lines/*/a",
            {"lines": [{}]},
        ),
    ],
)
def test_nested_default_is_found(get, pointer, parent):
    old, new = extended(), extended()
    get(old)["default"] = get(new)["default"] = 1
    assert verdicts(old, new) == {}
    get(new)["default"] = 2

    assert verdicts(old, new) == {BODY: "breaking", ANSWER: "breaking"}
    for where in (BODY, ANSWER):
        change = finding(old, new, where)
        assert change.sentence.startswith(f"{pointer}: if omitted")
        assert change.example is not None
        assert change.example["body"].items() >= parent.items()


def test_untagged_branches_are_matched_without_their_defaults():
    def document(default):
        document = base()
        text = {"type": "object", "properties": {"a": {"type": "string", "default": default}}}
        thing(document)["properties"]["either"] = {"anyOf": [{"type": "integer"}, text, False]}
        return document

    assert verdicts(document("x"), document("y")) == {BODY: "breaking", ANSWER: "breaking"}


def test_default_of_a_required_field_is_compatible():
    old, new = changing(field("state"), "new", "used")
    assert verdicts(old, new) == {BODY: "compatible", ANSWER: "compatible"}

    old, new = changing(lambda d: d["components"]["parameters"]["Workspace"]["schema"], "a", "b")
    assert verdicts(old, new) == {"query parameter workspace_id": "compatible"}


def test_default_of_a_required_parameter_is_ignored():
    old, new = changing(limit, 5, 10)
    put(new)["parameters"][1]["required"] = True

    assert [one.sentence for one in compare(old, new)[0].findings] == ["is now required"]


def test_default_inside_a_parameter_is_found():
    def document(default):
        properties = {"a": {"type": "string", "default": default}}
        return edited(setting(limit, type="object", properties=properties))

    assert verdicts(document("x"), document("y")) == {LIMIT: "breaking"}


@pytest.mark.parametrize(
    ("status", "header", "verdict"), [("404", "Age", "breaking"), ("200", "ETag", "compatible")]
)
def test_header_default_applies_to_responses_without_it(status, header, verdict):
    old, new = changing(lambda d: put(d)["responses"][status]["headers"][header]["schema"], 1, 2)

    assert verdicts(old, new) == {f"status {status}, header {header}": verdict}


IMPOSSIBLE = {"type": "string", "pattern": "^[a-f]{9}$"}


def test_default_without_example_is_unknown():
    def document(default):
        document = base()
        thing(document)["properties"]["rare"] = {
            "type": "object",
            "properties": {"code": IMPOSSIBLE, "a": {"type": "string", "default": default}},
            "required": ["code"],
        }
        return document

    assert verdicts(document("x"), document("y")) == {BODY: "unknown", ANSWER: "unknown"}


def test_operation_without_possible_request_is_unknown():
    def of_path(document):
        put(document)["parameters"][0]["schema"] = IMPOSSIBLE
        return document

    old, new = changing(limit, 5, 10)
    assert verdicts(of_path(old), of_path(new)) == {LIMIT: "unknown"}
    without = edited(lambda d: put(d)["parameters"].pop(1))
    assert verdicts(of_path(base()), of_path(without)) == {LIMIT: "unknown"}
    old = edited(setting(limit, **IMPOSSIBLE))
    assert verdicts(old, edited(lambda d: put(d)["parameters"].pop(1))) == {LIMIT: "unknown"}


def test_unconfirmed_example_is_not_shown(monkeypatch):
    old, new = changing(field("size"), 5, 10)
    for module in ("_requests.request_is_sent", "_responses.response_is_sent"):
        monkeypatch.setattr(f"prolific_contract.diff.{module}", lambda *_: False)

    assert verdicts(old, new) == {BODY: "unknown", ANSWER: "unknown"}
