"""The download of one collection or batch."""

from pathlib import Path
from typing import Final

from attrs import define, field

from prolific_exports import (
    AuthenticationError,
    CorruptArchiveError,
    Deleted,
    DownloadError,
    Event,
    ExportArchive,
    ExportFilter,
    ExportResource,
    ExportsError,
    ExportTimeoutError,
    NoAnswerError,
    NotDeleted,
    RateLimitedError,
    ServerError,
    StorageError,
    TargetExistsError,
    TargetInUseError,
    UnsafeArchiveError,
    UnsafeUrlError,
)
from prolific_exports._cli._deletion_messages import report_failed_deletion, report_unknown_deletion
from prolific_exports._cli._download_checks import check_extract_folder_is_empty
from prolific_exports._cli._download_options import DownloadOptions, DownloadTarget
from prolific_exports._cli._download_record import DownloadRecord
from prolific_exports._cli._download_result import DownloadResult, DownloadStatus
from prolific_exports._cli._extraction import Extraction
from prolific_exports._cli._follow_up import (
    download_command,
    extract_command,
    suggest,
)
from prolific_exports._cli._measures import count_records, sha256
from prolific_exports._cli._stopwatch import Stopwatch
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import ProgressDisplay
from prolific_exports._console._text import printable

# Errors after which another attempt with the same export job may succeed, and exceptions to them.
_TRANSIENT: Final = (
    AuthenticationError,
    CorruptArchiveError,
    DownloadError,
    NoAnswerError,
    RateLimitedError,
    ServerError,
    StorageError,
)
_PERMANENT: Final = (TargetExistsError, TargetInUseError, UnsafeUrlError)


