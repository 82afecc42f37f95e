"""Count the failures of a download, back off, and give up."""

from typing import Final

from attrs import define, field

from prolific_exports._download._workspace import DownloadWorkspace
from prolific_exports._errors import DownloadError
from prolific_exports._events import Retrying
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import Fetched, Flow, Sleep
from prolific_exports._flows._policy import Policy, backoff, retry_after
from prolific_exports._flows._polling import PendingExport

# A request counts as a failure, however it ends, unless it brings so many bytes or this share of
# the archive. Otherwise one byte per request would count as progress for years.
_PROGRESS_BYTES: Final = 64 * 1024
PROGRESS_SHARE: Final = 100


@define
class Retries:
    """The failures, restarts and fresh URLs of one download."""

    job: PendingExport
    context: Context
    policy: Policy
    workspace: DownloadWorkspace
    _failures: int = field(default=0, init=False)
    _restarts: int = field(default=0, init=False)
    _refreshed_at: int | None = field(default=None, init=False)

    def note_bytes(self, gained: int) -> None:
        """Forgive earlier failures if the requests under way have brought enough bytes.

        Args:
            gained: Bytes that these requests have brought.
        """
        self._refreshed_at = None
        if gained >= self._least_progress():
            self._failures = 0

    def _least_progress(self) -> int:
        """Bytes that a request must bring in order not to count as a failure."""
        total = self.workspace.file.total
        if total is None:
            return _PROGRESS_BYTES
        return min(_PROGRESS_BYTES, -(-total // PROGRESS_SHARE))

    def pause(self, reason: str, fetched: Fetched | None) -> Flow[None]:
        """Wait before the next request, or give up after too many without progress."""
        self._failures += 1
        if self._failures >= self.policy.max_failures:
            raise self.error(f"{reason}, {self._failures} times in a row", fetched, retryable=True)
        # Bytes reset the count of failures, so restarts have a limit of their own.
        if self._restarts >= self.policy.max_failures:
            raise self._too_many_restarts(reason, fetched)
        headers = fetched.head.headers if fetched and fetched.head else {}
        asked = retry_after(
            headers.get("retry-after"), headers.get("date"), self.context.clock.now()
        )
        # The number of requests limits the pauses that the store did not ask for.
        if asked is not None and asked > self.policy.timeout:
            raise self.error(f"{reason}, and asks to wait {asked:g} s", fetched, retryable=True)
        delay = backoff(self._failures, self.context.random) if asked is None else asked
        stopped = DownloadError(f"The download of {self.job.ref} stopped: {self._shown(reason)}.")
        self.context.notify(Retrying(self.job.ref, stopped, delay))
        yield Sleep(delay)

    def note_restart(self) -> None:
        """Count a restart that the store has already made."""
        self._restarts += 1

    def restart(self, reason: str, fetched: Fetched | None) -> None:
        """Discard the received bytes, or give up after too many restarts."""
        self.note_restart()
        self.workspace.forget()
        if self._restarts >= self.policy.max_failures:
            raise self._too_many_restarts(reason, fetched)

    def note_refresh(self, fetched: Fetched) -> None:
        """Count a fresh URL. Give up if no byte has arrived since the last one."""
        received = self.workspace.file.received
        status = fetched.head.status if fetched.head else "nothing"
        if self._refreshed_at == received:
            raise self.error(f"the store answered {status} to a fresh URL", fetched, retryable=True)
        self._failures += 1
        if self._failures >= self.policy.max_failures:
            raise self.error(
                f"the store answered {status}, after {self._failures} failures in a row",
                fetched,
                retryable=True,
            )
        self._refreshed_at = received

    def _too_many_restarts(self, reason: str, fetched: Fetched | None) -> DownloadError:
        text = f"{reason}, after {self._restarts} restarts from byte 0"
        return self.error(text, fetched, retryable=True)

    def error(
        self, reason: str, fetched: Fetched | None, *, retryable: bool = False
    ) -> DownloadError:
        """The error that ends the download.

        Args:
            reason: What went wrong, as half a sentence.
            fetched: The response that it is about, to quote its body; None for none.
            retryable: Whether the download may succeed later.
        """
        quoted = self.context.redactor.excerpt(fetched.evidence) if fetched else ""
        if "\ufffd" in quoted:
            # Not text, so probably a part of an archive, which explains nothing.
            quoted = ""
        return DownloadError(
            f"Cannot download the archive of {self.job.ref}: {self._shown(reason)}"
            + (f". The store said: {quoted}" if quoted else ".")
            + self.workspace.advice(),
            hint="Run the same download again later." if retryable else None,
            retryable=retryable,
        )

    def _shown(self, text: str) -> str:
        """Text that may quote the store or the API, safe to show."""
        return self.context.redactor.excerpt(text)
