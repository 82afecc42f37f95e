"""One edit at a time, over every construct that the Task Builder's contract has.

What is taken by the server and given by the server changes together here, since both
are the same component, so every edit has two known answers.
"""

import pytest
from prolific_contract.diff import _requests, _responses, compare
from prolific_contract.diff._contract import operations
from prolific_contract.diff._messages import (
    RequestExample,
    Response,
    request_is_sent,
    request_refusals,
    response_is_sent,
    response_refusals,
)

from diff.documents import PATH, base, put, schemas, thing

BODY = "request body, application/json"
ANSWER = "status 200, application/json"


def edited(edit):
    document = base()
    edit(document)
    return document


def setting(get, **values):
    return lambda document: get(document).update(values)


def field(name):
    return lambda document: thing(document)["properties"][name]


def without(get, key):
    return lambda document: get(document).pop(key)


def verdicts(old, new):
    """The verdict of every place that changed, with examples that hold."""
    return dict(sorted_verdicts(old, new))


def sorted_verdicts(old, new):
    (diff,) = compare(old, new)
    (before,), (after,) = operations(old).values(), operations(new).values()
    for finding in diff.findings:
        shown = finding.verdict == "breaking"
        assert (finding.example is not None) == (finding.message is not None) == shown
        if isinstance(finding.message, RequestExample):
            assert request_is_sent(before, finding.message)
            refusals = request_refusals(after, finding.message)
            assert (finding.where in refusals) is not finding.is_misread
        elif isinstance(finding.message, Response):
            documented = after.documented(finding.message.status)
            assert documented is not None
            answer = after.answers[documented]
            assert response_is_sent(answer, finding.message)
            refusals = response_refusals(before, finding.message)
            assert (finding.where in refusals) is not finding.is_misread
    return sorted((finding.where, finding.verdict) for finding in diff.findings)


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


def parameter(index):
    return lambda document: put(document)["parameters"][index]


def adding(**written):
    return lambda document: put(document)["parameters"].append(
        {"name": "since", "in": "query", "schema": {"type": "string"}, **written}
    )


