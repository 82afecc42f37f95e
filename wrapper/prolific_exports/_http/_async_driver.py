"""The driver for asyncio: carries out a flow's effects without blocking the event loop."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Generic, TypeVar

import httpx
from attrs import define, field, frozen

from prolific_exports._errors import ExportsError, UsageError
from prolific_exports._flows._effects import (
    Admission,
    Effect,
    EventQueue,
    Fetch,
    FetchAll,
    Fetched,
    Flow,
    Reply,
    Run,
    Send,
    Sleep,
)
from prolific_exports._http import _requests as http
from prolific_exports._http import _routing as routing
from prolific_exports._http._exchange import exchange
from prolific_exports._http._limit import Limit
from prolific_exports._http._logging import without_secrets
from prolific_exports._http._threads import Threads
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._clock import Clock
from prolific_exports._model._settings import Settings

# The sum is below the 100 connections of an httpx client. Polls and downloads therefore never
# wait for each other's connections.
_CALLS: Final = 32
_CONNECTIONS: Final = 64
# A download holds its slot until its archive is complete: if it had to wait in between, its
# presigned URL could expire.
_DOWNLOADS: Final = 32

# Passing bytes to a thread costs as much as reading about 100 KiB, so the driver collects them
# first. The time limit keeps the progress display smooth.
_GATHERED: Final = 256 * 1024
_GATHERING_SECONDS: Final = 0.1

_OTHER_LOOP: Final = (
    "This AsyncExports belongs to another event loop: its connections can't be used or closed in "
    "this one. Make an AsyncExports in each event loop, so one in each asyncio.run."
)

T = TypeVar("T")


class AsyncDriver:
    """Runs flows over an `httpx.AsyncClient`: the asyncio counterpart of `SyncDriver`."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient | None, clock: Clock) -> None:
        """Use the caller's client, which the caller closes, or create one."""
        # Check early: otherwise the error would appear only after a request was sent.
        if isinstance(client, httpx.Client):
            raise UsageError(
                "http_client is an httpx.Client, which is for Exports: AsyncExports takes an "
                "httpx.AsyncClient."
            )
        self._reach = Reachability()
        self._settings = settings
        self._owned = client is None
        if client is None:
            environment = http.read_environment(settings)
            self._reach = Reachability(environment)
            client = routing.async_client(environment)
        self._client = client
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads = Threads()
        self._calls = asyncio.Semaphore(_CALLS)
        self._connections = asyncio.Semaphore(_CONNECTIONS)
        self._downloads = asyncio.Semaphore(_DOWNLOADS)

    async def close(self) -> None:
        """Close the client, if the driver created it.

        Raises:
            UsageError: The driver belongs to another event loop, which is still open.
        """
        ended = self._loop is not None and self._loop.is_closed()
        if not ended:
            self._stay_in_loop()
        self._threads.close()
        # The caller's client stays open, so the caller may run more flows.
        self._threads = Threads()
        # A closed event loop has already closed its connections.
        if self._owned and not ended:
            await self._client.aclose()

    def _stay_in_loop(self) -> None:
        running = asyncio.get_running_loop()
        self._loop = self._loop or running
        if self._loop is not running:
            raise UsageError(_OTHER_LOOP)

    async def look(self, work: Callable[[], T]) -> T:
        """Return the result of a short read of files, made outside the event loop."""
        with self._threads.used():
            return await self._threads.look(work)

    async def run(
        self,
        flow: Flow[T],
        part_events: EventQueue | None = None,
        admission: Admission | None = None,
    ) -> T:
        """Carry out the flow's effects and return the flow's result.

        Args:
            flow: The flow to run.
            part_events: The queue for the events of a flow that works on files; None for other
                flows. The steps and callbacks of such a flow run in threads; this coroutine
                delivers their events.
            admission: Decides when each effect is carried out; None for a flow on its own.

        Raises:
            UsageError: The client is closed, or belongs to another event loop.
        """
        self._stay_in_loop()
        http.refuse_closed(self._client)
        threads = self._threads
        with threads.used():
            runner = _StepRunner(threads, part_events, self._downloads)
            step: Callable[[], Effect] = partial(next, flow)
            try:
                while True:
                    effect = await runner.do(partial(_advance, step))
                    if isinstance(effect, _Returned):
                        value: T = effect.value
                        return value
                    try:
                        result = await self._perform(effect, runner, admission)
                    except ExportsError as error:
                        step = partial(flow.throw, error)
                    else:
                        step = partial(flow.send, result)
            except BaseException:
                # Let the flow clean up, also after a cancellation.
                await runner.tidy(flow.close)
                raise
            finally:
                runner.end_download()

    async def _perform(
        self, effect: Effect, runner: "_StepRunner", admission: Admission | None
    ) -> Any:
        if admission is None:
            return await self._do(effect, runner)
        await admission.admit(effect)
        result = None if isinstance(effect, Sleep) else await self._do(effect, runner)
        admission.record(effect, result)
        return result

    async def _do(self, effect: Effect, runner: "_StepRunner") -> Any:
        match effect:
            case Send():
                return await self._send(effect)
            case Fetch():
                await runner.begin_download()
                return await self._fetch(effect, runner)
            case FetchAll():
                await runner.begin_download()
                return await self._fetch_all(effect.fetches, runner)
            case Sleep():
                return await self._clock.sleep_async(effect.seconds)
            case Run(reads_only=True):
                runner.end_download()
                return await runner.threads.read(effect.work)
            case _:
                runner.end_download()
                return await runner.do(effect.work)

    async def _send(self, send: Send) -> Reply:
        limit = Limit(self._clock, send.timeout)
        try:
            async with asyncio.timeout(send.timeout):
                await self._calls.acquire()
        except TimeoutError:
            late = httpx.PoolTimeout("other calls are under way")
            raise http.no_answer(send.request, late, self._settings, self._reach) from None
        try:
            return await self._send_now(send, limit)
        finally:
            self._calls.release()

    async def _send_now(self, send: Send, limit: Limit) -> Reply:
        request = http.api_request(self._client, self._settings, send)
        try:
            with without_secrets(self._settings.redactor):
                async with exchange(request, limit):
                    response = await self._client.send(
                        request, stream=True, auth=None, follow_redirects=False
                    )
                    try:
                        body = http.body_of(response, http.MAX_BODY_SIZE)
                        async for chunk in http.raw_bytes_async(response):
                            limit.check()
                            if body.is_enough(chunk):
                                break
                    finally:
                        await response.aclose()
        except http.FAILURES as error:
            failure = http.no_answer(send.request, error, self._settings, self._reach)
        else:
            self._reach.record_success(request.url)
            return http.reply(send.request, response, body)
        raise failure

    async def _fetch_all(self, fetches: tuple[Fetch, ...], runner: "_StepRunner") -> list[Fetched]:
        parts = [asyncio.create_task(self._fetch(fetch, runner)) for fetch in fetches]
        try:
            return list(await asyncio.gather(*parts))
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _fetch(self, fetch: Fetch, runner: "_StepRunner") -> Fetched:
        async with self._connections:
            return await self._fetch_now(fetch, runner)

    async def _fetch_now(self, fetch: Fetch, runner: "_StepRunner") -> Fetched:
        request = http.store_request(self._client, fetch)
        limit = Limit(self._clock, http.CONNECT_TIMEOUT + fetch.timeout)
        head = None
        body, evidence = _WriteBuffer(self._clock), None
        try:
            with without_secrets(self._settings.redactor):
                async with exchange(request, limit) as scope:
                    response = await self._client.send(
                        request, stream=True, auth=None, follow_redirects=False
                    )
                    try:
                        head = http.head_of(response)
                        self._reach.record_success(request.url)
                        with scope.paused():
                            wanted = await runner.do(partial(fetch.accept, head))
                        if not wanted:
                            evidence = http.body_of(response, http.EVIDENCE_SIZE)
                        scope.restart(fetch.timeout, moving=wanted)
                        async for chunk in http.raw_bytes_async(response):
                            if evidence is None:
                                scope.received(len(chunk))
                                if body.is_enough(chunk):
                                    with scope.paused():
                                        await runner.do(partial(fetch.write, body.take()))
                            elif evidence.is_enough(chunk):
                                break
                    finally:
                        await response.aclose()
        except http.FAILURES as error:
            # A rejected body serves as evidence only, so an incomplete one is good enough.
            if evidence is None:
                return http.not_fetched(fetch, head, error, self._reach)
        finally:
            # Keep the received bytes, also after a cancellation.
            if body.data:
                await runner.tidy(partial(fetch.write, body.take()))
        return Fetched(head, b"" if evidence is None else bytes(evidence.data))


