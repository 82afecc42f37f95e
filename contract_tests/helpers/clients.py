"""The sync and the async client behind one blocking surface, so that tests are written once."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Literal, Self

import httpx
from prolific_exports import AsyncExportJob, AsyncExportResource, AsyncExports, Exports

Flavour = Literal["sync", "async"]


class Clients:
    """Makes clients of one flavour and runs them to their end.

    ``make`` returns an `Exports`, or something that behaves like one and runs an
    `AsyncExports` in an event loop.
    """

    def __init__(self, flavour: Flavour) -> None:
        self.flavour = flavour
        self._runner = asyncio.Runner()
        self._opened: list[Any] = []

    def make(
        self, token: str | None = "t0ken-of-a-test", *, save_codebooks: bool = False, **options: Any
    ) -> Any:
        """A client. Without ``save_codebooks``, downloads send nothing after the archive."""
        options["save_codebooks"] = save_codebooks
        if self.flavour == "sync":
            exports: Any = Exports(token, **options)
        else:
            exports = _Blocking(AsyncExports(token, **options), self._runner)
        self._opened.append(exports)
        return exports

    def http_client(self, **options: Any) -> Any:
        """An httpx client of the flavour, for injection; closed with the clients."""
        if self.flavour == "sync":
            client: Any = httpx.Client(**options)
            self._opened.append(client)
        else:
            client = httpx.AsyncClient(**options)
            self._opened.append(_Closing(client, self._runner))
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for opened in self._opened:
            opened.close()
        self._runner.close()


class _Closing:
    def __init__(self, client: httpx.AsyncClient, runner: asyncio.Runner) -> None:
        self._client = client
        self._runner = runner

    def close(self) -> None:
        self._runner.run(self._client.aclose())


def _entries(iterator: AsyncIterator[Any], runner: asyncio.Runner) -> Iterator[Any]:
    async def advance() -> Any:
        return await anext(iterator)

    try:
        with suppress(StopAsyncIteration):
            while True:
                yield runner.run(advance())
    finally:
        if isinstance(iterator, AsyncGenerator):
            runner.run(_closed(iterator))


async def _closed(generator: AsyncGenerator[Any, None]) -> None:
    await generator.aclose()


class _Blocking:
    """Stands for an async object: what it would return awaited, it returns."""

    def __init__(self, wrapped: Any, runner: asyncio.Runner) -> None:
        self._wrapped = wrapped
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        return self._blocking(getattr(self._wrapped, name))

    def __repr__(self) -> str:
        return repr(self._wrapped).replace("Async", "")

    def _blocking(self, value: Any) -> Any:
        if isinstance(value, AsyncExportResource | AsyncExportJob):
            return _Blocking(value, self._runner)
        if isinstance(value, AsyncIterator):
            return _entries(value, self._runner)
        if inspect.ismethod(value):
            return lambda *args, **kwargs: self._call(value, args, kwargs)
        return value

    def _call(self, method: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = method(*args, **kwargs)
        if inspect.isawaitable(result):
            awaitable = result

            async def awaited() -> Any:
                return await awaitable

            result = self._runner.run(awaited())
        return self._blocking(result)
