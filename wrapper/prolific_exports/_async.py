"""The driver that does what a flow asks without holding up the event loop."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, TypeVar

import httpx

from prolific_exports import _http as http
from prolific_exports._clock import Clock
from prolific_exports._effects import (
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
from prolific_exports._errors import ExportsError, UsageError
from prolific_exports._log import without_queries
from prolific_exports._settings import Settings

T = TypeVar("T")


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
        self._settings = settings
        self._owned = client is None
        self._client = client or http.make_client(httpx.AsyncClient)
        self._clock = clock

    async def close(self) -> None:
        """Close the client, if it was made here."""
        if self._owned:
            await self._client.aclose()

    async def run(self, flow: Flow[T]) -> T:
        """Do what the flow asks until it returns."""
        try:
            effect = next(flow)
            while True:
                try:
                    result = await self._do(effect)
                except ExportsError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as stop:
            value: T = stop.value
            return value
        finally:
            # After a cancellation, this is what lets the flow clean up.
            flow.close()

    async def _do(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return await self._send(effect)
            case Fetch():
                return await self._fetch(effect)
            case FetchAll():
                return await self._fetch_all(effect.fetches)
            case Sleep():
                return await self._clock.sleep_async(effect.seconds)
            case Run(reads_only=True):
                return await asyncio.to_thread(effect.work)
            case _:
                return await _to_its_end(effect.work)

    async def _send(self, send: Send) -> Reply:
        request = http.api_request(self._client, self._settings, send)
        body = http.Body(send.timeout, self._clock)
        try:
            with without_queries():
                response = await self._client.send(
                    request, stream=True, auth=None, follow_redirects=False
                )
                try:
                    async for chunk in response.aiter_bytes():
                        if body.is_enough(chunk):
                            break
                finally:
                    await response.aclose()
        except http.FAILURES as error:
            raise http.no_answer(send.request, error, self._settings.token) from error
        return body.reply(send.request, response)

    async def _fetch_all(self, fetches: tuple[Fetch, ...]) -> list[Fetched]:
        parts = [asyncio.create_task(self._fetch(fetch)) for fetch in fetches]
        try:
            return list(await asyncio.gather(*parts))
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _fetch(self, fetch: Fetch) -> Fetched:
        request = http.store_request(self._client, fetch)
        head = None
        try:
            with without_queries():
                response = await self._client.send(
                    request, stream=True, auth=None, follow_redirects=False
                )
                try:
                    head = http.head_of(response)
                    if not fetch.accept(head):
                        return Fetched(
                            head, await anext(response.aiter_bytes(http.EVIDENCE_SIZE), b"")
                        )
                    async for chunk in response.aiter_bytes():
                        fetch.write(chunk)
                finally:
                    await response.aclose()
        except http.FAILURES as error:
            return Fetched(head, failure=http.describe(error))
        return Fetched(head)


async def _to_its_end(work: Callable[[], T]) -> T:
    """Do blocking work in a thread; a cancellation waits for its end.

    Nothing stops a thread: the claim on the files that it works on would be given up, and
    it would go on beside the next one who claims them.
    """
    # Not a task, which would be cancelled together with all others when the loop ends.
    working = asyncio.get_running_loop().run_in_executor(None, copy_context().run, work)
    cancellation = None
    while not working.done():
        try:
            await asyncio.wait((working,))
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is not None:
        # Asked for, so that nobody complains that it was not.
        working.exception()
        raise cancellation
    return working.result()
