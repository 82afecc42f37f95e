"""From a job to a verified archive at its place: the pure part of a download."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
from attrs import define, field

from prolific_exports._calls import Context
from prolific_exports._effects import Fetch, Fetched, Flow, Head, Run, Sleep
from prolific_exports._errors import CorruptArchiveError, DownloadError, UnsafeUrlError
from prolific_exports._events import Downloading, Refreshed, Saved, Verifying
from prolific_exports._partial import PartialFile, check_target
from prolific_exports._policy import Policy, backoff, retry_after
from prolific_exports._redact import excerpt, redact
from prolific_exports._transfer import Follow, Refuse, Step, Take, Transfer, Verdict
from prolific_exports._urls import why_unsafe
from prolific_exports._waiting import Job, wait

STALL_TIMEOUT: Final = 30.0
_MAX_REDIRECTS: Final = 5
_PROGRESS_INTERVAL: Final = 0.1


def default_name(job: Job, now: datetime) -> str:
    """``<id>-export-<YYYYMMDD-HHMMSS>.zip`` in local time, as Prolific's own command has it."""
    return f"{job.resource_id}-export-{now.astimezone():%Y%m%d-%H%M%S}.zip"


def choose_target(path: str | os.PathLike[str] | None, job: Job, now: datetime) -> Path:
    """Where the archive goes: the path, a default name in it if it is a folder, or here."""
    target = Path(path) if path is not None else Path()
    return target / default_name(job, now) if target.is_dir() else target


def download(
    job: Job,
    path: str | os.PathLike[str] | None,
    context: Context,
    policy: Policy,
    verify: Callable[[Path], object],
    *,
    overwrite: bool,
) -> Flow[Path]:
    """Wait for the archive, fetch it, verify it, put it at its place.

    Args:
        job: What to download.
        path: A file or folder; None means the working directory.
        context: Clock, chance, token, events.
        policy: How patiently to wait.
        verify: Raises an `ArchiveError` for a file that is not a whole ZIP.
        overwrite: Whether a file at the target may be replaced.

    Returns:
        The target. The file there is whole and verified.

    Raises:
        DownloadError: Nothing is at the target, or what was there before.
        ArchiveError: What the store sends is not a whole ZIP.
        ExportsError: Anything that waiting raises.
    """
    target = choose_target(path, job, context.clock.now())
    yield Run(lambda: check_target(target, overwrite=overwrite))
    url = (yield from wait(job, context, policy)).url
    # Not a Run: between its end and the `try` nothing may come that could lose the file.
    partial = PartialFile(target)
    try:
        yield from _Download(job, context, policy, partial).fetch(url)
        yield Run(partial.finish)
        context.notify(Verifying(job.ref, partial.size))
        yield Run(lambda: _verify(partial, verify))
        yield Run(lambda: partial.publish(overwrite=overwrite))
    finally:
        partial.discard()
    context.notify(Saved(job.ref, target, partial.size))
    return target


def _verify(partial: PartialFile, verify: Callable[[Path], object]) -> None:
    try:
        verify(partial.path)
    except CorruptArchiveError as error:
        # The partial file's own name means nothing to anybody, and it is gone by now.
        message = str(error).replace(str(partial.path), str(partial.target))
        raise CorruptArchiveError(f"{message} Nothing was saved.") from error


