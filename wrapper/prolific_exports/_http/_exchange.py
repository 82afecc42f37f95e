"""One exchange over httpx's async client, cancelled when its limit is reached."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx

from prolific_exports._http._limit import LateError, Limit


class Scope:
    """Cancels what takes longer than a limit allows."""

    def __init__(self, limit: Limit, timeout: asyncio.Timeout) -> None:
        """Cancel by a timeout that has been entered."""
        self._limit = limit
        self._timeout = timeout

    def restart(self, seconds: float, *, moving: bool) -> None:
        """Begin the next phase, as `Limit.restart` does."""
        self._limit.restart(seconds, moving=moving)
        self._renew()

    def received(self, count: int) -> None:
        """Note bytes of the body, as `Limit.received` does."""
        self._limit.received(count)
        self._renew()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While this lasts, no time passes, as in `Limit.paused`."""
        self._timeout.reschedule(None)
        with self._limit.paused():
            yield
        self._renew()

    def _renew(self) -> None:
        self._timeout.reschedule(asyncio.get_running_loop().time() + self._limit.left())


@asynccontextmanager
async def exchange(request: httpx.Request, limit: Limit) -> AsyncIterator[Scope]:
    """While this lasts, what takes longer than the limit allows is cancelled.

    Raises:
        httpx.ConnectTimeout: That has happened before anything was sent.
        LateError: That has happened later.
    """
    stage = _ExchangeStage()
    request.extensions["trace"] = stage.on_event
    timeout = asyncio.timeout(limit.left())
    try:
        async with timeout:
            yield Scope(limit, timeout)
    except TimeoutError as error:
        if not timeout.expired():
            raise
        if stage.is_connecting:
            raise httpx.ConnectTimeout(limit.reason) from error
        raise LateError(limit.reason) from error
    finally:
        await stage.close_handshake()


class _ExchangeStage:
    """How far httpx is with a request, as its "trace" extension reports it."""

    def __init__(self) -> None:
        self.is_connecting = False
        self._shaking_hands: Any = None

    async def on_event(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("connect_tcp.started"):
            self.is_connecting = True
        elif event.endswith("connect_tcp.complete"):
            self._shaking_hands = info["return_value"]
        elif (
            event.endswith("send_request_headers.started")
            # By which a proxy is asked to connect.
            and info["request"].method != b"CONNECT"
        ):
            self.is_connecting, self._shaking_hands = False, None

    async def close_handshake(self) -> None:
        """Close a connection that was cancelled in its handshake, which httpcore leaves open."""
        if self._shaking_hands is not None:
            await self._shaking_hands.aclose()
