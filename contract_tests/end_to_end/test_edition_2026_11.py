"""Filters, lists, deleting, the limit of ten jobs: SDK and command against the sandbox."""

import json
import ssl
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest
from helpers.command import main
from prolific_contract.sandbox import Sandbox, SandboxSettings
from prolific_exports import (
    Adopted,
    ConflictError,
    Deleted,
    ExportArchive,
    ExportFilter,
    FilterIgnoredError,
    NotFoundError,
    Submission,
    TooManyExportsError,
    UnsupportedError,
)

pytestmark = pytest.mark.unmeasured

CERTIFICATES = ssl.create_default_context()


@pytest.fixture
def settings():
    return {}


@pytest.fixture
def sandbox(clock, settings):
    options = {"edition": "2026-11", "generation_seconds": 10, "submissions": 12, "files": 0}
    with Sandbox(SandboxSettings(**{**options, **settings}), clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def events():
    return []


@pytest.fixture
def make(clients, sandbox, clock, events, kind):
    def make(client=None):
        exports = clients.make(
            sandbox.token,
            base_url=sandbox.url,
            http_client=client or clients.http_client(verify=CERTIFICATES),
            clock=clock,
            random=Random(7),
            on_event=events.append,
        )
        return exports.collections if kind == "collection" else exports.batches

    return make


@pytest.fixture
def resource(make):
    return make()


@pytest.fixture
def resource_id(sandbox, kind):
    return sandbox.settings.id_of(kind)


def creation_times(archive) -> list[Any]:
    """When the submissions were made, in order."""
    return sorted(
        one.created_at
        if isinstance(one, Submission)
        else datetime.fromisoformat(one.raw["created_at"])
        for one in archive.responses()
    )


def test_filtered_export_has_the_requested_responses(resource, resource_id, tmp_path):
    found = creation_times(resource.download(resource_id, tmp_path / "all.zip"))
    middle = found[len(found) // 2]
    before = resource.download(resource_id, tmp_path, to=middle)
    after = resource.download(resource_id, tmp_path, from_=middle)
    assert "-to-" in before.path.name
    assert "-from-" in after.path.name
    assert 0 < len(creation_times(before)) < len(found)
    assert max(creation_times(before)) < middle
    assert 0 < len(creation_times(after)) < len(found)
    assert min(creation_times(after)) >= middle
    assert [job.filter for job in resource.list(resource_id)] == [
        ExportFilter(from_=middle),
        ExportFilter(to=middle),
        None,
    ]


def test_job_is_listed_until_it_is_deleted(resource, resource_id, tmp_path, events):
    job = resource.export(resource_id, study_id="65a1")
    (listed,) = resource.list(resource_id)
    assert (listed.export_id, listed.status) == (job.export_id, "generating")
    assert listed.filter == job.ref.filter == ExportFilter("65a1")
    with pytest.raises(ConflictError, match="while it is being generated"):
        job.delete()
    job.wait()
    assert [one.status for one in resource.list(resource_id)] == ["complete"]
    job.delete()
    assert resource.list(resource_id) == ()
    with pytest.raises(NotFoundError):
        job.delete()

    archive = resource.download(resource_id, tmp_path / "x.zip", delete_after=True)
    assert archive.path.exists()
    assert isinstance(events[-1], Deleted)
    assert resource.list(resource_id) == ()


@pytest.mark.parametrize("settings", [{"limit_status": status} for status in (403, 409)], ids=str)
def test_eleventh_job_is_refused_and_the_ten_are_named(resource, resource_id, clock):
    for number in range(10):
        resource.export(resource_id, study_id=f"65a{number}")
    with pytest.raises(TooManyExportsError) as caught:
        resource.export(resource_id)
    assert [job.filter and job.filter.study_id for job in caught.value.jobs] == [
        f"65a{n}" for n in range(9, -1, -1)
    ]
    clock.advance(11)
    resource.delete(resource_id, caught.value.jobs[0].export_id)
    assert resource.export(resource_id).export_id


class FirstResponseLost(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends requests, and loses the answer to the first POST."""

    def __init__(self):
        self.lost = False
        self.posts = 0
        self.sync = httpx.HTTPTransport(verify=CERTIFICATES)
        self.other = httpx.AsyncHTTPTransport(verify=CERTIFICATES)

    def handle_request(self, request):
        return self.lose(request, self.sync.handle_request(request))

    async def handle_async_request(self, request):
        return self.lose(request, await self.other.handle_async_request(request))

    def lose(self, request, response):
        self.posts += request.method == "POST"
        if request.method == "POST" and not self.lost:
            self.lost = True
            raise httpx.ReadError("connection reset")
        return response

    def close(self):
        self.sync.close()

    async def aclose(self):
        await self.other.aclose()


@pytest.mark.parametrize("asked", [{}, {"study_id": "65a1"}], ids=["all", "study"])
def test_lost_response_starts_no_second_job(
    clients, make, resource, resource_id, tmp_path, events, asked
):
    resource.download(resource_id, tmp_path / "before.zip", **asked)
    transport = FirstResponseLost()
    forgetful = make(clients.http_client(transport=transport))
    forgetful.download(resource_id, tmp_path / "after.zip", **asked)
    assert transport.posts == 1
    assert [type(event) for event in events].count(Adopted) == 1
    assert len(resource.list(resource_id)) == 2


@pytest.mark.parametrize("settings", [{"edition": "2026-03"}], ids=str)
def test_edition_2026_03_neither_lists_nor_deletes_nor_filters(
    resource, resource_id, tmp_path, events
):
    with pytest.raises((UnsupportedError, NotFoundError), match="2026-03"):
        resource.list(resource_id)
    with pytest.raises((UnsupportedError, NotFoundError), match="2026-03"):
        resource.delete(resource_id, "a1b2c3d4-e5f6-4890-abcd-ef1234567890")
    for _ in range(2):
        with pytest.raises(FilterIgnoredError, match="edition 2026-03"):
            resource.export(resource_id, study_id="65a1")
        # Now one is ready at once.
        resource.download(resource_id, tmp_path / "x.zip", overwrite=True)
    assert list(tmp_path.iterdir()) == [tmp_path / "x.zip"]


def test_command_lists_downloads_and_deletes_a_job(sandbox, clock, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PROLIFIC_TOKEN", sandbox.token)
    monkeypatch.setenv("PROLIFIC_URL", sandbox.url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = main(list(arguments), clock=clock)
        return code, capsys.readouterr().out

    of = ("collection", sandbox.collection_id)
    until = (clock.now() + timedelta(days=365)).isoformat()
    code, out = run("download", *of, "--to", until, "-o", "x.zip")
    assert (code, out) == (0, "x.zip\n")
    assert len(list(ExportArchive.open("x.zip").responses())) == 12
    code, out = run("list", *of, "--json")
    (job,) = json.loads(out)["jobs"]
    assert list(job["filter"]) == ["to"]
    assert job["export_id"] in run("list", *of)[1]
    assert run("delete", *of, job["export_id"]) == (0, job["export_id"] + "\n")
    assert run("delete", *of, job["export_id"]) == (1, "")
    assert run("list", *of) == (0, "")
