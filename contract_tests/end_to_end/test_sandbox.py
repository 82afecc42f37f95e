"""The SDK against the sandbox over a real socket, from the request to the answers in the archive.

Client and sandbox share one clock that never waits, so jobs take a while and URLs expire
without a test that sleeps. `test_download_works_with_the_system_clock` is the exception.
"""

import ssl
from random import Random

import httpx
import pytest
from prolific_contract.sandbox import Fate, Sandbox, SandboxSettings
from prolific_exports import (
    AccessDeniedError,
    AuthenticationError,
    ExportFailedError,
    ExportTimeoutError,
    FileUpload,
    FreeText,
    FreeTextWithUnit,
    MultipleChoice,
    MultipleChoiceWithFreeText,
    NotFoundError,
    Refreshed,
    Requested,
    Restarted,
    Saved,
    Submission,
    summarise,
    verify_zip,
)

pytestmark = pytest.mark.unmeasured

EDITIONS = ["2026-03", "2026-11"]
LIFETIME = 3600
# Reading the certificates takes longer than most of these tests, and http needs none.
CERTIFICATES = ssl.create_default_context()


@pytest.fixture
def edition():
    return "2026-03"


@pytest.fixture
def sandbox(clock, edition):
    settings = SandboxSettings(
        edition=edition,
        generation_seconds=10,
        url_lifetime_seconds=LIFETIME,
        submissions=12,
        files=3,
    )
    with Sandbox(settings, clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def events():
    return []


@pytest.fixture
def exports(clients, sandbox, clock, events):
    return clients.make(
        sandbox.token,
        base_url=sandbox.url,
        http_client=clients.http_client(verify=CERTIFICATES),
        clock=clock,
        random=Random(7),
        on_event=events.append,
    )


@pytest.fixture
def resource(exports, kind):
    return exports.collections if kind == "collection" else exports.batches


@pytest.fixture
def id_of(sandbox, kind):
    return lambda fate: sandbox.settings.id_of(kind, fate)


def count(archive):
    return sum(1 for _ in archive.responses())


def kinds_of(events, *kinds):
    return [type(event) for event in events if isinstance(event, kinds)]


@pytest.mark.parametrize("edition", EDITIONS)
def test_download_and_read_a_batch(resource, kind, id_of, tmp_path, events, clock):
    target = tmp_path / "export.zip"
    archive = resource.download(id_of(Fate.COMPLETES), target)

    assert list(tmp_path.iterdir()) == [target]
    assert verify_zip(target)
    summary = summarise(archive)
    assert (summary.kind, summary.id, summary.files) == (kind, id_of(Fate.COMPLETES), 3)
    assert summary.submissions + summary.unknown_records == count(archive) == 12
    assert kinds_of(events, Requested, Restarted, Refreshed, Saved) == [Requested, Saved]
    assert sum(clock.sleeps) >= 10, "the job was waited for"


def test_collection_answers_are_typed(exports, sandbox, tmp_path):
    """Those of a batch are not published; whatever shape they have is passed on."""
    archive = exports.collections.download(sandbox.collection_id, tmp_path)
    submissions = list(archive.responses())

    assert {type(one) for one in submissions} == {Submission}
    answers = [answer for one in submissions for answer in one.responses.values()]
    assert {type(answer) for answer in answers} == {
        FileUpload,
        FreeText,
        FreeTextWithUnit,
        MultipleChoice,
        MultipleChoiceWithFreeText,
    }
    uploads = [file for answer in answers for file in getattr(answer, "files", ())]
    assert len(uploads) == 3
    for upload in uploads:
        with archive.open_file(upload.path) as file:
            assert file.read()


def test_job_is_continued_by_another_client(
    resource, clients, sandbox, kind, id_of, clock, tmp_path
):
    job = resource.export(id_of(Fate.COMPLETES))
    with pytest.raises(ExportTimeoutError) as timeout:
        job.wait(timeout=5)
    ref = timeout.value.ref

    client = clients.http_client(verify=CERTIFICATES)
    other = clients.make(sandbox.token, base_url=sandbox.url, http_client=client, clock=clock)
    resource = other.collections if kind == "collection" else other.batches
    archive = resource.job(ref.resource_id, ref.export_id).download(tmp_path)

    assert count(archive) == 12


@pytest.mark.parametrize("edition", EDITIONS)
def test_expired_url_is_refreshed_once(resource, id_of, clock, events, tmp_path):
    job = resource.export(id_of(Fate.COMPLETES))
    first = job.wait()
    clock.advance(LIFETIME + 1)
    assert httpx.get(first.url, verify=CERTIFICATES).status_code == 403

    archive = job.download(tmp_path / "export.zip")

    assert count(archive) == 12
    assert kinds_of(events, Requested, Refreshed) == [Requested, Refreshed]
    assert job.wait().expires_at > first.expires_at


@pytest.mark.parametrize("edition", EDITIONS)
def test_failed_job_is_requested_again_once(resource, id_of, events, tmp_path):
    archive = resource.download(id_of(Fate.FAILS_ONCE), tmp_path / "export.zip")

    assert count(archive) == 12
    assert kinds_of(events, Requested, Restarted, Saved) == [Requested, Restarted, Requested, Saved]


def test_job_that_fails_twice_raises(resource, id_of, events, tmp_path):
    with pytest.raises(ExportFailedError, match="and so did a second one"):
        resource.download(id_of(Fate.FAILS), tmp_path / "export.zip")

    assert kinds_of(events, Requested, Restarted) == [Requested, Restarted, Requested]
    assert list(tmp_path.iterdir()) == []


def test_archive_deleted_during_the_download_is_requested_again(
    resource, id_of, clock, events, tmp_path
):
    job = resource.export(id_of(Fate.VANISHES))
    job.wait()
    clock.advance(10)

    archive = job.download(tmp_path / "export.zip")

    assert count(archive) == 12
    assert kinds_of(events, Requested, Refreshed, Restarted) == [
        Requested,
        Refreshed,
        Restarted,
        Requested,
    ]


def test_refusals_raise_typed_errors(resource, clients, sandbox, kind, id_of):
    with pytest.raises(AccessDeniedError):
        resource.export(id_of(Fate.FORBIDDEN))
    with pytest.raises(NotFoundError):
        resource.export("5e1f0000-0000-4000-8000-000000000404")
    with pytest.raises(NotFoundError):
        resource.job(id_of(Fate.COMPLETES), "5e1f0000-0000-4000-8000-000000000404").status()
    client = clients.http_client(verify=CERTIFICATES)
    stranger = clients.make("wr0ng-token", base_url=sandbox.url, http_client=client)
    with pytest.raises(AuthenticationError):
        (stranger.collections if kind == "collection" else stranger.batches).export("any")


def test_store_never_receives_authorization(clients, sandbox, clock, tmp_path):
    client = clients.http_client(
        headers={"Authorization": "Bearer of-another-service"}, verify=CERTIFICATES
    )
    exports = clients.make(sandbox.token, base_url=sandbox.url, http_client=client, clock=clock)
    job = exports.collections.export(sandbox.collection_id)
    url = job.wait().url
    refused = httpx.get(
        url, headers={"Authorization": f"Token {sandbox.token}"}, verify=CERTIFICATES
    )
    assert refused.status_code == 400

    assert count(job.download(tmp_path)) == 12


def test_download_works_with_the_system_clock(clients, kind, tmp_path):
    settings = SandboxSettings(generation_seconds=0.1, submissions=2, files=0)
    with Sandbox(settings) as sandbox:
        exports = clients.make(sandbox.token, base_url=sandbox.url, poll_interval=0.05)
        resource = exports.collections if kind == "collection" else exports.batches
        archive = resource.download(settings.id_of(kind), tmp_path)
        assert count(archive) == 2
