"""Connections that enforce a `Limit`, for http.client and for httpx."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from io import BufferedReader, RawIOBase
from typing import Any, Final, TypeVar

import httpcore
import httpx

from prolific_exports._http._limit import LateError, Limit

T = TypeVar("T")

_limit: Final[ContextVar[Limit]] = ContextVar("prolific_exports_limit")


def dial(host: str, port: int, seconds: float, connect: Callable[[str, float], T]) -> T:
    """Return a connection to the first address of a host that accepts one.

    The operating system limits the time for the name lookup.

    Args:
        host: Name or address.
        port: The port to connect to.
        seconds: Time for all addresses together.
        connect: Connects to one address within a number of seconds.

    Raises:
        OSError: The name does not exist.
        Exception: The exception of ``connect`` for the last address, if all addresses failed.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    share = seconds / len(found)
    addresses = [str(address[0]) for *_, address in found]
    for address in addresses[:-1]:
        # Each address gets an equal share, so an unresponsive one does not use up the time.
        try:
            return connect(address, share)
        except (OSError, httpcore.ConnectError, httpcore.ConnectTimeout):
            continue
    return connect(addresses[-1], share)


class LimitedSocket:
    """A substitute for a socket in http.client; the limit bounds each wait."""

    def __init__(self, connected: socket.socket, limit: Limit) -> None:
        """Wrap a connected socket."""
        self._socket = connected
        self._limit = limit

    def sendall(self, data: bytes) -> None:
        """Send all of the data."""
        self._socket.settimeout(self._limit.left())
        self._socket.sendall(data)

    def makefile(self, _mode: str) -> BufferedReader:
        """Return a stream of the received bytes."""
        return BufferedReader(_Reader(self._socket, self._limit))

    def close(self) -> None:
        """Close the socket; its streams keep the connection open until they are closed."""
        self._socket.close()


class _Reader(RawIOBase):
    def __init__(self, connected: socket.socket, limit: Limit) -> None:
        self._socket = connected
        self._limit = limit
        self._raw = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._limit.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


@contextmanager
def enforce_limit(limit: Limit) -> Iterator[None]:
    """Apply the limit to each `LimitedTransport` in this thread, within the ``with`` block."""
    before = _limit.set(limit)
    try:
        yield
    finally:
        _limit.reset(before)


class LimitedTransport(httpx.HTTPTransport):
    """Sends requests over connections that obey the current limit of the thread.

    httpx limits the time of each read only. httpcore accepts another network backend, but httpx
    has no option for it. The constructor therefore replaces the private attribute of httpcore's
    pool.
    """

    def __init__(
        self, *, verify: ssl.SSLContext, limits: httpx.Limits, proxy: httpx.Proxy | None
    ) -> None:
        """Create the connection pool as httpx does, and replace its network backend."""
        super().__init__(verify=verify, limits=limits, proxy=proxy)
        self._pool._network_backend = _LimitedBackend(self._pool._network_backend)


class _LimitedBackend(httpcore.NetworkBackend):
    """A network backend whose connections obey the limit."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        def connect(address: str, seconds: float) -> httpcore.NetworkStream:
            return self._backend.connect_tcp(address, port, seconds, local_address, socket_options)

        try:
            return _LimitedStream(dial(host, port, _limited_connect(timeout), connect))
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error


class _LimitedStream(httpcore.NetworkStream):
    """A connection that obeys the limit."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _limited(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _limited(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _LimitedStream(
            self._stream.start_tls(ssl_context, server_hostname, _limited_connect(timeout))
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _limited(timeout: float | None) -> float:
    """Return the timeout or the remaining time of the limit, whichever is shorter."""
    left = _limit.get().left()
    return left if timeout is None else min(timeout, left)


def _limited_connect(timeout: float | None) -> float:
    """Return `_limited`'s value; raise ConnectTimeout if no time remains, as nothing was sent."""
    try:
        return _limited(timeout)
    except LateError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
