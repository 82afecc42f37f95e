"""A line to a server that is slow, and that notes which bytes of archives were asked for."""

import re
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from attrs import frozen

_PIECE = 1024
_HEAD_END = b"\r\n\r\n"
_RANGE = re.compile(rb"\r\nRange: bytes=(\d+)-(\d*)\r\n", re.IGNORECASE)


@frozen
class Asked:
    """A request for bytes of an archive.

    Attributes:
        start: The first byte.
        stop: The byte behind the last; None for the archive's end.
    """

    start: int
    stop: int | None


class SlowLine:
    """Passes bytes on between whoever connects and a server on this machine.

    Attributes:
        asked: What was asked of the store, in order.
        sent: Bytes that came back over all connections, heads included.
    """

    def __init__(self, port: int, rate: float) -> None:
        """Open the socket.

        Args:
            port: The server's.
            rate: Bytes a second that a connection brings at most.
        """
        self.asked: list[Asked] = []
        self.sent = 0
        self._port = port
        self._rate = rate
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._over = False

    @property
    def url(self) -> str:
        """Where it is to be reached."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begin."""
        self._accepting.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End, connections under way included."""
        self._over = True
        # A thread that waits for connections is woken by one, on every system.
        socket.create_connection(self._listener.getsockname()).close()
        self._accepting.join()
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._over:
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # Whoever was killed is gone without a word.
        with (
            suppress(OSError),
            connection,
            socket.create_connection(("127.0.0.1", self._port)) as server,
        ):
            connection.settimeout(10)
            server.settimeout(10)
            back = threading.Thread(target=self._bring_back, args=(server, connection))
            back.start()
            try:
                self._pass_on(connection, server)
            finally:
                with suppress(OSError):
                    server.shutdown(socket.SHUT_RDWR)
                back.join()

    def _pass_on(self, connection: socket.socket, server: socket.socket) -> None:
        head = b""
        while data := connection.recv(65536):
            head += data
            while _HEAD_END in head:
                one, _, head = head.partition(_HEAD_END)
                self._note(one + b"\r\n")
            server.sendall(data)

    def _note(self, head: bytes) -> None:
        if not head.startswith(b"GET /store/"):
            return
        match = _RANGE.search(head)
        asked = Asked(int(match[1]), int(match[2]) + 1 if match[2] else None) if match else None
        with self._lock:
            self.asked.append(asked or Asked(0, None))

    def _bring_back(self, server: socket.socket, connection: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(_PIECE):
                connection.sendall(data)
                with self._lock:
                    self.sent += len(data)
                time.sleep(len(data) / self._rate)
            connection.shutdown(socket.SHUT_WR)
