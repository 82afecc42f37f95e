"""Interrupted downloads resume: the same job, through another URL, with the same bytes."""

import json

import httpx
import pytest
from archive.builders import ROOT, collection_members, patch_member, write_zip
from helpers import api
from helpers.transfers import HALF, SIZE, BrokenBody, cut, events_of, names_in, part
from prolific_exports import (
    AccessDeniedError,
    AuthenticationError,
    CorruptArchiveError,
    DownloadError,
    Downloading,
    Exports,
    NotFoundError,
    Resuming,
    Saved,
    StartedOver,
    TargetExistsError,
    TargetInUseError,
    UnreadableMemberError,
    Verifying,
)
from prolific_exports._model._urls import resolve_redirect, unsafe_reason
from prolific_exports.testing import FakeClock


def test_second_run_resumes_the_same_job_at_the_same_byte(run, get, store, stopped, events, clock):
    fresh = f"{api.STORE}?X-Amz-Signature=fr3sh"
    get.mock(return_value=api.complete(fresh))
    output = json.loads(next(stopped.glob(".*.json")).read_bytes())["output"]
    clock.advance(3600)
    store.mock(side_effect=[part()])
    archive = run(stopped)
    assert archive.path.read_bytes() == api.ARCHIVE
    assert names_in(stopped) == [archive.path.name] == [output], "the name that was chosen then"
    asked = store.calls.last.request
    assert str(asked.url) == fresh
    assert asked.headers["Range"] == f"bytes={HALF}-"
    assert asked.headers["If-Match"] == api.ETAG
    assert [event.received for event in events_of(events, Resuming)] == [HALF]
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


@pytest.mark.parametrize("answer", [httpx.Response(412), part(etag='"other"')])
def test_changed_archive_is_downloaded_from_the_start(run, store, stopped, events, answer):
    store.mock(side_effect=[answer, api.stored(etag='"other"')])
    assert run(stopped).path.read_bytes() == api.ARCHIVE
    assert [event.reason for event in events_of(events, StartedOver)] == [
        "the archive changed during the download"
    ]
    assert not events_of(events, Resuming)
    assert len(names_in(stopped)) == 1


def test_store_that_sends_everything_replaces_the_partial_file(run, store, stopped, events):
    store.mock(side_effect=[api.stored()])
    assert run(stopped).path.read_bytes() == api.ARCHIVE
    assert len(events_of(events, StartedOver)) == 1


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
    assert "the export job failed or was deleted" in events_of(events, StartedOver)[0].reason


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
    assert len(events_of(events, StartedOver)) == 1
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
    assert events_of(events, StartedOver)[0].reason == "the downloaded archive is corrupt"


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
    assert not events_of(events, Verifying)


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