JSON_200 = put(base())["responses"]["200"]
OTHER_EDITS = {
    "optional parameter added": (adding(), {"query parameter since": "compatible"}),
    "required parameter added": (adding(required=True), {"query parameter since": "breaking"}),
    "required header added": (
        adding(**{"in": "header", "required": True}),
        {"header parameter since": "breaking"},
    ),
    "parameter that is to be ignored": (adding(**{"in": "header", "name": "Accept"}), {}),
    "token as a parameter too": (
        adding(**{"in": "header", "name": "Authorization", "required": True}),
        {},
    ),
    "parameter removed": (
        lambda d: put(d)["parameters"].pop(1),
        {"query parameter limit": "breaking"},
    ),
    "parameter that was required removed": (
        lambda d: put(d)["parameters"].pop(2),
        {"query parameter workspace_id": "breaking"},
    ),
    "parameter renamed": (
        setting(parameter(1), name="most"),
        {"query parameter limit": "breaking", "query parameter most": "compatible"},
    ),
    "parameter moved": (
        setting(parameter(1), **{"in": "header"}),
        {"query parameter limit": "breaking", "header parameter limit": "compatible"},
    ),
    "parameter in other capitals": (
        setting(parameter(1), name="Limit"),
        {"query parameter limit": "breaking", "query parameter Limit": "compatible"},
    ),
    "slash at the end of the path": (
        lambda d: d["paths"].update({f"{PATH}/": d["paths"].pop(PATH)}),
        {},
    ),
    "parameter now required": (
        setting(parameter(1), required=True),
        {"query parameter limit": "breaking"},
    ),
    "parameter no longer required": (
        lambda d: d["components"]["parameters"]["Workspace"].update(required=False),
        {"query parameter workspace_id": "compatible"},
    ),
    "numbers taken as text": (
        setting(parameter(1), schema={"type": "string"}),
        {"query parameter limit": "compatible"},
    ),
    "parameter narrowed": (
        setting(parameter(1), schema={"type": "integer", "maximum": 100}),
        {"query parameter limit": "breaking"},
    ),
    "parameter by content": (
        lambda d: put(d)["parameters"].__setitem__(
            1,
            {
                "name": "limit",
                "in": "query",
                "content": {"application/json": {"schema": {"type": "integer"}}},
            },
        ),
        {},
    ),
    "parameter without a schema": (
        lambda d: put(d)["parameters"].__setitem__(
            1, {"name": "limit", "in": "query", "content": {}}
        ),
        {"query parameter limit": "compatible"},
    ),
    "parameter written otherwise": (
        setting(parameter(1), explode=False),
        {"query parameter limit": "unknown"},
    ),
    "path parameter narrowed": (
        setting(parameter(0), schema={"type": "string", "format": "uuid"}),
        {"path parameter thing_id": "breaking"},
    ),
    "parameter beyond proof": (
        lambda d: parameter(1)(d).update(schema={"type": "integer", "not": {"const": 77777}}),
        {"query parameter limit": "breaking"},
    ),
    "status of success added": (
        setting(lambda d: put(d)["responses"], **{"201": JSON_200}),
        {"status 201": "breaking"},
    ),
    "status without a body added": (
        setting(lambda d: put(d)["responses"], **{"204": {"description": "No Content"}}),
        {"status 204": "breaking"},
    ),
    "status of an error added": (
        setting(lambda d: put(d)["responses"], **{"409": JSON_200}),
        {"status 409": "compatible"},
    ),
    "status removed": (
        without(lambda d: put(d)["responses"], "202"),
        {"status 202": "compatible"},
    ),
    "error body changed": (
        lambda d: put(d)["responses"]["404"].update(
            content={"application/json": {"schema": {"type": "string"}}}
        ),
        {"status 404, application/json": "breaking"},
    ),
    "body of an answer removed": (
        without(lambda d: put(d)["responses"]["404"], "content"),
        {"status 404, no body": "breaking"},
    ),
    "body of an answer added": (
        setting(lambda d: put(d)["responses"]["202"], content=JSON_200["content"]),
        {"status 202": "compatible"},
    ),
    "content type of an answer changed": (
        setting(
            lambda d: put(d)["responses"]["404"],
            content={"text/plain": {"schema": {"type": "string"}}},
        ),
        {"status 404, text/plain": "breaking", "status 404": "compatible"},
    ),
    "content type with a parameter": (
        setting(
            lambda d: put(d)["responses"]["404"],
            content={"application/json; charset=utf-8": {"schema": {"type": "object"}}},
        ),
        {},
    ),
    "content type of a request changed": (
        setting(
            lambda d: put(d)["requestBody"],
            content={"application/x-ndjson": {"schema": {"type": "string"}}},
        ),
        {"request body": "compatible", "request body ": "breaking"},
    ),
    "content type of a request added": (
        lambda d: put(d)["requestBody"]["content"].update({"text/plain": {}}),
        {"request body": "compatible"},
    ),
    "content types of a request opened": (
        lambda d: put(d)["requestBody"].update(
            content={"application/*": put(d)["requestBody"]["content"]["application/json"]}
        ),
        {"request body": "compatible"},
    ),
    "request body no longer required": (
        setting(lambda d: put(d)["requestBody"], required=False),
        {"request body": "compatible"},
    ),
    "request body removed": (without(put, "requestBody"), {"request body": "compatible"}),
    "security changed": (setting(put, security=[{"other": []}]), {"security": "breaking"}),
    "security added": (
        setting(put, security=[{"token": [], "other": []}]),
        {"security": "breaking"},
    ),
    "alternative added": (
        setting(put, security=[{"token": []}, {"other": []}]),
        {"security": "compatible"},
    ),
    "security removed": (setting(put, security=[]), {"security": "compatible"}),
    "security of an unknown scheme": (
        setting(put, security=[{"nobody": []}]),
        {"security": "breaking"},
    ),
    "header no longer promised": (
        lambda d: put(d)["responses"]["200"]["headers"]["ETag"].update(required=False),
        {"status 200, header ETag": "breaking"},
    ),
    "header removed": (
        without(lambda d: put(d)["responses"]["200"], "headers"),
        {"status 200, header ETag": "breaking"},
    ),
    "header added": (
        lambda d: put(d)["responses"]["200"]["headers"].update(
            {"Age": {"schema": {}}, "Content-Type": {"schema": {}}}
        ),
        {"status 200, header Age": "compatible"},
    ),
    "header that was not promised removed": (
        lambda d: put(d)["responses"]["404"].pop("headers"),
        {"status 404, header Age": "compatible"},
    ),
    "header widened": (
        lambda d: put(d)["responses"]["200"]["headers"]["ETag"].update(
            schema={"type": ["string", "null"]}
        ),
        {"status 200, header ETag": "breaking"},
    ),
    "header narrowed": (
        lambda d: put(d)["responses"]["200"]["headers"]["ETag"].update(
            schema={"type": "string", "enum": ["a"]}
        ),
        {"status 200, header ETag": "compatible"},
    ),
    # Renames and words alone.
    "operation renamed": (setting(put, operationId="p", tags=["t"], summary="Put."), {}),
    "component renamed": (
        lambda d: (
            schemas(d).update(Product=schemas(d).pop("Thing")),
            put(d)["requestBody"]["content"]["application/json"].update(
                schema={"$ref": "#/components/schemas/Product"}
            ),
            put(d)["responses"]["200"]["content"]["application/json"].update(
                schema={"$ref": "#/components/schemas/Product"}
            ),
        ),
        {},
    ),
    "scheme renamed": (
        lambda d: d.update(
            security=[{"key": []}],
            components={
                **d["components"],
                "securitySchemes": {
                    "key": {"type": "apiKey", "in": "header", "name": "authorization"}
                },
            },
        ),
        {},
    ),
    "path parameter renamed": (
        lambda d: (
            parameter(0)(d).update(name="id"),
            d["paths"].update({PATH.replace("thing_id", "id"): d["paths"].pop(PATH)}),
        ),
        {},
    ),
    "described otherwise": (
        setting(thing, title="A thing", description="It.", default={}, **{"x-of": "us"}),
        {},
    ),
    "written in another order": (
        lambda d: (thing(d)["required"].reverse(), schemas(d)["State"]["enum"].reverse()),
        {},
    ),
    "reference resolved": (
        lambda d: thing(d)["properties"].update(state=schemas(d).pop("State")),
        {},
    ),
}


