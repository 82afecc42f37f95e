"""Transfers that break off, restart, stall or never end."""

import itertools

import httpx
import pytest
from helpers import api
from helpers.transfers import HALF, SIZE, cut, names_in, part
from prolific_exports import DownloadError, Retrying
from prolific_exports._flows._policy import STALL_TIMEOUT


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


def test_stalled_connection_is_abandoned(job, store, tmp_path):
    store.mock(return_value=api.stored())
    job.download(tmp_path / "a.zip")
    assert store.calls.last.request.extensions["timeout"]["read"] == STALL_TIMEOUT


def test_one_byte_per_fresh_url_is_not_progress(job, store, ready, tmp_path):
    expired = itertools.cycle([False, True])

    def answer(request):
        return httpx.Response(403) if next(expired) else one_byte_of_the_rest(request)

    store.mock(side_effect=answer)
    with pytest.raises(DownloadError, match="answered 403, after 8 failures in a row"):
        job.download(tmp_path / "a.zip")
    assert store.call_count == 8