@define
class OneDownload:
    """The download of one collection or batch: request, wait, fetch, extract.

    Attributes:
        title: Starts each line about this download.
        stopwatch: Measures how long it takes.
    """

    options: DownloadOptions
    target: DownloadTarget
    title: str
    display: ProgressDisplay
    stopwatch: Stopwatch
    _archive: ExportArchive | None = field(default=None, init=False)
    _record: DownloadRecord = field(factory=DownloadRecord, init=False)

    @property
    def name(self) -> str:
        """The kind and id, for messages."""
        return f"{self.options.kind} {self.target.resource_id}"

    @property
    def is_at_prolific(self) -> bool:
        """Whether an export job is known whose archive is not saved."""
        return self._export_id is not None and self._record.saved is None

    def archive(self) -> ExportArchive | None:
        """The archive, if it is complete.

        Raises:
            ExportsError, OSError: It cannot be opened.
        """
        if self._archive is None and self._record.saved is not None:
            return ExportArchive.open(self._record.saved.path)
        return self._archive

    def on_event(self, event: Event) -> None:
        """Record an event, and show it."""
        self._record.add(event)
        self.stopwatch.event(event)
        self.display.event(event)

    def run(self, resource: ExportResource) -> DownloadResult:
        """Download the archive, and extract it if requested. Prints errors."""
        try:
            self.check()
            self.display.begin(self.title)
            try:
                archive = self._download(resource)
            finally:
                self.display.end()
        except (ExportsError, OSError) as error:
            return self.failed(error)
        return self.saved(archive)

    def check(self) -> None:
        """Check what can be checked before anything is sent.

        Raises:
            ExportsError: The download would fail at the end.
        """
        if self.target.extract_to is not None:
            check_extract_folder_is_empty(self.target.extract_to)

    def saved(self, archive: ExportArchive) -> DownloadResult:
        """The result of a download that succeeded; extracts the archive if requested."""
        self._archive = archive
        extraction = None
        try:
            # The archive is saved: that the job could not be deleted is not a failure.
            if isinstance(self._record.deletion, NotDeleted):
                report_failed_deletion(self.name, self._record.deletion, self.options.profile)
            if self.target.extract_to is not None:
                self.display.doing("extracting")
                extraction = self._extract(archive, self.target.extract_to)
        except (ExportsError, OSError) as error:
            return self.failed(error)
        return self._result("saved", extraction=extraction)

    def failed(self, error: ExportsError | OSError) -> DownloadResult:
        """The result of a download that failed. Prints the error."""
        print_error(error, self.name)
        resume = self._resume_command(error)
        self._suggest_extracting(resume)
        status: DownloadStatus = "timed_out" if isinstance(error, ExportTimeoutError) else "failed"
        return self._result(status, error=error, resume=resume)

    def interrupted(self, interrupt: KeyboardInterrupt) -> DownloadResult:
        """The result of a download that was interrupted, or will not begin."""
        self._report_saved()
        resume = self._resume_command(interrupt)
        self._suggest_extracting(resume)
        return self._result("interrupted", error=interrupt, resume=resume)

    def _report_saved(self) -> None:
        """Print what is known of an archive that was saved before an interrupt, if one was."""
        if self._record.saved is None:
            return
        if self.options.prints_paths:
            streams.print_result(str(self._record.saved.path))
        ref, deletion = self._record.ref, self._record.deletion
        if self.options.delete_after and deletion is None and ref is not None and ref.export_id:
            report_unknown_deletion(ref, ref.export_id, self.options.profile)

    def _download(self, resource: ExportResource) -> ExportArchive:
        options, target = self.options, self.target
        filter_ = options.filter or ExportFilter()
        if options.export_id is None:
            return resource.download(
                target.resource_id,
                target.path,
                study_id=filter_.study_id,
                from_=filter_.from_,
                to=filter_.to,
                overwrite=options.overwrite,
                reuse=options.reuse_argument,
                verify=not options.no_verify,
                connections=options.connections,
                delete_after=options.delete_after,
                only=options.only,
            )
        job = resource.job(
            target.resource_id,
            options.export_id,
            study_id=filter_.study_id,
            from_=filter_.from_,
            to=filter_.to,
        )
        return job.download(
            target.path,
            overwrite=options.overwrite,
            verify=not options.no_verify,
            connections=options.connections,
            delete_after=options.delete_after,
            only=options.only,
        )

    def _extract(self, archive: ExportArchive, folder: Path) -> Extraction:
        extraction = Extraction.extract(archive, folder, self.options.names)
        if not self.options.quiet:
            streams.print_message(f"{self.title}: extracted to {printable(str(folder))}")
            for note in extraction.notes():
                streams.print_message(f"{self.title}: {note}")
        return extraction

    def _resume_command(self, error: BaseException) -> list[str] | None:
        if self._record.saved is not None:
            # Only extracting is left, and extracting a bad archive again does not help.
            folder = self.target.extract_to
            if folder is None or isinstance(error, CorruptArchiveError | UnsafeArchiveError):
                return None
            return extract_command(self._record.saved.path, folder, self.options.names)
        is_transient = isinstance(error, _TRANSIENT) and not isinstance(error, _PERMANENT)
        if isinstance(error, ExportTimeoutError | KeyboardInterrupt) or (
            is_transient and self._export_id is not None
        ):
            return download_command(self.options, [self.target.resource_id], self._export_id)
        return None

    def _suggest_extracting(self, command: list[str] | None) -> None:
        # How to resume is printed once, for all downloads of the command.
        if self._record.saved is not None:
            suggest("To extract it", command)

    @property
    def _export_id(self) -> str | None:
        ref = self._record.ref
        return self.options.export_id if ref is None else ref.export_id

    def _result(
        self,
        status: DownloadStatus,
        *,
        extraction: Extraction | None = None,
        error: BaseException | None = None,
        resume: list[str] | None = None,
    ) -> DownloadResult:
        # Reading a large archive takes seconds, which an interrupt must not.
        is_measured = (
            self.options.json and self._record.saved is not None and status != "interrupted"
        )
        archive = self._archive if is_measured else None
        return DownloadResult(
            kind=self.options.kind,
            resource_id=self.target.resource_id,
            status=status,
            export_id=self._export_id,
            path=self._record.saved.path if self._record.saved else None,
            codebook=self._record.codebook,
            size=self._record.saved.size if self._record.saved else None,
            transferred=self._record.saved.transferred if self._record.saved else None,
            sha256=sha256(archive) if archive is not None else None,
            records=count_records(archive) if archive is not None else None,
            seconds=self.stopwatch.seconds(),
            resumed_from=self._record.resumed_from,
            reused=self._record.reused,
            extraction=extraction,
            deleted=isinstance(self._record.deletion, Deleted) if self._record.deletion else None,
            error=error,
            resume=resume,
        )
