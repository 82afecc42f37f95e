"""A server on raw sockets: a correct API, and a store with a fault."""

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
from prolific_contract.sandbox.faults._client_connection import ClientConnection
from prolific_contract.sandbox.faults._transfer import Transfer, TransferFault, resumes_download

_CHECK_INTERVAL_SECONDS = 0.1


class FaultServer:
    """Serves a site on a socket. One thread per connection, one response per connection.

    Attributes:
        ready: Set when the server accepts connections.
        requests: Number of requests to the store so far.
    """

    def __init__(self, site: Site, fault: TransferFault, tls: ssl.SSLContext | None = None) -> None:
        """Create the server.

        Args:
            site: Answers the requests.
            fault: Changes the store's responses.
            tls: The context for https; None for http.
        """
        self.ready = threading.Event()
        self._should_exit = False
        self._site = site
        self._fault = fault
        self._tls = tls
        self._stopping = threading.Event()
        self.requests = 0
        self._resumptions = 0
        self._count_lock = threading.Lock()
        self._address: tuple[str, int] | None = None
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()

    def run(self, sockets: Sequence[socket.socket]) -> None:
        """Serve on the only socket until `stop`, then close it."""
        [listener] = sockets
        threads: list[threading.Thread] = []
        with listener:
            listener.settimeout(_CHECK_INTERVAL_SECONDS)
            self._address = listener.getsockname()[:2]
            self.ready.set()
            while not self._should_exit:
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                except OSError:
                    # Temporary: the client left the queue, or the process has no free file.
                    time.sleep(_CHECK_INTERVAL_SECONDS)
                    continue
                thread = threading.Thread(
                    target=self._serve, args=(connection,), name="prolific-sandbox-fault"
                )
                threads = [one for one in threads if one.is_alive()]
                threads.append(thread)
                thread.start()
        with self._connections_lock:
            self._stopping.set()
            for connection in self._connections:
                # Not SSLSocket.shutdown, which would break the thread's pending read.
                with suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """End ``run``. Can be called from any thread, and repeatedly."""
        self._should_exit = True
        if self._address is not None:
            # A connection wakes the accept loop; without one, it checks by itself.
            with suppress(OSError):
                socket.create_connection(self._address, timeout=_CHECK_INTERVAL_SECONDS).close()

    def _serve(self, connection: socket.socket) -> None:
        # Ignore clients that disconnect.
        with suppress(OSError), connection:
            # No thread waits forever for a client that neither reads nor sends.
            connection.settimeout(10)
            if self._tls is None:
                with self._closed_on_stop(connection):
                    self._answer(connection)
                return
            secured = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
            with secured, self._closed_on_stop(secured):
                secured.do_handshake()
                self._answer(secured)

    @contextmanager
    def _closed_on_stop(self, connection: socket.socket) -> Iterator[None]:
        """Shut the connection down if the server stops meanwhile."""
        with self._connections_lock:
            self._connections.add(connection)
            if self._stopping.is_set():
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        try:
            yield
        finally:
            with self._connections_lock:
                self._connections.discard(connection)

    def _answer(self, connection: socket.socket) -> None:
        client = ClientConnection(connection, self._stopping)
        call = _call(client.read_head(), "http" if self._tls is None else "https")
        if call is None:
            return
        if call.path.startswith(STORE_PREFIX):
            with self._count_lock:
                self.requests += 1
                self._resumptions += resumes_download(call)
                transfer = Transfer(
                    call, self.requests, self._resumptions, client, self._site.answer
                )
            self._fault.behave(transfer)
        else:
            Transfer(call, 0, 0, client, self._site.answer).deliver()


def _call(head: bytes, scheme: str) -> Call | None:
    """Parse the request; None if it is not HTTP."""
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
