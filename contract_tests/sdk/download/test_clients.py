"""Clients: progress, logs, credentials, and what they refuse."""

import asyncio
import logging
from random import Random

import httpx
import pytest
from helpers import api
from helpers.transfers import SIZE
from prolific_exports import AsyncExports, Downloading, Exports, UsageError


def test_store_requests_carry_no_credentials(clients, kind, tmp_path):
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return api.stored() if request.url.host == "store.example" else api.complete()

    client = clients.http_client(
        transport=httpx.MockTransport(handler),
        headers={"Authorization": "Bearer other"},
        cookies={"session": "1"},
        params={"team": "7"},
        auth=("user", "password"),
    )
    exports = clients.make(base_url=api.BASE, http_client=client)
    getattr(exports, api.PLURAL[kind]).download(api.RESOURCE[kind], tmp_path / "a.zip")
    headers = seen[-1].headers
    assert seen[-1].url.host == "store.example"
    assert str(seen[-1].url) == api.SIGNED
    assert not {"authorization", "cookie", "referer"} & set(headers)
    assert headers["Accept-Encoding"] == "identity"
    assert "t0ken" not in str(headers.raw)


def test_progress_is_reported_periodically_and_at_the_end(clients, kind, router, tmp_path, clock):
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
    exports = clients.make(base_url=api.BASE, clock=clock, random=Random(1), on_event=seen.append)
    job = getattr(exports, api.PLURAL[kind]).job(api.RESOURCE[kind], api.EXPORT_ID)
    job.download(tmp_path / "a.zip")
    progress = [event.received for event in seen if isinstance(event, Downloading)]
    assert progress == sorted(progress)
    assert progress[-1] == SIZE
    assert SIZE / 12 < len(progress) < SIZE / 8


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


def test_client_of_the_other_flavour_is_refused_before_anything_is_sent():
    with httpx.Client() as client, pytest.raises(UsageError, match="AsyncExports takes an"):
        AsyncExports("t0ken", http_client=client)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r" Exports takes an httpx\.Client\."):
        Exports("t0ken", http_client=httpx.AsyncClient())  # type: ignore[arg-type]


def test_async_callback_on_sync_client_is_refused(clients):
    async def on_event(event):
        pass

    with pytest.raises(UsageError, match="on_event is an async function"):
        clients.make(base_url=api.BASE, on_event=on_event)


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
