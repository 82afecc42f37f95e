"""Downloading: what is at the target in the end, and what the store was asked."""

import asyncio
import errno
import io
import itertools
import json
import logging
import os
import re
import zipfile
from pathlib import Path
from random import Random

import httpx
import pytest
from helpers import api
from helpers.transfers import HALF, SIZE, cut, names_in, part
from prolific_exports import (
    AsyncExports,
    CorruptArchiveError,
    DownloadError,
    Downloading,
    ExportFailedError,
    Exports,
    NotFoundError,
    Refreshed,
    Retrying,
    Saved,
    StartedOver,
    StorageError,
    TargetExistsError,
    UnsafeUrlError,
    UsageError,
    Verifying,
    download,
)
from prolific_exports._flows._policy import STALL_TIMEOUT

FRESH = f"{api.STORE}?X-Amz-Signature=fr3sh"


@pytest.fixture
def ready(router, kind):
    """A job whose URL is there; asked again it gives a fresh one."""
    return router.get(api.get_url(kind)).mock(
        side_effect=[api.complete(), *[api.complete(FRESH)] * 20]
    )


@pytest.fixture
def job(resource, kind, ready):
    return resource.job(api.RESOURCE[kind], api.EXPORT_ID)


def test_archive_of_the_other_kind_is_not_saved(router, job, kind, store, tmp_path):
    other = "batch" if kind == "collection" else "collection"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"root/{other}.json", "{}")
    store.mock(return_value=api.stored(buffer.getvalue()))
    with pytest.raises(CorruptArchiveError, match=f"is the archive of a {other}, not of a {kind}"):
        job.download(tmp_path / "data.zip")
    assert names_in(tmp_path) == []


def test_download_saves_the_archive_of_an_id(router, resource, kind, store, tmp_path, events):
    router.post(api.post_url(kind)).mock(side_effect=[api.generating()])
    router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.complete()])
    store.mock(return_value=api.stored())
    target = tmp_path / "data.zip"
    archive = resource.download(api.RESOURCE[kind], target)
    assert os.fspath(archive) == str(target)
    assert target.read_bytes() == api.ARCHIVE
    assert names_in(tmp_path) == ["data.zip"]
    assert [type(event) for event in events[-3:]] == [Downloading, Verifying, Saved]
    assert events[-1] == Saved(events[-1].ref, target, SIZE)
    assert events[-3].received == events[-3].total == SIZE


def test_store_requests_carry_no_credentials(twin, kind, tmp_path):
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return api.stored() if request.url.host == "store.example" else api.complete()

    client = twin.http_client(
        transport=httpx.MockTransport(handler),
        headers={"Authorization": "Bearer other"},
        cookies={"session": "1"},
        params={"team": "7"},
        auth=("user", "password"),
    )
    exports = twin.make(base_url=api.BASE, http_client=client)
    getattr(exports, api.PLURAL[kind]).download(api.RESOURCE[kind], tmp_path / "a.zip")
    headers = seen[-1].headers
    assert seen[-1].url.host == "store.example"
    assert str(seen[-1].url) == api.SIGNED
    assert not {"authorization", "cookie", "referer"} & set(headers)
    assert headers["Accept-Encoding"] == "identity"
    assert "t0ken" not in str(headers.raw)


def test_folder_destination_gets_a_file_named_by_id_and_time(job, kind, store, tmp_path):
    store.mock(return_value=api.stored())
    archive = job.download(tmp_path)
    name = rf"{api.RESOURCE[kind]}-export-\d{{8}}-\d{{6}}\.zip"
    assert re.fullmatch(name, archive.path.name)
    assert archive.path.parent == tmp_path


