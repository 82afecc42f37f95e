"""A sandbox on a real socket, in a thread of this process."""

import asyncio
import ipaddress
import socket
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from prolific_exports._http._logging import guard, without_secrets
from prolific_exports._model._redactor import Redactor

from prolific_contract.sandbox._app import app_for
from prolific_contract.sandbox._certificate import Certificate
from prolific_contract.sandbox._clock import Clock
from prolific_contract.sandbox._errors import SandboxError
from prolific_contract.sandbox._resources import Fate
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._sites import make_site
from prolific_contract.sandbox._wire import WireProtocol
from prolific_contract.sandbox.faults import FaultServer
from prolific_contract.sandbox.faults import fault as transfer_fault

guard("uvicorn.asgi")

# How long downloads under way may go on when the server is stopped.
_GRACE_SECONDS = 1
_LOOK_AGAIN_SECONDS = 0.01
# Waiting without end can't be interrupted by Ctrl-C on Windows.
_INTERRUPTIBLE_SECONDS = 0.5
_HIGHEST_PORT = 65_535


class Sandbox:
    """A sandbox server on the loopback interface, running while its context is entered.

    ::

        with Sandbox(SandboxSettings(generation_seconds=0.2)) as sandbox:
            with Exports(token=sandbox.token, base_url=sandbox.url) as exports:
                ...

    It is ready to answer when the context is entered, and its thread, socket and
    files are gone when it is left.
    """

    def __init__(
        self,
        settings: SandboxSettings | None = None,
        *,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        mutant: str | None = None,
        variant: str | None = None,
        fault: str | None = None,
        tls: bool = False,
    ) -> None:
        """Prepare it; nothing is opened before the context is entered.

        Args:
            settings: How it behaves; None for the defaults.
            clock: Where it takes the time from; None for the machine's.
            host: ``localhost`` or a loopback address. The sandbox's token is public,
                so it is not to be reached from other machines.
            port: The port to listen on; 0 for one that is free.
            mutant: The single fault that it has, e.g. ``date-naive@batch-status``: one of
                `prolific_contract.sandbox.mutants.MUTANTS`.
            variant: What it looks like while it keeps the contract, e.g. ``rate-limited``:
                one of `prolific_contract.sandbox.variants.VARIANTS`.
            fault: What goes wrong with downloads from its store, e.g. ``short-body``: one of
                `prolific_contract.sandbox.faults.FAULTS`.
            tls: Whether it speaks https, with a certificate that `certificate_file` vouches for.

        Raises:
            SandboxError: The host is not a loopback address, there is no such port, mutant,
                variant or fault, or more than one of the last three is given.
        """
        if not 0 <= port <= _HIGHEST_PORT:
            raise SandboxError(f"there is no port {port}: choose 0 to {_HIGHEST_PORT}")
        self._address = (_loopback_address(host), port)
        if fault is not None and (mutant is not None or variant is not None):
            raise SandboxError("a sandbox with a fault is no mutant and no variant: choose one")
        self._fault = None if fault is None else transfer_fault(fault)
        self._tls = tls
        self._certificate: Certificate | None = None
        self._site = make_site(settings, clock, mutant, variant)
        self._url: str | None = None
        self._failure: OSError | None = None

    def __enter__(self) -> Self:
        """Start the server.

        Raises:
            SandboxError: The port can't be used, or the server could not be started.
        """
        try:
            # Undone from the last to the first if one of them fails.
            with ExitStack() as started:
                self._start(started)
                started.pop_all()
        except OSError as error:
            raise SandboxError(
                f"the sandbox could not be started: {error.strerror or error}"
            ) from error
        return self

    def _start(self, started: ExitStack) -> None:
        listener = started.enter_context(_listen(*self._address))
        host, port = listener.getsockname()[:2]
        self._certificate = Certificate(host) if self._tls else None
        if self._certificate is not None:
            started.callback(self._certificate.close)
        scheme = "https" if self._tls else "http"
        self._url = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
        self._server = self._make_server()
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name="prolific-sandbox", daemon=True
        )
        self._thread.start()
        started.callback(self._stop)
        while not self._server.ready.wait(_INTERRUPTIBLE_SECONDS):
            if not self._thread.is_alive():
                raise self._failure or OSError("its server ended before it was ready")

    def _run(self, listener: socket.socket) -> None:
        self._failure = None
        try:
            # At the level TRACE, uvicorn logs the query of every request.
            with without_secrets(Redactor()):
                self._server.run([listener])
        except OSError as error:
            if self._server.ready.is_set():
                raise
            self._failure = error

    def _stop(self) -> None:
        self._server.stop()
        self._thread.join()

    def _make_server(self) -> "_Server | FaultServer":
        certificate = self._certificate
        if self._fault is not None:
            context = None if certificate is None else certificate.context()
            return FaultServer(self._site, self._fault, context)
        return _Server(
            uvicorn.Config(
                app_for(self._site),
                http=WireProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                # The application sends Date, from its own clock.
                date_header=False,
                server_header=False,
                ssl_certfile=None if certificate is None else certificate.chain,
            )
        )

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server and delete its files."""
        self._stop()
        self._site.close()
        if self._certificate is not None:
            self._certificate.close()

    def reset(self, settings: SandboxSettings | None = None) -> None:
        """Forget every job and archive.

        Args:
            settings: New settings; None keeps those in force.
        """
        self._site.reset(settings)

    def serve_forever(self) -> None:
        """Block until interrupted.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed. The server still runs then.
        """
        while self._thread.is_alive():
            self._thread.join(_INTERRUPTIBLE_SECONDS)

    @property
    def settings(self) -> SandboxSettings:
        """The settings in force."""
        return self._site.settings

    @property
    def url(self) -> str:
        """The base URL, without a final slash: what ``PROLIFIC_URL`` is set to.

        Raises:
            SandboxError: The server has not been started.
        """
        if self._url is None:
            raise SandboxError("the sandbox has no URL before it is started: enter its context")
        return self._url

    @property
    def certificate_file(self) -> Path | None:
        """What ``SSL_CERT_FILE`` is set to for clients to believe it; None without ``tls``.

        There as long as the server runs.
        """
        return None if self._certificate is None else self._certificate.authority

    @property
    def token(self) -> str:
        """The API token that is accepted."""
        return self.settings.token

    @property
    def collection_id(self) -> str:
        """A collection whose export jobs complete."""
        return self.settings.id_of("collection")

    @property
    def batch_id(self) -> str:
        """A batch whose export jobs complete."""
        return self.settings.id_of("batch")

    @property
    def forbidden_collection_id(self) -> str:
        """A collection that the token gives no access to."""
        return self.settings.id_of("collection", Fate.FORBIDDEN)

    @property
    def forbidden_batch_id(self) -> str:
        """A batch that the token gives no access to."""
        return self.settings.id_of("batch", Fate.FORBIDDEN)


class _Loop(asyncio.SelectorEventLoop):
    """A loop that goes on when the code under test has ``time.monotonic`` stand still."""

    _monotonic = staticmethod(time.monotonic)

    def time(self) -> float:
        return self._monotonic()


class _Server(uvicorn.Server):
    """A server that says when it is ready, stops at once and leaves no connection behind.

    uvicorn's own looks ten times a second whether it is to stop, and pauses as long when it
    does: too long for tests that start a server each.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._told_to_stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        # One implementation everywhere, whatever else is installed.
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(self.serve(sockets))

    def stop(self) -> None:
        """Have ``run`` end, from whatever thread; once more does no harm."""
        # In this order: what starts in the meantime looks at the one after setting the other.
        self.should_exit = True
        if self._loop is not None:
            # A loop that has ended is closed.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._told_to_stop.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.ready.set()

    async def main_loop(self) -> None:
        await self._told_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                # uvicorn's sets tell nobody when they get empty.
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        # A client that doesn't read what was sent keeps its connection from closing.
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _loopback_address(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise SandboxError(
            f"{host} is not a loopback address: the sandbox is a test server with a public "
            "token and is not to be reached from other machines; use 127.0.0.1"
        )
    return host


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise SandboxError(
            f"can't listen on {host} port {port} ({error.strerror}): choose another port, "
            "or 0 for one that is free"
        ) from error
    # Connections inherit it; a body written after its head would wait 40 ms for the client's
    # delayed acknowledgement. asyncio does not see that these sockets are TCP's (proto is 0).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
