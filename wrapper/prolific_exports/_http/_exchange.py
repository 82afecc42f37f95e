"""Cancels an exchange over httpx's async client when it reaches its limit."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx

from prolific_exports._http._limit import LateError, Limit


class Scope:
    """Cancels an exchange that takes longer than its limit allows."""

    def __init__(self, limit: Limit, timeout: asyncio.Timeout) -> None:
        """Use a timeout whose ``async with`` block is already active."""
        self._limit = limit
        self._timeout = timeout

    def restart(self, seconds: float, *, moving: bool) -> None:
        """Start the next phase; see `Limit.restart`."""
        self._limit.restart(seconds, moving=moving)
        self._renew()

    def received(self, count: int) -> None:
        """Count received bytes of the body; see `Limit.received`."""
        self._limit.received(count)
        self._renew()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Suspend the limit within the ``with`` block; see `Limit.paused`."""
        self._timeout.reschedule(None)
        with self._limit.paused():
            yield
        self._renew()

    def _renew(self) -> None:
        self._timeout.reschedule(asyncio.get_running_loop().time() + self._limit.left())


@asynccontextmanager
async def exchange(request: httpx.Request, limit: Limit) -> AsyncIterator[Scope]:
    """Cancel the ``async with`` block when it reaches the limit.

    Raises:
        httpx.ConnectTimeout: The block reached the limit before httpx sent the request.
        LateError: The block reached the limit later.
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
    """Tracks the progress of a request through the "trace" extension of httpx."""

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
            # CONNECT only asks a proxy for a connection; it is not the request itself.
            and info["request"].method != b"CONNECT"
        ):
            self.is_connecting, self._shaking_hands = False, None

    async def close_handshake(self) -> None:
        """Close a connection cancelled during its handshake, which httpcore leaves open."""
        if self._shaking_hands is not None:
            await self._shaking_hands.aclose()