def test_default_destination_is_the_working_directory(job, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store.mock(return_value=api.stored())
    job.download()
    assert len(names_in(tmp_path)) == 1


def test_existing_file_is_refused_before_any_request(job, ready, tmp_path):
    target = tmp_path / "data.zip"
    target.write_text("precious")
    with pytest.raises(TargetExistsError, match=r"data\.zip already exists") as taken:
        job.download(target)
    assert taken.value.path == target
    assert target.read_text() == "precious"
    assert not ready.called


def test_existing_file_is_replaced_with_overwrite(job, store, tmp_path):
    target = tmp_path / "data.zip"
    target.write_text("old")
    store.mock(return_value=api.stored())
    job.download(target, overwrite=True)
    assert target.read_bytes() == api.ARCHIVE


def test_failed_download_keeps_the_old_file(job, store, tmp_path):
    target = tmp_path / "data.zip"
    target.write_text("old")
    store.mock(return_value=httpx.Response(200, content=b"not a zip"))
    with pytest.raises(CorruptArchiveError):
        job.download(target, overwrite=True)
    assert target.read_text() == "old"
    assert names_in(tmp_path) == ["data.zip"]


def test_file_created_during_the_download_is_kept(job, store, tmp_path):
    target = tmp_path / "data.zip"

    def appear(request: httpx.Request) -> httpx.Response:
        target.write_text("somebody else's")
        return api.stored()

    store.mock(side_effect=appear)
    with pytest.raises(TargetExistsError, match=r"kept in .*\.part, and is not fetched again"):
        job.download(target)
    assert target.read_text() == "somebody else's"
    job.download(tmp_path / "other.zip")
    assert names_in(tmp_path) == ["data.zip", "other.zip"]
    assert store.calls.last.request.headers["Range"] == f"bytes={SIZE - 1}-", "it was kept"


def test_unresumable_partial_file_is_not_reported_as_kept(job, store, tmp_path):
    target = tmp_path / "data.zip"

    def appear(request: httpx.Request) -> httpx.Response:
        target.write_text("somebody else's")
        return api.stored(etag=None)

    store.mock(side_effect=appear)
    with pytest.raises(
        TargetExistsError, match=r"allow overwriting \(overwrite=True, --overwrite\)\.$"
    ):
        job.download(target)
    assert names_in(tmp_path) == ["data.zip"]


def test_missing_folder_is_named(job, ready, tmp_path):
    with pytest.raises(DownloadError, match="Folder .*missing does not exist"):
        job.download(tmp_path / "missing" / "data.zip")
    assert not ready.called


def test_path_with_trailing_separator_is_a_folder(job, ready, store, tmp_path):
    with pytest.raises(DownloadError, match="Folder .*exports does not exist: create it first"):
        job.download(f"{tmp_path}/exports/")
    assert not ready.called
    assert names_in(tmp_path) == []
    (tmp_path / "exports").mkdir()
    store.mock(return_value=api.stored())
    assert job.download(f"{tmp_path}/exports{os.sep}").path.parent == tmp_path / "exports"


def test_download_resumes_after_connection_reset(job, store, tmp_path, clock):
    store.mock(side_effect=[cut(), part()])
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE
    second = store.calls.last.request.headers
    assert second["Range"] == f"bytes={HALF}-"
    assert second["If-Match"] == api.ETAG
    assert len(clock.sleeps) == 1


def test_download_without_entity_tag_restarts_after_connection_reset(job, store, tmp_path):
    store.mock(side_effect=[cut(etag=None), api.stored(etag=None)])
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE
    assert "Range" not in store.calls.last.request.headers


def test_response_that_ignores_the_range_is_not_appended(job, store, tmp_path):
    store.mock(side_effect=[cut(), api.stored()])
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(412),
        httpx.Response(416),
        part(start=HALF + 1),
        part(etag='"other"'),
        part(total=SIZE + 1),
        httpx.Response(206, content=b"?"),
    ],
    ids=["changed", "shorter", "elsewhere", "other tag", "other size", "no range"],
)
def test_changed_archive_restarts_the_download(job, store, tmp_path, answer):
    store.mock(side_effect=[cut(), answer, api.stored()])
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE
    assert "Range" not in store.calls.last.request.headers


def test_complete_archive_sent_as_a_part_is_accepted(job, store, tmp_path):
    store.mock(return_value=part(start=0))
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


def test_archive_that_always_changes_ends_the_download(job, store, tmp_path):
    store.mock(side_effect=[cut(), httpx.Response(412)] * 20)
    with pytest.raises(DownloadError, match="changed during the download"):
        job.download(tmp_path / "a.zip")
    assert names_in(tmp_path) == []
    assert store.call_count <= 20


