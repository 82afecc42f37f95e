"""A server on the network, with any behaviour.

httpx limits the wait for each byte, so a server that sends a byte now and then could block a call
forever. A time limit for the complete call needs cancellation, which asyncio provides.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

import httpx
from prolific_exports._errors import UsageError
from prolific_exports._http import _requests as http
from prolific_exports._http._environment import Environment
from prolific_exports._http._exchange import exchange
from prolific_exports._http._limit import LateError, Limit
from prolific_exports._http._logging import without_secrets
from prolific_exports._http._routing import async_client
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._clock import SystemClock
from prolific_exports._model._content_coding import CodingError
from prolific_exports._model._redactor import Redactor

from prolific_contract._errors import ContractToolError
from prolific_contract.gate.conversation._targets import (
    BODY_LIMIT,
    NoResponseError,
    TargetUnreachableError,
    TimedOutError,
)
from prolific_contract.gate.trace._exchanges import HttpResponse

_CONNECT_TIMEOUT: Final = 10.0
# Failures on the user's side: no request was sent.
_UNREACHABLE: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class LiveTarget:
    """Sends requests over HTTP, each on a connection of its own.

    A server may close an idle connection just when the client reuses it, which would look like a
    missing response. Cookies are discarded, because they could identify a request without the
    token. Proxies and certificates come from the environment, as for the SDK.

    Use it as a context manager, outside a running event loop.
    """

    def __init__(self, token: str | None = None) -> None:
        """Create the client.

        Args:
            token: The API token, which is redacted in logs and failures.

        Raises:
            ContractToolError: The environment names certificates that can't be used.
        """
        self._redactor = Redactor(token)
        try:
            environment = Environment.read()
        except UsageError as error:
            raise ContractToolError(str(error)) from error
        self._reach = Reachability(environment)
        self._client = async_client(environment, httpx.Limits(max_keepalive_connections=0))
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        """Return the target."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close all connections."""
        try:
            self._runner.run(self._client.aclose())
        finally:
            self._runner.close()

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
    ) -> HttpResponse:
        """Send a request and read the complete response within the timeout.

        Raises:
            NoResponseError: There was no response, or it was not HTTP.
        """
        self._redactor.learn(url)
        return self._runner.run(self._answer(method, url, headers, timeout))

    async def _answer(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109 - it is what the whole call is given
    ) -> HttpResponse:
        failure: NoResponseError
        cause: Exception
        try:
            # `build_request` would add its own headers and cookies.
            request = httpx.Request(
                method,
                url,
                headers=dict(headers),
                extensions={"timeout": httpx.Timeout(None, connect=_CONNECT_TIMEOUT).as_dict()},
            )
            with without_secrets(self._redactor):
                async with exchange(request, Limit(SystemClock(), timeout)):
                    return await self._send(request)
        except LateError as error:
            failure, cause = TimedOutError(f"no complete response within {timeout:g} s"), error
        except _UNREACHABLE as error:
            obstacle = self._reach.permanent_failure(error, httpx.URL(url), "the target's URL")
            failure, cause = TargetUnreachableError(obstacle or self._reason(error)), error
        except UsageError as error:
            failure, cause = TargetUnreachableError(str(error).rstrip(".")), error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, CodingError) as error:
            failure, cause = NoResponseError(self._reason(error)), error
        failure.__cause__ = self._redactor.cause(cause)
        # Raised outside the handler, so that the unredacted error is not its context.
        raise failure

    def monotonic(self) -> float:
        """The machine's monotonic clock."""
        return time.monotonic()

    def now(self) -> datetime:
        """The machine's date and time."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    async def _send(self, request: httpx.Request) -> HttpResponse:
        response = await self._client.send(request, stream=True, follow_redirects=False)
        body = http.body_of(response, BODY_LIMIT)
        try:
            async for chunk in http.raw_bytes_async(response):
                if body.is_enough(chunk):
                    break
            body.check_end()
        finally:
            await response.aclose()
        fields = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
        )
        return HttpResponse(
            status=response.status_code, headers=fields, body=bytes(body.data), cut=body.is_cut
        )

    def _reason(self, error: Exception) -> str:
        """Why there was no response, as a clause."""
        kinds: tuple[tuple[type[Exception], str], ...] = (
            (httpx.ConnectTimeout, "connecting took too long"),
            (httpx.ConnectError, "no connection"),
            (httpx.ProxyError, "the proxy refused"),
            (httpx.RemoteProtocolError, "the response was not HTTP"),
            (CodingError, "its content encoding can't be decoded"),
            (httpx.NetworkError, "the connection broke"),
        )
        kind = next((text for cls, text in kinds if isinstance(error, cls)), "the request failed")
        detail = self._redactor.text(str(error))
        return f"{kind} ({detail})" if detail else kind
