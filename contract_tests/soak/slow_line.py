"""A slow, unreliable connection to a server, which records the requested bytes of archives."""

import re
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from random import Random
from typing import Final, Self

from attrs import frozen
from helpers.background_server import ThreadedServer

_PIECE: Final = 1024
_HEAD_END: Final = b"\r\n\r\n"
_RANGE: Final = re.compile(rb"\r\nRange: bytes=(\d+)-(\d*)\r\n", re.IGNORECASE)
_STORE: Final = b"GET /store/"
_INTERIM: Final = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
# Seconds between two interim responses, and between two bytes of a dripped response.
_INTERIM_PAUSE: Final = 0.005
_DRIP_PAUSE: Final = 0.002
# Seconds of interim responses: longer than `STALL_TIMEOUT`, or short enough to be no failure.
_ENDLESS: Final = 5.0
_BRIEF: Final = 0.2

# Seconds after which the client has to give up on a store that does not begin its response.
STALL_TIMEOUT: Final = 1.0


@frozen
class StoreRequest:
    """A request for bytes of an archive.

    Attributes:
        start: Position of the first byte.
        stop: Position after the last byte; None for the archive's end.
    """

    start: int
    stop: int | None


@frozen
class LineFaults:
    """What goes wrong on a line. Each fault occurs a limited number of times.

    Attributes:
        endless: Number of the store's response that hides behind endless interim responses, as
            far as the client can tell; None for none.
        brief: Whether every response follows a short burst of interim responses.
        dripped: Bytes at the start of each response that arrive one at a time.
        cut: Bytes after which the line cuts one response of the store; None for no cut.
    """

    endless: int | None = None
    brief: bool = False
    dripped: int = 0
    cut: int | None = None

    @classmethod
    def draw(cls, random: Random) -> Self:
        """Draw faults; half of the lines have none."""
        if random.random() < 0.5:
            return cls()
        return cls(
            endless=random.choice((None, 0, 1)),
            brief=random.random() < 0.5,
            dripped=random.choice((0, 20, 300)),
            cut=random.choice((None, 0, 10, 2000)),
        )


class SlowLine(ThreadedServer):
    """Forwards bytes between clients and a server on this machine.

    Attributes:
        requested: The requests to the store, in order.
        sent: Bytes of the server's responses over all connections, heads included.
    """

    def __init__(self, port: int, rate: float, faults: LineFaults | None = None) -> None:
        """Open the socket.

        Args:
            port: The server's port.
            rate: Bytes a second of each connection, at most.
            faults: What goes wrong; None for nothing.
        """
        super().__init__()
        self.requested: list[StoreRequest] = []
        self.sent = 0
        self._server_port = port
        self._rate = rate
        self._faults = faults or LineFaults()
        self._store_responses = 0
        self._cut_done = self._faults.cut is None
        self._lock = threading.Lock()

    def serve(self, connection: socket.socket) -> None:
        """Forward the bytes of a connection in both directions."""
        # A killed process closes its connections at any moment.
        with (
            suppress(OSError),
            connection,
            socket.create_connection(("127.0.0.1", self._server_port)) as server,
        ):
            connection.settimeout(10)
            server.settimeout(10)
            # The requests whose responses have not begun.
            pending: deque[bytes] = deque()
            back = threading.Thread(target=self._send_back, args=(server, connection, pending))
            back.start()
            try:
                self._forward(connection, server, pending)
            finally:
                with suppress(OSError):
                    server.shutdown(socket.SHUT_RDWR)
                back.join()

    def _forward(
        self, connection: socket.socket, server: socket.socket, pending: deque[bytes]
    ) -> None:
        head = b""
        while data := connection.recv(65536):
            head += data
            while _HEAD_END in head:
                one, _, head = head.partition(_HEAD_END)
                self._record(one + b"\r\n")
                pending.append(one)
            server.sendall(data)

    def _record(self, head: bytes) -> None:
        if not head.startswith(_STORE):
            return
        match = _RANGE.search(head)
        start = int(match[1]) if match else 0
        stop = int(match[2]) + 1 if match and match[2] else None
        with self._lock:
            self.requested.append(StoreRequest(start, stop))

    def _send_back(
        self, server: socket.socket, connection: socket.socket, pending: deque[bytes]
    ) -> None:
        with suppress(OSError):
            left: int | None = None
            while data := server.recv(_PIECE):
                # A client sends its next request after the end of a response, so a piece never
                # contains bytes of two responses.
                if pending:
                    left = self._begin_response(connection, pending.popleft())
                    data = self._drip(connection, data, left)
                if left is not None and len(data) >= left:
                    self._send(connection, data[:left])
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                left = None if left is None else left - len(data)
                self._send(connection, data)
                time.sleep(len(data) / self._rate)
            connection.shutdown(socket.SHUT_WR)

    def _begin_response(self, connection: socket.socket, request: bytes) -> int | None:
        """Send interim responses. Returns the bytes after which to cut the response, if any."""
        is_store = request.startswith(_STORE)
        cut = None
        with self._lock:
            endless = is_store and self._store_responses == self._faults.endless
            self._store_responses += is_store
            # A cut response to a POST would rightly end the command: the job may exist.
            if is_store and not endless and not self._cut_done:
                self._cut_done, cut = True, self._faults.cut
        seconds = _ENDLESS if endless else _BRIEF if self._faults.brief else 0.0
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._over.is_set():
            connection.sendall(_INTERIM)
            time.sleep(_INTERIM_PAUSE)
        return cut

    def _drip(self, connection: socket.socket, data: bytes, cut: int | None) -> bytes:
        """Send the start of a response byte by byte. Returns the rest of the data."""
        if cut is not None:
            return data
        for at in range(min(self._faults.dripped, len(data))):
            self._send(connection, data[at : at + 1])
            time.sleep(_DRIP_PAUSE)
        return data[self._faults.dripped :]

    def _send(self, connection: socket.socket, data: bytes) -> None:
        connection.sendall(data)
        with self._lock:
            self.sent += len(data)
