"""The blocking driver: carries out a flow's effects."""

import socket
from collections.abc import Collection, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, Final, TypeAlias, TypeVar

import httpx
from attrs import evolve

from prolific_exports._errors import ExportsError, UsageError
from prolific_exports._flows._effects import (
    ApiReply,
    Effect,
    Fetch,
    FetchAll,
    Fetched,
    Flow,
    Send,
    Sleep,
)
from prolific_exports._http import _requests as http
from prolific_exports._http import _routing as routing
from prolific_exports._http._connections import enforce_limit
from prolific_exports._http._limit import Limit
from prolific_exports._http._logging import without_secrets
from prolific_exports._http._response_reader import read_here, read_in_thread
from prolific_exports._http._store_client import Stop, StoreClient
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._clock import Clock
from prolific_exports._model._settings import Settings

# Longest delay in seconds of a part's event, and of an interrupt on Windows, where Ctrl-C does
# not end a wait.
_MOMENT: Final = 0.1

T = TypeVar("T")

HttpClient: TypeAlias = httpx.Client
"""The caller's client, for rooms that only pass it on."""


class SyncDriver:
    """Runs flows: calls over an `httpx.Client`, downloads over a `StoreClient`.

    Attributes:
        store: The client for downloads; None if the `httpx.Client` downloads too.
    """

    def __init__(self, settings: Settings, client: httpx.Client | None, clock: Clock) -> None:
        """Use the caller's client, which the caller closes, or create one."""
        # Check early: otherwise the error would appear only after a request was sent.
        if isinstance(client, httpx.AsyncClient):
            raise UsageError(
                "http_client is an httpx.AsyncClient, which is for AsyncExports: Exports takes an "
                "httpx.Client."
            )
        self.store: StoreClient | None = None
        self._reach = Reachability()
        self._settings = settings
        self._owned = client is None
        if client is None:
            environment = http.read_environment(settings)
            self._reach = Reachability(environment)
            self.store = StoreClient(environment, self._reach, clock)
            client = routing.client(environment)
        self._client = client
        self._exchange = read_here if self._owned else read_in_thread
        self._clock = clock

    def close(self) -> None:
        """Close the client, if the driver created it."""
        if self._owned:
            self._client.close()

    def run(self, flow: Flow[T]) -> T:
        """Carry out the flow's effects and return the flow's result."""
        try:
            effect = next(flow)
            while True:
                try:
                    result = self.perform(effect)
                except ExportsError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as stop:
            value: T = stop.value
            return value
        finally:
            # Let the flow clean up, also after an interrupt.
            flow.close()

    def perform(self, effect: Effect) -> Any:
        """Carry out one effect.

        Raises:
            ExportsError: It failed in a way that the flow decides about.
        """
        match effect:
            case Send():
                return self._send(effect)
            case Fetch():
                return self.fetch(effect)
            case FetchAll():
                return self.fetch_all(effect)
            case Sleep():
                return self._clock.sleep(effect.seconds)
            case _:
                return effect.work()

    def _send(self, send: Send) -> ApiReply:
        request = http.api_request(self._client, self._settings, send)
        limit = Limit(self._clock, send.timeout)
        try:
            with (
                without_secrets(self._settings.redactor),
                enforce_limit(limit),
                self._exchange(self._client, request, limit) as (response, chunks),
            ):
                body = http.body_of(response, http.MAX_BODY_SIZE)
                for chunk in chunks:
                    limit.check()
                    if body.is_enough(chunk):
                        break
        except http.FAILURES as error:
            failure = http.no_answer(send.request, error, self._settings, self._reach)
        else:
            self._reach.record_success(request.url)
            return http.reply(send.request, response, body)
        raise failure

    def fetch_all(self, effect: FetchAll, outer: Stop | None = None) -> list[Fetched]:
        """Fetch several parts at once.

        Args:
            effect: The parts.
            outer: Ends them from another thread.
        """
        stop = Stop()
        with ThreadPoolExecutor(len(effect.fetches)) as pool:
            try:
                parts = [
                    pool.submit(self.fetch, cancellable(fetch, stop), stop)
                    for fetch in effect.fetches
                ]
                while wait_briefly(parts):
                    effect.deliver()
                    if outer is not None and outer.is_over:
                        raise FetchCancelledError
            finally:
                # If one part fails (an interrupt, a full disk, no new thread), the others must
                # not continue.
                stop.now()
        effect.deliver()
        failures = [part.exception() for part in parts]
        for failure in failures:
            if failure is not None and not isinstance(failure, FetchCancelledError):
                raise failure
        return [part.result() for part in parts]

    def fetch(self, fetch: Fetch, stop: Stop | None = None) -> Fetched:
        """Get bytes from the store.

        Args:
            fetch: What to get.
            stop: Ends it from another thread.
        """
        if self.store is not None and self.store.reaches(fetch.url):
            return self.store.fetch(fetch, stop)
        request = http.store_request(self._client, fetch)
        if stop is not None:
            # Another thread may break this connection, so no other request may reuse it.
            request.headers["Connection"] = "close"
        head = None
        limit = Limit(self._clock, http.CONNECT_TIMEOUT + fetch.timeout)
        try:
            with (
                without_secrets(self._settings.redactor),
                enforce_limit(limit),
                self._exchange(self._client, request, limit) as (response, chunks),
            ):
                head = http.head_of(response)
                self._reach.record_success(request.url)
                with ending(response, stop):
                    if not fetch.accept(head):
                        limit.restart(fetch.timeout)
                        return Fetched(head, _evidence(response, chunks, limit))
                    limit.restart(fetch.timeout, moving=True)
                    for chunk in chunks:
                        limit.received(len(chunk))
                        limit.check()
                        with limit.paused():
                            fetch.write(chunk)
        except http.FAILURES as error:
            return http.not_fetched(fetch, head, error, self._reach)
        return Fetched(head)


def _evidence(response: httpx.Response, chunks: Iterable[bytes], limit: Limit) -> bytes:
    """Return the beginning of a rejected body, or the bytes received before a failure."""
    body = http.body_of(response, http.EVIDENCE_SIZE)
    with suppress(*http.FAILURES):
        for chunk in chunks:
            limit.check()
            if body.is_enough(chunk):
                break
    return bytes(body.data)


def wait_briefly(parts: Collection[Future[Fetched]]) -> bool:
    """Wait briefly; return whether parts are still running and none has failed."""
    done, running = wait(parts, _MOMENT, FIRST_EXCEPTION)
    return bool(running) and not any(part.exception() for part in done)


class FetchCancelledError(Exception):
    """Another part of the same download has failed."""


def ending(response: httpx.Response, stop: Stop | None) -> AbstractContextManager[None]:
    """Let `Stop.now` break the connection of a response that does not share it."""
    stream = response.extensions.get("network_stream")
    # An HTTP/2 connection carries other requests, which may be the caller's.
    if stop is None or stream is None or response.http_version == "HTTP/2":
        return nullcontext()
    # Closing the response instead would not wake the thread that waits for bytes. Meanwhile, the
    # system could reuse the socket's number for another file.
    one = stream.get_extra_info("socket")
    return stop.ends(one) if isinstance(one, socket.socket) else nullcontext()


def cancellable(fetch: Fetch, stop: Stop) -> Fetch:
    """Return a copy of the fetch that writes nothing after a cancellation."""

    def write(data: bytes | memoryview) -> None:
        if stop.is_over:
            raise FetchCancelledError
        fetch.write(data)

    return evolve(fetch, write=write)