@pytest.mark.parametrize("name", OTHER_EDITS)
def test_operation_edit_has_its_verdict(name):
    edit, expected = OTHER_EDITS[name]

    assert sorted_verdicts(base(), edited(edit)) == sorted(
        (where.strip(), verdict) for where, verdict in expected.items()
    )


def test_removed_operation_is_shown_by_its_simplest_request():
    old, new = base(), base()
    new["paths"][PATH] = {"get": put(base())}

    gone, came = sorted(compare(old, new), key=lambda diff: diff.verdict)

    assert (gone.title, gone.verdict) == (f"PUT {PATH}", "breaking")
    assert (came.title, came.verdict) == (f"GET {PATH}", "compatible")
    assert gone.findings[0].example == {
        "method": "PUT",
        "path": PATH,
        "path_parameters": {"thing_id": "text"},
        "query_parameters": {"workspace_id": "text"},
        "credentials": ["apiKey header authorization"],
        "content_type": "application/json",
        "body": {"id": "a1b2c3d4-e5f6-4890-abcd-ef1234567890", "state": "new"},
    }


def test_path_parameters_apply_to_its_operations():
    new = base()
    new["paths"][PATH]["parameters"] = [put(new)["parameters"].pop()]

    assert verdicts(base(), new) == {}


def test_renamed_path_parameter_is_the_same_parameter():
    new = base()
    new["paths"] = {PATH.replace("thing_id", "id"): new["paths"].pop(PATH)}

    assert verdicts(base(), new) == {}
    assert verdicts(new, base()) == {}


def test_newly_required_body_is_shown_by_a_request_without_it():
    old = edited(setting(lambda d: put(d)["requestBody"], required=False))
    (diff,) = compare(old, base())

    assert [(f.where, f.verdict) for f in diff.findings] == [("request body", "breaking")]
    example = diff.findings[0].example
    assert example is not None
    assert "body" not in example


