"""URLs of an archive: expired, redirected, unsafe, or of a deleted job."""

import httpx
import pytest
from helpers import api
from helpers.transfers import FRESH, HALF, cut, names_in, part
from prolific_exports import (
    DownloadError,
    ExportFailedError,
    NotFoundError,
    Refreshed,
    StartedOver,
    UnsafeUrlError,
)


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
