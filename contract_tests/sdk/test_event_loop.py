"""The async client works on files outside the event loop, and many downloads share it fairly."""

import asyncio
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import httpx
import pytest
from helpers import api
from prolific_exports import (
    AsyncExports,
    Downloading,
    ExportArchive,
    ExportsError,
    ExportTimeoutError,
    Saved,
)
from prolific_exports import _client_base as _core
from prolific_exports._download import _parts
from prolific_exports._files._disk import OsDisk, OsHandle
from prolific_exports._http import _async_requests
from prolific_exports.testing import FakeClock

SIZE = len(api.ARCHIVE)
OURS = ("prolific-files", "prolific-verify")


class Body(httpx.AsyncByteStream):
    """A body made by an async generator function."""

    def __init__(self, pieces):
        self.pieces = pieces

    async def __aiter__(self):
        async for piece in self.pieces():
            yield piece


def answer(request):
    return api.stored() if request.url.host == "store.example" else api.complete()


def streaming(pieces, size=SIZE):
    """Answers with a body that an async generator function makes."""

    def handler(request):
        if request.url.host != "store.example":
            return api.complete()
        headers = {"ETag": api.ETAG, "Content-Length": str(size)}
        return httpx.Response(200, stream=Body(pieces), headers=headers)

    return handler


@asynccontextmanager
async def exports_over(handler=answer, **options):
    options = {"clock": FakeClock(), "random": Random(7), **options}
    transport = httpx.MockTransport(handler)
    async with (
        httpx.AsyncClient(transport=transport) as client,
        AsyncExports("t0ken", base_url=api.BASE, http_client=client, **options) as exports,
    ):
        yield exports


def our_threads():
    return {thread for thread in threading.enumerate() if thread.name.startswith(OURS)}


def watch(monkeypatch, owner, name, seen):
    """Note in which threads a function of a class or module runs."""
    descriptor = inspect.getattr_static(owner, name)
    work = getattr(owner, name)

    def watching(*args, **kwargs):
        seen.setdefault(name, set()).add(threading.current_thread())
        return work(*args, **kwargs)

    is_bound = isinstance(descriptor, classmethod)
    monkeypatch.setattr(owner, name, staticmethod(watching) if is_bound else watching)


@pytest.fixture
def threads_by_work(monkeypatch):
    seen = {}
    for cls in (OsDisk, OsHandle):
        for name in [name for name in vars(cls) if not name.startswith("_")]:
            watch(monkeypatch, cls, name, seen)
    watch(monkeypatch, _core, "verify_export", seen)
    watch(monkeypatch, ExportArchive, "open", seen)
    return seen


def test_file_operations_run_outside_the_event_loop(tmp_path, threads_by_work):
    async def broken():
        yield api.ARCHIVE[:100]
        raise httpx.ReadError("reset")

    async def scenario():
        async with exports_over(streaming(broken)) as exports:
            with pytest.raises(ExportsError):
                await exports.collections.download(api.COLLECTION, tmp_path)
        async with exports_over() as exports:
            await exports.collections.download(api.COLLECTION, tmp_path)

    asyncio.run(scenario())
    assert {"create", "open", "read", "write", "sync", "link", "verify_export"} <= set(
        threads_by_work
    )
    in_the_loop = [
        name for name, seen in threads_by_work.items() if threading.main_thread() in seen
    ]
    assert in_the_loop == []


def test_events_arrive_in_the_downloading_task(tmp_path):
    seen = []

    def note(event):
        seen.append((threading.current_thread(), asyncio.current_task(), type(event)))

    async def scenario():
        async with exports_over(on_event=note) as exports:
            await exports.collections.download(api.COLLECTION, tmp_path)
            return asyncio.current_task()

    task = asyncio.run(scenario())
    assert {one[:2] for one in seen} == {(threading.main_thread(), task)}
    assert {Downloading, Saved} <= {one[2] for one in seen}


def test_callback_error_ends_the_download_and_releases_the_claim(tmp_path):
    def stop(event):
        raise LookupError("enough")

    async def scenario():
        async with exports_over(on_event=stop) as exports:
            with pytest.raises(LookupError, match="enough"):
                await exports.collections.download(api.COLLECTION, tmp_path)

    asyncio.run(scenario())
    assert not list(tmp_path.glob("*.lock"))


