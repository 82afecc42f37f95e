"""An `AsyncExports` belongs to one event loop, and says so in another."""

import asyncio

import httpx
import pytest
from helpers import api
from prolific_exports import AsyncExports, UsageError


@pytest.fixture(params=["own", "the caller's"])
def exports(request, router):
    router.post(api.post_url("collection")).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    client = None if request.param == "own" else httpx.AsyncClient()
    return AsyncExports("t0ken", base_url=api.BASE, http_client=client, save_codebooks=False)


async def download(exports, path):
    return await exports.collections.download(api.COLLECTION, path)


def test_use_in_a_second_event_loop_is_refused_before_anything_happens(exports, router, tmp_path):
    asyncio.run(download(exports, tmp_path / "a.zip"))
    sent = router.calls.call_count

    with pytest.raises(UsageError, match="another event loop.*Make an AsyncExports in each"):
        asyncio.run(download(exports, tmp_path / "b.zip"))

    assert router.calls.call_count == sent
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_closing_after_the_event_loop_has_ended_does_nothing_and_use_stays_refused(
    exports, tmp_path
):
    asyncio.run(download(exports, tmp_path / "a.zip"))

    asyncio.run(exports.close())
    asyncio.run(exports.close())

    with pytest.raises(UsageError, match="another event loop"):
        asyncio.run(download(exports, tmp_path / "b.zip"))


def test_closing_in_another_running_event_loop_is_refused(exports, tmp_path):
    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(download(exports, tmp_path / "a.zip"))
        with pytest.raises(UsageError, match="can't be used or closed in this one"):
            second.run(exports.close())
        first.run(download(exports, tmp_path / "b.zip"))
        first.run(exports.close())

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_client_created_outside_belongs_to_the_loop_of_its_first_use(exports, tmp_path):
    assert exports.collections.job(api.COLLECTION, api.EXPORT_ID).export_id == api.EXPORT_ID
    archive = asyncio.run(download(exports, tmp_path / "a.zip"))
    assert archive.path.read_bytes() == api.ARCHIVE


def test_unused_client_may_be_closed_in_any_loop(exports):
    asyncio.run(exports.close())
