"""Edits of operations: parameters, bodies, statuses and scopes."""

import pytest
from helpers.contract_edits import (
    adding,
    edited,
    parameter,
    setting,
    sorted_verdicts,
    verdicts,
    without,
)
from prolific_contract.diff import compare

from diff.documents import PATH, base, put, schemas, thing

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
