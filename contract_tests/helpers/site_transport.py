"""A sandbox's site behind httpx, for clients of both flavours: no socket, no waiting."""

from collections.abc import AsyncIterator, Iterator
from typing import Protocol
from urllib.parse import parse_qsl, unquote

import httpx
from prolific_contract.sandbox import Call, FileSlice, NoReplyError, Reply, Site

_MOST_REQUESTS = 500


class AdvancingClock(Protocol):
    """A clock that is advanced explicitly."""

    def advance(self, seconds: float) -> None: ...


class SiteTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends every request to a site, and lets the time pass that a request would take.

    Attributes:
        requests: How many there were. After 500 the client is taken to be in a loop.
    """

    def __init__(self, site: Site, clock: AdvancingClock) -> None:
        self._site = site
        self._clock = clock
        self.requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        assert self.requests <= _MOST_REQUESTS, "the client goes on asking without end"
        try:
            reply = self._site.answer(_call(request))
        except NoReplyError as error:
            return self._instead(error, request)
        # As a stream, like a response from the network: httpx decodes other bodies itself.
        body = httpx.ByteStream(_bytes(reply))
        return httpx.Response(reply.status, headers=list(reply.headers), stream=body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)

    def _instead(self, error: NoReplyError, request: httpx.Request) -> httpx.Response:
        match error.how:
            case "reset":
                raise httpx.ReadError("connection reset by peer")
            case "garbage":
                raise httpx.RemoteProtocolError("illegal status line")
            case "hang":
                self._clock.advance(request.extensions["timeout"]["read"])
                raise httpx.ReadTimeout("timed out")
            case "cut":
                assert error.reply is not None
                headers = list(error.reply.headers)
                return httpx.Response(
                    error.reply.status, headers=headers, stream=_Cut(_bytes(error.reply))
                )


class _Cut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that ends too soon."""

    def __init__(self, body: bytes) -> None:
        self._part = body[: len(body) * 9 // 10]

    def __iter__(self) -> Iterator[bytes]:
        yield self._part
        raise httpx.RemoteProtocolError("peer closed connection without sending complete body")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._part
        raise httpx.RemoteProtocolError("peer closed connection without sending complete body")


def _call(request: httpx.Request) -> Call:
    url = request.url
    return Call(
        method=request.method,
        path=unquote(url.raw_path.partition(b"?")[0].decode("ascii")),
        query=tuple(parse_qsl(url.query.decode("ascii"), keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        base_url=f"{url.scheme}://{url.netloc.decode('ascii')}",
    )


def _bytes(reply: Reply) -> bytes:
    body = reply.body
    if isinstance(body, FileSlice):
        with body.path.open("rb") as file:
            file.seek(body.start)
            return file.read(body.length)
    return body
