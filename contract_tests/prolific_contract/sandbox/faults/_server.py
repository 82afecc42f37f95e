"""A server that writes to its sockets itself: the API as it should be, the store with a fault."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from urllib.parse import parse_qsl, unquote

from prolific_contract.sandbox._http import Call
from prolific_contract.sandbox._site import Site
from prolific_contract.sandbox._store import STORE_PREFIX
from prolific_contract.sandbox.faults._line import Line
from prolific_contract.sandbox.faults._transfer import Transfer, TransferFault, asks_for_rest

_LOOK_AGAIN_SECONDS = 0.1


class FaultServer:
    """Serves a site on a socket, one thread a connection, and closes after every answer.

    Attributes:
        ready: Set when it serves.
        requests: Requests to the store so far.
    """

    def __init__(self, site: Site, fault: TransferFault, tls: ssl.SSLContext | None = None) -> None:
        """Prepare it.

        Args:
            site: What answers.
            fault: What happens to the store's answers.
            tls: Makes it speak https; None for http.
        """
        self.ready = threading.Event()
        self._should_exit = False
        self._site = site
        self._fault = fault
        self._tls = tls
        self._stopping = threading.Event()
        self.requests = 0
        self._resumptions = 0
        self._counting = threading.Lock()
        self._address: tuple[str, int] | None = None
        self._connections: set[socket.socket] = set()
        self._holding = threading.Lock()

    def run(self, sockets: Sequence[socket.socket]) -> None:
        """Serve on the only socket until `stop` is called, then close it."""
        [listener] = sockets
        threads: list[threading.Thread] = []
        with listener:
            listener.settimeout(_LOOK_AGAIN_SECONDS)
            self._address = listener.getsockname()[:2]
            self.ready.set()
            while not self._should_exit:
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                except OSError:
                    # A client that left the queue, or no more files for this process: both pass.
                    time.sleep(_LOOK_AGAIN_SECONDS)
                    continue
                thread = threading.Thread(
                    target=self._serve, args=(connection,), name="prolific-sandbox-fault"
                )
                threads = [one for one in threads if one.is_alive()]
                threads.append(thread)
                thread.start()
        with self._holding:
            self._stopping.set()
            for connection in self._connections:
                # Not as TLS does it, which would take from the thread what it reads with.
                with suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """Have ``run`` end, from whatever thread; once more does no harm."""
        self._should_exit = True
        if self._address is not None:
            # Somebody who comes wakes it; if nobody can, it looks again by itself.
            with suppress(OSError):
                socket.create_connection(self._address, timeout=_LOOK_AGAIN_SECONDS).close()

    def _serve(self, connection: socket.socket) -> None:
        # A client that went away is none of this server's business.
        with suppress(OSError), connection:
            # No thread waits for ever for somebody who neither reads nor sends.
            connection.settimeout(10)
            if self._tls is None:
                with self._held(connection):
                    self._answer(connection)
                return
            secured = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
            with secured, self._held(secured):
                secured.do_handshake()
                self._answer(secured)

    @contextmanager
    def _held(self, connection: socket.socket) -> Iterator[None]:
        """While this lasts, stopping ends the connection."""
        with self._holding:
            self._connections.add(connection)
            if self._stopping.is_set():
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        try:
            yield
        finally:
            with self._holding:
                self._connections.discard(connection)

    def _answer(self, connection: socket.socket) -> None:
        line = Line(connection, self._stopping)
        call = _call(line.read_head(), "http" if self._tls is None else "https")
        if call is None:
            return
        if call.path.startswith(STORE_PREFIX):
            with self._counting:
                self.requests += 1
                self._resumptions += asks_for_rest(call)
                transfer = Transfer(call, self.requests, self._resumptions, line, self._site.answer)
            self._fault.behave(transfer)
        else:
            Transfer(call, 0, 0, line, self._site.answer).deliver()


def _call(head: bytes, scheme: str) -> Call | None:
    """The request; None for bytes that are none."""
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        return None
    method, target, _ = words
    path, _, query = target.partition("?")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return Call(
        method=method,
        path=unquote(path),
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        base_url=f"{scheme}://{headers.get('host', '')}",
    )
