"""A sandbox on a real socket, in a thread of this process."""

import ipaddress
import socket
import threading
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from prolific_exports._http._logging import guard, without_secrets
from prolific_exports._model._redactor import Redactor

from prolific_contract.sandbox._certificate import Certificate
from prolific_contract.sandbox._clock import SandboxClock
from prolific_contract.sandbox._errors import SandboxError
from prolific_contract.sandbox._resources import Fate
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._site_choice import make_site
from prolific_contract.sandbox._uvicorn_server import UvicornServer
from prolific_contract.sandbox.faults import FaultServer
from prolific_contract.sandbox.faults import fault as transfer_fault

guard("uvicorn.asgi")

# On Windows, Ctrl-C can't interrupt a wait without a timeout.
_INTERRUPTIBLE_SECONDS = 0.5
_HIGHEST_PORT = 65_535


class Sandbox:
    """A sandbox server on the loopback interface, running while its context is entered.

    ::

        with Sandbox(SandboxSettings(generation_seconds=0.2)) as sandbox:
            with Exports(token=sandbox.token, base_url=sandbox.url) as exports:
                ...

    Entering the context starts the server and waits until it is ready. Leaving it
    ends the thread, closes the socket and deletes the files.
    """

    def __init__(
        self,
        settings: SandboxSettings | None = None,
        *,
        clock: SandboxClock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        mutant: str | None = None,
        variant: str | None = None,
        fault: str | None = None,
        tls: bool = False,
    ) -> None:
        """Create the sandbox; entering the context starts it.

        Args:
            settings: None uses the defaults.
            clock: None uses the machine's clock.
            host: ``localhost`` or a loopback address. The sandbox's token is public,
                so other machines must not reach it.
            port: The port to listen on; 0 chooses a free one.
            mutant: Makes the sandbox break the contract in one way, e.g.
                ``date-naive@batch-status``: a name in
                `prolific_contract.sandbox.mutants.MUTANTS`.
            variant: Makes the sandbox look different but conform, e.g. ``rate-limited``:
                a name in `prolific_contract.sandbox.variants.VARIANTS`.
            fault: Disturbs downloads from the store, e.g. ``short-body``: a name in
                `prolific_contract.sandbox.faults.FAULTS`.
            tls: Whether to use https. `certificate_file` is then the authority to trust.

        Raises:
            SandboxError: The host is not a loopback address; the port, mutant, variant or
                fault does not exist; or more than one of the last three is given.
        """
        if not 0 <= port <= _HIGHEST_PORT:
            raise SandboxError(f"invalid port {port}: choose 0 to {_HIGHEST_PORT}")
        self._address = (_loopback_address(host), port)
        if fault is not None and (mutant is not None or variant is not None):
            raise SandboxError(
                "a sandbox can't combine a fault with a mutant or a variant: choose one"
            )
        self._fault = None if fault is None else transfer_fault(fault)
        self._behaviour = {"fault": fault, "mutant": mutant, "variant": variant}
        self._tls = tls
        self._certificate: Certificate | None = None
        self._site = make_site(settings, clock, mutant, variant)
        self._url: str | None = None
        self._failure: OSError | None = None

    def __enter__(self) -> Self:
        """Start the server.

        Raises:
            SandboxError: The port is not available, or the server can't be started.
        """
        try:
            # If a step fails, the earlier ones are undone in reverse order.
            with ExitStack() as started:
                self._start(started)
                started.pop_all()
        except OSError as error:
            raise SandboxError(f"can't start the sandbox: {error.strerror or error}") from error
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
                raise self._failure or OSError("the server ended before it was ready")

    def _run(self, listener: socket.socket) -> None:
        self._failure = None
        try:
            # At log level TRACE, uvicorn logs the query of every request.
            with without_secrets(Redactor()):
                self._server.run([listener])
        except OSError as error:
            if self._server.ready.is_set():
                raise
            self._failure = error

    def _stop(self) -> None:
        self._server.stop()
        self._thread.join()

    def _make_server(self) -> UvicornServer | FaultServer:
        certificate = self._certificate
        if self._fault is None:
            return UvicornServer(self._site, certificate)
        context = None if certificate is None else certificate.context()
        return FaultServer(self._site, self._fault, context)

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

    def __repr__(self) -> str:
        where = "not started" if self._url is None else f"at {self._url}"
        behaviour = "".join(f", {name} {value}" for name, value in self._behaviour.items() if value)
        return f"<{type(self).__name__} {where}, edition {self.settings.edition}{behaviour}>"

    def reset(self, settings: SandboxSettings | None = None) -> None:
        """Discard all jobs and archives.

        Args:
            settings: New settings; None keeps the current ones.
        """
        self._site.reset(settings)

    def serve_forever(self) -> None:
        """Block until Ctrl-C.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed. The server is still running.
        """
        while self._thread.is_alive():
            self._thread.join(_INTERRUPTIBLE_SECONDS)

    @property
    def settings(self) -> SandboxSettings:
        """The current settings."""
        return self._site.settings

    @property
    def url(self) -> str:
        """The base URL without a final slash, for ``PROLIFIC_URL``.

        Raises:
            SandboxError: The server was not started.
        """
        if self._url is None:
            raise SandboxError(
                "the sandbox has no URL before it is started: enter its context first"
            )
        return self._url

    @property
    def certificate_file(self) -> Path | None:
        """The authority's PEM file, for ``SSL_CERT_FILE``; None without ``tls``.

        Exists while the server runs.
        """
        return None if self._certificate is None else self._certificate.authority

    @property
    def token(self) -> str:
        """The API token that the sandbox accepts."""
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
        """A collection to which the token has no access."""
        return self.settings.id_of("collection", Fate.FORBIDDEN)

    @property
    def forbidden_batch_id(self) -> str:
        """A batch to which the token has no access."""
        return self.settings.id_of("batch", Fate.FORBIDDEN)


def _loopback_address(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise SandboxError(
            f"{host} is not a loopback address, and other machines must not reach a sandbox, "
            "whose token is public: use 127.0.0.1"
        )
    return host


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise SandboxError(
            f"can't listen on {host} port {port} ({error.strerror}): choose another port, "
            "or 0 for a free one"
        ) from error
    # Connections inherit the option. Without it, a body sent after its head waits 40 ms for the
    # client's delayed acknowledgement. asyncio does not set it, because proto is 0 here.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
