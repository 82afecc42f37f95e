"""A download that stopped goes on: in another process, through another URL, with the same bytes."""

import json
import os
from itertools import pairwise
from random import Random

import httpx
import pytest
from archive.builders import ROOT, collection_members, patch_member, write_zip
from helpers import api
from helpers.transfers import HALF, SIZE, BrokenBody, cut, interrupted, names_in, part
from prolific_exports import (
    AccessDeniedError,
    ApiError,
    AuthenticationError,
    CorruptArchiveError,
    DownloadError,
    Downloading,
    Exports,
    NotFoundError,
    Resuming,
    Saved,
    StartedOver,
    StorageError,
    TargetExistsError,
    TargetInUseError,
    UnreadableMemberError,
    Verifying,
)
from prolific_exports._files._disk import OsDisk, OsHandle
from prolific_exports._http import _limit
from prolific_exports._model._urls import resolve_redirect, unsafe_reason
from prolific_exports.testing import FakeClock

FRESH = f"{api.STORE}?X-Amz-Signature=fr3sh"


@pytest.fixture
def get(router, kind):
    return router.get(api.get_url(kind)).mock(return_value=api.complete(FRESH))


@pytest.fixture
def names(kind):
    """Of the partial file and its sidecar."""
    stem = f".prolific-{kind}-{api.RESOURCE[kind]}"
    return [f"{stem}.json", f"{stem}.part"]


@pytest.fixture
def run(twin, clock, kind, events):
    """Downloads with a client of its own, as another process would."""

    def run(path, export_id=None, **options):
        exports = twin.make(
            base_url=api.BASE, clock=clock, random=Random(7), on_event=events.append
        )
        resource = getattr(exports, api.PLURAL[kind])
        if export_id is not None:
            return resource.job(api.RESOURCE[kind], export_id).download(path, **options)
        return resource.download(api.RESOURCE[kind], path, **options)

    return run


@pytest.fixture
def stopped(run, store, post, get, tmp_path, names):
    """Half of an archive is there, of a process that was interrupted."""
    store.mock(side_effect=[interrupted()])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    assert names_in(tmp_path) == names
    post.mock(side_effect=AssertionError("the job is known"))
    return tmp_path


def said(events, kind):
    return [event for event in events if isinstance(event, kind)]


def test_second_run_resumes_the_same_job_at_the_same_byte(run, store, stopped, events, clock):
    output = json.loads(next(stopped.glob(".*.json")).read_bytes())["output"]
    clock.advance(3600)
    store.mock(side_effect=[part()])
    archive = run(stopped)
    assert archive.path.read_bytes() == api.ARCHIVE
    assert names_in(stopped) == [archive.path.name] == [output], "the name that was chosen then"
    asked = store.calls.last.request
    assert str(asked.url) == FRESH
    assert asked.headers["Range"] == f"bytes={HALF}-"
    assert asked.headers["If-Match"] == api.ETAG
    assert [event.received for event in said(events, Resuming)] == [HALF]
    assert events[-3].resumed_from == HALF
    assert [type(event) for event in events[-3:]] == [Downloading, Verifying, Saved]


def test_missing_job_and_its_replacement_share_one_deadline(run, stopped, get, post, clock):
    allowed = []

    def gone(_request):
        clock.advance(4)
        return httpx.Response(404)

    def replaced(request):
        allowed.append(request.extensions["timeout"]["read"])
        return httpx.Response(401)

    get.mock(side_effect=gone)
    post.mock(side_effect=replaced)
    with pytest.raises(AuthenticationError):
        run(stopped, timeout=5)
    assert allowed == [1]


def test_given_path_is_used_on_resume(run, store, stopped):
    store.mock(side_effect=[part()])
    run(stopped / "b.zip")
    assert names_in(stopped) == ["b.zip"]


def test_named_job_resumes(run, store, stopped):
    store.mock(side_effect=[part()])
    run(stopped / "b.zip", api.EXPORT_ID)
    assert names_in(stopped) == ["b.zip"]


def test_bytes_of_another_job_are_not_used_for_a_named_job(
    router, kind, run, store, stopped, events
):
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())
    store.mock(return_value=api.stored())
    run(stopped / "b.zip", api.OTHER_EXPORT_ID)
    assert "Range" not in store.calls.last.request.headers
    assert said(events, StartedOver)[0].reason == "the partial file belongs to another export job"
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


@pytest.mark.parametrize("answer", [httpx.Response(412), part(etag='"other"')])
def test_changed_archive_is_downloaded_from_the_start(run, store, stopped, events, answer):
    store.mock(side_effect=[answer, api.stored(etag='"other"')])
    assert run(stopped).path.read_bytes() == api.ARCHIVE
    assert [event.reason for event in said(events, StartedOver)] == [
        "the archive changed during the download"
    ]
    assert not said(events, Resuming)
    assert len(names_in(stopped)) == 1