def test_store_that_never_sends_everything_ends_the_download(job, store, tmp_path):
    store.mock(side_effect=[cut(etag=None) for _ in range(40)])
    with pytest.raises(DownloadError, match="restarts from byte 0"):
        job.download(tmp_path / "a.zip")
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(("wrong", "then"), [(HALF, part()), (2 * HALF + 500, api.stored())])
def test_body_with_wrong_length_is_refused(job, store, tmp_path, wrong, then):
    body = (api.ARCHIVE * 3)[:wrong]

    class Whole(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            yield body

        async def __aiter__(self):
            yield body

    announced = {"Content-Length": str(SIZE), "ETag": api.ETAG}
    store.mock(side_effect=[httpx.Response(200, stream=Whole(), headers=announced), then])
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


def test_body_of_unknown_length_is_verified_by_its_zip(job, store, tmp_path):
    class Chunked(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            yield api.ARCHIVE

        async def __aiter__(self):
            yield api.ARCHIVE

    store.mock(return_value=httpx.Response(200, stream=Chunked()))
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_expired_url_is_replaced_by_a_fresh_one(job, store, tmp_path, events, status):
    store.mock(side_effect=[cut(), httpx.Response(status, text="<Error/>"), part()])
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE
    urls = [str(call.request.url) for call in store.calls]
    assert urls == [api.SIGNED, api.SIGNED, FRESH]
    assert store.calls.last.request.headers["Range"] == f"bytes={HALF}-"
    assert [event.received for event in events if isinstance(event, Refreshed)] == [HALF]


def test_refused_fresh_url_ends_the_download(job, store, tmp_path, ready):
    store.mock(return_value=httpx.Response(403, text=f"<Error>Denied {api.SIGNED}</Error>"))
    with pytest.raises(DownloadError, match="403 to a fresh URL.*Denied") as refused:
        job.download(tmp_path / "a.zip")
    assert "5ecret5ignature" not in str(refused.value)
    assert store.call_count == 2
    assert ready.call_count == 2
    assert names_in(tmp_path) == []


def test_used_fresh_url_may_be_replaced_on_restart(job, store, tmp_path, ready):
    """It brought a whole archive; that the archive was damaged is not the URL's fault."""
    damaged = api.stored(bytes([api.ARCHIVE[0] ^ 1]) + api.ARCHIVE[1:])
    expired = httpx.Response(403)
    store.mock(side_effect=[expired, damaged, expired, api.stored()])
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE
    assert ready.call_count == 3


def test_fresh_url_of_an_export_ready_at_once_comes_from_post(
    router, resource, kind, store, tmp_path
):
    post = router.post(api.post_url(kind)).mock(side_effect=[api.complete(), api.complete(FRESH)])
    store.mock(side_effect=[httpx.Response(403), api.stored()])
    resource.download(api.RESOURCE[kind], tmp_path / "a.zip")
    assert post.call_count == 2
    assert str(store.calls.last.request.url) == FRESH


@pytest.mark.parametrize("when", ["while generating", "while downloading"])
def test_download_requests_new_job_when_another_user_deletes_its_own(
    router, resource, kind, store, tmp_path, when
):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(), api.generating(api.OTHER_EXPORT_ID)]
    )
    before = api.generating() if when == "while generating" else api.complete()
    router.get(api.get_url(kind)).mock(side_effect=[before, api.error(404)])
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(side_effect=[api.complete(FRESH)])
    broken = [] if when == "while generating" else [cut(), httpx.Response(404)]
    store.mock(side_effect=[*broken, api.stored()])

    archive = resource.download(api.RESOURCE[kind], tmp_path / "a.zip")

    assert archive.path.read_bytes() == api.ARCHIVE
    assert post.call_count == 2


def test_download_of_named_job_fails_when_another_user_deletes_it(
    router, resource, kind, store, tmp_path
):
    router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.error(404)])

    with pytest.raises(NotFoundError):
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).download(tmp_path / "a.zip")

    assert not store.called
    assert names_in(tmp_path) == []


