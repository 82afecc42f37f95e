"""The server behind the sandbox: uvicorn, started and stopped without delay."""

import asyncio
import socket
import threading
import time
from contextlib import suppress

import uvicorn

from prolific_contract.sandbox._app import app_for
from prolific_contract.sandbox._certificate import Certificate
from prolific_contract.sandbox._site import Site
from prolific_contract.sandbox._wire import WireProtocol

# How long active downloads may continue after the server is stopped.
_GRACE_SECONDS = 1
_CHECK_INTERVAL_SECONDS = 0.01


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that tests can't stop by freezing ``time.monotonic``."""

    _monotonic = staticmethod(time.monotonic)

    def time(self) -> float:
        return self._monotonic()


class UvicornServer(uvicorn.Server):
    """A uvicorn server that signals when it is ready, and stops at once.

    uvicorn's own checks only ten times a second whether it should stop: too slow for tests
    that start a server each.
    """

    def __init__(self, site: Site, certificate: Certificate | None) -> None:
        """Serve a site, with a certificate over https."""
        config = uvicorn.Config(
            app_for(site),
            http=WireProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            # The application sends Date itself, from its clock.
            date_header=False,
            server_header=False,
            ssl_certfile=None if certificate is None else certificate.chain,
        )
        super().__init__(config)
        self.ready = threading.Event()
        self._stop_requested = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        # The same event loop everywhere, whatever else is installed.
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(self.serve(sockets))

    def stop(self) -> None:
        """End ``run``. Can be called from any thread, and repeatedly."""
        # In this order: a concurrent startup sets _loop before it checks should_exit.
        self.should_exit = True
        if self._loop is not None:
            # The loop may already be closed.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop_requested.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        await self._stop_requested.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                # uvicorn's sets do not signal when they become empty.
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(_CHECK_INTERVAL_SECONDS)
        # A client that does not read keeps its connection open.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
