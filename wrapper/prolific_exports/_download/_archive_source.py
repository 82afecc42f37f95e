"""The download URL of one archive: requests, checks and refreshes it."""

from attrs import define, field

from prolific_exports._download._progress import Progress
from prolific_exports._download._retries import Retries
from prolific_exports._errors import DownloadError, UnsafeUrlError
from prolific_exports._events import Refreshed
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import Fetched, Flow
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport, request_and_wait
from prolific_exports._model._urls import unsafe_reason


@define
class ArchiveSource:
    """The download URL of one archive, and what its failures lead to.

    Attributes:
        url: The presigned URL; empty before `request`.
    """

    job: PendingExport
    context: Context
    policy: Policy
    progress: Progress
    retries: Retries
    url: str = field(default="", init=False, repr=False)

    @property
    def stall_timeout(self) -> float:
        """Seconds without progress after which a connection is given up."""
        return self.policy.stall_timeout

    def request(self) -> Flow[bool]:
        """Get a URL for the archive, of a new job if the old one was deleted.

        Returns:
            Whether the job is another one than before.
        """
        job, before = self.job, self.job.export_id
        self.url = (yield from request_and_wait(job, self.context, self.policy)).url
        return before is not None and job.export_id != before

    def refresh(self, fetched: Fetched) -> Flow[bool]:
        """Request a fresh URL after the store refused this one; as `request`.

        Raises:
            DownloadError: The store refuses a fresh URL too.
        """
        self.retries.note_refresh(fetched)
        self.job.state = None
        self.context.notify(Refreshed(self.job.ref, self.progress.file.received))
        return (yield from self.request())

    def check(self, url: str) -> None:
        """Check that a URL may be requested, and keep it out of messages.

        Raises:
            UnsafeUrlError: It may not.
        """
        self.context.redactor.learn(url)
        reason = unsafe_reason(url)
        if reason:
            raise UnsafeUrlError(
                f"The download URL of {self.job.ref} is not followed: {reason} "
                f"({self.context.redactor.excerpt(url)})."
            )

    def pause(self, reason: str, fetched: Fetched | None) -> Flow[None]:
        """Wait before the next attempt, or raise the error that ends the download."""
        yield from self.retries.pause(reason, fetched)

    def note_bytes(self, gained: int) -> None:
        """Take note of the bytes that the request under way has brought."""
        self.retries.note_bytes(gained)

    def error(
        self, reason: str, fetched: Fetched | None, *, retryable: bool = False
    ) -> DownloadError:
        """The error that ends the download."""
        return self.retries.error(reason, fetched, retryable=retryable)
