"""Fetches archives from the store with the standard library's HTTP client.

It takes about as long as curl; httpx takes about 50 % longer.
"""

import http.client
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from io import BufferedReader
from time import monotonic
from typing import Final, cast
from urllib.parse import unquote

import httpx
from attrs import define, field

from prolific_exports._flows._effects import Fetch, Fetched, Head
from prolific_exports._http._connections import LimitedSocket, dial
from prolific_exports._http._environment import Environment
from prolific_exports._http._limit import LateError, Limit
from prolific_exports._http._logging import LOGGER
from prolific_exports._http._store_response import FinalResponse
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._clock import Clock, SystemClock
from prolific_exports._model._content_coding import BodyExcerpt, CodingError
from prolific_exports._model._redaction import redact
from prolific_exports._model._settings import USER_AGENT

CONNECT_TIMEOUT: Final = 10.0
_EVIDENCE_SIZE: Final = 4096
_PIECE: Final = 64 * 1024
# Each write has a cost, so the client collects bytes first. The time limit keeps the progress
# display smooth.
_GATHERED: Final = 512 * 1024
_GATHERING_SECONDS: Final = 0.1
_BROKEN: Final = (OSError, http.client.HTTPException)


class _BrokenError(Exception):
    """The network failed; the message is a clause that describes how.

    Attributes:
        permanent: Whether a retry would fail in the same way.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        """Create the error with its message."""
        super().__init__(message)
        self.permanent = permanent


class Stop:
    """Cancels fetches immediately, from another thread."""

    def __init__(self) -> None:
        """Start without a cancellation."""
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()

    @property
    def is_over(self) -> bool:
        """Whether the fetches are cancelled."""
        return self._over.is_set()

    def now(self) -> None:
        """Cancel current and future fetches: they fail."""
        with self._lock:
            self._over.set()
            for one in self._sockets:
                shut(one)

    @contextmanager
    def ends(self, one: socket.socket) -> Iterator[None]:
        """Let `now` break the connection, within the ``with`` block."""
        with self._lock:
            self._sockets.add(one)
            if self.is_over:
                shut(one)
        try:
            yield
        finally:
            with self._lock:
                self._sockets.discard(one)


def shut(one: socket.socket) -> None:
    """Break a connection, also while another thread waits for its bytes."""
    # Closing the socket would not wake a thread that waits for bytes. Call the base class: another
    # thread may be using the TLS socket, whose own method is not safe to call meanwhile.
    with suppress(OSError):
        socket.socket.shutdown(one, socket.SHUT_RDWR)


@define
class StoreClient:
    """Sends requests to the store, each over its own connection.

    Attributes:
        environment: Proxies and certificates.
        reach: Explains why the store cannot be reached.
        clock: The source of the time.
    """

    environment: Environment
    reach: Reachability
    clock: Clock = field(factory=SystemClock)

    def reaches(self, url: str) -> bool:
        """Return whether this client can fetch the URL: no SOCKS proxy and no proxy over TLS."""
        proxy = self.environment.proxy_for(httpx.URL(url))
        return proxy is None or proxy.url.scheme == "http"

    def fetch(self, fetch: Fetch, stop: Stop | None = None) -> Fetched:
        """Carry out a `Fetch` and return its result. Raise only what its callbacks raise.

        Args:
            fetch: The fetch to carry out.
            stop: Can cancel the fetch, which then fails as if the connection had broken; None
                if it cannot be cancelled.
        """
        head = None
        limit = Limit(self.clock, CONNECT_TIMEOUT)
        try:
            with self._answer(httpx.URL(fetch.url), fetch, limit, stop or Stop()) as response:
                head = Head(response.status, _fields(response))
                LOGGER.debug("GET %s answered %s", redact(fetch.url), response.status)
                if not fetch.accept(head):
                    limit.restart(fetch.timeout)
                    return Fetched(head, _evidence(response, head, limit))
                limit.restart(fetch.timeout, moving=True)
                _copy(response, limit, fetch.write)
        except _BrokenError as error:
            return Fetched(head, failure=str(error), permanent=error.permanent)
        return Fetched(head)

    @contextmanager
    def _answer(
        self, url: httpx.URL, fetch: Fetch, limit: Limit, stop: Stop
    ) -> Iterator[http.client.HTTPResponse]:
        headers = {"User-Agent": USER_AGENT, **fetch.headers}
        target = url.raw_path.decode("ascii")
        connection = self._connection(url)
        connection.response_class = FinalResponse
        # A global debug level would print everything, including signatures.
        connection.set_debuglevel(0)
        connected = self._connected(url, limit)
        connection.sock = cast("socket.socket", LimitedSocket(connected, limit))
        with closing(connection), stop.ends(connected):
            limit.restart(fetch.timeout)
            with _network(limit):
                connection.request("GET", target, headers=headers)
                response = connection.getresponse()
            # If the store closes the connection, the response owns the socket.
            with closing(response):
                yield response

    def _connection(self, url: httpx.URL) -> http.client.HTTPConnection:
        host, port = _address(url)
        if url.scheme == "http":
            return http.client.HTTPConnection(host, port)
        return http.client.HTTPSConnection(host, port, context=self.environment.context)

    def _connected(self, url: httpx.URL, limit: Limit) -> socket.socket:
        with _network(limit, "no connection", "connecting timed out"):
            try:
                connected = self._connect(url, limit)
            except OSError as error:
                reason = self.reach.permanent_failure(error, url)
                if reason is None:
                    raise
                raise _BrokenError(f"no connection: {reason}", permanent=True) from error
        self.reach.record_success(url)
        return connected

    def _connect(self, url: httpx.URL, limit: Limit) -> socket.socket:
        proxy = self.environment.proxy_for(url)
        host, port = _address(url if proxy is None else proxy.url)
        connected = dial(
            host, port, limit.left(), lambda at, left: socket.create_connection((at, port), left)
        )
        try:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if url.scheme == "http":
                return connected
            if proxy is not None:
                _tunnel(LimitedSocket(connected, limit), url, proxy.url)
            # The timeout applies to the whole handshake.
            connected.settimeout(limit.left())
            return self.environment.context.wrap_socket(connected, server_hostname=_address(url)[0])
        except BaseException:
            connected.close()
            raise


def _tunnel(wire: LimitedSocket, url: httpx.URL, proxy: httpx.URL) -> None:
    """Ask a proxy for a connection to the store."""
    host, port = _address(url)
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    fields = {"Host": authority, **_credentials(proxy)}
    lines = [
        f"CONNECT {authority} HTTP/1.1",
        *(f"{name}: {value}" for name, value in fields.items()),
    ]
    wire.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii"))
    with closing(FinalResponse(cast("socket.socket", wire), method="CONNECT")) as response:
        response.begin()
        if response.status != 200:
            raise OSError(f"Tunnel connection failed: {response.status} {response.reason.strip()}")


def _evidence(response: http.client.HTTPResponse, head: Head, limit: Limit) -> bytes:
    """Return the beginning of a rejected body, or the bytes received before a failure."""
    body = BodyExcerpt.of(head.headers.get("content-encoding", ""), _EVIDENCE_SIZE)
    with suppress(_BrokenError, CodingError):
        for piece in _pieces(response, limit):
            if body.is_enough(piece):
                break
    return bytes(body.data)


def _copy(
    response: http.client.HTTPResponse,
    limit: Limit,
    write: Callable[[bytes | memoryview], object],
) -> None:
    def hand_over(data: bytes | memoryview) -> None:
        limit.received(len(data))
        with limit.paused():
            write(data)

    if response.length is None:
        for piece in _pieces(response, limit):
            hand_over(piece)
        return
    # Not the methods of http.client: `readinto` waits for a full buffer and loses its content if
    # the connection breaks, and `read1` allocates memory for every piece.
    stream, missing = response.fp, response.length
    buffer = memoryview(bytearray(min(_GATHERED, missing)))
    while missing:
        filled, failure = _gather(stream, buffer[:missing], limit)
        if filled:
            # Never pass an empty piece: the receiver would count it as progress.
            hand_over(buffer[:filled])
        missing -= filled
        if failure is not None:
            raise failure
        if not filled:
            # http.client treats the end of the connection as the end of the body.
            raise _BrokenError(f"the connection broke ({missing} bytes are missing)")


def _gather(
    stream: BufferedReader, buffer: memoryview, limit: Limit
) -> tuple[int, _BrokenError | None]:
    """Fill the buffer until it is full or time is up; return the byte count and any failure."""
    filled, began = 0, monotonic()
    try:
        with _network(limit):
            while count := stream.readinto1(buffer[filled:]):
                filled += count
                if filled == len(buffer) or monotonic() - began >= _GATHERING_SECONDS:
                    break
    except _BrokenError as error:
        return filled, error
    return filled, None


def _pieces(response: http.client.HTTPResponse, limit: Limit) -> Iterator[bytes]:
    """Yield a body in pieces, whether framing or the end of the connection ends it."""
    while True:
        with _network(limit):
            data = response.read1(_PIECE)
        if not data:
            break
        yield data


@contextmanager
def _network(
    limit: Limit, broken: str = "the connection broke", late: str | None = None
) -> Iterator[None]:
    try:
        yield
    except (TimeoutError, LateError) as error:
        raise _BrokenError(late or limit.reason) from error
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
