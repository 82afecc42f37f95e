"""Servers on loopback sockets that run while their context is entered."""

import socket
import socketserver
import threading
from types import TracebackType
from typing import Self


class BackgroundServer:
    """Runs a server of the standard library in a thread."""

    def __init__(self, server: socketserver.TCPServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Its URL, without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, and close the socket."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class ThreadedServer:
    """Serves each connection in a thread of its own."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._over = threading.Event()

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Its URL, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Accept connections."""
        self._accepting.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the socket, and wait for the connections in progress."""
        self._over.set()
        # A connection wakes the waiting thread on every system.
        socket.create_connection(self._listener.getsockname()).close()
        self._accepting.join()
        self._listener.close()
        self.interrupt()
        for thread in self._threads:
            thread.join()

    def serve(self, connection: socket.socket) -> None:
        """Serve a connection, and close it."""
        raise NotImplementedError

    def interrupt(self) -> None:
        """End the connections in progress; by default, they end by themselves."""

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._over.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self.serve, args=(connection,))
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
            thread.start()
