"""Members of an archive, worked on by a few threads.

Inflating, checksums, reads and writes let other threads run. Every thread has a
handle of its own, because not every system can read at a place without moving
there, and a place is what a shared handle has only one of.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from prolific_exports._archive._directory import open_binary
from prolific_exports._errors import ExportsError

_MOST_THREADS = 4
# Starting a thread takes as long as inflating a few hundred KiB.
_BYTES_FOR_A_THREAD = 1 << 20
# With smaller members nearly all of the time is Python's own, which one thread has at a time.
_BYTES_OF_A_MEMBER = 1 << 15

T = TypeVar("T")


def thread_count(items: int, size: int) -> int:
    """How many threads to use, this one included.

    Args:
        items: Number of members.
        size: Bytes of their contents together.
    """
    if size < items * _BYTES_OF_A_MEMBER:
        return 1
    return max(1, min(items, os.cpu_count() or 1, _MOST_THREADS, size // _BYTES_FOR_A_THREAD))


def run_in_threads(
    path: Path,
    items: Sequence[T],
    work: Callable[[BinaryIO, T], Iterator[object]],
    *,
    threads: int,
) -> None:
    """Do the work for every item, in as many threads, of which the caller's is one.

    Items are begun in their order. Of several that fail, the first one's error is
    raised, as if one after the other had been done; none is begun after that.

    Args:
        path: The file to open for each thread.
        items: What to work on.
        work: Given the thread's own handle and an item, does a step each time it is
            advanced; between steps it can be abandoned.
        threads: How many, at least one.

    Raises:
        ArchiveError: The file cannot be opened, or what the work raises.
        OSError: What the work raises.
    """
    queue = _WorkQueue(path, items, work)
    if threads == 1:
        queue.run()
    else:
        with ThreadPoolExecutor(threads - 1, thread_name_prefix="prolific-archive") as pool:
            others = [pool.submit(queue.run) for _ in range(threads - 1)]
            try:
                queue.run()
                for other in others:
                    other.result()
            finally:
                # An interrupt comes to this thread only.
                queue.close()
    if queue.failures:
        raise queue.failures[min(queue.failures)]


class _WorkQueue(Generic[T]):
    """Where threads take the next item, until there are no more, one fails, or it closes."""

    def __init__(
        self, path: Path, items: Sequence[T], work: Callable[[BinaryIO, T], Iterator[object]]
    ) -> None:
        self.failures: dict[int, ExportsError | OSError] = {}
        self._path = path
        self._turns = enumerate(items)
        self._work = work
        self._lock = threading.Lock()
        self._closed = False

    def run(self) -> None:
        """Work until there is nothing to take."""
        try:
            with open_binary(self._path, buffering=0) as stream:
                while turn := self._next():
                    number, item = turn
                    try:
                        self._do(stream, item)
                    except (ExportsError, OSError) as error:
                        self.failures[number] = error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Have every thread stop after the step that it is at."""
        self._closed = True

    def _next(self) -> tuple[int, T] | None:
        with self._lock:
            return None if self._closed or self.failures else next(self._turns, None)

    def _do(self, stream: BinaryIO, item: T) -> None:
        for _ in self._work(stream, item):
            if self._closed:
                return
