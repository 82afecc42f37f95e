"""The sandbox as an ASGI application."""

from collections.abc import AsyncIterator

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from prolific_contract.sandbox._clock import SandboxClock
from prolific_contract.sandbox._http import Call, FileSlice, NoReplyError, Reply
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._site import Site
from prolific_contract.sandbox._wire import answer_as_1_0, break_connection, connection_of

_CHUNK_BYTES = 256 * 1024


def create_app(
    settings: SandboxSettings | None = None, clock: SandboxClock | None = None
) -> ASGIApp:
    """Create a sandbox to call in-process, with its own state.

    For ``httpx.ASGITransport``, ``schemathesis.openapi.from_asgi("/openapi.json", app)``
    and similar clients. It needs no lifespan events.

    Args:
        settings: None uses the defaults.
        clock: The source of all times, including the ``Date`` of responses; None uses
            the machine's clock.
    """
    return app_for(Site(settings, clock))


def app_for(site: Site) -> ASGIApp:
    """Create the ASGI application of a site."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        call = _read_call(Request(scope))
        connection = connection_of(scope)
        try:
            # In a thread, because the first download builds the archive.
            reply = await run_in_threadpool(site.answer, call)
        except NoReplyError as error:
            if connection is None:
                raise
            await break_connection(error, connection, receive)
            return
        if reply.http == "1.0" and connection is not None:
            await answer_as_1_0(reply, connection, receive)
        elif isinstance(reply.body, FileSlice):
            await _send_file(reply, reply.body, scope, receive, send)
        else:
            body = b"" if call.method == "HEAD" else reply.body
            await _headed(Response(body, reply.status), reply)(scope, receive, send)

    # The site does its own routing; the router adds the lifespan protocol.
    return Router(default=respond)


def _read_call(request: Request) -> Call:
    return Call(
        method=request.method,
        path=request.scope["path"],
        query=tuple(request.query_params.multi_items()),
        headers=request.headers,
        base_url=str(request.base_url).rstrip("/"),
    )


def _headed(response: Response, reply: Reply) -> Response:
    """The response with exactly the reply's headers, including repeated ones."""
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers
    ]
    return response


async def _send_file(
    reply: Reply, piece: FileSlice, scope: Scope, receive: Receive, send: Send
) -> None:
    # Opened here: if the client disconnects, the iterator below is never finished.
    async with await anyio.open_file(piece.path, "rb") as file:
        await file.seek(piece.start)
        chunks = _chunks(file, piece.length)
        response = StreamingResponse(chunks, reply.status)
        await _headed(response, reply)(scope, receive, send)


async def _chunks(file: anyio.AsyncFile[bytes], length: int) -> AsyncIterator[bytes]:
    while length:
        chunk = await file.read(min(_CHUNK_BYTES, length))
        length -= len(chunk)
        yield chunk