def test_new_body_breaks_only_if_required():
    old = edited(without(put, "requestBody"))
    optional = edited(setting(lambda d: put(d)["requestBody"], required=False))

    assert verdicts(old, base()) == {"request body": "breaking"}
    assert verdicts(old, optional) == {"request body": "compatible"}


def test_status_matches_exact_code_then_class_then_default():
    def answers(**responses):
        return edited(lambda d: put(d).update(responses={k[1:]: v for k, v in responses.items()}))

    text = {"description": "", "content": {"text/plain": {"schema": {"type": "string"}}}}
    number = {"description": "", "content": {"text/plain": {"schema": {"type": "integer"}}}}

    assert verdicts(answers(_2XX=text), answers(_200=text)) == {"status 2XX": "compatible"}
    assert verdicts(answers(_default=text), answers(_200=text)) == {"status default": "compatible"}
    assert verdicts(answers(_200=text), answers(_200=text, _2XX=number)) == {
        "status 201": "breaking"
    }
    assert verdicts(answers(_2XX=text), answers(_200=text, _2XX=number)) == {
        "status 201, text/plain": "breaking"
    }
    assert verdicts(answers(_200=text), answers(_200=text, _5XX=number)) == {
        "status 5XX": "compatible"
    }
    assert verdicts(answers(_default=text), answers(_default=text, _404=text)) == {}
    assert verdicts(answers(_404=text), answers(_404=text, _default=text)) == {
        "status 200": "breaking"
    }


def test_default_beside_a_success_covers_errors():
    text = {"description": "", "content": {"text/plain": {"schema": {"type": "string"}}}}

    def answers(**responses):
        return edited(lambda d: put(d).update(responses={k[1:]: v for k, v in responses.items()}))

    some, more = answers(_200=text), answers(_200=text, _default=text)
    assert verdicts(some, more) == {"status default": "compatible"}
    assert verdicts(more, some) == {"status default": "compatible"}
    assert verdicts(more, answers(_200=text, _201=text)) == {
        "status 201": "breaking",
        "status default": "compatible",
    }


def test_break_without_example_is_unknown():
    impossible = {"type": "string", "pattern": "^[a-f]{9}$"}

    def case(edit):
        old = base()
        parameter(1)(old).update(required=True, schema=impossible)
        (diff,) = compare(old, edited(edit) if edit else {**base(), "paths": {}})
        return {finding.where: finding.verdict for finding in diff.findings}

    # No simplest request can be made, and every example begins with one.
    assert case(lambda d: d["paths"].clear()) == {"operation": "unknown"}
    assert case(adding(required=True))["query parameter since"] == "unknown"


def test_response_without_example_is_unknown():
    content = {"text/plain": {"schema": {"type": "string", "pattern": "^[a-f]{9}$"}}}
    answer = {"description": "", "content": content}

    added = edited(setting(lambda d: put(d)["responses"], **{"201": answer}))
    changed = edited(setting(lambda d: put(d)["responses"]["200"], **answer))
    also = edited(lambda d: put(d)["responses"]["200"]["content"].update(content))

    assert verdicts(base(), added) == {"status 201": "unknown"}
    assert verdicts(base(), changed) == {"status 200": "unknown"}
    assert verdicts(base(), also) == {"status 200, text/plain": "unknown"}


def test_request_body_without_example_is_unknown():
    optional = {"text/plain": {"schema": {"type": "string", "pattern": "^[a-f]{9}$"}}}
    old = edited(lambda d: put(d)["requestBody"]["content"].update(optional))

    assert verdicts(old, base()) == {"request body": "unknown"}


def test_unconfirmed_example_is_not_shown(monkeypatch):
    monkeypatch.setattr(_requests, "request_refusals", lambda *_: set())
    monkeypatch.setattr(_responses, "response_refusals", lambda *_: set())
    changed = edited(setting(field("size"), type="string"))

    assert verdicts(base(), changed) == {BODY: "unknown", ANSWER: "unknown"}


