"""What the simulation is worth: downloads that are broken on purpose do not get through it."""

import pytest
from attrs import evolve
from prolific_exports._download import _claim
from prolific_exports._download import _store_answers as _judge
from prolific_exports._download._flow import _Download
from prolific_exports._download._store_answers import Step, Take, Transfer
from prolific_exports._download._workspace import Workspace
from prolific_exports._flows import _calls
from prolific_exports._flows._effects import Head
from prolific_exports._flows._polling import _Poll

from simulation.disk import MemoryHandle
from simulation.store import Server
from simulation.world import World, play

pytestmark = pytest.mark.unmeasured

# The latest of them is found by the 1177th.
SEEDS = 6000


def start_is_not_looked_at(patch):
    """A part is taken for the one that was asked for, wherever it begins."""
    judge_part = Transfer._judge_part

    def judge(self, content_range, etag):
        match = _judge._CONTENT_RANGE.fullmatch(content_range)
        if match:
            expected = self.received if self.resumable else 0
            content_range = f"bytes {expected}-{match[2]}/{match[3]}"
        return judge_part(self, content_range, etag)

    patch.setattr(Transfer, "_judge_part", judge)


def refreshes_without_end(patch):
    """A URL that is refused is replaced, whether or not the last one was of any use."""
    refresh = _Download._refresh

    def forgetful(self, fetched):
        self.refreshed_at, self.failures = None, 0
        return refresh(self, fetched)

    patch.setattr(_Download, "_refresh", forgetful)


def retries_without_end(patch):
    """Failures are not counted."""
    pause = _Download._pause

    def forgetful(self, reason, fetched):
        self.failures = self.restarts = 0
        return pause(self, reason, fetched)

    patch.setattr(_Download, "_pause", forgetful)


def every_byte_is_progress(patch):
    """One byte a request forgives all failures."""
    patch.setattr(_Download, "_least_progress", lambda self: 1)


def deadline_is_not_looked_at(patch):
    """A call may take as long as ever, whenever it begins."""
    patch.setattr(_calls, "_GRACE", 30.0)


def tags_are_not_compared(patch):
    """A part of another archive is taken, if the store ignores the condition."""
    judge_part = Transfer._judge_part
    patch.setattr(
        Transfer,
        "_judge_part",
        lambda self, content_range, etag: judge_part(
            self, content_range, etag if self.etag is None else ""
        ),
    )


def all_of_it_is_appended(patch):
    """A 200 to a request for the rest is taken for the rest."""
    judge = Transfer.judge

    def appending(self, head: Head):
        verdict = judge(self, head)
        if isinstance(verdict, Take) and verdict.offset == 0 and self.resumable:
            return Take(self.received, self.total, self.etag)
        return verdict

    patch.setattr(Transfer, "judge", appending)


def no_more_bytes_is_believed(patch):
    """416 with the right size is taken for the end, whichever archive it is of."""
    patch.setattr(Workspace, "confirm_size", lambda self: setattr(self, "total", self.good.end))


def bytes_are_vouched_for_too_early(patch):
    """The sidecar is written without the bytes having been brought to the disk."""
    patch.setattr(MemoryHandle, "sync", lambda self: self._disk.step())


def short_is_whole(patch):
    """The connection's end is taken for the archive's."""

    def careless(self, part, fetched):
        self.room.total = part.transfer.received
        yield from ()

    patch.setattr(_Download, "_take_stock", careless)


def litter_is_left(patch):
    """What is left over is not removed at the end."""
    patch.setattr(Workspace, "_tidy", lambda self: setattr(self, "_published", True))


def a_changed_archive_is_waited_for(patch):
    """412 is taken for a passing failure."""
    judge = Transfer.judge

    def patient(self, head):
        return Step.RETRY if head.status == 412 else judge(self, head)

    patch.setattr(Transfer, "judge", patient)


def another_jobs_partial_is_tidied_away(patch):
    """Whatever a run cannot use itself is removed when it fails."""
    leave = Workspace._leave

    def ruthless(self):
        self._spares = False
        leave(self)

    patch.setattr(Workspace, "_leave", ruthless)


def another_jobs_archive_is_taken(patch):
    """What a crash left is taken for finished, whoever asks."""
    welcome = Workspace._is_any_welcome.fget
    patch.setattr(
        Workspace,
        "_is_any_welcome",
        property(lambda self: welcome(self) or self.disk.is_same(self.target, self.part)),
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
    begin = _Poll.__attrs_post_init__

    def hopeless(self):
        begin(self)
        self.replaced = True

    patch.setattr(_Poll, "__attrs_post_init__", hopeless)


def what_cannot_be_reached_is_tried_again(patch):
    """An unknown host or an untrusted certificate is taken for a passing failure."""
    settle = _Download._settle
    patch.setattr(
        _Download,
        "_settle",
        lambda self, part, fetched: settle(self, part, evolve(fetched, permanent=False)),
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
