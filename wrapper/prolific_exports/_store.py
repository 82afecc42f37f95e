"""Fetching from the store over the standard library's HTTP client.

It costs about what curl does, where httpx takes half as long again.
"""

import http.client
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from io import BufferedReader
from time import monotonic
from typing import Final
from urllib.parse import unquote

import httpx
from attrs import define

from prolific_exports._effects import Fetch, Fetched, Head
from prolific_exports._environment import Environment, Proxy
from prolific_exports._log import LOGGER
from prolific_exports._reach import Reach
from prolific_exports._redact import redact
from prolific_exports._response import FinalResponse as _FinalResponse
from prolific_exports._settings import USER_AGENT

CONNECT_TIMEOUT: Final = 10.0
_EVIDENCE_SIZE: Final = 4096
_PIECE: Final = 64 * 1024
# What arrives is gathered, since every hand-over costs; but not for so long that it shows.
_GATHERED: Final = 512 * 1024
_GATHERING_SECONDS: Final = 0.1
_BROKEN: Final = (OSError, http.client.HTTPException)


class _BrokenError(Exception):
    """The network failed; the message says how, in half a sentence.

    Attributes:
        permanent: Whether it would fail again in the same way.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        """The network failed."""
        super().__init__(message)
        self.permanent = permanent


class Stop:
    """Ends fetches from another thread, at once."""

    def __init__(self) -> None:
        """Nothing is to end yet."""
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()

    @property
    def is_over(self) -> bool:
        """Whether fetches are to end."""
        return self._over.is_set()

    def now(self) -> None:
        """End those under way, which then fail, and those to come."""
        with self._lock:
            self._over.set()
            for one in self._sockets:
                _shut(one)

    @contextmanager
    def ends(self, one: socket.socket) -> Iterator[None]:
        """While this lasts, stopping breaks the connection."""
        with self._lock:
            self._sockets.add(one)
            if self.is_over:
                _shut(one)
        try:
            yield
        finally:
            with self._lock:
                self._sockets.discard(one)


def _shut(one: socket.socket) -> None:
    # Closing would not wake a thread that waits for bytes. Not the method of TLS's
    # sockets, which another thread must not use meanwhile.
    with suppress(OSError):
        socket.socket.shutdown(one, socket.SHUT_RDWR)


@define
class StoreClient:
    """Sends requests to the store, each over a connection of its own.

    Attributes:
        environment: Proxies and certificates.
        reach: Explains why the store cannot be reached.
    """

    environment: Environment
    reach: Reach

    def reaches(self, url: str) -> bool:
        """Whether the URL can be reached from here: not behind SOCKS or a proxy over TLS."""
        proxy = self.environment.proxy_for(httpx.URL(url))
        return proxy is None or proxy.url.scheme == "http"

    def fetch(self, fetch: Fetch, stop: Stop | None = None) -> Fetched:
        """Do what a `Fetch` asks. Raises only what its callbacks raise.

        Args:
            fetch: What to get.
            stop: What may end it early; it then fails as if the connection had broken.
        """
        head = None
        try:
            with self._answer(httpx.URL(fetch.url), fetch, stop or Stop()) as response:
                head = Head(response.status, _fields(response))
                LOGGER.debug("GET %s answered %s", redact(fetch.url), response.status)
                if not fetch.accept(head):
                    with _network():
                        return Fetched(head, response.read(_EVIDENCE_SIZE))
                _copy(response, fetch.write)
        except _BrokenError as error:
            return Fetched(head, failure=str(error), permanent=error.permanent)
        return Fetched(head)

    @contextmanager
    def _answer(
        self, url: httpx.URL, fetch: Fetch, stop: Stop
    ) -> Iterator[http.client.HTTPResponse]:
        headers = {"User-Agent": USER_AGENT, **fetch.headers}
        target = url.raw_path.decode("ascii")
        connection = self._connection(url, self.environment.proxy_for(url))
        connection.response_class = _FinalResponse
        # Somebody may have it print everything, signatures included.
        connection.set_debuglevel(0)
        with closing(connection):
            self._connect(connection, url)
            connection.sock.settimeout(fetch.timeout)
            with stop.ends(connection.sock):
                with _network():
                    connection.request("GET", target, headers=headers)
                    response = connection.getresponse()
                # A connection that the store closes leaves the socket to the answer.
                with closing(response):
                    yield response

    def _connect(self, connection: http.client.HTTPConnection, url: httpx.URL) -> None:
        with _network("no connection", "connecting took too long"):
            try:
                connection.connect()
            except OSError as error:
                obstacle = self.reach.obstacle(error, url)
                if obstacle is None:
                    raise
                raise _BrokenError(f"no connection: {obstacle}", permanent=True) from error
        self.reach.note(url)

    def _connection(self, url: httpx.URL, proxy: Proxy | None) -> http.client.HTTPConnection:
        host, port = _address(url if proxy is None else proxy.url)
        if url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=CONNECT_TIMEOUT)
        connection = http.client.HTTPSConnection(
            host, port, timeout=CONNECT_TIMEOUT, context=self.environment.context
        )
        if proxy is not None:
            connection.set_tunnel(*_address(url), headers=_credentials(proxy.url))
        return connection


def _copy(
    response: http.client.HTTPResponse, write: Callable[[bytes | memoryview], object]
) -> None:
    if response.length is None:
        _copy_all(response, write)
        return
    # Of http.client's own ways, `readinto` would wait for a whole buffer and lose what is
    # in it when the connection breaks, and `read1` takes fresh memory for every piece.
    stream, missing = response.fp, response.length
    buffer = memoryview(bytearray(min(_GATHERED, missing)))
    while missing:
        filled, failure = _gather(stream, buffer[:missing])
        if filled:
            # Not for nothing: who is handed something takes the connection for alive.
            write(buffer[:filled])
        missing -= filled
        if failure is not None:
            raise failure
        if not filled:
            # The end of the connection is the end of the body, for http.client.
            raise _BrokenError(f"the connection broke ({missing} bytes are missing)")


def _gather(stream: BufferedReader, buffer: memoryview) -> tuple[int, _BrokenError | None]:
    """Fill the buffer, or a part of it when no more comes soon; and what went wrong then."""
    filled, began = 0, monotonic()
    try:
        with _network():
            while count := stream.readinto1(buffer[filled:]):
                filled += count
                if filled == len(buffer) or monotonic() - began >= _GATHERING_SECONDS:
                    break
    except _BrokenError as error:
        return filled, error
    return filled, None


def _copy_all(
    response: http.client.HTTPResponse, write: Callable[[bytes | memoryview], object]
) -> None:
    """A body of unannounced length: framed, or until the connection ends."""
    while True:
        with _network():
            data = response.read1(_PIECE)
        if not data:
            break
        write(data)


@contextmanager
def _network(
    broken: str = "the connection broke", late: str = "no byte arrived in time"
) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise _BrokenError(late) from error
    except _BROKEN as error:
        detail = redact(str(error))
        raise _BrokenError(f"{broken} ({detail})" if detail else broken) from error


def _fields(response: http.client.HTTPResponse) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in response.getheaders():
        known = fields.get(name.lower())
        fields[name.lower()] = value if known is None else f"{known}, {value}"
    return fields


def _address(url: httpx.URL) -> tuple[str, int]:
    return url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)


def _credentials(proxy: httpx.URL) -> dict[str, str]:
    if not proxy.userinfo:
        return {}
    user = unquote(proxy.userinfo.decode("ascii")).encode()
    return {"Proxy-Authorization": f"Basic {b64encode(user).decode('ascii')}"}
