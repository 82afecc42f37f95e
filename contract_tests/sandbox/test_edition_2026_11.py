"""What edition 2026-11 adds: jobs that are listed, deleted, filtered and limited in number."""

import io
import json
import zipfile
from datetime import datetime

import pytest
from prolific_contract import JOB_LIMIT, KINDS, PATH_SEGMENTS
from prolific_contract.sandbox import LIMIT_STATUSES, STUDIES, Fate, SandboxResource

from sandbox.site_client import BASE_URL, read_file, read_json
from sandbox.test_api import UNKNOWN, assert_error


@pytest.fixture
def client(open_client):
    return open_client(edition="2026-11", generation_seconds=3, submissions=40, files=6)


def ids_of(reply):
    return [job["export_id"] for job in read_json(reply)]


def started(client, kind, resource_id=None, **conditions):
    """The id of the job that a request gets."""
    reply = client.request(kind, resource_id or client.site.settings.id_of(kind), **conditions)
    assert reply.status == 202
    return read_json(reply)["export_id"]


def records(client, kind, **conditions):
    """The records of the archive that a request leads to, and the names of its uploads."""
    resource_id = client.site.settings.id_of(kind)
    export_id = started(client, kind, **conditions)
    client.clock.advance(3)
    url = read_json(client.status(kind, resource_id, export_id))["url"].removeprefix(BASE_URL)
    with zipfile.ZipFile(io.BytesIO(read_file(client.call("GET", url)))) as archive:
        content = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    suffix = "" if kind == "collection" else "-by-submission"
    uploads = {name for name in content if name.startswith("files/")}
    return lines(content[f"responses{suffix}.jsonl"]), uploads, content


def lines(content):
    return [json.loads(line) for line in content.split(b"\n")[:-1]]


def test_list_without_jobs_is_empty(client, kind):
    reply = client.jobs(kind, client.site.settings.id_of(kind))

    assert (reply.status, read_json(reply)) == (200, [])


def test_list_has_every_job_newest_first(client, kind):
    resource_id = client.site.settings.id_of(kind)
    first = started(client, kind)
    client.clock.advance(2)
    second = started(
        client,
        kind,
        study_id="a study",
        from_="2026-03-01T00:00:00Z",
        to="2026-03-02T01:00:00.5+01:00",
    )
    client.clock.advance(1)

    assert read_json(client.jobs(kind, resource_id)) == [
        {
            "export_id": second,
            "filter": {
                "study_id": "a study",
                "from": "2026-03-01T00:00:00Z",
                "to": "2026-03-02T00:00:00.500000Z",
            },
            "status": "generating",
            "created_at": "2026-03-19T10:30:02Z",
        },
        {
            "export_id": first,
            "filter": None,
            "status": "complete",
            "created_at": "2026-03-19T10:30:00Z",
        },
    ]


@pytest.mark.parametrize("path", ["", "?study_id=another"])
def test_head_of_a_list_is_answered_like_get(client, kind, path):
    started(client, kind)
    path = f"{PATH_SEGMENTS[kind]}/{client.site.settings.id_of(kind)}/export{path}"

    assert client.api("HEAD", path) == client.api("GET", path)


def test_list_has_failed_jobs_and_only_those_of_its_resource(open_client):
    resources = [
        SandboxResource("batch", "one", Fate.FAILS),
        SandboxResource("batch", "two"),
        SandboxResource("collection", "one"),
    ]
    client = open_client(edition="2026-11", resources=resources)
    failing = started(client, "batch", "one")
    started(client, "batch", "two")
    started(client, "collection", "one")
    client.clock.advance(3)
    listed = read_json(client.jobs("batch", "one"))

    assert [(job["export_id"], job["status"]) for job in listed] == [(failing, "failed")]


def test_deleted_job_is_removed_from_list_status_and_store(client, kind):
    resource_id = client.site.settings.id_of(kind)
    kept = started(client, kind)
    client.clock.advance(3)
    export_id = started(client, kind)
    client.clock.advance(3)
    url = read_json(client.status(kind, resource_id, export_id))["url"].removeprefix(BASE_URL)
    reply = client.delete(kind, resource_id, export_id)

    assert (reply.status, reply.body, reply.header("Content-Type")) == (204, b"", None)
    assert ids_of(client.jobs(kind, resource_id)) == [kept]
    assert_error(client.status(kind, resource_id, export_id), 404)
    assert_error(client.delete(kind, resource_id, export_id), 404)
    gone = client.call("GET", url)
    assert gone.status == 404
    assert b"<Code>NoSuchKey</Code>" in gone.body
    assert client.status(kind, resource_id, kept).status == 200


