"""Connection behaviour that ASGI can't express: resets, garbage, HTTP/1.0."""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from prolific_contract.sandbox._http import FileSlice, NoReplyError, Reply

_CONNECTION: Final = "prolific_contract.connection"
# The start of a TLS alert: what a client receives that sends plain HTTP to an https port.
_GARBAGE: Final = b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n"


class WireProtocol(H11Protocol):
    """HTTP/1.1 that gives the application access to the connection."""

    def connection_made(  # type: ignore[override]
        self, transport: asyncio.Transport
    ) -> None:
        """Store the connection for the application; uvicorn's own signature is as narrow."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, _CONNECTION: transport}


def connection_of(scope: Scope) -> asyncio.Transport | None:
    """The connection of a request; None in-process."""
    connection: asyncio.Transport | None = scope.get("state", {}).get(_CONNECTION)
    return connection


async def break_connection(
    error: NoReplyError, connection: asyncio.Transport, receive: Receive
) -> None:
    """Break a connection instead of answering."""
    if error.how == "reset":
        connection.abort()
    elif error.how != "hang":
        connection.write(_GARBAGE if error.reply is None else _part(error.reply))
        connection.close()
    await _gone(receive)


async def answer_as_1_0(reply: Reply, connection: asyncio.Transport, receive: Receive) -> None:
    """Answer in HTTP/1.0 and close."""
    connection.write(_message(reply, "1.0"))
    connection.close()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait for the client to disconnect; returning earlier would count as a missing response."""
    while (await receive())["type"] != "http.disconnect":
        pass


def message_head(reply: Reply, version: str = "1.1") -> bytes:
    """Status line, headers and the empty line after them."""
    phrase = HTTPStatus(reply.status).phrase
    head = [f"HTTP/{version} {reply.status} {phrase}"]
    head += [f"{name}: {value}" for name, value in reply.headers]
    return "\r\n".join([*head, "", ""]).encode("latin-1")


def message_body(reply: Reply) -> bytes:
    """The whole body, read from its file if necessary."""
    if not isinstance(reply.body, FileSlice):
        return reply.body
    with reply.body.path.open("rb") as file:
        file.seek(reply.body.start)
        return file.read(reply.body.length)


def _part(reply: Reply) -> bytes:
    whole = _message(reply, "1.1")
    return whole[: len(whole) * 9 // 10]


def _message(reply: Reply, version: str) -> bytes:
    return message_head(reply, version) + message_body(reply)