def test_deleted_archive_of_a_named_job_raises(router, resource, kind, store, tmp_path):
    router.get(api.get_url(kind)).mock(side_effect=[api.complete(), api.failed()])
    store.mock(return_value=httpx.Response(404))
    with pytest.raises(ExportFailedError):
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).download(tmp_path / "a.zip")
    assert names_in(tmp_path) == []


def test_deleted_archive_of_an_own_job_is_requested_again(
    router, resource, kind, store, tmp_path, events
):
    router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(), api.generating(api.OTHER_EXPORT_ID)]
    )
    router.get(api.get_url(kind)).mock(side_effect=[api.complete(), api.failed()])
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(side_effect=[api.complete(FRESH)])
    store.mock(side_effect=[cut(), httpx.Response(404), api.stored()])
    archive = resource.download(api.RESOURCE[kind], tmp_path / "a.zip")
    assert archive.path.read_bytes() == api.ARCHIVE
    assert "Range" not in store.calls.last.request.headers
    assert [event.reason for event in events if isinstance(event, StartedOver)] == [
        "the export job failed or was deleted, so a new one was requested"
    ]


@pytest.mark.parametrize("fault", [httpx.ConnectError("no"), httpx.Response(503)], ids=str)
def test_transient_store_failures_are_retried_and_reported(
    job, store, tmp_path, clock, events, fault
):
    store.mock(side_effect=[fault, fault, api.stored()])
    job.download(tmp_path / "a.zip")
    retries = [event for event in events if isinstance(event, Retrying)]
    assert [retry.delay for retry in retries] == clock.sleeps
    assert len(retries) == 2
    for retry in retries:
        assert retry.ref == job.ref
        assert isinstance(retry.error, DownloadError)
        assert str(retry.error).startswith(f"The download of {job.ref} stopped: ")


def test_retry_after_of_the_store_is_respected_and_reported(job, store, tmp_path, clock, events):
    store.mock(side_effect=[httpx.Response(503, headers={"Retry-After": "9"}), api.stored()])
    job.download(tmp_path / "a.zip")
    assert clock.sleeps == [9.0]
    [retry] = [event for event in events if isinstance(event, Retrying)]
    assert retry.delay == 9.0
    assert str(retry.error).endswith("stopped: the store answered 503.")


def test_interrupted_body_is_reported_except_on_the_last_attempt(job, store, tmp_path, events):
    store.mock(side_effect=[cut(), part()])
    job.download(tmp_path / "a.zip")
    [retry] = [event for event in events if isinstance(event, Retrying)]
    assert "connection reset" in str(retry.error)
    events.clear()
    store.mock(side_effect=httpx.ReadTimeout("silence"))
    with pytest.raises(DownloadError):
        job.download(tmp_path / "b.zip")
    assert sum(isinstance(event, Retrying) for event in events) == 7


def test_retry_after_beyond_the_timeout_ends_the_download(job, store, tmp_path, clock):
    store.mock(return_value=httpx.Response(503, headers={"Retry-After": "86400"}))
    with pytest.raises(DownloadError, match="asks to wait 86400 s"):
        job.download(tmp_path / "a.zip")
    assert clock.sleeps == []


def test_export_timeout_does_not_limit_pauses_of_the_transfer(job, store, tmp_path, clock):
    store.mock(return_value=httpx.Response(503))
    with pytest.raises(DownloadError, match="answered 503, 8 times in a row") as failure:
        job.download(tmp_path / "a.zip", timeout=0.1)
    assert store.call_count == 8
    assert max(clock.sleeps) > 0.1
    assert (failure.value.hint, failure.value.retryable) == (
        "Run the same download again later.",
        True,
    )
    store.mock(return_value=httpx.Response(301))
    with pytest.raises(DownloadError, match="answered 301") as failure:
        job.download(tmp_path / "a.zip")
    assert (failure.value.hint, failure.value.retryable) == (None, False)


def test_connection_reset_after_the_last_byte_is_harmless(job, store, tmp_path):
    store.mock(side_effect=[cut(api.ARCHIVE), httpx.Response(416)])
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


