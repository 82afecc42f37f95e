"""The threads for the async client's file work, which must not block the event loop."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Final, TypeVar

# Each download runs one piece of work at a time. More threads would not make one disk faster,
# and each thread that runs Python code delays the event loop a little.
_WORKERS: Final = 8
# Verifying one archive already uses several threads and processors (`_archive._parallel`).
_READERS: Final = 2

T = TypeVar("T")


class Threads:
    """The threads of one client, separate from those of asyncio, which name lookups need.

    Use it from one event loop only.
    """

    def __init__(self) -> None:
        """Create the pools; the first work starts a thread."""
        self._workers = ThreadPoolExecutor(_WORKERS, "prolific-files")
        # A separate pool, so that a long verification does not delay other work.
        self._readers = ThreadPoolExecutor(_READERS, "prolific-verify")
        self._users = 0
        self._closed = False

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keep the threads running within the ``with`` block, even after `close`."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            self._end_if_unused()

    def close(self) -> None:
        """End the threads when the last `used` block has ended."""
        self._closed = True
        self._end_if_unused()

    def _end_if_unused(self) -> None:
        if self._closed and not self._users:
            self._workers.shutdown(wait=False)
            self._readers.shutdown(wait=False)

    async def work(self, work: Callable[[], T]) -> Future[T]:
        """Run work that changes files and return its completed future.

        Python cannot cancel a thread. A cancellation therefore waits until the work has ended:
        otherwise the client would release its claim while the work still changes the files.
        """
        working = self._workers.submit(copy_context().run, work)
        ended = asyncio.wrap_future(working)
        cancellation = None
        while not ended.done():
            try:
                await asyncio.wait((ended,))
            except asyncio.CancelledError as error:
                cancellation = error
        # Retrieve the exception: asyncio logs exceptions that are never retrieved.
        ended.exception()
        if cancellation is not None:
            raise cancellation
        return working

    async def read(self, work: Callable[[], T]) -> T:
        """Run long work that only reads, and return its result. A cancellation does not wait."""
        return await asyncio.wrap_future(self._readers.submit(copy_context().run, work))

    async def look(self, work: Callable[[], T]) -> T:
        """Run short work that only reads, and return its result. A cancellation does not wait."""
        return await asyncio.wrap_future(self._workers.submit(copy_context().run, work))