def test_store_that_sends_everything_replaces_the_partial_file(run, store, stopped, events):
    store.mock(side_effect=[api.stored()])
    assert run(stopped).path.read_bytes() == api.ARCHIVE
    assert len(said(events, StartedOver)) == 1


@pytest.mark.parametrize("gone", ["failed", "404"])
def test_missing_job_is_replaced_by_a_new_one(
    router, kind, run, store, post, get, stopped, events, gone
):
    get.mock(return_value=api.failed() if gone == "failed" else api.error(404))
    post.mock(side_effect=None, return_value=api.generating(api.OTHER_EXPORT_ID))
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())
    store.mock(side_effect=[api.stored()])
    run(stopped)
    assert post.call_count == 2
    assert "Range" not in store.calls.last.request.headers
    assert "the export job failed or was deleted" in said(events, StartedOver)[0].reason


def test_missing_named_job_is_not_replaced(run, get, stopped):
    get.mock(return_value=api.error(404))
    with pytest.raises(NotFoundError):
        run(stopped, api.EXPORT_ID)


def test_connection_reset_with_unknown_size_is_not_resumed(run, store, post, get, tmp_path):
    headers = {"ETag": api.ETAG}
    broken = httpx.Response(
        200, stream=BrokenBody(api.ARCHIVE, httpx.ReadError("")), headers=headers
    )
    whole = httpx.Response(416, headers={"Content-Range": f"bytes */{SIZE}"})
    store.mock(side_effect=[broken, whole, part(SIZE - 1)])
    assert run(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


def test_partial_file_is_kept_when_the_api_refuses(run, get, store, stopped, names):
    get.mock(return_value=api.error(403))
    with pytest.raises(AccessDeniedError):
        run(stopped)
    assert names_in(stopped) == names
    get.mock(return_value=api.complete())
    store.mock(side_effect=[part()])
    run(stopped)


@pytest.mark.parametrize("damage", ["no sidecar", "bad sidecar", "short partial", "no partial"])
def test_damaged_partial_file_restarts_the_download(
    run, store, post, stopped, names, events, damage
):
    sidecar, partial = (stopped / name for name in names)
    if damage == "no sidecar":
        sidecar.unlink()
    elif damage == "bad sidecar":
        sidecar.write_bytes(sidecar.read_bytes()[:-5])
    elif damage == "short partial":
        partial.write_bytes(partial.read_bytes()[:-1])
    else:
        partial.unlink()
    post.mock(side_effect=None, return_value=api.generating())
    store.mock(side_effect=[api.stored()])
    assert run(stopped).path.read_bytes() == api.ARCHIVE
    assert "Range" not in store.calls.last.request.headers
    assert len(said(events, StartedOver)) == 1
    assert len(names_in(stopped)) == 1


def test_bytes_after_the_last_checkpoint_are_discarded(run, store, stopped, names):
    with (stopped / names[1]).open("ab") as partial:
        partial.write(b"never synced" * 1000)
    store.mock(side_effect=[part()])
    assert run(stopped).path.read_bytes() == api.ARCHIVE


def test_corrupted_bytes_are_downloaded_again(run, store, stopped, names, events):
    (stopped / names[1]).write_bytes(bytes(HALF))
    store.mock(side_effect=[part(), api.stored()])
    assert run(stopped).path.read_bytes() == api.ARCHIVE
    assert said(events, StartedOver)[0].reason == "the downloaded archive is corrupt"


def test_complete_partial_file_is_revalidated_with_the_store(run, store, post, get, tmp_path):
    def taken(request):
        (tmp_path / "a.zip").write_text("theirs")
        return api.stored()

    store.mock(side_effect=taken)
    with pytest.raises(TargetExistsError):
        run(tmp_path / "a.zip")
    store.mock(side_effect=[httpx.Response(412), api.stored(etag='"other"')])
    run(tmp_path / "b.zip")
    assert names_in(tmp_path) == ["a.zip", "b.zip"]


def test_archive_damaged_at_its_source_is_downloaded_twice(run, store, post, get, tmp_path):
    store.mock(return_value=api.stored(api.ARCHIVE[:-30]))
    with pytest.raises(CorruptArchiveError, match="Nothing was saved"):
        run(tmp_path / "a.zip")
    assert store.call_count == 2
    assert names_in(tmp_path) == []


def test_unreadable_member_is_fetched_once_and_kept_for_a_run_without_verifying(
    run, store, post, get, tmp_path
):
    made = write_zip(tmp_path / "made", collection_members())
    patch_member(made, f"{ROOT}README.md", 10, "<H", 93)
    content = made.read_bytes()
    made.unlink()
    store.mock(return_value=api.stored(content))
    with pytest.raises(UnreadableMemberError, match=r"a\.zip: .*Zstandard.* Nothing was saved\.$"):
        run(tmp_path / "a.zip")
    assert store.call_count == 1
    assert len(names_in(tmp_path)) == 2
    assert run(tmp_path / "a.zip", verify=False).path.read_bytes() == content
    assert names_in(tmp_path) == ["a.zip"]


def test_verification_can_be_left_out(run, store, post, get, tmp_path, events):
    store.mock(return_value=api.stored(b"not a zip"))
    with pytest.raises(CorruptArchiveError):
        run(tmp_path / "a.zip", verify=False)
    assert (tmp_path / "a.zip").read_bytes() == b"not a zip"
    assert not said(events, Verifying)


def test_error_names_the_partial_file_and_how_to_resume(run, store, post, get, tmp_path, names):
    store.mock(side_effect=[cut(), *[httpx.Response(500)] * 8])
    with pytest.raises(DownloadError) as failure:
        run(tmp_path / "a.zip")
    kept = f"{HALF} bytes are kept in {tmp_path / names[1]}: run the same command"
    assert kept in str(failure.value)
    assert names_in(tmp_path) == names


def test_running_download_excludes_others(run, store, post, get, tmp_path, kind):
    def meanwhile(request):
        with (
            Exports("t0ken", base_url=api.BASE, clock=FakeClock()) as exports,
            pytest.raises(TargetInUseError, match=r"by this process .*\. Wait for it\.$"),
        ):
            getattr(exports, api.PLURAL[kind]).download(api.RESOURCE[kind], tmp_path / "b.zip")
        return api.stored()

    store.mock(side_effect=meanwhile)
    run(tmp_path / "a.zip")
    assert names_in(tmp_path) == ["a.zip"]


def test_process_that_lost_its_claim_leaves_the_files_to_the_other(run, store, post, get, tmp_path):
    def stolen(request):
        (lock,) = tmp_path.glob(".*.lock")
        lock.write_text("{}")
        return api.stored()

    store.mock(side_effect=stolen)
    with pytest.raises(TargetInUseError):
        run(tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()
    assert len(names_in(tmp_path)) == 3


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
    twin, clock, kind, post, untidied
):
    """Edition 2026-03: ready at once, without an id that identifies the export."""
    post.mock(side_effect=None, return_value=api.complete())
    exports = twin.make(base_url=api.BASE, clock=clock)
    job = getattr(exports, api.PLURAL[kind]).export(api.RESOURCE[kind])
    with pytest.raises(TargetExistsError):
        job.download(untidied)
    assert names_in(untidied.parent) == [untidied.name]


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["part", "json", "json.new", "lock", "lock.old", "PART", "part. "])
def test_hidden_files_are_refused_as_destination(
    run, store, post, get, tmp_path, names, name, overwrite
):
    stem = names[1].removesuffix("part")
    with pytest.raises(DownloadError, match="Choose another path"):
        run(tmp_path / (stem + name), overwrite=overwrite)
    assert names_in(tmp_path) == []
    assert not post.called


