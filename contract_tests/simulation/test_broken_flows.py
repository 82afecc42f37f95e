"""The simulation detects downloads that are broken on purpose."""

import pytest
from attrs import evolve
from prolific_exports._download import _claim, _opening, _range_request, _receiver
from prolific_exports._download._archive_download import ArchiveDownload
from prolific_exports._download._partial_file import PartialFile
from prolific_exports._download._range_request import NextStep, RangeRequest, Take
from prolific_exports._download._retries import Retries
from prolific_exports._download._workspace import DownloadWorkspace
from prolific_exports._flows import _calls
from prolific_exports._flows._effects import Head
from prolific_exports._flows._polling import _Poller
from prolific_exports._model._content_coding import Decoder

from simulation.disk import MemoryHandle
from simulation.download_simulation import DownloadSimulation, play
from simulation.store import Server

pytestmark = pytest.mark.unmeasured

# The last one is detected by the 1177th seed.
SEEDS = 6000


def start_is_not_checked(patch):
    """A part is accepted wherever it begins."""
    decide_part = RangeRequest._decide_part

    def decide(self, content_range, etag):
        match = _range_request._CONTENT_RANGE.fullmatch(content_range)
        if match:
            expected = self.received if self.resumable else 0
            content_range = f"bytes {expected}-{match[2]}/{match[3]}"
        return decide_part(self, content_range, etag)

    patch.setattr(RangeRequest, "_decide_part", decide)


def refreshes_without_end(patch):
    """A refused URL is replaced, even if the last one brought no byte."""
    note_refresh = Retries.note_refresh

    def forgetful(self, fetched):
        self._refreshed_at, self._failures = None, 0
        note_refresh(self, fetched)

    patch.setattr(Retries, "note_refresh", forgetful)


def retries_without_end(patch):
    """Failures are not counted."""
    pause = Retries.pause

    def forgetful(self, reason, fetched):
        self._failures = self._restarts = 0
        return pause(self, reason, fetched)

    patch.setattr(Retries, "pause", forgetful)


def each_byte_is_progress(patch):
    """One byte per request resets the failures."""
    patch.setattr(Retries, "_least_progress", lambda self: 1)


def deadline_is_not_checked(patch):
    """A call may take long after the deadline."""
    patch.setattr(_calls, "_GRACE", 30.0)


def tags_are_not_compared(patch):
    """A part of another archive is accepted if the store ignores `If-Match`."""
    decide_part = RangeRequest._decide_part
    patch.setattr(
        RangeRequest,
        "_decide_part",
        lambda self, content_range, etag: decide_part(
            self, content_range, etag if self.etag is None else ""
        ),
    )


def whole_archive_is_appended(patch):
    """The whole archive is appended in response to a request for the rest."""
    decide = RangeRequest.decide

    def appending(self, head: Head):
        decision = decide(self, head)
        if isinstance(decision, Take) and decision.offset == 0 and self.resumable:
            return Take(self.received, self.total, self.etag)
        return decision

    patch.setattr(RangeRequest, "decide", appending)


def size_alone_completes(patch):
    """416 with the right size completes the archive, even if it is another archive."""
    patch.setattr(PartialFile, "confirm_size", lambda self: setattr(self, "total", self.good.end))


def bytes_are_recorded_too_early(patch):
    """The sidecar is written before the bytes are on the disk."""
    patch.setattr(MemoryHandle, "sync", lambda self: self._disk.step())


def short_body_is_complete(patch):
    """The end of the connection counts as the end of the archive."""

    def careless(self, part, fetched):
        self.workspace.file.total = part.request.received
        yield from ()

    patch.setattr(ArchiveDownload, "_check_length", careless)


def hidden_files_are_left(patch):
    """Hidden files are not removed after a success."""
    patch.setattr(DownloadWorkspace, "tidy", lambda self: setattr(self, "_published", True))


def changed_archive_is_retried(patch):
    """412 counts as a temporary failure."""
    decide = RangeRequest.decide

    def patient(self, head):
        return NextStep.RETRY if head.status == 412 else decide(self, head)

    patch.setattr(RangeRequest, "decide", patient)


