"""A server on a socket that takes its time, in every place where it can."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from helpers.background_server import ThreadedServer

Handler = Callable[[socket.socket, bytes], None]
"""Answers a request, given its head; what it raises for the connection is of no interest."""

_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNK: Final = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"


class SlowServer(ThreadedServer):
    """Answers each connection in a thread of its own, until the client has had enough.

    Attributes:
        requests: The heads of the requests, in order.
    """

    def __init__(self, handle: Handler, *, reads: bool = True) -> None:
        """Open the socket.

        Args:
            handle: Answers a request.
            reads: Whether the head of a request is read first; a TLS handshake has none.
        """
        super().__init__()
        self.requests: list[bytes] = []
        self._handle = handle
        self._reads = reads
        self._open: set[socket.socket] = set()

    def interrupt(self) -> None:
        """Shut all connections."""
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def serve(self, connection: socket.socket) -> None:
        """Handle requests, until the client or the end of the test closes the connection."""
        # A test that hangs must not keep the thread for longer.
        connection.settimeout(30)
        self._open.add(connection)
        with connection, suppress(OSError):
            while True:
                head = b""
                while self._reads and b"\r\n\r\n" not in head:
                    data = connection.recv(4096)
                    if not data:
                        return
                    head += data
                self.requests.append(head)
                self._handle(connection, head)
        self._open.discard(connection)


def endless(piece: bytes, beginning: bytes = b"", between: Callable[[], object] = int) -> Handler:
    """Sends a piece again and again.

    Args:
        piece: What is sent.
        beginning: What is sent before it, once.
        between: Called before each piece.
    """

    def handle(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(beginning)
        while True:
            between()
            connection.sendall(piece)

    return handle


def dripping(beginning: bytes = b"") -> Handler:
    """Sends a byte now and then; within a header field, a chunk's extension or a body."""
    pause = threading.Event()
    return endless(b"a", beginning, lambda: pause.wait(0.02))


def silent(connection: socket.socket, _head: bytes) -> None:
    """Says nothing, until the client hangs up."""
    while connection.recv(4096):
        pass
    raise ConnectionError


SLOW_HEADS: Final[dict[str, Handler]] = {
    "silence": silent,
    "dripped head": dripping(_HEAD + b"X-Long: "),
    "endless 100": endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "endless 103": endless(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
}
SLOW_BODIES: Final[dict[str, Handler]] = {
    "dripped body": dripping(_HEAD + b"Content-Length: 99999\r\n\r\n"),
    "dripped chunk": dripping(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n9999\r\n"),
    "dripped framing": dripping(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n2;x="),
    "dripped trailers": dripping(_CHUNK + b"X-Long: "),
    "endless trailers": endless(b"X: y\r\n", _CHUNK, lambda: threading.Event().wait(0.002)),
}
SLOW_HANDSHAKES: Final[dict[str, Handler]] = {
    "silence": silent,
    # The head of a handshake record of 16 KiB.
    "drip": dripping(b"\x16\x03\x03\x40\x00"),
}
