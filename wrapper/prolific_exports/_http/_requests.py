"""Build requests and read responses and failures, for the sync and the async driver."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

import httpx

from prolific_exports._errors import NoAnswerError, UnreachableError, UsageError
from prolific_exports._flows._effects import ApiReply, Fetch, Fetched, Head, Request, Send
from prolific_exports._http._environment import Environment
from prolific_exports._http._limit import LateError
from prolific_exports._http._logging import LOGGER
from prolific_exports._http._store_response import MAX_HEADER_SIZE
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._content_coding import ACCEPTED, BodyExcerpt, CodingError
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._settings import URL_VARIABLE, USER_AGENT, Settings

CONNECT_TIMEOUT: Final = 10.0
EVIDENCE_SIZE: Final = 4096
# A status response has less than 1 KB; a larger body than this is not one.
MAX_BODY_SIZE: Final = 4 * 1024 * 1024

# httpx parses the Location of a redirect even if it does not follow it, and lets some errors
# through: those of its IDNA library about the host (a UnicodeError), and InvalidURL for
# "host:port" without a scheme.
FAILURES: Final = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, CodingError, LateError)

# Raised before the request is sent.
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def read_environment(settings: Settings) -> Environment:
    """Read the proxies and certificates from the environment.

    Raises:
        UsageError: The proxy for the API, or the certificates, cannot be used.
    """
    environment = Environment.read()
    # Report an invalid proxy before anything is sent.
    environment.proxy_for(httpx.URL(settings.base_url))
    return environment


def api_request(
    client: httpx.Client | httpx.AsyncClient, settings: Settings, send: Send
) -> httpx.Request:
    """Return the request to the API.

    Raises:
        UsageError: The client has been closed.
    """
    refuse_closed(client)
    request = send.request
    return client.build_request(
        request.method,
        settings.base_url + request.path,
        params=dict(request.params) or None,
        # The client's own value may name codings that the SDK does not decode.
        headers={**settings.headers, "Accept-Encoding": ACCEPTED},
        timeout=httpx.Timeout(
            send.timeout,
            connect=min(send.timeout, send.connect_timeout, CONNECT_TIMEOUT),
            # Shorter than the other timeouts, so that the error names the full pool as the cause.
            pool=0.9 * send.timeout,
        ),
    )


def store_request(client: httpx.Client | httpx.AsyncClient, fetch: Fetch) -> httpx.Request:
    """Return the request to the store, without anything that identifies the user.

    An injected client may add an Authorization header, cookies or query parameters by default.
    They would reveal the token, and stores reject a presigned URL that comes with them.

    Raises:
        UsageError: The client has been closed.
    """
    refuse_closed(client)
    request = client.build_request(
        "GET",
        fetch.url,
        headers={"User-Agent": USER_AGENT, **fetch.headers},
        timeout=httpx.Timeout(fetch.timeout, connect=CONNECT_TIMEOUT),
    )
    request.url = httpx.URL(fetch.url)
    for name in ("Authorization", "Cookie", "Referer"):
        request.headers.pop(name, None)
    return request


def refuse_closed(client: httpx.Client | httpx.AsyncClient) -> None:
    """Raise a UsageError for a client that has been closed."""
    if client.is_closed:
        raise UsageError(
            "The client is closed. Make calls inside its `with` block, or create a new client."
        )


def head_of(response: httpx.Response) -> Head:
    """Return the status and header fields.

    Raises:
        httpx.RemoteProtocolError: The fields are larger than the store client accepts. httpx
            checks their size only while more data arrives.
    """
    if sum(len(name) + len(value) for name, value in response.headers.raw) > MAX_HEADER_SIZE:
        raise httpx.RemoteProtocolError("the header is too large")
    return Head(response.status_code, fields_of(response))


def body_of(response: httpx.Response, size: int) -> BodyExcerpt:
    """Return an excerpt that collects up to ``size`` bytes of a response's decoded body."""
    return BodyExcerpt.of(fields_of(response).get("content-encoding", ""), size)


