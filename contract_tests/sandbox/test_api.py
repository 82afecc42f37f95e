"""The export operations, without HTTP."""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from prolific_contract import EDITIONS, KINDS, PATH_SEGMENTS
from prolific_contract.sandbox import Fate, SandboxResource

from sandbox.site_client import BASE_URL, read_json

UNKNOWN = "0192a3b4-0000-4000-8000-000000000000"


def assert_error(reply, status):
    """It is the documented envelope, and returns its error."""
    body = read_json(reply)
    assert list(body) == ["error"]
    assert reply.header("Content-Type") == "application/json"
    error = body["error"]
    assert reply.status == error["status"] == status
    assert isinstance(error["error_code"], int)
    assert error["title"]
    assert error["detail"]
    return error


@pytest.mark.parametrize("edition", EDITIONS)
def test_new_job_is_answered_202_and_generating(open_client, kind, edition):
    client = open_client(edition=edition)
    reply = client.request(kind, client.site.settings.id_of(kind))
    body = read_json(reply)

    assert reply.status == 202
    assert reply.header("Content-Type") == "application/json"
    assert reply.header("Content-Length") == str(len(reply.body))
    assert body == {"status": "generating", "export_id": body["export_id"]}
    assert str(UUID(body["export_id"])) == body["export_id"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_slash_at_end_of_path_makes_no_difference(open_client, kind, edition):
    client = open_client(edition=edition)
    path = f"{PATH_SEGMENTS[kind]}/{client.site.settings.id_of(kind)}/export"

    requested = client.api("POST", f"{path}/")
    job = f"{path}/{read_json(requested)['export_id']}"

    assert requested.status == 202
    assert read_json(client.api("POST", path)) == read_json(requested)
    for method, one in (("GET", path), ("GET", job), ("PATCH", job), ("DELETE", job)):
        assert client.api(method, f"{one}/").status == client.api(method, one).status
    assert client.api("GET", f"{job}//").status == 404


@pytest.mark.parametrize("edition", EDITIONS)
def test_request_while_generating_returns_the_same_job(open_client, kind, edition):
    client = open_client(edition=edition)
    first = client.request(kind, client.site.settings.id_of(kind))
    second = client.request(kind, client.site.settings.id_of(kind))

    assert second.status == 202
    assert read_json(second) == read_json(first)


def test_edition_2026_03_answers_a_request_for_a_complete_export_with_its_url(client, kind):
    complete = client.complete(kind)
    reply = client.request(kind, client.site.settings.id_of(kind))

    assert reply.status == 200
    assert read_json(reply) == complete


def test_edition_2026_11_starts_a_job_even_if_an_export_is_complete(open_client, kind):
    client = open_client(edition="2026-11", generation_seconds=0)
    client.complete(kind)
    reply = client.request(kind, client.site.settings.id_of(kind))

    assert reply.status == 202
    assert read_json(reply)["status"] == "generating"


def test_job_is_generating_until_its_time_has_passed(open_client, kind):
    client = open_client(generation_seconds=3)
    resource_id = client.site.settings.id_of(kind)
    generating = read_json(client.request(kind, resource_id))
    client.clock.advance(2.999)
    still = client.status(kind, resource_id, generating["export_id"])
    client.clock.advance(0.001)
    done = client.status(kind, resource_id, generating["export_id"])

    assert (still.status, read_json(still)) == (200, generating)
    assert (done.status, read_json(done)["status"]) == (200, "complete")


@pytest.mark.parametrize(
    ("settings", "hours"),
    [
        ({"edition": "2026-03"}, 24),
        ({"edition": "2026-11"}, 1),
        ({"url_lifetime_seconds": 7200}, 2),
    ],
)
def test_complete_job_has_a_presigned_url_and_its_expiry(open_client, kind, settings, hours):
    client = open_client(**settings)
    client.clock.advance(0.75)
    body = client.complete(kind)

    assert list(body) == ["status", "url", "expires_at"]
    assert body["url"].startswith(f"{BASE_URL}/store/")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["expires_at"])
    query = parse_qs(urlsplit(body["url"]).query)
    signed_at = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
    expires_at = datetime.fromisoformat(body["expires_at"])
    assert query["X-Amz-Expires"] == [str(hours * 3600)]
    assert (expires_at - signed_at).total_seconds() == hours * 3600
    assert signed_at == client.clock.now().replace(microsecond=0)


