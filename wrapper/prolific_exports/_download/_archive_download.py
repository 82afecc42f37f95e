"""Fetch one archive into its workspace, and verify it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from attrs import define, field

from prolific_exports._download._archive_source import ArchiveSource
from prolific_exports._download._parts import ArchivePart, PartPlanner, severity
from prolific_exports._download._progress import Progress
from prolific_exports._download._range_reader import MAX_REDIRECTS
from prolific_exports._download._range_request import Follow, NextStep, Refuse, Take
from prolific_exports._download._receiver import Receiver
from prolific_exports._download._retries import Retries
from prolific_exports._download._workspace import DownloadWorkspace
from prolific_exports._errors import ArchiveError, CorruptArchiveError, DownloadError
from prolific_exports._events import Verifying
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import Fetch, FetchAll, Fetched, Flow, Run
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport
from prolific_exports._model._urls import resolve_redirect

# How often an archive whose checksums do not match is fetched.
_MAX_FETCHES: Final = 2


def problem_of(error: ArchiveError, workspace: DownloadWorkspace, context: Context) -> ArchiveError:
    """The error about a bad archive, without secrets that the archive may contain."""
    # Users know the destination, not the partial file.
    message = str(error).replace(str(workspace.file.path), str(workspace.target))
    problem = type(error)(f"{context.redactor.known(message)} Nothing was saved.")
    problem.__cause__ = error.__cause__ and context.redactor.cause(error.__cause__)
    return problem


@define
class ArchiveDownload:
    """The requests for one archive, from the job to the last byte.

    Attributes:
        verify: Raises a `CorruptArchiveError` for a damaged file; None skips verification.
        connections: The most parts at once.
        deliver: Passes on the events of parts that arrive in other threads.
    """

    job: PendingExport
    context: Context
    policy: Policy
    workspace: DownloadWorkspace
    verify: Callable[[Path], object] | None
    connections: int
    deliver: Callable[[], object]
    _planner: PartPlanner = field(init=False)
    _progress: Progress = field(init=False)
    _retries: Retries = field(init=False)
    _receiver: Receiver = field(init=False)
    _source: ArchiveSource = field(init=False)

    def __attrs_post_init__(self) -> None:
        workspace, context = self.workspace, self.context
        self._planner = PartPlanner(workspace.file, self.connections)
        self._progress = Progress(self.job, context, workspace.file)
        self._retries = Retries(self.job, context, self.policy, workspace)
        self._source = ArchiveSource(self.job, context, self.policy, self._progress, self._retries)
        self._receiver = Receiver(
            workspace, context.clock, self._planner, self._progress, self._retries
        )

    @property
    def transferred(self) -> int:
        """Bytes that were received from the store."""
        return self._receiver.transferred

    def run(self) -> Flow[int]:
        """Fetch the archive into the partial file, again if it is corrupt; return its bytes."""
        workspace, verify = self.workspace, self.verify
        if workspace.reason:
            self._progress.restarted(workspace.reason)
        yield from self._request_url()
        fetches = 0
        while True:
            fetches += 1
            yield from self._fetch()
            yield Run(workspace.finish)
            if verify is None:
                break
            self.context.notify(Verifying(self.job.ref, workspace.file.received))
            problem = yield Run(partial(self._problem, verify), reads_only=True)
            if problem is None:
                break
            if not isinstance(problem, CorruptArchiveError):
                raise problem
            workspace.forget()
            if fetches == _MAX_FETCHES:
                raise problem
            self._progress.restarted("the downloaded archive is corrupt")
        return workspace.file.received

    def _problem(self, verify: Callable[[Path], object]) -> ArchiveError | None:
        """Verify the archive. Returns the error."""
        try:
            verify(self.workspace.file.path)
        except ArchiveError as error:
            return problem_of(error, self.workspace, self.context)
        return None

    def _request_url(self) -> Flow[None]:
        """Get a URL for the archive, of a new job if the old one was deleted."""
        self._accept_job(is_new=(yield from self._source.request()))

    def _accept_job(self, *, is_new: bool) -> None:
        """Discard the bytes of another job."""
        if is_new and self.workspace.file.received:
            reason = "the export job failed or was deleted, so a new one was requested"
            self._restart(reason, None)

    def _fetch(self) -> Flow[None]:
        """Fetch every missing byte."""
        while parts := self._planner.plan():
            self._receiver.expect(parts)
            if len(parts) == 1:
                responses = [(yield from self._fetch_one(parts[0]))]
            else:
                self._source.check(self._source.url)
                fetches = tuple(self._effect(self._source.url, part) for part in parts)
                responses = yield FetchAll(fetches, self.deliver)
            part, fetched = max(zip(parts, responses, strict=True), key=severity)
            yield from self._handle(part, fetched)
        self._progress.report()

    def _fetch_one(self, part: ArchivePart) -> Flow[Fetched]:
        """Send one request, and follow its redirects."""
        url = self._source.url
        for _ in range(MAX_REDIRECTS + 1):
            self._source.check(url)
            fetched: Fetched = yield self._effect(url, part)
            if not isinstance(part.decision, Follow):
                return fetched
            url = resolve_redirect(url, part.decision.location)
        raise DownloadError(
            f"The download URL of {self.job.ref} redirects more than {MAX_REDIRECTS} times. "
            "If the problem persists, contact Prolific support."
        )

    def _effect(self, url: str, part: ArchivePart) -> Fetch:
        part.decision = part.decoder = None
        return Fetch(
            url,
            part.request.headers(),
            self.policy.stall_timeout,
            partial(self._receiver.accept, part),
            partial(self._receiver.write, part),
        )

    def _handle(self, part: ArchivePart, fetched: Fetched) -> Flow[None]:
        """Act on how a request ended."""
        match part.decision:
            case Take():
                yield from self._check_length(part, fetched)
            case Refuse(reason=reason):
                raise self._retries.error(reason, fetched)
            case NextStep.COMPLETE:
                self.workspace.file.confirm_size()
            case NextStep.RESTART:
                self._restart("the archive changed during the download", fetched)
            case NextStep.FETCH_WHOLE:
                self._planner.connections = 1
                self._restart("the store compresses the archive", fetched)
            case NextStep.REFRESH:
                yield from self._refresh(fetched)
            case Follow():
                # Only a single request follows redirects.
                self._planner.connections = 1
            case _:
                if fetched.permanent:
                    raise self._retries.error(fetched.failure or "", fetched)
                status = fetched.head.status if fetched.head else None
                reason = fetched.failure or f"the store answered {status}"
                yield from self._retries.pause(reason, fetched)

    def _check_length(self, part: ArchivePart, fetched: Fetched) -> Flow[None]:
        """After a body: restart if it is too long, retry if it is too short."""
        file, request, failure = self.workspace.file, part.request, fetched.failure
        if failure is None and part.decoder is not None and not part.decoder.is_complete:
            failure = "the compressed archive ends too soon"
        if file.total is None and request.end is None and failure is None:
            file.total = request.received
        limit = file.total if request.end is None else request.end
        if limit is not None and request.received > limit:
            self._restart("more bytes arrived than announced", None)
        elif limit is None or request.received < limit:
            too_few = f"{file.received} of {file.total} bytes arrived"
            yield from self._retries.pause(failure or too_few, None)

    def _restart(self, reason: str, fetched: Fetched | None) -> None:
        self._retries.restart(reason, fetched)
        self._progress.restarted(reason)

    def _refresh(self, fetched: Fetched) -> Flow[None]:
        """Request a fresh URL."""
        self._accept_job(is_new=(yield from self._source.refresh(fetched)))
