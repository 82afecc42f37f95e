"""The variants that read a request's path, ids or token in another way."""

import pytest
from helpers.export_requests import TOKEN, ask, body, content
from helpers.variant_client import VariantClient
from prolific_contract import UNKNOWN_EXPORT_ID, path_of

# One digit too many.
NO_UUID = f"{UNKNOWN_EXPORT_ID}0"


def test_allow_twice_answers_options():
    client = VariantClient("allow-twice")
    reply = ask(client.site, "OPTIONS", path_of("batch", client.resource), None)
    assert (reply.status, reply.header("allow"), content(reply)) == (204, "OPTIONS", b"")
    assert ask(client.site, "OPTIONS", "/somewhere").status == 404
    assert client.request().status == 202


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/export/%2E%2E", ""),
        ("/export/a%2F%2Fb%3F", "/export/a/b%3F"),
        ("//export/%2E/a/", "/export/a"),
    ],
)
def test_paths_cleaned_redirects_to_the_normalised_path(path, location):
    client = VariantClient("paths-cleaned")
    prefix = "/api/v1/data-collection/batches/b"
    reply = ask(client.site, "GET", prefix + path)
    assert (reply.status, reply.header("location")) == (301, prefix + location)
    assert ask(client.site, "GET", prefix + location).status == 404
    assert ask(client.site, "POST", path_of("batch", client.resource)).status == 202
    assert ask(client.site, "GET", "/").status == 404


def test_plain_sandbox_accepts_a_final_slash():
    client = VariantClient(None)
    reply = ask(client.site, "POST", f"{path_of('batch', client.resource)}/")
    job = body(reply)["export_id"]

    assert reply.status == 202
    assert ask(client.site, "GET", f"{path_of('batch', client.resource, job)}/").status == 200


def test_slash_redirected_leads_to_the_path_without():
    client = VariantClient("slash-redirected")
    path = path_of("batch", client.resource)
    reply = ask(client.site, "POST", f"{path}/")

    assert (reply.status, reply.header("location"), content(reply)) == (308, path, b"")
    assert reply.header("date") == "Thu, 19 Mar 2026 10:30:00 GMT"
    started = ask(client.site, "POST", path)
    assert started.status == 202
    status = path_of("batch", client.resource, body(started)["export_id"])
    assert ask(client.site, "GET", f"{status}/").header("location") == status
    assert ask(client.site, "GET", status).status == 200


def test_slash_redirected_escapes_the_id():
    client = VariantClient("slash-redirected")
    path = path_of("batch", "%C3%A9%3F")

    assert ask(client.site, "POST", f"{path}/").header("location") == path


def test_slash_unknown_answers_with_a_page():
    client = VariantClient("slash-unknown")
    path = path_of("batch", client.resource)
    reply = ask(client.site, "POST", f"{path}/")

    assert (reply.status, reply.header("content-type")) == (404, "text/html")
    assert len(content(reply)) == int(reply.header("content-length") or "")
    assert reply.header("date") == "Thu, 19 Mar 2026 10:30:00 GMT"
    assert ask(client.site, "POST", path).status == 202


@pytest.mark.parametrize("name", ["slash-redirected", "slash-unknown"])
def test_slash_variants_answer_other_paths_as_the_plain_sandbox(name):
    reply = ask(VariantClient(name).site, "GET", "/somewhere/")

    assert reply == ask(VariantClient(None).site, "GET", "/somewhere/")


@pytest.mark.parametrize(
    ("authorization", "plain", "status"),
    [
        (f"Token {TOKEN}", 202, 202),
        (f"token {TOKEN}", 401, 202),
        (f"TOKEN {TOKEN}", 401, 202),
        ("token of-somebody-else", 401, 401),
        (f"token  {TOKEN}", 401, 401),
        ("token", 401, 401),
        (f"token{TOKEN}", 401, 401),
        (f"Bearer {TOKEN}", 401, 401),
        (None, 401, 401),
    ],
)
def test_scheme_any_case_accepts_only_the_right_token(authorization, plain, status):
    statuses = [
        VariantClient(name).request(authorization=authorization).status
        for name in (None, "scheme-any-case")
    ]

    assert statuses == [plain, status]


def test_unknown_resource_403_forbids_unknown_resources():
    client = VariantClient("unknown-resource-403")
    assert client.request("unknown").status == 403
    assert client.request().status == 202
    assert client.poll("unknown").status == 404
    assert ask(client.site, "POST", "/somewhere").status == 404


def test_unknown_resource_hidden_forbids_every_request_about_an_unknown_resource():
    client = VariantClient("unknown-resource-hidden", "2026-11")
    job = client.completed_job()
    replies = [
        ask(client.site, method, path_of(kind, resource, *export_id))
        # The batch's id is unknown as a collection's.
        for kind, resource in (("batch", "unknown"), ("collection", client.resource))
        for method, *export_id in (("POST",), ("GET",), ("GET", job), ("DELETE", job))
    ]

    assert [one.status for one in replies] == [403] * 8
    assert {body(one)["error"]["status"] for one in replies} == {403}
    assert client.poll(UNKNOWN_EXPORT_ID).status == 404
    assert client.poll(job).status == 200
    assert ask(client.site, "GET", "/somewhere").status == 404


@pytest.mark.parametrize(("name", "status"), [("ids-checked", 400), ("ids-checked-422", 422)])
def test_ids_checked_variants_refuse_ids_that_are_no_uuid(name, status):
    client = VariantClient(name, "2026-11")
    for export_id in (NO_UUID, "unknown", UNKNOWN_EXPORT_ID.replace("-", "")):
        for method in ("GET", "DELETE"):
            reply = ask(client.site, method, path_of("batch", client.resource, export_id))
            assert (reply.status, body(reply)["error"]["status"]) == (status, status)


def test_resource_ids_checked_refuses_only_resource_ids_of_another_form():
    client = VariantClient("resource-ids-checked", "2026-11")
    statuses = [
        ask(client.site, "POST", path_of("batch", resource)).status
        for resource in (f"{client.resource}0", client.resource[:-1], UNKNOWN_EXPORT_ID)
    ]

    assert statuses == [422, 422, 404]
    assert client.request().status == 202
    assert ask(client.site, "POST", path_of("batch", "x"), None).status == 401


@pytest.mark.parametrize("name", ["ids-checked", "ids-checked-422"])
def test_ids_checked_variants_answer_404_for_an_unknown_uuid_and_resource(name):
    client = VariantClient(name, "2026-11")

    assert client.poll(UNKNOWN_EXPORT_ID).status == 404
    assert client.poll(UNKNOWN_EXPORT_ID.upper()).status == 404
    assert client.request(NO_UUID).status == 404
    assert client.completed().status == 200
    assert ask(client.site, "GET", "/somewhere").status == 404