def test_scopes_are_compared():
    schemes = {"oauth": {"type": "oauth2", "flows": {}}, "id": {"type": "openIdConnect"}}

    def asking(**needed):
        document = base()
        document["components"]["securitySchemes"] = schemes
        put(document)["security"] = [needed]
        return document

    assert verdicts(asking(oauth=["read", "write"]), asking(oauth=["read"])) == {
        "security": "compatible"
    }
    assert verdicts(asking(oauth=["read"]), asking(oauth=["read", "write"])) == {
        "security": "breaking"
    }
    assert verdicts(asking(oauth=["read"]), asking(id=["read"])) == {"security": "breaking"}


def test_anonymous_request_that_becomes_unauthorised_breaks():
    (diff,) = compare(edited(setting(put, security=[{}, {"token": []}])), base())

    assert [finding.sentence for finding in diff.findings] == [
        "a request with no credentials is no longer accepted"
    ]
    example = diff.findings[0].example
    assert example is not None
    assert "credentials" not in example


def test_recursive_body_has_an_example():
    def document(kind):
        document = base()
        thing(document)["properties"].update(
            inner={"$ref": "#/components/schemas/Thing"}, size={"type": kind}
        )
        return document

    assert verdicts(document("integer"), document("string")) == {
        BODY: "breaking",
        ANSWER: "breaking",
    }


def test_body_without_content_type_is_ignored():
    empty = edited(setting(lambda d: put(d)["requestBody"], content={}))

    (diff,) = compare(empty, edited(lambda d: d["paths"].pop(PATH)))

    assert diff.findings[0].verdict == "breaking"
    example = diff.findings[0].example
    assert example is not None
    assert "body" not in example
    assert verdicts(empty, base()) == {"request body": "compatible"}
    # Without a body documented, none is asked for.
    assert (
        verdicts(edited(without(put, "requestBody")), edited(adding(required=True)))[
            "query parameter since"
        ]
        == "breaking"
    )
    optional = edited(setting(lambda d: put(d)["requestBody"], required=False))
    adding(required=True)(optional)
    assert verdicts(edited(without(put, "requestBody")), optional) == {
        "query parameter since": "breaking",
        "request body": "compatible",
    }
    assert sorted_verdicts(base(), empty) == [
        ("request body", "breaking"),
        ("request body", "compatible"),
    ]


def test_removed_and_breaking_parts_are_both_reported():
    fewer = edited(without(put, "requestBody"))
    adding(required=True)(fewer)
    added = edited(setting(lambda d: put(d)["responses"], **{"200": {"description": "OK"}}))
    put(added)["responses"]["200"]["headers"] = {
        "ETag": {"required": True, "schema": {"type": ["string", "null"]}}
    }

    assert verdicts(base(), fewer) == {
        "query parameter since": "breaking",
        "request body": "compatible",
    }
    bare = edited(lambda d: put(d)["responses"]["200"].pop("content"))
    assert verdicts(bare, added) == {"status 200, header ETag": "breaking"}


def test_response_example_has_only_documented_members():
    (operation,) = operations(base()).values()
    answer = operation.answers["200"]
    body = {"id": "a1b2c3d4-e5f6-4890-abcd-ef1234567890", "state": "new"}

    def sent(headers, content_type="application/json"):
        return response_is_sent(answer, Response(200, headers, content_type, body))

    assert sent({"etag": "a"})
    assert not sent({})
    assert not sent({"etag": "a", "age": "1"})
    assert not sent({"etag": 1})
    assert not sent({"etag": "a"}, "text/plain")


def test_parameter_missing_in_its_path_is_ignored():
    def adding_strays(document):
        stray = {"name": "other_id", "in": "path", "required": True, "schema": {"type": "string"}}
        put(document)["parameters"].insert(0, stray)

    assert verdicts(base(), edited(adding_strays)) == {}
    assert verdicts(edited(adding_strays), base()) == {}


def test_path_item_may_be_a_component():
    old, new = base(), base()
    new["components"]["pathItems"] = {"Thing": new["paths"][PATH]}
    new["paths"][PATH] = {"$ref": "#/components/pathItems/Thing"}

    assert verdicts(old, new) == {}


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
