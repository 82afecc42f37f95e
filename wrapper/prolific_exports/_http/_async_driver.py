"""The driver for asyncio: carries out a flow's effects without blocking the event loop."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

import httpx
from attrs import define, field, frozen

from prolific_exports._errors import ExportsError, UsageError
from prolific_exports._flows._effects import (
    Effect,
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

# Together fewer than the 100 connections of an httpx client, so that nothing waits for one:
# neither a poll behind downloads, nor a download behind polls.
_CALLS: Final = 32
_CONNECTIONS: Final = 64
# A download keeps its turn until its archive is there, or its URL could expire while it waits.
_DOWNLOADS: Final = 32

# A hand-over to a thread costs as much as reading some 100 KiB. Bytes wait for others no
# longer than a person would notice.
_GATHERED: Final = 256 * 1024
_GATHERING_SECONDS: Final = 0.1

T = TypeVar("T")


class EventQueue(Protocol):
    """Events that a flow has queued in other threads."""

    def deliver(self) -> object:
        """Hand them on in this thread."""
        ...


class AsyncDriver:
    """Runs flows over an `httpx.AsyncClient`; `SyncDriver` with ``await``."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient | None, clock: Clock) -> None:
        """Drive over the caller's client, who then closes it, or over one made here."""
        # Found out by its first answer, it would have sent a request.
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
        """Close the client, if it was made here.

        Raises:
            UsageError: It is used in another event loop, which has not ended.
        """
        ended = self._loop is not None and self._loop.is_closed()
        if not ended:
            self._stay_in_loop()
        self._threads.close()
        # Over a client of the caller's, more may come.
        self._threads = Threads()
        # Connections of a loop that has ended have ended with it.
        if self._owned and not ended:
            await self._client.aclose()

    def _stay_in_loop(self) -> None:
        running = asyncio.get_running_loop()
        self._loop = self._loop or running
        if self._loop is not running:
            raise UsageError(
                "This AsyncExports belongs to another event loop: its connections can't be used or "
                "closed in this one. Make an AsyncExports in each event loop, so one in each "
                "asyncio.run."
            )

    async def look(self, work: Callable[[], T]) -> T:
        """Read files briefly, outside the event loop."""
        with self._threads.used():
            return await self._threads.look(work)

    async def run(self, flow: Flow[T], part_events: EventQueue | None = None) -> T:
        """Carry out the flow's effects until it returns.

        Args:
            flow: What to run.
            part_events: Where a flow that works on files puts its events. Its steps and
                callbacks run in threads; this coroutine passes their events on.

        Raises:
            UsageError: The client has been closed, or was used in another event loop before.
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
                        result = await self._do(effect, runner)
                    except ExportsError as error:
                        step = partial(flow.throw, error)
                    else:
                        step = partial(flow.send, result)
            except BaseException:
                # After a cancellation, this is what lets the flow clean up.
                await runner.tidy(flow.close)
                raise
            finally:
                runner.end_download()

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
            # Of a body that nobody wanted, it is enough to show what came.
            if evidence is None:
                return http.not_fetched(fetch, head, error, self._reach)
        finally:
            # After a cancellation, too: what has arrived is kept.
            if body.data:
                await runner.tidy(partial(fetch.write, body.take()))
        return Fetched(head, b"" if evidence is None else bytes(evidence.data))


@define
class _WriteBuffer:
    """Bytes of a body, until there are enough to be handed over."""

    clock: Clock
    data: bytearray = field(factory=bytearray, repr=False)
    _since: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._since = self.clock.monotonic()

    def is_enough(self, chunk: bytes) -> bool:
        """Take a piece; whether to hand over what is there."""
        self.data += chunk
        waited = self.clock.monotonic() - self._since
        return len(self.data) >= _GATHERED or waited >= _GATHERING_SECONDS

    def take(self) -> memoryview:
        """What is there, to begin anew."""
        taken, self.data = memoryview(self.data), bytearray()
        self._since = self.clock.monotonic()
        return taken


@frozen
class _Returned(Generic[T]):
    """What a flow returned."""

    value: T


def _advance(step: Callable[[], Effect]) -> "Effect | _Returned[Any]":
    # No future takes a StopIteration.
    try:
        return step()
    except StopIteration as stop:
        return _Returned(stop.value)


class _StepRunner:
    """Runs one flow's steps and file work, one after the other, in threads."""

    def __init__(
        self, threads: Threads, part_events: EventQueue | None, downloads: asyncio.Semaphore
    ) -> None:
        self.threads = threads
        self._part_events = part_events
        self._downloads = downloads
        self._downloading = False
        # Parts that arrive at once take one thread, not all.
        self._turn = asyncio.Lock()

    async def do(self, work: Callable[[], T]) -> T:
        """Run work, in a thread if the flow uses files, and deliver its events."""
        if self._part_events is None:
            return work()
        async with self._turn:
            done = await self.threads.work(work)
            self._part_events.deliver()
        return done.result()

    async def tidy(self, work: Callable[[], T]) -> T:
        """Run work without delivering events: their exceptions would hide a cancellation."""
        if self._part_events is None:
            return work()
        async with self._turn:
            return (await self.threads.work(work)).result()

    async def begin_download(self) -> None:
        """Wait until this download may start, unless it has."""
        if not self._downloading:
            await self._downloads.acquire()
            self._downloading = True

    def end_download(self) -> None:
        """Let another download start."""
        if self._downloading:
            self._downloading = False
            self._downloads.release()
