"""The threads in which the async client works on files, so that the event loop never waits."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Final, TypeVar

# A download has one piece of work under way at most. More threads than these gain nothing on
# one disk, and each that runs Python holds up the event loop a little.
_WORKERS: Final = 8
# Verifying takes several threads and as many processors for each archive (`_archive._parallel`).
_READERS: Final = 2

T = TypeVar("T")


class Threads:
    """The threads of one client: not asyncio's own, which name lookups need meanwhile.

    Used from one event loop only.
    """

    def __init__(self) -> None:
        """Start no thread yet: the first work does."""
        self._workers = ThreadPoolExecutor(_WORKERS, "prolific-files")
        # Apart from the others, which a long check must not hold up.
        self._readers = ThreadPoolExecutor(_READERS, "prolific-verify")
        self._users = 0
        self._closed = False

    @contextmanager
    def used(self) -> Iterator[None]:
        """While this lasts, the threads are there, even when they are closed meanwhile."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            self._end_if_unused()

    def close(self) -> None:
        """End the threads, once nobody uses them."""
        self._closed = True
        self._end_if_unused()

    def _end_if_unused(self) -> None:
        if self._closed and not self._users:
            self._workers.shutdown(wait=False)
            self._readers.shutdown(wait=False)

    async def work(self, work: Callable[[], T]) -> Future[T]:
        """Do work that changes files; how it ended.

        Nothing stops a thread. A cancellation therefore waits for the work's end, or the claim
        on the files would be given up while the work goes on.
        """
        working = self._workers.submit(copy_context().run, work)
        ended = asyncio.wrap_future(working)
        cancellation = None
        while not ended.done():
            try:
                await asyncio.wait((ended,))
            except asyncio.CancelledError as error:
                cancellation = error
        # Asked for, or asyncio would log a failure as one that was never noticed.
        ended.exception()
        if cancellation is not None:
            raise cancellation
        return working

    async def read(self, work: Callable[[], T]) -> T:
        """Do work that only reads and may take long. A cancellation does not wait for its end."""
        return await asyncio.wrap_future(self._readers.submit(copy_context().run, work))

    async def look(self, work: Callable[[], T]) -> T:
        """Do short work that only reads. A cancellation does not wait for its end."""
        return await asyncio.wrap_future(self._workers.submit(copy_context().run, work))
