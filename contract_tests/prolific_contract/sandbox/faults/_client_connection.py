"""The server's end of one connection, byte by byte."""

import socket
import struct
import threading

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._wire import message_head

_PIECE_BYTES = 1 << 16
_LONGEST_HEAD = 1 << 16
_NO_LINGER = struct.pack("hh" if hasattr(socket, "SO_EXCLUSIVEADDRUSE") else "ii", 1, 0)


class ClientConnection:
    """A connection from a client. Every method raises ``OSError`` if the client disconnected."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        """Wrap a connection.

        Args:
            connection: The socket.
            stopping: Set when the server stops, which ends every pause.
        """
        self._connection = connection
        self._stopping = stopping

    def read_head(self) -> bytes:
        """Read up to and including the first empty line, and possibly a little more.

        Empty if the client sent no complete head.
        """
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self._connection.recv(_PIECE_BYTES)
            head += piece
            if not piece or len(head) > _LONGEST_HEAD:
                return b""
        return head

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._connection.sendall(data)

    def send_head(self, reply: Reply, version: str = "1.1") -> None:
        """Send a status line and headers."""
        self.send(message_head(reply, version))

    def pause(self, seconds: float) -> None:
        """Send nothing for a number of seconds."""
        self._stopping.wait(seconds)

    def hang(self) -> None:
        """Send nothing until the client disconnects or the server stops."""
        self._connection.settimeout(None)
        while self._connection.recv(_PIECE_BYTES):
            pass

    def reset(self) -> None:
        """Close the connection as after a crash: with RST instead of FIN."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._connection.close()
