"""Cancelling the async client: the claim outlives the last thread that works on the files."""

import asyncio
import logging
from contextlib import asynccontextmanager

import httpx
import pytest
from helpers import api
from helpers.transfers import names_in
from prolific_exports import AsyncExports
from prolific_exports import _client_base as _core
from prolific_exports._files._disk import OsDisk, OsHandle

PART = f".prolific-collection-{api.COLLECTION}"


def answer(request):
    return api.stored() if request.url.host == "store.example" else api.complete()


@asynccontextmanager
async def downloading(folder):
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        exports = AsyncExports("t0ken", base_url=api.BASE, http_client=client)
        yield asyncio.create_task(exports.collections.download(api.COLLECTION, folder / "a.zip"))


async def cancel(task):
    task.cancel()
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def slow_link(paused_threads, monkeypatch):
    link = OsDisk.link

    def slow(self, path, name):
        link(self, path, name)
        if name.suffix == ".zip":
            paused_threads.hold()

    monkeypatch.setattr(OsDisk, "link", slow)


@pytest.mark.parametrize("times", [1, 3])
def test_cancellation_waits_for_publishing(tmp_path, paused_threads, slow_link, times):
    async def scenario():
        async with downloading(tmp_path) as task:
            await paused_threads.is_reached()
            for _ in range(times):
                await cancel(task)
            assert not task.done()
            assert task.cancelling() == times
            assert names_in(tmp_path) == [f"{PART}.json", f"{PART}.lock", f"{PART}.part", "a.zip"]
            paused_threads.release()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert names_in(tmp_path) == ["a.zip"]

    asyncio.run(scenario())
    assert names_in(tmp_path) == ["a.zip"], "no thread was left behind"


def test_timeout_during_publishing_still_raises(tmp_path, paused_threads, slow_link):
    async def scenario():
        async with downloading(tmp_path) as task:
            await paused_threads.is_reached()
            asyncio.get_running_loop().call_soon(paused_threads.release)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await task
            assert names_in(tmp_path) == ["a.zip"]

    asyncio.run(scenario())
    assert names_in(tmp_path) == ["a.zip"]


def test_failure_during_publishing_does_not_hide_the_cancellation(
    tmp_path, paused_threads, monkeypatch, caplog
):
    def failing(*_):
        paused_threads.hold()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(OsHandle, "sync", failing)

    async def scenario():
        async with downloading(tmp_path) as task:
            await paused_threads.is_reached()
            await cancel(task)
            paused_threads.release()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scenario())
    assert names_in(tmp_path) == [f"{PART}.json", f"{PART}.part"]
    # asyncio logs an exception that is never retrieved; httpx logs requests.
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_cancellation_does_not_wait_for_verification(tmp_path, paused_threads, monkeypatch):
    """Reading changes nothing, and may take long."""
    monkeypatch.setattr(_core, "verify_export", lambda *_, **__: paused_threads.hold())

    async def scenario():
        async with downloading(tmp_path) as task:
            await paused_threads.is_reached()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert names_in(tmp_path) == [f"{PART}.json", f"{PART}.part"]
            paused_threads.release()

    asyncio.run(scenario())
    assert names_in(tmp_path) == [f"{PART}.json", f"{PART}.part"]