def test_generating_job_is_not_deleted(client, kind):
    resource_id = client.site.settings.id_of(kind)
    export_id = started(client, kind)

    assert_error(client.delete(kind, resource_id, export_id), 409)
    assert read_json(client.status(kind, resource_id, export_id))["status"] == "generating"
    client.clock.advance(3)
    assert client.delete(kind, resource_id, export_id).status == 204


def test_failed_job_can_be_deleted_and_its_successor_completes(client, kind):
    resource_id = client.site.settings.id_of(kind, Fate.FAILS_ONCE)
    export_id = started(client, kind, resource_id)
    client.clock.advance(3)
    assert client.delete(kind, resource_id, export_id).status == 204
    again = started(client, kind, resource_id)
    client.clock.advance(3)

    assert read_json(client.status(kind, resource_id, again))["status"] == "complete"


def test_job_is_not_deleted_under_another_resource_or_kind(open_client):
    resources = [SandboxResource(kind, id_) for kind in KINDS for id_ in ("one", "two")]
    client = open_client(edition="2026-11", resources=resources)
    export_id = started(client, "batch", "one")
    client.clock.advance(3)

    assert_error(client.delete("batch", "two", export_id), 404)
    assert_error(client.delete("collection", "one", export_id), 404)
    assert ids_of(client.jobs("batch", "one")) == [export_id]


def test_forbidden_resource_is_403_and_an_unknown_one_404(client, kind):
    forbidden = client.site.settings.id_of(kind, Fate.FORBIDDEN)

    assert_error(client.jobs(kind, forbidden), 403)
    assert_error(client.delete(kind, forbidden, UNKNOWN), 403)
    assert_error(client.jobs(kind, UNKNOWN), 404)
    assert_error(client.delete(kind, UNKNOWN, UNKNOWN), 404)
    assert_error(client.delete(kind, client.site.settings.id_of(kind), UNKNOWN), 404)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"study_id": "two", "from_": "2026-03-01T00:00:00Z"},
        {"study_id": "one"},
        {"study_id": "one", "from_": "2026-03-01T00:00:01Z"},
        {"study_id": "one", "to": "2026-03-01T00:00:00Z"},
        {"study_id": "one", "from_": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z"},
    ],
)
def test_another_filter_starts_another_job(client, kind, other):
    conditions = {"study_id": "one", "from_": "2026-03-01T00:00:00Z"}
    first = started(client, kind, **conditions)
    second = started(client, kind, **other)

    assert first != second
    assert started(client, kind, **conditions) == first
    assert started(client, kind, **other) == second


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T00:00:00+00:00",
        "2026-03-01T00:00:00.000000Z",
        "2026-03-01t00:00:00z",
        "2026-02-28T23:00:00.0000000009-01:00",
    ],
)
def test_equal_moments_in_other_formats_are_the_same_filter(client, kind, written):
    first = started(client, kind, from_="2026-03-01T00:00:00Z")

    assert started(client, kind, from_=written) == first


def test_finished_job_of_the_same_filter_is_never_returned_again(client, kind):
    first = started(client, kind, study_id="one")
    client.clock.advance(3)

    assert started(client, kind, study_id="one") != first


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("from=", {"from"}),
        ("study_id=", {"study_id"}),
        ("from=yesterday", {"from"}),
        ("from=2026-03-01T00:00:001Z", {"from"}),
        ("from=2026-03-01T00:00:00.Z", {"from"}),
        ("from=2026-03-01", {"from"}),
        ("from=2026-03-01T00:00:00", {"from"}),
        ("from=2026-03-01T00:00:00+00:00", {"from"}),
        ("to=2026-02-30T00:00:00Z", {"to"}),
        ("to=0001-01-01T00:00:00%2B01:00", {"to"}),
        ("from=x&to=y", {"from", "to"}),
        ("from=x&to=2026-03-01T00:00:00Z&study_id=", {"from", "study_id"}),
        ("study_id=a&study_id=a", {"study_id"}),
        ("from=2026-03-01T00:00:00Z&to=2026-03-01T00:00:00Z", {"from"}),
        ("from=2026-03-01T00:00:01Z&to=2026-03-01T01:00:00%2B01:00", {"from"}),
    ],
)
def test_invalid_filter_is_400_by_field_and_starts_no_job(client, kind, query, fields):
    resource_id = client.site.settings.id_of(kind)
    reply = client.api("POST", f"{PATH_SEGMENTS[kind]}/{resource_id}/export?{query}")
    detail = assert_error(reply, 400)["detail"]

    assert detail.keys() == fields
    assert all(isinstance(text, str) for texts in detail.values() for text in texts)
    assert read_json(client.jobs(kind, resource_id)) == []


