"""Creates httpx clients that use the proxies and certificates of an `Environment`.

httpx can read the environment itself, but it fails if ``NO_PROXY`` contains brackets or a
network, and it does not support ports there.
"""

import ssl
import threading
from typing import Final, Generic, Protocol, TypeVar

import httpx

from prolific_exports._errors import UsageError
from prolific_exports._http._connections import LimitedTransport
from prolific_exports._http._environment import Environment, Proxy

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# The defaults of httpx.
LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20)


class _Make(Protocol[T_co]):
    def __call__(
        self, *, verify: ssl.SSLContext, limits: httpx.Limits, proxy: httpx.Proxy | None
    ) -> T_co: ...


class _Routes(Generic[T]):
    """One transport for each proxy and one for direct connections, created on demand."""

    def __init__(self, make: _Make[T], environment: Environment, limits: httpx.Limits) -> None:
        self._make = make
        self._environment = environment
        self._limits = limits
        self._lock = threading.Lock()
        self._made: dict[Proxy | None, T] = {}

    def to(self, url: httpx.URL) -> T:
        """Return the transport for a URL.

        Raises:
            UsageError: The proxy for the URL is invalid or cannot be used.
        """
        proxy = self._environment.proxy_for(url)
        # The parts of a download call this method from several threads.
        with self._lock:
            if proxy not in self._made:
                self._made[proxy] = self._transport(proxy)
            return self._made[proxy]

    def all(self) -> list[T]:
        """Return the transports created so far."""
        with self._lock:
            return list(self._made.values())

    def _transport(self, proxy: Proxy | None) -> T:
        context, limits = self._environment.context, self._limits
        if proxy is None:
            return self._make(verify=context, limits=limits, proxy=None)
        secure = context if proxy.url.scheme == "https" else None
        through = httpx.Proxy(proxy.url, ssl_context=secure)
        try:
            return self._make(verify=context, limits=limits, proxy=through)
        except ImportError as error:
            raise UsageError(
                f"The proxy of {proxy.setting} cannot be used: SOCKS needs the package socksio. "
                "Install it with: pip install 'httpx[socks]'"
            ) from error


class _Transport(httpx.BaseTransport):
    """Sends each request through the transport for its URL."""

    def __init__(self, environment: Environment, limits: httpx.Limits) -> None:
        self._routes = _Routes(LimitedTransport, environment, limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._routes.to(request.url).handle_request(request)

    def close(self) -> None:
        for transport in self._routes.all():
            transport.close()


class _AsyncTransport(httpx.AsyncBaseTransport):
    """The asyncio counterpart of `_Transport`."""

    def __init__(self, environment: Environment, limits: httpx.Limits) -> None:
        self._routes = _Routes(httpx.AsyncHTTPTransport, environment, limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._routes.to(request.url).handle_async_request(request)

    async def aclose(self) -> None:
        for transport in self._routes.all():
            await transport.aclose()


def client(environment: Environment, limits: httpx.Limits = LIMITS) -> httpx.Client:
    """Return a client that uses the environment, for calls within `enforce_limit`."""
    return httpx.Client(transport=_Transport(environment, limits), trust_env=False)


def async_client(environment: Environment, limits: httpx.Limits = LIMITS) -> httpx.AsyncClient:
    """Return a client for asyncio that uses the environment."""
    return httpx.AsyncClient(transport=_AsyncTransport(environment, limits), trust_env=False)