@pytest.mark.parametrize("overwrite", [False, True])
def test_partial_file_as_destination_is_refused(run, store, stopped, names, overwrite):
    asked = store.call_count
    with pytest.raises(DownloadError, match="Choose another path"):
        run(stopped / names[1], overwrite=overwrite)
    assert (names_in(stopped), store.call_count) == (names, asked)
    store.mock(side_effect=[part()])
    assert run(stopped / "a.zip").path.read_bytes() == api.ARCHIVE


def test_sidecar_with_the_partial_file_as_target_is_ignored(run, store, post, stopped, names):
    sidecar = stopped / names[0]
    record = json.loads(sidecar.read_bytes())
    sidecar.write_text(json.dumps(record | {"output": names[1]}))
    post.mock(side_effect=None, return_value=api.generating())
    store.mock(return_value=api.stored())
    archive = run(stopped)
    assert archive.path.read_bytes() == api.ARCHIVE
    assert names_in(stopped) == [archive.path.name]


def test_symbolic_link_to_the_partial_file_is_not_the_archive(run, store, stopped, names):
    link = stopped / "a.zip"
    try:
        link.symlink_to(names[1])
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    with pytest.raises(TargetExistsError):
        run(link)
    assert names_in(stopped) == [*names, "a.zip"]
    with pytest.raises(DownloadError, match="is a name reserved for the hidden files"):
        run(link, overwrite=True)
    assert names_in(stopped) == [*names, "a.zip"]


