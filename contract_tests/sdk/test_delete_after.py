"""Deleting a job once its archive is safe: never before, never another's, never at a loss."""

import os
from random import Random

import httpx
import pytest
from helpers import api
from helpers.transfers import names_in
from prolific_exports import (
    ConflictError,
    CorruptArchiveError,
    Deleted,
    NoAnswerError,
    NotDeleted,
    NotFoundError,
    Saved,
    TargetExistsError,
    UnsupportedError,
    UsageError,
)
from prolific_exports._download._sidecar import Sidecar

RESET = httpx.ReadError("connection reset")


@pytest.fixture
def delete(router, kind):
    return router.delete(api.get_url(kind)).mock(return_value=httpx.Response(204))


def test_job_is_deleted_after_its_archive_is_published(
    resource, kind, post, get, store, delete, tmp_path, events
):
    target = tmp_path / "x.zip"
    seen = []

    def gone(_):
        seen.append((target.read_bytes(), names_in(tmp_path)))
        return httpx.Response(204)

    delete.mock(side_effect=gone)
    archive = resource.download(api.RESOURCE[kind], target, delete_after=True)
    assert seen == [(api.ARCHIVE, ["x.zip"])]
    assert archive.path == target
    assert [type(event) for event in events[-2:]] == [Saved, Deleted]
    assert events[-1].ref == events[-2].ref
    assert events[-1].ref.export_id == api.EXPORT_ID


def test_deleted_job_is_not_replaced_on_a_second_download(
    resource, kind, post, get, store, delete, tmp_path
):
    job = resource.export(api.RESOURCE[kind])
    job.download(tmp_path / "x.zip", delete_after=True)
    get.mock(return_value=api.error(404))
    asked = store.call_count
    with pytest.raises(NotFoundError):
        job.download(tmp_path / "y.zip")
    assert (post.call_count, store.call_count) == (1, asked)


def test_job_that_could_not_be_deleted_is_downloaded_again(
    resource, kind, post, get, store, delete, tmp_path
):
    delete.mock(return_value=api.error(409))
    job = resource.export(api.RESOURCE[kind])
    job.download(tmp_path / "x.zip", delete_after=True)
    job.download(tmp_path / "y.zip")
    assert names_in(tmp_path) == ["x.zip", "y.zip"]
    assert get.call_count == 1


def test_job_is_not_deleted_by_default(resource, kind, post, get, store, delete, tmp_path):
    resource.download(api.RESOURCE[kind], tmp_path)
    resource.job(api.RESOURCE[kind], api.EXPORT_ID).download(tmp_path / "x.zip")
    assert not delete.called


def test_named_job_is_deleted_too(resource, kind, get, store, delete, tmp_path, events):
    job = resource.job(api.RESOURCE[kind], api.EXPORT_ID)
    job.download(tmp_path, delete_after=True)
    assert delete.call_count == 1
    assert isinstance(events[-1], Deleted)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([api.error(409)], ConflictError),
        ([api.error(404)], NotFoundError),
        ([api.error(405)], UnsupportedError),
        ([RESET] * 8, NoAnswerError),
    ],
    ids=["generating", "gone", "edition 2026-03", "network"],
)
def test_deletion_failure_keeps_the_archive_and_is_reported(
    resource, kind, post, get, store, delete, tmp_path, events, answers, error
):
    delete.mock(side_effect=answers)
    archive = resource.download(api.RESOURCE[kind], tmp_path / "x.zip", delete_after=True)
    assert archive.path.read_bytes() == api.ARCHIVE
    assert names_in(tmp_path) == ["x.zip"]
    assert isinstance(events[-1], NotDeleted)
    assert isinstance(events[-1].error, error)
    assert events[-1].ref.export_id == api.EXPORT_ID


