"""Connections that obey a `Limit`, for http.client and for httpx."""

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
    """Connect to the first address of a host that answers, in this time for all of them.

    The time for looking up the name is the operating system's.

    Args:
        host: Name or address.
        port: Where it listens.
        seconds: How long it may take.
        connect: Connects to an address within some seconds.

    Raises:
        OSError: There is no such name.
        Exception: The last address did not answer; it is what ``connect`` raised.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    share = seconds / len(found)
    addresses = [str(address[0]) for *_, address in found]
    for address in addresses[:-1]:
        # Each gets its turn, so one that swallows packets does not use up the time.
        try:
            return connect(address, share)
        except (OSError, httpcore.ConnectError, httpcore.ConnectTimeout):
            continue
    return connect(addresses[-1], share)


class LimitedSocket:
    """What http.client takes for a socket: one whose every wait ends at the limit."""

    def __init__(self, connected: socket.socket, limit: Limit) -> None:
        """Wrap a connected socket."""
        self._socket = connected
        self._limit = limit

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        self._socket.settimeout(self._limit.left())
        self._socket.sendall(data)

    def makefile(self, _mode: str) -> BufferedReader:
        """What comes back."""
        return BufferedReader(_Reader(self._socket, self._limit))

    def close(self) -> None:
        """Close the socket, once what reads from it is closed too."""
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
    """While this lasts, in this thread, connections of a `LimitedTransport` obey the limit."""
    before = _limit.set(limit)
    try:
        yield
    finally:
        _limit.reset(before)


class LimitedTransport(httpx.HTTPTransport):
    """Sends requests over connections that obey the limit which governs the thread.

    httpx has timeouts for each read only. httpcore lets a pool be given another network, but
    httpx does not pass one on, so it is set where httpcore keeps it.
    """

    def __init__(
        self, *, verify: ssl.SSLContext, limits: httpx.Limits, proxy: httpx.Proxy | None
    ) -> None:
        """Make the pool, as httpx does."""
        super().__init__(verify=verify, limits=limits, proxy=proxy)
        self._pool._network_backend = _LimitedBackend(self._pool._network_backend)


class _LimitedBackend(httpcore.NetworkBackend):
    """A network whose connections obey the limit."""

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
    """The timeout, or what is left of the limit if that is less."""
    left = _limit.get().left()
    return left if timeout is None else min(timeout, left)


def _limited_connect(timeout: float | None) -> float:
    """`_limited`, where being late means that nothing has been sent."""
    try:
        return _limited(timeout)
    except LateError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
