"""The driver for asyncio: carries out a flow's effects without blocking the event loop."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Generic, TypeVar

import httpx
from attrs import frozen

from prolific_exports._errors import ExportsError, UsageError
from prolific_exports._flows._effects import (
    Admission,
    Effect,
    EventQueue,
    Fetch,
    FetchAll,
    Flow,
    Run,
    Send,
    Sleep,
)
from prolific_exports._http import _requests as http
from prolific_exports._http import _routing as routing
from prolific_exports._http._async_requests import AsyncRequests
from prolific_exports._http._async_steps import StepRunner
from prolific_exports._http._threads import Threads
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._clock import Clock
from prolific_exports._model._settings import Settings

# A download holds its slot until its archive is complete: if it had to wait in between, its
# presigned URL could expire.
_DOWNLOADS: Final = 32

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
        reach = Reachability()
        self._owned = client is None
        if client is None:
            environment = http.read_environment(settings)
            reach = Reachability(environment)
            client = routing.async_client(environment)
        self._client = client
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads = Threads()
        self._requests = AsyncRequests(settings, client, reach, clock)
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
            runner = StepRunner(threads, part_events, self._downloads)
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
        self, effect: Effect, runner: StepRunner, admission: Admission | None
    ) -> Any:
        if admission is None:
            return await self._do(effect, runner)
        await admission.admit(effect)
        result = None if isinstance(effect, Sleep) else await self._do(effect, runner)
        admission.record(effect, result)
        return result

    async def _do(self, effect: Effect, runner: StepRunner) -> Any:
        match effect:
            case Send():
                return await self._requests.send(effect)
            case Fetch():
                await runner.begin_download()
                return await self._requests.fetch(effect, runner)
            case FetchAll():
                await runner.begin_download()
                return await self._requests.fetch_all(effect.fetches, runner)
            case Sleep():
                return await self._clock.sleep_async(effect.seconds)
            case Run(reads_only=True):
                runner.end_download()
                return await runner.threads.read(effect.work)
            case _:
                runner.end_download()
                return await runner.do(effect.work)


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