def test_job_of_a_damaged_archive_is_not_deleted(
    resource, kind, post, get, store, delete, tmp_path
):
    store.mock(return_value=api.stored(api.ARCHIVE[:-30]))
    with pytest.raises(CorruptArchiveError):
        resource.download(api.RESOURCE[kind], tmp_path, delete_after=True)
    assert not delete.called


def test_job_of_an_unverified_archive_is_not_deleted(router, resource, kind, tmp_path):
    with pytest.raises(UsageError, match="a job is deleted only after its archive was verified"):
        resource.download(api.RESOURCE[kind], tmp_path, delete_after=True, verify=False)
    with pytest.raises(UsageError):
        resource.job("1", "2").download(tmp_path, delete_after=True, verify=False)
    assert not router.calls


def test_job_without_id_is_not_deleted_and_that_is_reported(
    router, resource, kind, post, store, tmp_path, events
):
    """Edition 2026-03: ready at once, without an id."""
    post.mock(return_value=api.complete())
    archive = resource.download(api.RESOURCE[kind], tmp_path, delete_after=True)
    assert archive.path.exists()
    assert isinstance(events[-1], NotDeleted)
    assert "its id is unknown" in str(events[-1].error)
    assert "DELETE" not in [call.request.method for call in router.calls]


def test_replacement_of_a_failed_job_is_deleted(router, resource, kind, post, store, tmp_path):
    post.mock(side_effect=[api.generating(), api.generating(api.OTHER_EXPORT_ID)])
    router.get(api.get_url(kind)).mock(return_value=api.failed())
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())
    delete = router.delete(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(
        return_value=httpx.Response(204)
    )
    resource.download(api.RESOURCE[kind], tmp_path, delete_after=True)
    assert delete.call_count == 1


@pytest.fixture
def untidied(kind, get, store, tmp_path):
    """An archive got its name, and the process ended before it could tidy up."""
    target = tmp_path / "x.zip"
    target.write_bytes(api.ARCHIVE)
    part = tmp_path / f".prolific-{kind}-{api.RESOURCE[kind]}.part"
    os.link(target, part)
    size = len(api.ARCHIVE)
    record = Sidecar(kind, api.RESOURCE[kind], api.EXPORT_ID, "x.zip", size, api.ETAG, ((0, size),))
    part.with_suffix(".json").write_bytes(record.dump())
    return target


@pytest.fixture
def again(clients, kind, clock, events):
    def again(target, export_id=None, **options):
        exports = clients.make(
            base_url=api.BASE, clock=clock, random=Random(7), on_event=events.append
        )
        resource = getattr(exports, api.PLURAL[kind])
        if export_id is None:
            return resource.download(api.RESOURCE[kind], target, delete_after=True, **options)
        job = resource.job(api.RESOURCE[kind], export_id)
        return job.download(target, delete_after=True, **options)

    return again


def test_existing_archive_is_verified_and_its_recorded_job_deleted(again, untidied, delete, events):
    again(untidied)
    assert names_in(untidied.parent) == ["x.zip"]
    assert delete.call_count == 1
    assert events[-1].ref.export_id == api.EXPORT_ID


def test_named_job_is_deleted_if_the_existing_archive_is_its_own(again, untidied, delete):
    again(untidied, api.EXPORT_ID)
    assert delete.call_count == 1


def test_existing_archive_of_another_job_deletes_no_job(router, again, untidied, delete):
    with pytest.raises(TargetExistsError):
        again(untidied, api.OTHER_EXPORT_ID)
    assert not router.calls
    assert names_in(untidied.parent) == ["x.zip"]


def test_existing_archive_without_record_deletes_no_job(again, untidied, delete, events):
    for record in untidied.parent.glob(".*.json"):
        record.unlink()
    again(untidied)
    assert not delete.called
    assert isinstance(events[-1], NotDeleted)


def test_existing_damaged_archive_deletes_no_job(again, untidied, delete):
    with untidied.open("r+b") as file:
        file.truncate(100)
    with pytest.raises(CorruptArchiveError):
        again(untidied)
    assert not delete.called