def test_persistent_store_failures_end_the_download(job, store, tmp_path):
    store.mock(return_value=httpx.Response(500, text="<Error>InternalError</Error>"))
    with pytest.raises(DownloadError, match="answered 500, 8 times in a row.*InternalError"):
        job.download(tmp_path / "a.zip")
    assert store.call_count == 8
    store.mock(side_effect=httpx.ReadTimeout("silence"))
    with pytest.raises(DownloadError, match="no complete response arrived in time"):
        job.download(tmp_path / "a.zip")


def one_byte_of_the_rest(request):
    """A connection that breaks behind the first byte, as often as it is asked."""
    start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
    fields = {"Content-Range": f"bytes {start}-{SIZE - 1}/{SIZE}"} if start else {}
    return cut(api.ARCHIVE[start : start + 1], status=206 if start else 200, **fields)


def test_one_byte_per_request_is_not_progress(job, store, tmp_path):
    store.mock(side_effect=one_byte_of_the_rest)
    with pytest.raises(DownloadError, match=r"8 times in a row.* 8 bytes are kept"):
        job.download(tmp_path / "a.zip")
    assert store.call_count == 8


def test_one_byte_per_fresh_url_is_not_progress(job, store, ready, tmp_path):
    expired = itertools.cycle([False, True])

    def answer(request):
        return httpx.Response(403) if next(expired) else one_byte_of_the_rest(request)

    store.mock(side_effect=answer)
    with pytest.raises(DownloadError, match="answered 403, after 8 failures in a row"):
        job.download(tmp_path / "a.zip")
    assert store.call_count == 8


def test_one_percent_of_the_archive_per_request_is_progress(job, store, tmp_path):
    least = -(-SIZE // 100)

    def answer(request):
        start = int(request.headers.get("Range", "bytes=0-")[6:].partition("-")[0])
        fields = {"Content-Range": f"bytes {start}-{SIZE - 1}/{SIZE}"} if start else {}
        return cut(api.ARCHIVE[start : start + least], status=206 if start else 200, **fields)

    store.mock(side_effect=answer)
    assert job.download(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE
    assert store.call_count > 50


def test_invalid_response_ends_the_download_at_once(job, store, tmp_path):
    store.mock(return_value=httpx.Response(204))
    with pytest.raises(DownloadError, match="answered 204"):
        job.download(tmp_path / "a.zip")
    assert store.call_count == 1


def test_binary_response_is_not_quoted(job, store, tmp_path):
    store.mock(return_value=httpx.Response(204, content=b"\x80PK"))
    with pytest.raises(DownloadError) as failure:
        job.download(tmp_path / "a.zip")
    assert "PK" not in str(failure.value)


def test_store_headers_are_quoted_safely(job, store, tmp_path):
    said = f"https://[\x1b]0;x\x07 {api.SIGNED} t0ken-of-a-test"
    store.mock(return_value=httpx.Response(206, headers={"Content-Range": said}))
    with pytest.raises(DownloadError) as failure:
        job.download(tmp_path / "a.zip")
    message = str(failure.value)
    assert "https://[" in message
    assert message.isprintable()
    assert "5ecret" not in message
    assert "t0ken" not in message


def test_safe_redirects_are_followed(router, job, store, tmp_path):
    moved = "https://elsewhere.example/archive?X-Amz-Signature=moved"
    store.mock(return_value=httpx.Response(307, headers={"Location": moved}))
    elsewhere = router.get(url__startswith="https://elsewhere.example/archive").mock(
        side_effect=[
            httpx.Response(302, headers={"Location": "/archive/2"}),
            api.stored(),
        ]
    )
    job.download(tmp_path / "a.zip")
    assert str(elsewhere.calls.last.request.url) == "https://elsewhere.example/archive/2"
    assert all("authorization" not in call.request.headers for call in elsewhere.calls)


@pytest.mark.parametrize(
    "location", ["http://store.example/x", "https://[broken", "https://a:999999/b", "ftp://a/b"]
)
def test_unsafe_redirects_are_not_followed(job, store, tmp_path, location):
    store.mock(return_value=httpx.Response(302, headers={"Location": location}))
    with pytest.raises(UnsafeUrlError):
        job.download(tmp_path / "a.zip")
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("location", ["https://xn--/", "localhost:8443/login", "urn:x"])
def test_invalid_redirect_is_a_typed_error(job, store, tmp_path, location):
    """It lets what its IDNA library raises, and an error of its own, out as they are."""
    store.mock(return_value=httpx.Response(302, headers={"Location": location}))
    with pytest.raises(DownloadError):
        job.download(tmp_path / "a.zip")
    assert names_in(tmp_path) == []


def test_endless_redirects_end_the_download(job, store, tmp_path):
    store.mock(return_value=httpx.Response(302, headers={"Location": api.SIGNED}))
    with pytest.raises(DownloadError, match="more than 5 times"):
        job.download(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://store.example/a?X-Amz-Signature=5ecret5ignature", "not https"),
        ("https://user:5ecret5ignature@store.example/a", "user name"),
        ("archive.zip", "not an absolute"),
        ("https://[", "not a URL"),
        ("https://store.example:999999/", "not a URL"),
    ],
)
def test_unsafe_url_is_not_fetched(router, resource, kind, tmp_path, url, reason):
    router.get(api.get_url(kind)).mock(return_value=api.complete(url))
    with pytest.raises(UnsafeUrlError, match=reason) as refused:
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).download(tmp_path / "a.zip")
    assert "5ecret5ignature" not in str(refused.value)
    assert names_in(tmp_path) == []


