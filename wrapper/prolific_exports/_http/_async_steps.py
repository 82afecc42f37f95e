"""Runs the steps of one flow, and its work on files, without blocking the event loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from prolific_exports._flows._effects import EventQueue
from prolific_exports._http._threads import Threads

T = TypeVar("T")


class StepRunner:
    """Runs the steps and file work of one flow in threads, one at a time."""

    def __init__(
        self, threads: Threads, part_events: EventQueue | None, downloads: asyncio.Semaphore
    ) -> None:
        self.threads = threads
        self._part_events = part_events
        self._downloads = downloads
        self._downloading = False
        # Without the lock, parts that arrive at the same time would occupy all threads.
        self._turn = asyncio.Lock()

    async def do(self, work: Callable[[], T]) -> T:
        """Run work, in a thread if the flow uses files, and deliver the flow's events."""
        if self._part_events is None:
            return work()
        async with self._turn:
            done = await self.threads.work(work)
            self._part_events.deliver()
        return done.result()

    async def tidy(self, work: Callable[[], T]) -> T:
        """Run work and deliver no events: their exceptions would hide a cancellation."""
        if self._part_events is None:
            return work()
        async with self._turn:
            return (await self.threads.work(work)).result()

    async def begin_download(self) -> None:
        """Wait for a download slot, unless this flow already has one."""
        if not self._downloading:
            await self._downloads.acquire()
            self._downloading = True

    def end_download(self) -> None:
        """Release the download slot, so that another download can start."""
        if self._downloading:
            self._downloading = False
            self._downloads.release()