def test_full_disk_is_detected_before_the_transfer(
    run, store, post, get, tmp_path, monkeypatch, names
):
    monkeypatch.setattr(OsDisk, "free", lambda self, folder: SIZE - 1)
    store.mock(return_value=api.stored())
    with pytest.raises(StorageError, match=f"{SIZE} bytes needed, {SIZE - 1} free"):
        run(tmp_path / "a.zip")
    assert names_in(tmp_path) == []
    monkeypatch.setattr(OsDisk, "free", lambda self, folder: SIZE)
    store.mock(side_effect=[interrupted()])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "a.zip")
    monkeypatch.setattr(OsDisk, "free", lambda self, folder: 1)
    store.mock(return_value=part())
    with pytest.raises(StorageError, match="Not enough disk space"):
        run(tmp_path / "a.zip")
    assert names_in(tmp_path) == names


def test_unknown_free_space_is_explained(run, store, post, get, tmp_path, monkeypatch, names):
    def stale(self, folder):
        raise OSError(116, "Stale file handle")

    store.mock(side_effect=[interrupted()])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "a.zip")
    with monkeypatch.context() as patch:
        patch.setattr(OsDisk, "free", stale)
        store.mock(side_effect=[part()])
        with pytest.raises(StorageError, match=f"Stale file handle.* {HALF} bytes are kept"):
            run(tmp_path / "a.zip")
        assert names_in(tmp_path) == names
    store.mock(side_effect=[part()])
    assert run(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


def test_disk_that_fills_up_keeps_the_partial_file(
    run, store, post, get, tmp_path, monkeypatch, names, clock
):
    write = OsHandle.write

    def full(self, offset, data):
        write(self, offset, data[: max(HALF - offset, 0)])
        if offset + len(data) > HALF:
            raise OSError(28, "No space left on device")

    class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            # What arrives within a tenth of a second may be written at once.
            clock.advance(1)
            yield api.ARCHIVE[:100]
            yield api.ARCHIVE[100:]

        async def __aiter__(self):
            for piece in self:
                yield piece

    headers = {"ETag": api.ETAG, "Content-Length": str(SIZE)}
    store.mock(return_value=httpx.Response(200, stream=Pieces(), headers=headers))
    with monkeypatch.context() as patch:
        patch.setattr(OsHandle, "write", full)
        with pytest.raises(StorageError, match="No space left on device.* 100 bytes are kept"):
            run(tmp_path / "a.zip")
    assert names_in(tmp_path) == names
    store.mock(side_effect=[part(100)])
    assert run(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


def test_unwritable_folder_is_explained_before_any_request(run, post, tmp_path, monkeypatch):
    def refused(self, path, content):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(OsDisk, "create", refused)
    with pytest.raises(DownloadError, match=r"^Cannot write in .*: Permission denied\."):
        run(tmp_path / "a.zip")
    assert not post.called


def test_checkpoints_are_written_periodically(
    run, store, post, get, tmp_path, clock, names, monkeypatch
):
    recorded = []
    # A byte a second is as slow as such a small archive takes.
    monkeypatch.setattr(_limit, "SLOWEST", 0)

    class Slow(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            for at in range(SIZE):
                clock.advance(1)
                yield api.ARCHIVE[at : at + 1]
                recorded.append(json.loads((tmp_path / names[0]).read_bytes())["good"])

        async def __aiter__(self):
            for piece in self:
                yield piece

    headers = {"ETag": api.ETAG, "Content-Length": str(SIZE)}
    store.mock(return_value=httpx.Response(200, stream=Slow(), headers=headers))
    run(tmp_path / "a.zip")
    assert recorded[0] == []
    ends = sorted({good[0][1] for good in recorded if good})
    assert all(later - sooner == 5 for sooner, later in pairwise(ends))
    assert len(ends) > SIZE / 6


def test_hidden_files_contain_no_secrets(stopped):
    for path in stopped.iterdir():
        content = path.read_bytes()
        for secret in (b"t0ken", b"5ecret5ignature", b"fr3sh", b"X-Amz", b"https:"):
            assert secret not in content


@pytest.mark.parametrize(
    "location", ["https://[", "https://xn--\N{COMBINING ACUTE ACCENT}/", "https://a:b/"]
)
def test_invalid_redirect_is_refused(tmp_path, location, kind):
    """By the flow itself, whatever the transport makes of it."""
    assert not resolve_redirect("https://store.example/a", location).startswith(
        "https://store.example"
    )
    assert unsafe_reason(resolve_redirect("https://store.example/a", location))
    assert resolve_redirect("https://store.example/a?b", "/c") == "https://store.example/c"