def test_http_is_accepted_for_loopback(router, resource, kind, tmp_path):
    router.get(api.get_url(kind)).mock(return_value=api.complete("http://127.0.0.1:8123/a"))
    router.get("http://127.0.0.1:8123/a").mock(return_value=api.stored())
    resource.job(api.RESOURCE[kind], api.EXPORT_ID).download(tmp_path / "a.zip")


def test_progress_is_reported_periodically_and_at_the_end(twin, kind, router, tmp_path, clock):
    class Slow(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            for byte in api.ARCHIVE:
                clock.advance(0.01)
                yield bytes([byte])

        async def __aiter__(self):
            for byte in self:
                yield byte

    headers = {"Content-Length": str(SIZE)}
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(
        return_value=httpx.Response(200, stream=Slow(), headers=headers)
    )
    seen = []
    exports = twin.make(base_url=api.BASE, clock=clock, random=Random(1), on_event=seen.append)
    job = getattr(exports, api.PLURAL[kind]).job(api.RESOURCE[kind], api.EXPORT_ID)
    job.download(tmp_path / "a.zip")
    progress = [event.received for event in seen if isinstance(event, Downloading)]
    assert progress == sorted(progress)
    assert progress[-1] == SIZE
    assert SIZE / 12 < len(progress) < SIZE / 8


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_interrupt_before_any_bytes_leaves_no_files(job, store, tmp_path, interruption):
    def interrupt(request: httpx.Request) -> httpx.Response:
        raise interruption

    store.mock(side_effect=interrupt)
    with pytest.raises(interruption):
        job.download(tmp_path / "a.zip")
    assert names_in(tmp_path) == []


def test_cancellation_keeps_a_resumable_partial_file(tmp_path):
    arrived = asyncio.Event()

    async def endless():
        yield api.ARCHIVE[:100]
        arrived.set()
        await asyncio.Event().wait()

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "store.example":
            headers = {"ETag": api.ETAG, "Content-Length": str(SIZE)}
            return httpx.Response(200, content=endless(), headers=headers)
        return api.complete()

    async def scenario() -> None:
        transport = httpx.MockTransport(handler)
        async with httpx.AsyncClient(transport=transport) as client:
            exports = AsyncExports("t0ken", base_url=api.BASE, http_client=client)
            task = asyncio.create_task(
                exports.collections.download(api.COLLECTION, tmp_path / "a.zip")
            )
            await arrived.wait()
            assert len(names_in(tmp_path)) == 3
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scenario())
    kept = f".prolific-collection-{api.COLLECTION}"
    assert names_in(tmp_path) == [f"{kept}.json", f"{kept}.part"]
    assert json.loads((tmp_path / f"{kept}.json").read_text())["good"] == [[0, 100]]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("refusing", ["fsync", "link"])
