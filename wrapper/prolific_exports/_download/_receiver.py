"""Take the store's responses and write their bytes, under a lock."""

import threading
from typing import Final

from attrs import define, field

from prolific_exports._download._parts import ArchivePart, PartPlanner
from prolific_exports._download._progress import Progress
from prolific_exports._download._range_request import NextStep, RangeRequest, Take
from prolific_exports._download._retries import Retries
from prolific_exports._download._workspace import DownloadWorkspace
from prolific_exports._flows._effects import Head
from prolific_exports._model._clock import Clock
from prolific_exports._model._content_coding import CodingError, Decoder

# Seconds of received bytes that a killed process loses at most. Each checkpoint waits for the
# disk.
CHECKPOINT_INTERVAL: Final = 5.0
# An archive that the store compresses may grow by this factor, once it is larger than this many
# bytes. Like the members of an archive, one that grows more is made to fill disks.
_COMPRESSION_RATIO: Final = 200
_COMPRESSION_FREE: Final = 100 * 1024 * 1024


@define
class Receiver:
    """Decides which responses to take, and writes their bytes.

    Parts that arrive at once call `accept` and `write` from several threads.

    Attributes:
        transferred: Bytes that were received.
    """

    workspace: DownloadWorkspace
    clock: Clock
    planner: PartPlanner
    progress: Progress
    retries: Retries
    transferred: int = field(default=0, init=False)
    _gained: int = field(default=0, init=False)
    _recorded: float = field(init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def __attrs_post_init__(self) -> None:
        self._recorded = self.clock.monotonic()

    def expect(self, parts: list[ArchivePart]) -> None:
        """Prepare for the responses to some requests, before they are sent."""
        self.progress.connections, self._gained = len(parts), 0

    def accept(self, part: ArchivePart, head: Head) -> bool:
        """Whether to take the body of a response. Records the decision in the part."""
        with self._lock:
            return self._accept(part, head)

    def write(self, part: ArchivePart, data: bytes | memoryview) -> None:
        """Write a piece of a body.

        Raises:
            DownloadError: The body's compression is damaged.
            ExportsError: What `DownloadWorkspace` raises.
        """
        with self._lock:
            self.transferred += len(data)
            if part.decoder is None:
                self._write(part.request, data)
                return
            try:
                for piece in part.decoder.feed(data):
                    self._write(part.request, piece)
            except CodingError as error:
                raise self.retries.error(f"the store compresses it, and {error}", None) from error

    def _accept(self, part: ArchivePart, head: Head) -> bool:
        part.decision = decision = part.request.decide(head)
        if not isinstance(decision, Take):
            return False
        if decision.offset == 0 and self.progress.connections > 1:
            # The store sent the whole archive in response to a request for a part.
            self.planner.connections, part.decision = 1, NextStep.RESTART
            return False
        if decision.offset == 0:
            self._begin(part.request, decision, head)
        else:
            self.workspace.file.total = decision.total
            if self.progress.resumed():
                self.workspace.check_space()
        if decision.codings:
            part.decoder = Decoder(decision.codings, _COMPRESSION_FREE, _COMPRESSION_RATIO)
        part.request.begin(decision)
        return True

    def _begin(self, request: RangeRequest, take: Take, head: Head) -> None:
        """Start an archive from its first byte."""
        if take.etag is None:
            self.planner.connections = 1
        if "content-range" not in head.headers:
            self.planner.connections, request.end = 1, None
        elif request.end is not None and take.total is not None:
            request.end = min(request.end, take.total)
        if self.workspace.file.received:
            self.retries.note_restart()
            self.progress.restarted("the store sends the whole archive, not the rest")
        self.workspace.begin(take.total, take.etag)

    def _write(self, request: RangeRequest, data: bytes | memoryview) -> None:
        start = request.received
        request.received += len(data)
        limit = self.workspace.file.total if request.end is None else request.end
        if limit is not None and request.received > limit:
            return
        self.workspace.write(start, data)
        self._gained += len(data)
        self.retries.note_bytes(self._gained)
        self.progress.report_regularly()
        now = self.clock.monotonic()
        if now - self._recorded >= CHECKPOINT_INTERVAL:
            self._recorded = now
            self.workspace.checkpoint()
