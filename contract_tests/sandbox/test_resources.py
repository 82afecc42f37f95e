"""Workspaces, collections and batches of the sandbox, consistent with its archives."""

import io
import json
import zipfile

import jsonschema_rs
import pytest
from prolific_contract import EDITIONS, PATH_SEGMENTS
from prolific_contract.sandbox import WORKSPACES, Fate, SandboxResource
from prolific_contract.spec import load_contract

from sandbox.site_client import BASE_URL, read_file, read_json
from sandbox.test_api import UNKNOWN, assert_error

WORKSPACE = WORKSPACES[0].id


def is_valid(path, body):
    contract = load_contract()
    response = contract["paths"][path]["get"]["responses"]["200"]
    schema = {
        **response["content"]["application/json"]["schema"],
        "components": contract["components"],
    }
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(body)


def list_of(client, kind, **query):
    parameters = "&".join(f"{name}={value}" for name, value in query.items())
    return client.api("GET", f"{PATH_SEGMENTS[kind]}?{parameters}")


def workspaces(client, query=""):
    token = f"Token {client.site.settings.token}"
    return client.call("GET", f"/api/v1/workspaces/{query}", authorization=token)


@pytest.mark.parametrize("edition", EDITIONS)
def test_workspaces_are_listed(open_client, edition):
    body = read_json(workspaces(open_client(edition=edition)))

    assert is_valid("/api/v1/workspaces/", body)
    assert [one["id"] for one in body["results"]] == [one.id for one in WORKSPACES]
    assert body["meta"] == {"count": len(WORKSPACES)}


@pytest.mark.parametrize("edition", EDITIONS)
def test_list_has_the_resources_with_access(open_client, kind, edition):
    client = open_client(edition=edition)
    body = read_json(list_of(client, kind, workspace_id=WORKSPACE))

    assert is_valid(f"/api/v1/data-collection/{PATH_SEGMENTS[kind]}", body)
    assert [one["id"] for one in body["results"]] == [
        resource.id
        for resource in client.site.settings.resources
        if resource.kind == kind and resource.fate is not Fate.FORBIDDEN
    ]
    assert {one["workspace_id"] for one in body["results"]} == {WORKSPACE}


def test_resource_belongs_to_its_workspace_only(open_client, kind):
    other = SandboxResource(kind, "elsewhere", workspace_id=WORKSPACES[1].id)
    client = open_client(resources=(SandboxResource(kind, "here"), other))

    found = [
        [one["id"] for one in read_json(list_of(client, kind, workspace_id=one.id))["results"]]
        for one in WORKSPACES
    ]

    assert found == [["here"], ["elsewhere"]]


def test_list_without_workspace_is_400(open_client, kind):
    error = assert_error(list_of(open_client(), kind), 400)

    assert list(error["detail"]) == ["workspace_id"]


def test_list_of_an_unknown_workspace_is_404(open_client, kind):
    assert_error(list_of(open_client(), kind, workspace_id=UNKNOWN), 404)


@pytest.mark.parametrize(
    ("query", "first", "stop"),
    [
        ({}, 0, 5),
        ({"limit": 2}, 0, 2),
        ({"limit": 2, "offset": 3}, 3, 5),
        ({"offset": 4}, 4, 5),
        ({"offset": 9}, 5, 5),
        ({"limit": 200}, 0, 5),
    ],
)
def test_limit_and_offset_select_a_page(open_client, kind, query, first, stop):
    client = open_client()
    whole = read_json(list_of(client, kind, workspace_id=WORKSPACE))["results"]
    body = read_json(list_of(client, kind, workspace_id=WORKSPACE, **query))

    assert len(whole) == 5
    assert body == {"results": whole[first:stop], "meta": {"count": 5}}


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=-1", "?limit=x", "?offset=-1", "?offset=", "?limit=\u00b2"]
)
def test_page_that_is_not_a_number_is_400(open_client, query):
    error = assert_error(workspaces(open_client(), query), 400)

    assert list(error["detail"]) == [query[1:].partition("=")[0]]


def test_page_of_an_empty_list_is_empty(open_client, kind):
    body = read_json(list_of(open_client(), kind, workspace_id=WORKSPACES[1].id))

    assert body == {"results": [], "meta": {"count": 0}}


def test_resource_has_the_instructions_of_its_archive(open_client, kind):
    client = open_client(submissions=4)
    resource_id = client.site.settings.id_of(kind)
    body = read_json(client.api("GET", f"{PATH_SEGMENTS[kind]}/{resource_id}"))
    url = client.complete(kind)["url"].removeprefix(BASE_URL)
    with zipfile.ZipFile(io.BytesIO(read_file(client.call("GET", url)))) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(f"/{kind}.json"))
        content = json.loads(archive.read(metadata))
        tasks = [
            len(archive.read(name).splitlines())
            for name in archive.namelist()
            if name.endswith("by-task.jsonl")
        ]

    path = f"/api/v1/data-collection/{PATH_SEGMENTS[kind]}/{{{kind}_id}}"
    assert is_valid(path, body)
    assert (body["id"], body["name"]) == (content[f"{kind}_id"], content["name"])
    assert [
        {key: one[key] for key in given}
        for one, given in zip(items_of(kind, body), content["instructions"], strict=True)
    ] == content["instructions"]
    assert [body["total_task_count"]] == tasks if kind == "batch" else body["item_count"] == 1


def items_of(kind, body):
    if kind == "collection":
        return [item for page in body["collection_items"] for item in page["page_items"]]
    return [
        item
        for page in body["batch_items"]
        for row in page["rows"]
        for column in row["columns"]
        for item in column["items"]
    ]


def test_options_include_every_answer(open_client, kind):
    client = open_client()
    resource_id = client.site.settings.id_of(kind)
    items = items_of(kind, read_json(client.api("GET", f"{PATH_SEGMENTS[kind]}/{resource_id}")))
    by_type = {item["type"]: item for item in items}

    assert by_type["multiple_choice"]["answer_limit"] >= 1
    assert all(option["heading"] for option in by_type["multiple_choice_with_free_text"]["options"])
    assert "heading" not in by_type["multiple_choice"]["options"][0]
    units = by_type["free_text_with_unit"]
    assert units["default_unit"] in {unit["value"] for unit in units["unit_options"]}
    assert by_type["file_upload"]["max_file_count"] > 0


@pytest.mark.parametrize("path", ["", "/{}", "/"])
def test_requests_need_the_token(open_client, kind, path):
    client = open_client()
    url = f"/api/v1/data-collection/{PATH_SEGMENTS[kind]}{path}".format(
        client.site.settings.id_of(kind)
    )

    assert_error(client.call("GET", url), 401)
    assert_error(client.call("GET", url, authorization="Token other"), 401)


def test_other_methods_are_405(open_client, kind):
    client = open_client()
    for path in ("", f"/{client.site.settings.id_of(kind)}"):
        reply = client.api("POST", f"{PATH_SEGMENTS[kind]}{path}")
        assert_error(reply, 405)
        assert reply.header("Allow") == "GET, HEAD"


def test_unknown_and_forbidden_resources_are_404(open_client, kind):
    client = open_client()
    for resource_id in (UNKNOWN, client.site.settings.id_of(kind, Fate.FORBIDDEN)):
        assert_error(client.api("GET", f"{PATH_SEGMENTS[kind]}/{resource_id}"), 404)
