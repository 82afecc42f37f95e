"""What the simulation is worth: downloads that are broken on purpose do not get through it."""

import pytest
from attrs import evolve
from prolific_exports._download import _claim, _opening, _range_request
from prolific_exports._download._archive_download import ArchiveDownload
from prolific_exports._download._partial_file import PartialFile
from prolific_exports._download._range_request import NextStep, RangeRequest, Take
from prolific_exports._download._retries import Retries
from prolific_exports._download._workspace import Workspace
from prolific_exports._flows import _calls
from prolific_exports._flows._effects import Head
from prolific_exports._flows._polling import _Poller

from simulation.disk import MemoryHandle
from simulation.store import Server
from simulation.world import World, play

pytestmark = pytest.mark.unmeasured

# The latest of them is found by the 1177th.
SEEDS = 6000


def start_is_not_looked_at(patch):
    """A part is taken for the one that was asked for, wherever it begins."""
    decide_part = RangeRequest._decide_part

    def decide(self, content_range, etag):
        match = _range_request._CONTENT_RANGE.fullmatch(content_range)
        if match:
            expected = self.received if self.resumable else 0
            content_range = f"bytes {expected}-{match[2]}/{match[3]}"
        return decide_part(self, content_range, etag)

    patch.setattr(RangeRequest, "_decide_part", decide)


def refreshes_without_end(patch):
    """A URL that is refused is replaced, whether or not the last one was of any use."""
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


def every_byte_is_progress(patch):
    """One byte a request forgives all failures."""
    patch.setattr(Retries, "_least_progress", lambda self: 1)


def deadline_is_not_looked_at(patch):
    """A call may take as long as ever, whenever it begins."""
    patch.setattr(_calls, "_GRACE", 30.0)


def tags_are_not_compared(patch):
    """A part of another archive is taken, if the store ignores the condition."""
    decide_part = RangeRequest._decide_part
    patch.setattr(
        RangeRequest,
        "_decide_part",
        lambda self, content_range, etag: decide_part(
            self, content_range, etag if self.etag is None else ""
        ),
    )


def all_of_it_is_appended(patch):
    """A 200 to a request for the rest is taken for the rest."""
    decide = RangeRequest.decide

    def appending(self, head: Head):
        decision = decide(self, head)
        if isinstance(decision, Take) and decision.offset == 0 and self.resumable:
            return Take(self.received, self.total, self.etag)
        return decision

    patch.setattr(RangeRequest, "decide", appending)


def no_more_bytes_is_believed(patch):
    """416 with the right size is taken for the end, whichever archive it is of."""
    patch.setattr(PartialFile, "confirm_size", lambda self: setattr(self, "total", self.good.end))


def bytes_are_vouched_for_too_early(patch):
    """The sidecar is written without the bytes having been brought to the disk."""
    patch.setattr(MemoryHandle, "sync", lambda self: self._disk.step())


def short_is_whole(patch):
    """The connection's end is taken for the archive's."""

    def careless(self, part, fetched):
        self.workspace.file.total = part.request.received
        yield from ()

    patch.setattr(ArchiveDownload, "_check_length", careless)


def litter_is_left(patch):
    """What is left over is not removed at the end."""
    patch.setattr(Workspace, "tidy", lambda self: setattr(self, "_published", True))


def a_changed_archive_is_waited_for(patch):
    """412 is taken for a passing failure."""
    decide = RangeRequest.decide

    def patient(self, head):
        return NextStep.RETRY if head.status == 412 else decide(self, head)

    patch.setattr(RangeRequest, "decide", patient)


def another_jobs_partial_is_tidied_away(patch):
    """Whatever a run cannot use itself is removed when it fails."""
    leave = Workspace._leave

    def ruthless(self):
        self.spares_file = False
        leave(self)

    patch.setattr(Workspace, "_leave", ruthless)


def another_jobs_archive_is_taken(patch):
    """What a crash left is taken for finished, whoever asks."""
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
    """A store that often switches between few archives, so that old bytes look right again."""
    begin = Server.begin

    def often(self):
        begin(self)
        self.changes = 0.4

    patch.setattr(Server, "begin", often)
    patch.setattr(
        Server, "_other_object", lambda self: self.random.choice([*self.objects.values()])
    )
    patch.setattr(World, "_plant", lambda self, name: None)


def old_bytes_stay_vouched_for(patch):
    """The sidecar is not written before the bytes that it vouches for go."""
    archives_come_back(patch)
    record = Workspace._record

    def silently(method):
        def silent(self, *arguments):
            patch.setattr(Workspace, "_record", lambda self: None)
            try:
                method(self, *arguments)
            finally:
                patch.setattr(Workspace, "_record", record)

        return silent

    # Either would make up for the other.
    patch.setattr(Workspace, "begin", silently(Workspace.begin))
    patch.setattr(Workspace, "forget", silently(Workspace.forget))


def a_deleted_job_is_the_end(patch):
    """A job that another user deleted is not requested anew."""
    begin = _Poller.__attrs_post_init__

    def hopeless(self):
        begin(self)
        self.replaced = True

    patch.setattr(_Poller, "__attrs_post_init__", hopeless)


def what_cannot_be_reached_is_tried_again(patch):
    """An unknown host or an untrusted certificate is taken for a passing failure."""
    handle = ArchiveDownload._handle
    patch.setattr(
        ArchiveDownload,
        "_handle",
        lambda self, part, fetched: handle(self, part, evolve(fetched, permanent=False)),
    )


def claims_of_other_containers_are_taken_over_at_once(patch):
    """A holder that can't be asked counts as gone."""
    patch.setattr(_claim, "FOREIGN_SILENCE", -1.0)


BROKEN = [
    start_is_not_looked_at,
    every_byte_is_progress,
    deadline_is_not_looked_at,
    refreshes_without_end,
    retries_without_end,
    tags_are_not_compared,
    all_of_it_is_appended,
    no_more_bytes_is_believed,
    bytes_are_vouched_for_too_early,
    short_is_whole,
    litter_is_left,
    a_changed_archive_is_waited_for,
    another_jobs_partial_is_tidied_away,
    another_jobs_archive_is_taken,
    old_bytes_stay_vouched_for,
    a_deleted_job_is_the_end,
    what_cannot_be_reached_is_tried_again,
    claims_of_other_containers_are_taken_over_at_once,
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_the_simulation_finds(broken, monkeypatch):
    broken(monkeypatch)
    found = next((seed for seed in range(SEEDS) if is_found(seed)), None)
    assert found is not None


def is_found(seed):
    try:
        play(seed)
    except AssertionError:
        return True
    return False