@define
class _Download:
    """One archive on its way."""

    job: Job
    context: Context
    policy: Policy
    partial: PartialFile
    transfer: Transfer = field(factory=Transfer)
    verdict: Verdict | None = None
    failures: int = 0
    restarts: int = 0
    refreshed_at: int | None = None
    reported: float = field(default=float("-inf"))

    def fetch(self, url: str) -> Flow[None]:
        while True:
            fetched = yield from self._get(url)
            verdict = self.verdict
            if fetched.head is None:
                yield from self._pause(fetched.failure or "no answer", None)
            elif isinstance(verdict, Take):
                if fetched.failure is None and self.transfer.received == (
                    self.transfer.total or self.transfer.received
                ):
                    self._report(final=True)
                    return
                yield from self._pause(fetched.failure or self._wrong_length(), None)
            elif isinstance(verdict, Refuse):
                raise self._error(verdict.reason, fetched)
            elif verdict is Step.WHOLE:
                return
            elif verdict is Step.RESTART:
                self._restart(fetched)
            elif verdict is Step.RETRY:
                yield from self._pause(f"the store answered {fetched.head.status}", fetched)
            else:
                url = yield from self._refresh(fetched)

    def _get(self, url: str) -> Flow[Fetched]:
        """One request, and those that its redirects lead to."""
        for _ in range(_MAX_REDIRECTS + 1):
            reason = why_unsafe(url)
            if reason:
                raise UnsafeUrlError(
                    f"The download URL of {self.job.ref} is not followed: {reason} "
                    f"({redact(url, self.context.token)})."
                )
            self.verdict = None
            fetched: Fetched = yield Fetch(
                url, self.transfer.headers(), STALL_TIMEOUT, self._accept, self._write
            )
            if not isinstance(self.verdict, Follow):
                return fetched
            url = str(httpx.URL(url).join(self.verdict.location))
        raise DownloadError(
            f"The download URL of {self.job.ref} redirects more than {_MAX_REDIRECTS} times."
        )

    def _accept(self, head: Head) -> bool:
        self.verdict = self.transfer.judge(head)
        if not isinstance(self.verdict, Take):
            return False
        if self.verdict.offset == 0:
            self.restarts += self.transfer.received > 0
            self.partial.restart()
        self.transfer.begin(self.verdict)
        return True

    def _write(self, data: bytes) -> None:
        self.partial.write(data)
        self.transfer.received += len(data)
        self.failures = 0
        self._report()

    def _report(self, *, final: bool = False) -> None:
        now = self.context.clock.monotonic()
        if final or now - self.reported >= _PROGRESS_INTERVAL:
            self.reported = now
            self.context.notify(
                Downloading(self.job.ref, self.transfer.received, self.transfer.total)
            )

    def _wrong_length(self) -> str:
        return f"{self.transfer.received} of {self.transfer.total} bytes arrived"

    def _pause(self, reason: str, fetched: Fetched | None) -> Flow[None]:
        """Wait before the next try, or give up after too many without a byte between them."""
        self.failures += 1
        if self.transfer.total is not None and self.transfer.received > self.transfer.total:
            self._restart(fetched)
        if self.failures >= self.policy.max_failures:
            raise self._error(f"{reason}, {self.failures} times in a row", fetched)
        # Bytes reset the count of failures, so starting over has a bound of its own.
        if self.restarts >= self.policy.max_failures:
            raise self._error(f"{reason}, after {self.restarts} starts from byte 0", fetched)
        headers = fetched.head.headers if fetched and fetched.head else {}
        asked = retry_after(
            headers.get("retry-after"), headers.get("date"), self.context.clock.now()
        )
        delay = backoff(self.failures, self.context.random) if asked is None else asked
        if delay > self.policy.timeout:
            raise self._error(f"{reason}, and asks to wait {delay:g} s", fetched)
        yield Sleep(delay)

    def _restart(self, fetched: Fetched | None) -> None:
        self.restarts += 1
        if self.restarts >= self.policy.max_failures:
            raise self._error(
                f"the archive changed on the way, after {self.restarts} starts from byte 0", fetched
            )
        self.partial.restart()
        self.transfer.restart()

    def _refresh(self, fetched: Fetched) -> Flow[str]:
        """A fresh URL; only one unless bytes have arrived since the last."""
        if self.refreshed_at == self.transfer.received:
            status = fetched.head.status if fetched.head else "nothing"
            raise self._error(f"the store answered {status} to a fresh URL", fetched)
        self.refreshed_at = self.transfer.received
        self.job.state = None
        self.context.notify(Refreshed(self.job.ref, self.transfer.received))
        return (yield from wait(self.job, self.context, self.policy)).url

    def _error(self, reason: str, fetched: Fetched | None) -> DownloadError:
        said = excerpt(fetched.evidence, self.context.token) if fetched else ""
        if "\ufffd" in said:
            # Not text, so probably a part of an archive: that explains nothing.
            said = ""
        return DownloadError(
            f"The archive of {self.job.ref} could not be downloaded: {reason}"
            + (f". It said: {said}" if said else ".")
            + " Nothing was saved; try again."
        )