def test_disk_error_is_a_typed_error_with_its_cause(
    job, store, tmp_path, monkeypatch, number, refusing
):
    store.mock(return_value=api.stored())

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, refusing, refuse)
        patch.setattr(os, "replace", refuse)
        with pytest.raises(StorageError, match=os.strerror(number)):
            job.download(tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()
    job.download(tmp_path / "a.zip")
    assert names_in(tmp_path) == ["a.zip"]


@pytest.mark.skipif(os.name == "nt", reason="makes a link")
def test_link_is_kept_and_its_target_replaced(job, store, tmp_path):
    store.mock(return_value=api.stored())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "real.zip").write_text("old")
    (tmp_path / "a.zip").symlink_to("elsewhere/real.zip")
    with pytest.raises(TargetExistsError):
        job.download(tmp_path / "a.zip")
    job.download(tmp_path / "a.zip", overwrite=True)
    assert (tmp_path / "a.zip").is_symlink()
    assert names_in(tmp_path / "elsewhere") == ["real.zip"]
    assert (tmp_path / "elsewhere" / "real.zip").read_bytes() == api.ARCHIVE


def test_tilde_is_the_home_folder(job, store, tmp_path, monkeypatch):
    store.mock(return_value=api.stored())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert job.download(Path("~/a.zip")).path == tmp_path / "a.zip"


def test_url_signature_is_not_logged(job, store, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    store.mock(return_value=api.stored())
    job.download(tmp_path / "a.zip")
    assert "store.example" in caplog.text, "httpx logs the request"
    assert "5ecret5ignature" not in caplog.text
    assert "t0ken-of-a-test" not in caplog.text


def test_other_requests_are_logged_unchanged(router, caplog):
    caplog.set_level(logging.INFO)
    router.get("https://other.example/").mock(return_value=httpx.Response(200))
    httpx.get("https://other.example/?page=2")
    assert "https://other.example/?page=2" in caplog.text


def test_stalled_connection_is_abandoned(job, store, tmp_path):
    store.mock(return_value=api.stored())
    job.download(tmp_path / "a.zip")
    assert store.calls.last.request.extensions["timeout"]["read"] == STALL_TIMEOUT


def test_client_of_the_other_flavour_is_refused_before_anything_is_sent():
    with httpx.Client() as client, pytest.raises(UsageError, match="AsyncExports takes an"):
        AsyncExports("t0ken", http_client=client)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r" Exports takes an httpx\.Client\."):
        Exports("t0ken", http_client=httpx.AsyncClient())  # type: ignore[arg-type]


def test_async_callback_on_sync_client_is_refused(twin):
    async def on_event(event):
        pass

    with pytest.raises(UsageError, match="on_event is an async function"):
        twin.make(base_url=api.BASE, on_event=on_event)


@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_clients_are_context_managers(flavour, router):
    if flavour == "sync":
        with Exports("t0ken") as exports:
            assert exports.collections is not None
        return

    async def scenario() -> None:
        async with AsyncExports("t0ken") as exports:
            assert exports.collections is not None

    asyncio.run(scenario())


def test_job_repr_shows_kind_and_id(router, resource, kind):
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    job = resource.job(api.RESOURCE[kind], api.EXPORT_ID)
    assert f"of {kind} {api.RESOURCE[kind]} (export {api.EXPORT_ID}): not requested yet" in repr(
        job
    )
    job.status()
    assert repr(job).endswith(": complete>")


def test_download_function_returns_the_path(router, kind, store, tmp_path, monkeypatch):
    monkeypatch.setenv("PROLIFIC_TOKEN", "t0ken")
    monkeypatch.setenv("PROLIFIC_URL", api.BASE)
    router.post(api.post_url(kind)).mock(return_value=api.complete())
    store.mock(return_value=api.stored())
    archive = download(kind, api.RESOURCE[kind], tmp_path / "a.zip")
    assert archive.path.read_bytes() == api.ARCHIVE


def test_unknown_kind_is_refused(tmp_path):
    with pytest.raises(UsageError, match="Unknown kind 'study'"):
        download("study", api.COLLECTION, tmp_path, token="t0ken")  # type: ignore[arg-type]
