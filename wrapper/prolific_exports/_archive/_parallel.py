"""Processes the members of an archive in a few threads.

Inflating, checksums, reads and writes let other threads run. Every thread opens the file
itself, because a shared handle has only one position, and not every system can read without
moving it.
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
# With smaller members, most time is spent in Python code, which one thread runs at a time.
_BYTES_OF_A_MEMBER = 1 << 15

T = TypeVar("T")


def thread_count(items: int, size: int) -> int:
    """Return the number of threads to use, including the current one.

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
    """Process every item, in the caller's thread and ``threads - 1`` others.

    Starts items in order, and none after a failure. If several fail, raises the error of the first
    item, as sequential processing would.

    Args:
        path: The file that each thread opens.
        items: The items to process.
        work: Called with the thread's file and an item. Each step of its iterator does a part of
            the work; between steps it can be abandoned.
        threads: Number of threads, at least one.

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
                # Ctrl-C interrupts only this thread: stop the others.
                queue.close()
    if queue.failures:
        raise queue.failures[min(queue.failures)]


class _WorkQueue(Generic[T]):
    """Gives threads the next item, until no item is left, one fails, or the queue is closed."""

    def __init__(
        self, path: Path, items: Sequence[T], work: Callable[[BinaryIO, T], Iterator[object]]
    ) -> None:
        self.failures: dict[int, ExportsError | OSError] = {}
        self._path = path
        self._items = enumerate(items)
        self._work = work
        self._lock = threading.Lock()
        self._closed = False

    def run(self) -> None:
        """Process items until none is left."""
        try:
            with open_binary(self._path, buffering=0) as stream:
                while next_item := self._next():
                    number, item = next_item
                    try:
                        self._do(stream, item)
                    except (ExportsError, OSError) as error:
                        self.failures[number] = error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop every thread after its current step."""
        self._closed = True

    def _next(self) -> tuple[int, T] | None:
        with self._lock:
            return None if self._closed or self.failures else next(self._items, None)

    def _do(self, stream: BinaryIO, item: T) -> None:
        for _ in self._work(stream, item):
            if self._closed:
                return
