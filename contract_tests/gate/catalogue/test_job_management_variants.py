"""The variants where jobs are listed, deleted, filtered or limited in number."""

import gzip
import json
from datetime import timedelta

import pytest
from helpers.export_requests import BASE, GENERATION, ask, body, content, settings_for
from prolific_contract import UNKNOWN_STUDY_IDS, path_of
from prolific_contract.sandbox import ManualClock
from prolific_contract.sandbox.variants import VARIANTS, VariantSite
from prolific_exports._model._timestamps import parse_timestamp

UNKNOWN = "00000000-0000-4000-8000-000000000000"


class VariantJobClient:
    """Lists, deletes and filters jobs of a batch at a variant."""

    def __init__(self, name):
        self.clock = ManualClock()
        given = settings_for("2026-11")
        self.resource = given.id_of("batch")
        self.site = VariantSite(VARIANTS[name], given, self.clock)

    def ask(self, method, *job, query=""):
        return ask(self.site, method, f"{path_of('batch', self.resource, *job)}?{query}")

    def start(self, query=""):
        return body(self.ask("POST", query=query))["export_id"]

    def jobs(self):
        return body(self.ask("GET"))


def started(name):
    """The client and its list: a job with a filter that is generating, and one that has ended."""
    client = VariantJobClient(name)
    client.start()
    client.clock.advance(GENERATION)
    client.start("from=2015-01-01T00:00:00Z&study_id=a")
    return client, client.jobs()


@pytest.mark.parametrize(
    ("name", "created_at", "begin"),
    [
        ("times-east", "2026-03-19T16:00:10+05:30", "2015-01-01T05:30:00+05:30"),
        ("times-small", "2026-03-19t10:30:10z", "2015-01-01t00:00:00z"),
        ("times-micro", "2026-03-19T10:30:10.123456Z", "2015-01-01T00:00:00Z"),
    ],
)
def test_listed_times_use_another_format_with_equal_filters(name, created_at, begin):
    _, (filtered, plain) = started(name)

    assert filtered["created_at"] == created_at
    assert filtered["filter"] == {"study_id": "a", "from": begin}
    assert plain["filter"] is None


def test_listed_ids_in_capitals_can_be_deleted():
    client, (_, plain) = started("ids-upper")

    assert plain["export_id"].isupper()
    assert client.ask("DELETE", plain["export_id"]).status == 204


@pytest.mark.parametrize(
    ("name", "begins"),
    [("json-pretty", b'[\n    {\n        "created_at"'), ("json-compact", b'[{"created_at"')],
)
def test_json_formatting_variant_formats_lists(name, begins):
    client = VariantJobClient(name)
    client.start()

    assert content(client.ask("GET")).startswith(begins)


def test_response_without_body_is_not_compressed():
    client = VariantJobClient("gzip")
    job = json.loads(gzip.decompress(content(client.ask("POST"))))["export_id"]
    client.clock.advance(GENERATION)
    reply = client.ask("DELETE", job)

    assert (reply.status, reply.body, reply.header("content-encoding")) == (204, b"", None)


def test_response_without_body_is_not_chunked():
    client = VariantJobClient("chunked")
    job = client.start()
    client.clock.advance(GENERATION)

    assert client.ask("DELETE", job).header("transfer-encoding") is None


def test_list_described_adds_members():
    _, (filtered, plain) = started("list-described")

    assert filtered["filter"]["cohort"] == "a"
    assert (plain["filter"], plain["size"]) == (None, None)


def test_missing_filter_is_left_out_or_empty():
    _, (filtered, plain) = started("list-filter-absent")
    assert "filter" not in plain
    assert filtered["filter"]["study_id"] == "a"

    _, (filtered, plain) = started("list-filter-empty")
    assert plain["filter"] == {}
    assert filtered["filter"]["study_id"] == "a"

    _, (filtered, plain) = started("list-filter-nulls")
    assert plain["filter"] == {"study_id": None, "from": None, "to": None}
    assert filtered["filter"]["study_id"] == "a"


def test_list_clock_behind_lists_jobs_as_created_four_minutes_ago():
    _, listed = started("list-clock-behind")
    _, clean = started("list-filter-empty")

    behind = [parse_timestamp(job["created_at"]).moment for job in listed]
    assert behind == [
        parse_timestamp(job["created_at"]).moment - timedelta(minutes=4) for job in clean
    ]


def test_list_words_lists_states_under_other_words():
    _, listed = started("list-words")

    assert [job["status"] for job in listed] == ["IN_PROGRESS", "ready"]


def test_list_behind_shows_a_change_two_seconds_later():
    client = VariantJobClient("list-behind")
    job = client.start()
    assert client.jobs() == []

    client.clock.advance(2)
    assert [one["status"] for one in client.jobs()] == ["generating"]
    client.clock.advance(GENERATION - 1)
    assert [one["status"] for one in client.jobs()] == ["generating"]
    client.clock.advance(1)
    assert [one["status"] for one in client.jobs()] == ["complete"]
    assert client.ask("DELETE", job).status == 204
    client.clock.advance(1.9)
    assert len(client.jobs()) == 1
    client.clock.advance(0.1)
    assert client.jobs() == []
    assert ask(client.site, "GET", "/somewhere").status == 404