def test_other_parameters_are_ignored(client, kind):
    resource_id = client.site.settings.id_of(kind)
    client.api("POST", f"{PATH_SEGMENTS[kind]}/{resource_id}/export?until=yesterday")

    assert [job["filter"] for job in read_json(client.jobs(kind, resource_id))] == [None]


def test_edition_2026_03_ignores_filters(open_client, kind):
    client = open_client(edition="2026-03")

    assert started(client, kind, from_="yesterday") == started(client, kind)


def test_each_response_belongs_to_one_study(client, kind):
    everything, uploads, _ = records(client, kind)
    # The clock goes on between exports, and with it the moments of what is exported.
    parts = [records(client, kind, study_id=study_id) for study_id in STUDIES]

    assert all(0 < len(part) < len(everything) for part, _, _ in parts)
    assert sorted(one["submission_id"] for part, _, _ in parts for one in part) == sorted(
        one["submission_id"] for one in everything
    )
    assert uploads == {name for _, names, _ in parts for name in names}
    assert records(client, kind, study_id="another")[0] == []


def test_from_is_inclusive_and_to_exclusive(client, kind):
    # Exported at the same moment, so that the same responses have the same times.
    export_at = client.clock.now()
    everything, _, _ = records(client, kind)
    client.clock.advance((export_at - client.clock.now()).total_seconds())
    begin, end = everything[10]["created_at"], everything[20]["created_at"]
    part, uploads, content = records(client, kind, from_=begin, to=end)

    assert part == everything[10:20]
    assert begin < end
    if kind == "batch":
        tasks = lines(content["responses-by-task.jsonl"])
        listed = {
            (one["submission_id"], task["task_id"]) for task in tasks for one in task["submissions"]
        }
        assert listed == {
            (one["submission_id"], task["task_id"]) for one in part for task in one["tasks"]
        }
        assert all(task["submissions"] for task in tasks)
    assert {name.removeprefix("files/")[:24] for name in uploads} <= {
        one["submission_id"] for one in part
    }


def test_conditions_are_joined_by_and(client, kind):
    at = client.clock.now()
    everything, _, _ = records(client, kind)
    client.clock.advance((at - client.clock.now()).total_seconds())
    begin = everything[20]["created_at"]
    of_study, _, _ = records(client, kind, study_id=STUDIES[0])
    client.clock.advance((at - client.clock.now()).total_seconds())
    both, _, _ = records(client, kind, study_id=STUDIES[0], from_=begin)

    assert both == [one for one in of_study if one["created_at"] >= begin]
    assert 0 < len(both) < len(of_study)
    assert datetime.fromisoformat(begin)


@pytest.mark.parametrize("status", LIMIT_STATUSES)
def test_eleventh_job_is_refused_until_one_is_deleted(open_client, kind, status):
    client = open_client(edition="2026-11", limit_status=status)
    resource_id = client.site.settings.id_of(kind)
    assert JOB_LIMIT == 10
    exports = [started(client, kind, study_id=str(number)) for number in range(9)]
    client.clock.advance(3)
    exports.append(started(client, kind))

    assert "10" in assert_error(client.request(kind, resource_id, study_id="0"), status)["detail"]
    assert started(client, kind) == exports[-1], "the one that is generating is given again"
    assert len(read_json(client.jobs(kind, resource_id))) == 10
    assert client.delete(kind, resource_id, exports[4]).status == 204
    again = started(client, kind, study_id="0")
    assert again not in exports
    assert_error(client.request(kind, resource_id, study_id="another"), status)


def test_job_limit_is_per_resource_and_counts_failed_jobs(open_client, kind):
    client = open_client(edition="2026-11", generation_seconds=0)
    failing = client.site.settings.id_of(kind, Fate.FAILS)
    for _ in range(10):
        started(client, kind, failing)

    assert_error(client.request(kind, failing), 409)
    assert client.request(kind, client.site.settings.id_of(kind)).status == 202


def test_edition_2026_03_has_no_job_limit(open_client, kind):
    client = open_client(edition="2026-03", generation_seconds=0)
    failing = client.site.settings.id_of(kind, Fate.FAILS)

    assert len({started(client, kind, failing) for _ in range(12)}) == 12