def partial_of_another_job_is_removed(patch):
    """A failing run removes the partial file of another job."""
    leave = DownloadWorkspace._leave

    def ruthless(self):
        self.spares_file = False
        leave(self)

    patch.setattr(DownloadWorkspace, "_leave", ruthless)


def archive_of_another_job_is_accepted(patch):
    """An archive that a crashed run published is accepted for another job."""
    accepts_any_job = _opening._accepts_any_job
    patch.setattr(
        _opening,
        "_accepts_any_job",
        lambda workspace: (
            accepts_any_job(workspace)
            or workspace.disk.is_same(workspace.target, workspace.file.path)
        ),
    )


def archives_come_back(patch):
    """Let the store often switch between few archives, so that old bytes look right again."""
    begin = Server.begin

    def often(self):
        begin(self)
        self.changes = 0.4

    patch.setattr(Server, "begin", often)
    patch.setattr(
        Server, "_other_object", lambda self: self.random.choice([*self.objects.values()])
    )
    patch.setattr(DownloadSimulation, "_plant", lambda self, name: None)


def old_bytes_stay_recorded(patch):
    """The recorded bytes change before the sidecar."""
    archives_come_back(patch)
    record = DownloadWorkspace._record

    def silently(method):
        def silent(self, *arguments):
            patch.setattr(DownloadWorkspace, "_record", lambda self: None)
            try:
                method(self, *arguments)
            finally:
                patch.setattr(DownloadWorkspace, "_record", record)

        return silent

    # Each alone would hide the other.
    patch.setattr(DownloadWorkspace, "begin", silently(DownloadWorkspace.begin))
    patch.setattr(DownloadWorkspace, "forget", silently(DownloadWorkspace.forget))


def deleted_job_is_not_replaced(patch):
    """A job that another user deleted is not replaced."""
    begin = _Poller.__attrs_post_init__

    def hopeless(self):
        begin(self)
        self.replaced = True

    patch.setattr(_Poller, "__attrs_post_init__", hopeless)


def unreachable_server_is_retried(patch):
    """An unknown host or an untrusted certificate counts as a temporary failure."""
    handle = ArchiveDownload._handle
    patch.setattr(
        ArchiveDownload,
        "_handle",
        lambda self, part, fetched: handle(self, part, evolve(fetched, permanent=False)),
    )


def foreign_claims_are_taken_over_at_once(patch):
    """A holder that can't be checked counts as gone."""
    patch.setattr(_claim, "FOREIGN_SILENCE", -1.0)


def compressed_bytes_are_saved(patch):
    """A compressed archive is saved as the store sends it."""
    patch.setattr(_range_request, "codings_of", lambda _field: ())


def compressed_body_may_end_early(patch):
    """The end of a response counts as the end of a compressed archive."""
    patch.setattr(Decoder, "is_complete", True)


def compression_bombs_are_decoded(patch):
    """A compressed archive may grow to any size."""
    patch.setattr(
        _receiver, "Decoder", lambda codings, _free, _ratio: Decoder(codings, 1 << 40, 1 << 20)
    )


BROKEN = [
    start_is_not_checked,
    each_byte_is_progress,
    deadline_is_not_checked,
    refreshes_without_end,
    retries_without_end,
    tags_are_not_compared,
    whole_archive_is_appended,
    size_alone_completes,
    bytes_are_recorded_too_early,
    short_body_is_complete,
    hidden_files_are_left,
    changed_archive_is_retried,
    partial_of_another_job_is_removed,
    archive_of_another_job_is_accepted,
    old_bytes_stay_recorded,
    deleted_job_is_not_replaced,
    unreachable_server_is_retried,
    foreign_claims_are_taken_over_at_once,
    compressed_bytes_are_saved,
    compressed_body_may_end_early,
    compression_bombs_are_decoded,
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_simulation_detects_broken_flow(broken, monkeypatch):
    broken(monkeypatch)
    detected = next((seed for seed in range(SEEDS) if is_detected(seed)), None)
    assert detected is not None


def is_detected(seed):
    try:
        play(seed)
    except AssertionError:
        return True
    return False