@define
class _WriteBuffer:
    """Collects bytes of a body until there are enough to write."""

    clock: Clock
    data: bytearray = field(factory=bytearray, repr=False)
    _since: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._since = self.clock.monotonic()

    def is_enough(self, chunk: bytes) -> bool:
        """Add a piece and return whether it is time to write the collected bytes."""
        self.data += chunk
        waited = self.clock.monotonic() - self._since
        return len(self.data) >= _GATHERED or waited >= _GATHERING_SECONDS

    def take(self) -> memoryview:
        """Return the collected bytes and start again with an empty buffer."""
        taken, self.data = memoryview(self.data), bytearray()
        self._since = self.clock.monotonic()
        return taken


@frozen
class _Returned(Generic[T]):
    """The return value of a flow."""

    value: T


def _advance(step: Callable[[], Effect]) -> "Effect | _Returned[Any]":
    # A future cannot hold a StopIteration.
    try:
        return step()
    except StopIteration as stop:
        return _Returned(stop.value)


class _StepRunner:
    """Runs the steps and file work of one flow in threads, one at a time."""

    def __init__(
        self, threads: Threads, part_events: EventQueue | None, downloads: asyncio.Semaphore
    ) -> None:
        self.threads = threads
        self._part_events = part_events
        self._downloads = downloads
        self._downloading = False
        # Without the lock, parts that arrive at the same time would occupy all threads.
        self._turn = asyncio.Lock()

    async def do(self, work: Callable[[], T]) -> T:
        """Run work, in a thread if the flow uses files, and deliver the flow's events."""
        if self._part_events is None:
            return work()
        async with self._turn:
            done = await self.threads.work(work)
            self._part_events.deliver()
        return done.result()

    async def tidy(self, work: Callable[[], T]) -> T:
        """Run work and deliver no events: their exceptions would hide a cancellation."""
        if self._part_events is None:
            return work()
        async with self._turn:
            return (await self.threads.work(work)).result()

    async def begin_download(self) -> None:
        """Wait for a download slot, unless this flow already has one."""
        if not self._downloading:
            await self._downloads.acquire()
            self._downloading = True

    def end_download(self) -> None:
        """Release the download slot, so that another download can start."""
        if self._downloading:
            self._downloading = False
            self._downloads.release()
