"""Reads a response over the caller's `httpx.Client` in a thread, so that the caller can give up.

httpx limits each read only. A server that sends a byte now and then, or endless interim
responses, could block a call forever, and the caller's connections are not ours to replace.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeAlias

import httpx

from prolific_exports._http._limit import Limit
from prolific_exports._http._requests import raw_bytes
from prolific_exports._http._store_client import shut

# Longest delay in seconds of an interrupt on Windows, where Ctrl-C does not end a wait.
_MOMENT: Final = 0.1

ResponseParts: TypeAlias = tuple[httpx.Response, Iterator[bytes]]
"""The head of a response, and its body as the server sends it."""


@contextmanager
def read_here(
    client: httpx.Client, request: httpx.Request, _limit: Limit
) -> Iterator[ResponseParts]:
    """Send a request over connections that enforce the limit themselves."""
    response = client.send(request, stream=True, auth=None, follow_redirects=False)
    try:
        yield response, raw_bytes(response)
    finally:
        response.close()


@contextmanager
def read_in_thread(
    client: httpx.Client, request: httpx.Request, limit: Limit
) -> Iterator[ResponseParts]:
    """Send a request in a thread, and wait for each part of the response within the limit.

    Raises:
        LateError: The response reached the limit. The connection is closed if this request
            opened it; if not, the thread stays until the server closes it.
    """
    reader = _ResponseReader(client, request, limit)
    try:
        yield reader.head(), reader.body()
    finally:
        reader.close()


class _ResponseReader:
    """Sends a request and reads the response, one step at a time, in a thread of its own."""

    def __init__(self, client: httpx.Client, request: httpx.Request, limit: Limit) -> None:
        """Start to send the request."""
        self._limit = limit
        self._steps: SimpleQueue[httpx.Response | bytes | BaseException | None] = SimpleQueue()
        # The body is read only as far as it is wanted, so it needs no memory.
        self._wanted = threading.Semaphore(0)
        self._is_over = False
        self._opened: Any = None
        request.extensions["trace"] = self._note
        # A daemon: a process that ends must not wait for the server.
        self._thread = threading.Thread(
            target=copy_context().run,
            args=(self._read, client, request),
            name="prolific-call",
            daemon=True,
        )
        self._thread.start()

    def head(self) -> httpx.Response:
        """Return the response, whose body is not read yet."""
        response: httpx.Response = self._next()
        return response

    def body(self) -> Iterator[bytes]:
        """Yield the body in pieces."""
        while True:
            self._wanted.release()
            piece = self._next()
            if piece is None:
                return
            yield piece

    def close(self) -> None:
        """End the thread, or leave it behind if it still waits for the server."""
        self._is_over = True
        self._wanted.release()
        self._thread.join(_MOMENT)
        if self._thread.is_alive() and self._opened is not None:
            shut(self._opened)

    def _next(self) -> Any:
        while True:
            try:
                step = self._steps.get(timeout=min(self._limit.left(), _MOMENT))
            except Empty:
                continue
            if isinstance(step, BaseException):
                raise step
            return step

    def _read(self, client: httpx.Client, request: httpx.Request) -> None:
        try:
            with read_here(client, request, self._limit) as (response, body):
                self._steps.put(response)
                while self._is_wanted() and (piece := next(body, None)) is not None:
                    self._steps.put(piece)
        except BaseException as error:  # noqa: BLE001 - raised by the thread that waits
            self._steps.put(error)
        else:
            self._steps.put(None)

    def _is_wanted(self) -> bool:
        self._wanted.acquire()
        return not self._is_over

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection that httpx opens for this request."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            tls = stream.get_extra_info("ssl_object")
            opened = stream.get_extra_info("socket")
            # Other requests share a connection with HTTP/2.
            is_shared = tls is not None and tls.selected_alpn_protocol() == "h2"
            self._opened = opened if isinstance(opened, socket.socket) and not is_shared else None