@pytest.mark.parametrize("study_id", UNKNOWN_STUDY_IDS)
def test_studies_checked_refuses_a_study_that_does_not_exist(study_id):
    client = VariantJobClient("studies-checked")

    assert client.ask("POST", query=f"study_id={study_id}").status == 404
    assert client.jobs() == []
    assert client.start("study_id=a")
    assert ask(client.site, "GET", "/somewhere").status == 404


@pytest.mark.parametrize(
    ("name", "status", "text"),
    [("delete-200", 200, None), ("delete-202", 202, b"gone")],
)
def test_deletion_succeeds_with_another_status(name, status, text):
    client, (generating, ended) = started(name)
    job = ended["export_id"]
    reply = client.ask("DELETE", job)

    assert reply.status == status
    assert content(reply) == (text or json.dumps({"export_id": job}).encode())
    assert [client.ask(method, job).status for method in ("GET", "DELETE")] == [404, 404]
    assert client.ask("DELETE", generating["export_id"]).status == 409


@pytest.mark.parametrize(
    ("name", "polled", "fetched"),
    [("deleted-failed", 200, 404), ("deleted-archives-stay", 404, 200)],
)
def test_deleted_job_remains_as_failed_or_keeps_its_archive(name, polled, fetched):
    client, (generating, ended) = started(name)
    url = body(client.ask("GET", ended["export_id"]))["url"]
    assert url.startswith(BASE)
    assert client.ask("DELETE", generating["export_id"]).status == 409
    assert client.ask("DELETE", ended["export_id"]).status == 204
    reply = client.ask("GET", ended["export_id"])

    assert reply.status == polled
    assert reply.status == 404 or body(reply) == {"status": "failed"}
    assert ask(client.site, "GET", url, None).status == fetched
    assert [job["export_id"] for job in client.jobs()] == [generating["export_id"]]
    assert client.ask("GET", UNKNOWN).status == 404
    assert ask(client.site, "GET", path_of("batch", "another", ended["export_id"])).status == 404
    assert ask(client.site, "GET", "/store/exports/none.zip", None).status == 403
    assert ask(client.site, "GET", "/somewhere").status == 404


def test_used_by_others_lists_jobs_of_other_clients():
    client = VariantJobClient("used-by-others")
    listed = client.jobs()

    assert [job["filter"] for job in listed] == [
        {"study_id": "study-2"},
        {"study_id": "study-1"},
        None,
    ]
    assert {job["status"] for job in listed} == {"complete"}
    assert client.start() not in {job["export_id"] for job in listed}
    assert len(client.jobs()) == 4
    assert ask(client.site, "GET", "/somewhere").status == 404
    assert ask(client.site, "GET", path_of("batch", "unknown")).status == 404


@pytest.mark.parametrize("status", [400, 403, 409, 422, 429])
def test_eleventh_job_is_refused_with_the_variants_status(status):
    client = VariantJobClient(f"limit-{status}")
    for number in range(10):
        client.start(f"study_id={number}")

    assert client.ask("POST").status == status


def test_ready_between_completes_a_job_just_before_its_deletion():
    client = VariantJobClient("ready-between")
    first = client.start()
    for _ in range(4):
        assert body(client.ask("GET", first))["status"] == "generating"
    assert client.ask("DELETE", first).status == 204
    second = client.start()
    assert client.ask("DELETE", second).status == 409
    client.clock.advance(GENERATION)
    for _ in range(5):
        assert body(client.ask("GET", second))["status"] == "complete"
    assert ask(client.site, "GET", "/somewhere").status == 404


def test_delete_behind_refuses_to_delete_for_a_moment_after_the_end():
    client = VariantJobClient("delete-behind")
    job = client.start()
    statuses = []
    for seconds in (0.0, GENERATION, 0.5, 0.5):
        client.clock.advance(seconds)
        assert client.ask("GET", job).status == 200
        statuses.append(client.ask("DELETE", job).status)

    assert statuses == [409, 409, 409, 204]
    assert client.ask("DELETE", UNKNOWN).status == 404


def test_almost_full_has_nine_jobs_of_others():
    client = VariantJobClient("almost-full")
    assert len(client.jobs()) == 9
    client.start()
    assert client.ask("POST", query="study_id=mine").status == 409


@pytest.mark.parametrize(
    ("name", "status", "retry_after"),
    [("limited-at-first", 429, None), ("unavailable-at-first", 503, "1")],
)
def test_at_first_variants_ask_to_repeat_requests_for_a_while(name, status, retry_after):
    client = VariantJobClient(name)
    refused = client.ask("POST")
    client.clock.advance(49)
    assert client.ask("GET").status == status
    client.clock.advance(1)

    assert (refused.status, refused.header("Retry-After")) == (status, retry_after)
    assert client.ask("POST").status == 202


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("known-later", [404, 404, 404, 200, 200]),
        ("known-later-in-part", [200, 404, 200, 200, 200]),
    ],
)
def test_known_later_variants_know_a_new_job_after_two_seconds(name, statuses):
    client = VariantJobClient(name)
    job = client.start()
    found = []
    for seconds in (0.0, 0.5, 0.5, 1.0, 0.0):
        client.clock.advance(seconds)
        found.append(client.ask("GET", job).status)

    assert found == statuses
    assert [one["export_id"] for one in client.jobs()] == [job]
    assert client.ask("GET", UNKNOWN).status == 404