def test_default_executor_of_asyncio_is_not_used(tmp_path, paused_threads):
    async def scenario():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = loop.run_in_executor(None, paused_threads.hold)
        async with exports_over() as exports:
            await exports.collections.download(api.COLLECTION, tmp_path / "a.zip")
        paused_threads.release()
        await busy

    asyncio.run(scenario())
    assert (tmp_path / "a.zip").read_bytes() == api.ARCHIVE


def test_verification_does_not_block_other_downloads(tmp_path, paused_threads, monkeypatch):
    monkeypatch.setattr(_core, "verify_export", paused_threads.hold)

    async def scenario():
        async with exports_over() as exports, asyncio.TaskGroup() as tasks:
            for number in range(20):
                (tmp_path / str(number)).mkdir()
                tasks.create_task(
                    exports.collections.download(api.COLLECTION, tmp_path / str(number) / "a.zip")
                )
            await paused_threads.is_reached()
            await exports.collections.download(api.COLLECTION, tmp_path / "b.zip", verify=False)
            assert not list(tmp_path.glob("*/a.zip"))
            paused_threads.release()

    asyncio.run(scenario())
    assert len(list(tmp_path.glob("*/a.zip"))) == 20


def test_threads_are_few_and_end_with_the_client(tmp_path):
    before = our_threads()

    async def scenario():
        async with exports_over() as exports:
            folders = [tmp_path / str(number) for number in range(40)]
            for folder in folders:
                folder.mkdir()
            await asyncio.gather(
                *(exports.collections.download(api.COLLECTION, folder) for folder in folders)
            )
            return our_threads() - before

    used = asyncio.run(scenario())
    assert 0 < len(used) <= 10
    for thread in used:
        thread.join(10)
        assert not thread.is_alive()


def test_closing_lets_a_download_over_the_callers_client_finish_its_files(tmp_path):
    async def scenario():
        begun, closed = asyncio.Event(), asyncio.Event()

        async def pieces():
            begun.set()
            yield api.ARCHIVE[:100]
            await closed.wait()
            yield api.ARCHIVE[100:]

        async with exports_over(streaming(pieces)) as exports:
            task = asyncio.create_task(exports.collections.download(api.COLLECTION, tmp_path))
            await begun.wait()
            await exports.close()
            closed.set()
            return await task

    archive = asyncio.run(scenario())
    assert archive.path.read_bytes() == api.ARCHIVE
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".zip"]


def test_received_bytes_are_not_buffered_without_bound(tmp_path, paused_threads, monkeypatch):
    """While a write takes its time, no more is read than is written at once."""
    piece, sent = bytes(65536), []
    monkeypatch.setattr(OsHandle, "write", paused_threads.hold)

    async def scenario():
        async def pieces():
            for _ in range(100):
                sent.append(len(piece))
                yield piece
                await asyncio.sleep(0)

        async with exports_over(streaming(pieces, 100 * len(piece))) as exports:
            task = asyncio.create_task(exports.collections.download(api.COLLECTION, tmp_path))
            await paused_threads.is_reached()
            for _ in range(1000):
                await asyncio.sleep(0)
            assert sum(sent) <= 256 * 1024 + len(piece)
            paused_threads.release()
            with pytest.raises(ExportsError):  # no archive
                await task

    asyncio.run(scenario())
    assert sum(sent) >= 100 * len(piece)


def test_queued_call_times_out_at_its_deadline(monkeypatch):
    monkeypatch.setattr(_async_requests, "_CALLS", 1)

    async def scenario():
        asked, answered = asyncio.Event(), asyncio.Event()

        async def slow(request):
            asked.set()
            await answered.wait()
            return httpx.Response(200, json=[])

        async with exports_over(slow) as exports:
            first = asyncio.create_task(exports.collections.list(api.COLLECTION))
            await asked.wait()
            job = exports.collections.job(api.COLLECTION, api.EXPORT_ID)
            with pytest.raises(ExportTimeoutError, match="no connection was free"):
                await job.wait(timeout=0.01)
            answered.set()
            await first

    asyncio.run(scenario())


