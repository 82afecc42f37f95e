"""Sends requests and fetches archives over an `httpx.AsyncClient`."""

import asyncio
from functools import partial
from typing import Final

import httpx
from attrs import define, field

from prolific_exports._flows._effects import ApiReply, Fetch, Fetched, Send
from prolific_exports._http import _requests as http
from prolific_exports._http._async_steps import StepRunner
from prolific_exports._http._exchange import exchange
from prolific_exports._http._limit import Limit
from prolific_exports._http._logging import without_secrets
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._clock import Clock
from prolific_exports._model._settings import Settings

# The sum is below the 100 connections of an httpx client. Polls and downloads therefore never
# wait for each other's connections.
_CALLS: Final = 32
_CONNECTIONS: Final = 64

# Passing bytes to a thread costs as much as reading about 100 KiB, so the client collects them
# first. The time limit keeps the progress display smooth.
_GATHERED: Final = 256 * 1024
_GATHERING_SECONDS: Final = 0.1


class AsyncRequests:
    """The requests of all flows of a driver, each over a connection of one client."""

    def __init__(
        self, settings: Settings, client: httpx.AsyncClient, reach: Reachability, clock: Clock
    ) -> None:
        self._settings = settings
        self._client = client
        self._reach = reach
        self._clock = clock
        self._calls = asyncio.Semaphore(_CALLS)
        self._connections = asyncio.Semaphore(_CONNECTIONS)

    async def send(self, send: Send) -> ApiReply:
        """Send a request to the API, and read the response.

        Raises:
            NoAnswerError: No complete response arrived.
        """
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

    async def _send_now(self, send: Send, limit: Limit) -> ApiReply:
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

    async def fetch_all(self, fetches: tuple[Fetch, ...], runner: StepRunner) -> list[Fetched]:
        """Fetch several parts of an archive at once; all end when one raises."""
        parts = [asyncio.create_task(self.fetch(fetch, runner)) for fetch in fetches]
        try:
            return list(await asyncio.gather(*parts))
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def fetch(self, fetch: Fetch, runner: StepRunner) -> Fetched:
        """Fetch bytes of an archive; a failure of the connection is part of the result."""
        async with self._connections:
            return await self._fetch_now(fetch, runner)

    async def _fetch_now(self, fetch: Fetch, runner: StepRunner) -> Fetched:
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
