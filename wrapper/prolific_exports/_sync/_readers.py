"""The workers that read archives, and what happens if one is killed."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import TypeAlias

from attrs import define, field

from prolific_exports._errors import ArchiveError, ExportsError
from prolific_exports._sync._parts import Work, work_on
from prolific_exports._sync._receipts import Receipt

WorkResult: TypeAlias = tuple[Work, Receipt | ExportsError]
"""An archive, and its receipt or why there is none."""


@define
class Readers:
    """Gives archives to the workers of an executor.

    Attributes:
        start: Starts the executor when there is work, and again after a worker was killed; or
            returns the caller's.
        owned: Whether the executor is not the caller's.
    """

    start: Callable[[], Executor]
    owned: bool
    _executor: Executor | None = field(default=None, init=False)
    _running: dict["Future[Receipt]", Work] = field(factory=dict, init=False)
    _interrupted: list[Work] = field(factory=list, init=False)

    def submit(self, work: Work) -> None:
        """Give an archive to a worker."""
        if self._executor is None:
            self._executor = self.start()
        try:
            self._running[self._executor.submit(work_on, work)] = work
        except BrokenExecutor:
            self._interrupted.append(work)

    def results(self, *, wait_for_all: bool) -> Iterator[WorkResult]:
        """Yield what workers have done since.

        Args:
            wait_for_all: Whether to wait until all archives are read.
        """
        while self._running:
            done, _ = wait(self._running, None if wait_for_all else 0, FIRST_COMPLETED)
            if not done:
                break
            for future in done:
                work = self._running.pop(future)
                try:
                    result: Receipt | ExportsError = future.result()
                except ExportsError as error:
                    result = error
                except BrokenExecutor:
                    self._interrupted.append(work)
                    continue
                yield work, result
        if self._interrupted:
            yield from self._read_again()

    def close(self) -> None:
        """End the workers, unless they are the caller's."""
        if self.owned and self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
        self._executor = None

    def _read_again(self) -> Iterator[WorkResult]:
        """Read what workers were reading when one was killed, each archive alone.

        So only the archive that kills its worker, with too little memory for instance, fails.
        """
        wait(self._running)
        works, self._interrupted = [*self._interrupted, *self._running.values()], []
        self._running.clear()
        for work in works:
            self.close()
            self.submit(work)
            yield work, self._alone(work)

    def _alone(self, work: Work) -> Receipt | ExportsError:
        """The result of the only archive that is being read."""
        running, self._running, self._interrupted = list(self._running), {}, []
        try:
            return running[0].result() if running else _killed(work)
        except ExportsError as error:
            return error
        except BrokenExecutor:
            return _killed(work)


def _killed(work: Work) -> ArchiveError:
    return ArchiveError(
        f"The archive of {work.planned.ref} could not be read: its worker was killed twice. It may "
        "have had too little memory."
    )