class ConcurrencyCounter:
    """Holds up requests until ``enough`` are under way, and counts how many are at once."""

    def __init__(self, enough):
        self.enough = enough
        self.now = self.most = 0
        self.complete = asyncio.Event()

    async def wait(self):
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now == self.enough:
            # Requests beyond the limit would begin now.
            for _ in range(200):
                await asyncio.sleep(0)
            self.complete.set()
        await self.complete.wait()
        self.now -= 1


def test_calls_at_once_leave_connections_for_downloads():
    async def scenario():
        counter = ConcurrencyCounter(32)

        async def handle(_request):
            await counter.wait()
            return api.generating()

        async with exports_over(handle) as exports:
            job = exports.collections.job(api.COLLECTION, api.EXPORT_ID)
            await asyncio.gather(*(job.status() for _ in range(50)))
        return counter.most

    assert asyncio.run(scenario()) == 32


def test_parts_at_once_leave_connections_for_calls(tmp_path, monkeypatch):
    monkeypatch.setattr(_parts, "SMALLEST_PART", 8)

    async def scenario():
        counter = ConcurrencyCounter(64)

        async def handle(request):
            if request.url.host != "store.example":
                return api.complete()
            first, last = map(int, request.headers["range"].removeprefix("bytes=").split("-"))
            if first:
                await counter.wait()
            headers = {"ETag": api.ETAG, "Content-Range": f"bytes {first}-{last}/{SIZE}"}
            return httpx.Response(206, headers=headers, content=api.ARCHIVE[first : last + 1])

        async with exports_over(handle) as exports:
            await asyncio.gather(
                *(
                    exports.collections.download(f"c{number}", tmp_path, connections=32)
                    for number in range(4)
                )
            )
        return counter.most

    assert asyncio.run(scenario()) == 64


class ApiAndStore:
    """An API and a store on a socket. Archives are held back until 150 were asked for.

    Attributes:
        base: The API's URL.
        transfers: How many archives are on their way.
        most: How many were at once.
        begun: Set once 32 archives are on their way.
    """

    def __init__(self):
        self.asked = self.transfers = self.most = 0
        self.begun, self.all_asked = asyncio.Event(), asyncio.Event()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=256)
        self.base = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()

    async def serve(self, reader, writer):
        try:
            while asked := await reader.readuntil(b"\r\n\r\n"):
                await (self.answer if asked.startswith(b"POST") else self.send)(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self, writer):
        self.asked += 1
        if self.asked == 150:
            self.all_asked.set()
        body = api.complete(f"{self.base}/archive?X-Amz-Signature=5ecret").content
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    async def send(self, writer):
        self.transfers += 1
        self.most = max(self.most, self.transfers)
        if self.transfers == 32:
            self.begun.set()
        fields = f"Content-Length: {SIZE}\r\nETag: {api.ETAG}\r\n"
        writer.write(f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode() + api.ARCHIVE[:100])
        await self.all_asked.wait()
        self.transfers -= 1
        writer.write(api.ARCHIVE[100:])
        await writer.drain()


@pytest.mark.unmeasured
@pytest.mark.every_python
@pytest.mark.parametrize("own", [True, False], ids=["own", "the caller's"])
def test_150_downloads_at_once_do_not_starve_each_other(tmp_path, own):
    """Archives that take long leave connections to the calls of those that come later."""

    async def scenario():
        async with ApiAndStore() as service, httpx.AsyncClient() as client:
            options: dict[str, Any] = {} if own else {"http_client": client}
            async with (
                AsyncExports(
                    "t0ken", base_url=service.base, clock=FakeClock(), call_timeout=10, **options
                ) as exports,
                asyncio.TaskGroup() as tasks,
            ):
                for number in range(150):
                    if number == 130:
                        await service.begun.wait()
                    target = tmp_path / f"{number}.zip"
                    tasks.create_task(
                        exports.collections.download(f"c{number}", target, verify=False)
                    )
            return service

    assert 32 <= asyncio.run(scenario()).most <= 64
    targets = list(tmp_path.iterdir())
    assert len(targets) == 150
    assert all(target.read_bytes() == api.ARCHIVE for target in targets)