def raw_bytes(response: httpx.Response) -> Iterator[bytes]:
    """Return the body as the server sent it, without decoding."""
    if response.is_stream_consumed:
        # A transport without a network may return a response whose body it has already read.
        return iter((response.content,))
    return response.iter_raw()


async def raw_bytes_async(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the same as `raw_bytes`, without blocking the event loop."""
    if response.is_stream_consumed:
        yield response.content
        return
    async for chunk in response.aiter_raw():
        yield chunk


def reply(request: Request, response: httpx.Response, body: BodyExcerpt) -> ApiReply:
    """Return the reply for a completely read response."""
    LOGGER.debug("%s for %s answered %s", request.operation, request.ref, response.status_code)
    return ApiReply(response.status_code, fields_of(response), bytes(body.data))


def fields_of(response: httpx.Response) -> dict[str, str]:
    """Return the header fields, with names in lower case."""
    fields = {name.lower(): value for name, value in response.headers.items()}
    if response.is_stream_consumed:
        # httpx has already decoded the body.
        fields.pop("content-encoding", None)
    return fields


def no_answer(
    request: Request, error: Exception, settings: Settings, reach: Reachability
) -> NoAnswerError:
    """Return the error for a call without a response, with its cause.

    Raise it outside the exception handler: see `Redactor.cause`.
    """
    failure = _unanswered(request, error, settings, reach)
    failure.__cause__ = settings.redactor.cause(error)
    return failure


def _unanswered(
    request: Request, error: Exception, settings: Settings, reach: Reachability
) -> NoAnswerError:
    sent = not isinstance(error, _NOT_SENT)
    url = httpx.URL(settings.base_url)
    base_url_setting = f"the base URL ({URL_VARIABLE})"
    reason = reach.permanent_failure(error, url, base_url_setting)
    if reason is not None:
        reason = settings.redactor.text(reason)
        # The next step comes last: see `Reachability.permanent_failure`.
        step = reason.rpartition("; ")[2]
        return UnreachableError(
            f"No connection to {settings.base_url}: {reason}. "
            f"({request.operation} for {request.ref})",
            operation=request.operation,
            ref=request.ref,
            sent=False,
            hint=f"{step[0].upper()}{step[1:]}.",
        )
    hint = (
        "The server may have received the request."
        if sent and request.method != "GET"
        else f"Check the network and {reach.proxy_setting(url) or base_url_setting}."
    )
    return NoAnswerError(
        f"No response from {settings.base_url} for {request.ref}: "
        f"{describe(error, settings.redactor)}. {hint} ({request.operation})",
        operation=request.operation,
        ref=request.ref,
        sent=sent,
        hint=hint,
    )


def not_fetched(fetch: Fetch, head: Head | None, error: Exception, reach: Reachability) -> Fetched:
    """Return the result of a failed fetch."""
    reason = reach.permanent_failure(error, httpx.URL(fetch.url))
    if reason is not None:
        return Fetched(head, failure=f"no connection: {reason}", permanent=True)
    return Fetched(head, failure=describe(error, Redactor()))


def describe(error: Exception, redactor: Redactor) -> str:
    """Return a clause that describes the failure."""
    if isinstance(error, CodingError | LateError):
        return redactor.text(str(error))
    kinds: dict[type[Exception], str] = {
        httpx.ConnectTimeout: "connecting timed out",
        httpx.ReadTimeout: "no complete response arrived in time",
        httpx.WriteTimeout: "sending the request timed out",
        httpx.ConnectError: "no connection",
        httpx.PoolTimeout: "no connection was free",
        httpx.InvalidURL: "invalid redirect URL",
    }
    kind = kinds.get(type(error), "the connection broke")
    detail = redactor.text(str(error))
    return f"{kind} ({detail})" if detail else kind
