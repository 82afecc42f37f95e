"""A partial file or an archive of another job: which is used, kept or replaced."""

import json
import os

import pytest
from helpers import api
from helpers.transfers import HALF, SIZE, events_of, interrupted, names_in, part
from prolific_exports import ApiError, NotFoundError, StartedOver, TargetExistsError


def test_bytes_of_another_job_are_not_used_for_a_named_job(
    router, kind, run, store, stopped, events
):
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())
    store.mock(return_value=api.stored())
    run(stopped / "b.zip", api.OTHER_EXPORT_ID)
    assert "Range" not in store.calls.last.request.headers
    assert (
        events_of(events, StartedOver)[0].reason == "the partial file belongs to another export job"
    )
    assert names_in(stopped) == ["b.zip"]


@pytest.mark.parametrize("refusal", [404, 401])
def test_bytes_of_another_job_are_kept_until_the_named_job_has_some(
    router, kind, run, store, stopped, names, refusal
):
    mistyped = router.get(api.get_url(kind, api.OTHER_EXPORT_ID))
    mistyped.mock(return_value=api.error(refusal))
    before = [(stopped / name).read_bytes() for name in names]
    with pytest.raises(ApiError):
        run(stopped / "b.zip", api.OTHER_EXPORT_ID)
    assert names_in(stopped) == names
    assert [(stopped / name).read_bytes() for name in names] == before
    store.mock(side_effect=[part()])
    run(stopped / "a.zip")
    assert store.calls.last.request.headers["Range"] == f"bytes={HALF}-"


def test_bytes_of_another_job_are_replaced_once_the_named_job_has_some(
    router, kind, run, store, stopped, names
):
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())
    store.mock(side_effect=[interrupted(etag='"other"')])
    with pytest.raises(KeyboardInterrupt):
        run(stopped / "b.zip", api.OTHER_EXPORT_ID)
    assert json.loads((stopped / names[0]).read_bytes())["export_id"] == api.OTHER_EXPORT_ID
    store.mock(side_effect=[part(etag='"other"')])
    run(stopped / "b.zip", api.OTHER_EXPORT_ID)
    assert names_in(stopped) == ["b.zip"]


def test_unusable_bytes_of_another_job_are_removed(router, kind, run, stopped, names):
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.error(404))
    (stopped / names[1]).write_bytes(b"")
    with pytest.raises(NotFoundError):
        run(stopped / "b.zip", api.OTHER_EXPORT_ID)
    assert names_in(stopped) == []


def test_another_name_is_chosen_if_the_recorded_one_is_taken(run, store, stopped, names, clock):
    output = json.loads((stopped / names[0]).read_bytes())["output"]
    (stopped / output).write_text("theirs")
    clock.advance(60)
    store.mock(side_effect=[part()])
    archive = run(stopped)
    assert (stopped / output).read_text() == "theirs"
    assert names_in(stopped) == sorted([output, archive.path.name])


def test_recorded_name_is_replaced_with_overwrite(run, store, stopped, names):
    output = json.loads((stopped / names[0]).read_bytes())["output"]
    (stopped / output).write_text("theirs")
    store.mock(side_effect=[part()])
    run(stopped, overwrite=True)
    assert names_in(stopped) == [output]


@pytest.fixture
def untidied(stopped, names):
    """The process was killed between linking the archive and removing the partial."""
    partial = stopped / names[1]
    partial.write_bytes(api.ARCHIVE)
    archive = stopped / json.loads((stopped / names[0]).read_bytes())["output"]
    os.link(partial, archive)
    return archive


@pytest.mark.parametrize("export_id", [None, api.EXPORT_ID])
@pytest.mark.parametrize("named", [False, True])
def test_already_published_archive_is_complete(run, store, untidied, events, named, export_id):
    before = store.call_count
    archive = run(untidied if named else untidied.parent, export_id)
    assert archive.path == untidied
    assert names_in(untidied.parent) == [untidied.name]
    assert store.call_count == before
    assert events[-1].size == SIZE


OTHER = api.ARCHIVE + b"\0"


@pytest.fixture
def other(router, kind, store, untidied):
    """Another job, whose archive can be told from the one that is there."""
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())
    store.mock(return_value=api.stored(OTHER, etag='"other"'))
    return api.OTHER_EXPORT_ID


@pytest.mark.parametrize("record", [True, False])
def test_archive_of_another_job_is_unchanged(run, store, untidied, names, other, record):
    if not record:
        (untidied.parent / names[0]).unlink()
    before = store.call_count
    with pytest.raises(TargetExistsError):
        run(untidied, other)
    assert names_in(untidied.parent) == [untidied.name]
    assert untidied.read_bytes() == api.ARCHIVE
    assert store.call_count == before


def test_archive_of_another_job_is_replaced_with_overwrite(run, untidied, other):
    assert run(untidied, other, overwrite=True, verify=False).path == untidied
    assert names_in(untidied.parent) == [untidied.name]
    assert untidied.read_bytes() == OTHER


def test_archive_of_another_job_in_the_folder_is_kept(run, untidied, other, clock):
    clock.advance(60)
    archive = run(untidied.parent, other, overwrite=True, verify=False)
    assert archive.path.read_bytes() == OTHER
    assert untidied.read_bytes() == api.ARCHIVE
    assert names_in(untidied.parent) == sorted([untidied.name, archive.path.name])


def test_archive_of_a_job_without_id_is_not_assumed_to_be_the_existing_one(
    clients, clock, kind, post, untidied
):
    """Edition 2026-03: ready at once, without an id that identifies the export."""
    post.mock(side_effect=None, return_value=api.complete())
    exports = clients.make(base_url=api.BASE, clock=clock)
    job = getattr(exports, api.PLURAL[kind]).export(api.RESOURCE[kind])
    with pytest.raises(TargetExistsError):
        job.download(untidied)
    assert names_in(untidied.parent) == [untidied.name]
