"""A server on a socket that treats each connection as a test says, one after the other."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self


class ConnectionServer:
    """Passes each connection to a function, and counts them.

    Attributes:
        visits: The number of connections.
    """

    def __init__(self, handle: Callable[[socket.socket], object]) -> None:
        """Open the socket.

        Args:
            handle: Reads and writes; a connection that the client closes ends it.
        """
        self.visits = 0
        self._handle = handle
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Closing a socket does not wake the thread that waits for a connection.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.visits += 1
            connection.settimeout(10)
            with connection, suppress(OSError):
                self._handle(connection)
