"""Download the responses of an archive without its uploaded files.

Fetches only the ranges of the archive that are wanted. A store that does not support that sends
the whole archive instead. Either way, the partial file becomes a smaller archive.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from attrs import define, field

from prolific_exports._archive._directory import ByteSource, Member, members_of
from prolific_exports._archive._plan import ExtractLimits, plan_extraction
from prolific_exports._archive._selected_archive import (
    MemberSelection,
    check_members,
    select_responses,
    write_selection,
)
from prolific_exports._archive._selection import coalesce, spans_of
from prolific_exports._archive._sparse_file import ByteSpan, SparseFile, without
from prolific_exports._archive._verify import check_kind
from prolific_exports._download._archive_download import ArchiveDownload, problem_of
from prolific_exports._download._archive_source import ArchiveSource
from prolific_exports._download._progress import Progress
from prolific_exports._download._range_reader import (
    ArchiveChangedError,
    RangeReader,
    RangesUnusableError,
)
from prolific_exports._download._receiver import CHECKPOINT_INTERVAL
from prolific_exports._download._remote_directory import read_directory
from prolific_exports._download._retries import Retries
from prolific_exports._download._workspace import DownloadWorkspace
from prolific_exports._errors import ArchiveError, CorruptArchiveError
from prolific_exports._events import Verifying
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import Flow, Run
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport

# How often the archive may change while its ranges are read. After that, it is fetched as a whole.
_MAX_CHANGES: Final = 3
_NOT_SAVED: Final = "Download the whole archive, without --only, to look at it."


T = TypeVar("T")


@define
class SelectedDownload:
    """The requests for a part of one archive, from the job to the smaller archive.

    Attributes:
        verify: None if the checksums of the members are not compared.
        connections: The most parts at once, if the whole archive is fetched.
        deliver: Passes on the events of parts that arrive in other threads.
        transferred: Bytes that were received from the store.
    """

    job: PendingExport
    context: Context
    policy: Policy
    workspace: DownloadWorkspace
    verify: Callable[[Path], object] | None
    connections: int
    deliver: Callable[[], object]
    transferred: int = field(default=0, init=False)
    _progress: Progress = field(init=False)
    _retries: Retries = field(init=False)
    _source: ArchiveSource = field(init=False)
    _recorded: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        context = self.context
        self._progress = Progress(self.job, context, self.workspace.file)
        self._retries = Retries(self.job, context, self.policy, self.workspace)
        self._source = ArchiveSource(self.job, context, self.policy, self._progress, self._retries)
        self._recorded = context.clock.monotonic()

    def run(self) -> Flow[int]:
        """Fetch the wanted members into the partial file; return the bytes of the new archive."""
        workspace = self.workspace
        if workspace.reason:
            self._progress.restarted(workspace.reason)
            workspace.reason = None
        yield from self._source.request()
        if workspace.file.received and not workspace.file.spans:
            # An earlier run found that the store does not support ranges.
            return (yield from self._fetch_whole())
        reason = "the archive changed during the download"
        for _ in range(_MAX_CHANGES):
            try:
                return (yield from self._fetch_ranges())
            except ArchiveChangedError:
                self._retries.restart(reason, None)
            except RangesUnusableError as unusable:
                reason = str(unusable)
                break
            except CorruptArchiveError:
                reason = "the parts that the store sent are damaged"
                break
        workspace.forget()
        self._progress.restarted(f"{reason}, so the whole archive is downloaded")
        return (yield from self._fetch_whole())

    def _fetch_ranges(self) -> Flow[int]:
        """Fetch the directory and then the wanted members."""
        reader = RangeReader(self._source)
        try:
            directory = yield from read_directory(reader, self.workspace.target)
            self._progress.beside, known = reader.transferred, directory.known
            selection, spans = yield from self._attempt(
                partial(self._planned, directory.members, known)
            )
            yield from self._copy(reader, spans)
        finally:
            self.transferred += reader.transferred
        for position, (start, end) in _laid_out(spans):
            known.add_range(start, end, partial(self._read, position))
        known.is_final = True
        yield Run(self.workspace.finish)
        received = self.workspace.file.received + self._progress.beside
        self.context.notify(Verifying(self.job.ref, received))
        yield from self._attempt(partial(self._check, known, selection))
        return (yield from self._build(known, selection))

    def _planned(
        self, members: tuple[Member, ...], known: SparseFile
    ) -> tuple[MemberSelection, list[ByteSpan]]:
        """The members to fetch, and the ranges to request for them."""
        selection = self._selected(members)
        needed = spans_of(selection.wanted, members, known.size)
        return selection, coalesce(without(needed, known.known()))

    def _selected(self, members: tuple[Member, ...]) -> MemberSelection:
        """Check the directory as for extracting, and select members.

        Raises:
            ArchiveError: The archive is of the other kind, damaged or unsafe.
        """
        target = self.workspace.target
        check_kind(target, members, self.job.kind)
        selection = select_responses(target, members)
        plan_extraction(target, members, selection.prefix, ExtractLimits(), otherwise=_NOT_SAVED)
        return selection

    def _copy(self, reader: RangeReader, spans: list[ByteSpan]) -> Flow[None]:
        """Fetch ranges into the partial file, one after the other."""
        workspace, file = self.workspace, self.workspace.file
        total = sum(end - start for start, end in spans)
        if file.received and (file.etag, file.total) == (reader.etag, total):
            self._progress.resumed()
            yield Run(workspace.check_space)
        else:
            if file.received:
                self._progress.restarted("the archive is another one than before")
            yield Run(partial(workspace.begin, total, reader.etag, spans=True))
        for position, (start, end) in _laid_out(spans):
            have = min(max(file.received - position, 0), end - start)
            yield from reader.copy(start + have, end, partial(self._write, position - start))
        self._progress.report()

    def _write(self, shift: int, offset: int, data: bytes | memoryview) -> None:
        """Write a piece of a range at its position in the partial file."""
        self.workspace.write(offset + shift, data)
        self._progress.report_regularly()
        now = self.context.clock.monotonic()
        if now - self._recorded >= CHECKPOINT_INTERVAL:
            self._recorded = now
            self.workspace.checkpoint()

    def _read(self, position: int, offset: int, size: int) -> bytes:
        return self.workspace.file.handle.read(position + offset, size)

    def _fetch_whole(self) -> Flow[int]:
        """Fetch the whole archive, as every store supports it."""
        checked: list[tuple[SparseFile, MemberSelection]] = []

        def check(_partial_file: Path) -> None:
            size = self.workspace.file.handle.size()
            stream = SparseFile(size, is_final=True)
            stream.add_range(0, size, partial(self._read, 0))
            selection = self._selected(members_of(self.workspace.target, stream))
            self._check(stream, selection)
            checked.append((stream, selection))

        download = ArchiveDownload(
            self.job,
            self.context,
            self.policy,
            self.workspace,
            check,
            self.connections,
            self.deliver,
        )
        try:
            yield from download.run()
        finally:
            self.transferred += download.transferred
        return (yield from self._build(*checked[-1]))

    def _check(self, stream: ByteSource, selection: MemberSelection) -> None:
        if self.verify is not None:
            check_members(self.workspace.target, stream, selection.wanted)

    def _build(self, stream: ByteSource, selection: MemberSelection) -> Flow[int]:
        """Write the smaller archive in place of the partial file; return its bytes."""
        write = partial(write_selection, self.workspace.target, stream, selection)
        return (yield from self._attempt(partial(self.workspace.replace_file, write)))

    def _attempt(self, work: Callable[[], T]) -> Flow[T]:
        """Do work on the archive. Its errors are shown without secrets."""

        def attempt() -> T | ArchiveError:
            try:
                return work()
            except ArchiveError as error:
                return problem_of(error, self.workspace, self.context)

        result: T | ArchiveError = yield Run(attempt)
        if isinstance(result, ArchiveError):
            raise result
        return result


def _laid_out(spans: list[ByteSpan]) -> Iterator[tuple[int, ByteSpan]]:
    """Yield each range with its position in the partial file."""
    position = 0
    for start, end in spans:
        yield position, (start, end)
        position += end - start