def test_each_status_request_gets_a_fresh_url(client, kind):
    resource_id = client.site.settings.id_of(kind)
    export_id = read_json(client.request(kind, resource_id))["export_id"]
    client.clock.advance(3)
    first = read_json(client.status(kind, resource_id, export_id))
    client.clock.advance(86_400)
    second = read_json(client.status(kind, resource_id, export_id))

    assert first["url"] != second["url"]
    assert first["expires_at"] < second["expires_at"]
    expired, fresh = (
        client.call("GET", body["url"].removeprefix(BASE_URL)).status for body in (first, second)
    )
    assert (expired, fresh) == (403, 200)


def test_failed_job_has_only_its_status(client, kind):
    resource_id = client.site.settings.id_of(kind, Fate.FAILS)
    export_id = read_json(client.request(kind, resource_id))["export_id"]
    client.clock.advance(3)
    reply = client.status(kind, resource_id, export_id)

    assert (reply.status, read_json(reply)) == (200, {"status": "failed"})


def test_vanished_archive_fails_its_job_and_its_url_is_404(client, kind):
    resource_id = client.site.settings.id_of(kind, Fate.VANISHES)
    export_id = read_json(client.request(kind, resource_id))["export_id"]
    client.clock.advance(3)
    url = read_json(client.status(kind, resource_id, export_id))["url"].removeprefix(BASE_URL)
    present = client.call("GET", url)
    client.clock.advance(3)
    gone = client.call("GET", url)

    assert (present.status, gone.status) == (200, 404)
    assert b"<Code>NoSuchKey</Code>" in gone.body
    assert read_json(client.status(kind, resource_id, export_id)) == {"status": "failed"}
    assert client.request(kind, resource_id).status == 202


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Token",
        "Token ",
        "Token  sandbox-token",
        "Token sandbox-token x",
        "token sandbox-token",
        "Bearer sandbox-token",
        "sandbox-token",
        "Token sandbox-tokem",
        "Token tökén",
    ],
)
@pytest.mark.parametrize("path", ["export", "export/x"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_operation_without_the_token_is_401(open_client, kind, edition, path, authorization):
    client = open_client(edition=edition)
    url = f"/api/v1/data-collection/{PATH_SEGMENTS[kind]}/{client.site.settings.id_of(kind)}/{path}"
    headers = {} if authorization is None else {"authorization": authorization}
    for method in ("GET", "POST", "DELETE"):
        reply = client.call(method, url, **headers)

        assert_error(reply, 401)
        assert reply.header("WWW-Authenticate") == "Token"


def test_401_explains_the_problem_without_repeating_the_token(client):
    url = "/api/v1/data-collection/batches/x/export"
    details = [
        assert_error(client.call("POST", url, **headers), 401)["detail"]
        for headers in ({}, {"authorization": "secret"}, {"authorization": "Token secret"})
    ]

    assert len(set(details)) == 3
    assert not any("secret" in detail for detail in details)


def test_token_is_taken_from_the_settings(open_client, kind):
    client = open_client(token="another")

    assert client.request(kind, client.site.settings.id_of(kind)).status == 202


def test_forbidden_resource_is_403_on_post_and_404_on_get(client, kind):
    resource_id = client.site.settings.id_of(kind, Fate.FORBIDDEN)

    assert_error(client.request(kind, resource_id), 403)
    assert_error(client.status(kind, resource_id, UNKNOWN), 404)


def test_unknown_resource_is_404(client, kind):
    assert_error(client.request(kind, UNKNOWN), 404)
    assert_error(client.status(kind, UNKNOWN, UNKNOWN), 404)


def test_unknown_job_is_404(client, kind):
    assert_error(client.status(kind, client.site.settings.id_of(kind), UNKNOWN), 404)


def test_job_is_404_under_another_resource_or_kind(open_client):
    resources = [SandboxResource(kind, id_) for kind in KINDS for id_ in ("one", "two")]
    client = open_client(resources=resources)
    export_id = read_json(client.request("batch", "one"))["export_id"]

    assert client.status("batch", "one", export_id).status == 200
    assert_error(client.status("batch", "two", export_id), 404)
    assert_error(client.status("collection", "one", export_id), 404)


@pytest.mark.parametrize(
    ("edition", "path", "allowed"),
    [
        ("2026-03", "export", "POST"),
        ("2026-03", "export/x", "GET, HEAD"),
        ("2026-11", "export", "GET, HEAD, POST"),
        ("2026-11", "export/x", "DELETE, GET, HEAD"),
    ],
)
def test_unsupported_methods_are_405(open_client, kind, edition, path, allowed):
    client = open_client(edition=edition)
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"}
    for method in sorted(methods - set(allowed.split(", "))):
        reply = client.api(
            method, f"{PATH_SEGMENTS[kind]}/{client.site.settings.id_of(kind)}/{path}"
        )

        assert_error(reply, 405)
        assert reply.header("Allow") == allowed


def test_head_of_a_job_is_answered_like_get(client, kind):
    resource_id = client.site.settings.id_of(kind)
    export_id = read_json(client.request(kind, resource_id))["export_id"]
    path = f"{PATH_SEGMENTS[kind]}/{resource_id}/export/{export_id}"

    assert client.api("HEAD", path) == client.api("GET", path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/store",
        "/api/v1/data-collection/datasets",
        "/api/v1/data-collection/collections/x/export//",
        "/api/v1/data-collection/collections/x/export/y/z",
        "/api/v1/data-collection/collections//export",
        "/api/v1/data-collection/datasets/x/export",
        "/api/v2/data-collection/collections/x/export",
        "/prefix/api/v1/data-collection/collections/x/export",
    ],
)
def test_other_paths_are_404_with_or_without_the_token(client, path):
    assert_error(client.call("GET", path), 404)
    assert_error(client.call("POST", path, authorization="Token sandbox-token"), 404)


def test_every_response_has_the_clocks_date(client):
    client.clock.advance(86_400)

    for url in ("/", "/store/x", client.presigned_url()):
        assert client.call("GET", url).header("Date") == client.clock.now().strftime(
            "%a, %d %b %Y %H:%M:%S GMT"
        )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_built_contract_is_served_without_a_token(client, method):
    reply = client.call(method, "/openapi.json")

    assert reply.status == 200
    assert "/api/v1/data-collection/batches/{batch_id}/export" in read_json(reply)["paths"]
    assert client.call("POST", "/openapi.json").status == 404


@pytest.mark.parametrize(
    ("edition", "methods"), [("2026-03", {"post"}), ("2026-11", {"get", "post"})]
)
def test_served_contract_is_of_its_edition(open_client, edition, methods):
    served = read_json(open_client(edition=edition).call("GET", "/openapi.json"))

    assert set(served["paths"]["/api/v1/data-collection/batches/{batch_id}/export"]) == methods


def test_reset_removes_jobs_and_archives_and_never_repeats_an_id(client, kind):
    resource_id = client.site.settings.id_of(kind)
    export_id = read_json(client.request(kind, resource_id))["export_id"]
    url = client.presigned_url(kind)
    stored = client.call("GET", url).body.path
    client.site.reset()

    assert_error(client.status(kind, resource_id, export_id), 404)
    assert client.call("GET", url).status == 404
    assert not stored.exists()
    assert read_json(client.request(kind, resource_id))["export_id"] != export_id


def test_reset_replaces_the_archives(client):
    before = client.site.archives

    client.site.reset()

    assert client.site.archives is not before


def test_reset_takes_new_settings(client, kind):
    client.site.reset(type(client.site.settings)(edition="2026-11", token="new"))

    assert client.site.settings.edition == "2026-11"
    assert client.request(kind, client.site.settings.id_of(kind)).status == 202
