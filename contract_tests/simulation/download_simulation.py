"""One fault schedule: processes that download, crash and restart.

Every event is drawn from one source of randomness, so a seed is a fault schedule. These
statements must hold in every schedule:

- The destination has exactly one of the server's archives, or no file.
- A process returns, raises a typed error or crashes, after a limited number of requests. Few of
  them follow a refusal or bring a single byte. A wait ends with its deadline.
- A file never mixes bytes of two archives, or contains bytes that a power cut lost: verification
  fails only if the network damaged bytes.
- The saved archive is the one that the store last sent, and belongs to the requested job.
- A process that receives no byte of its job keeps the partial file of another job.
- After a success the folder has the archive and no other file. After an error it has only files
  that the next run can use.
- A claim of a process in another container locks this one out while that process may be alive,
  and costs no received byte.
- An error names a hidden file of another user. The download neither uses nor changes it.
- A job that another user deletes is replaced by a new one, once.
- The download does not retry a server that no retry can reach.
- An archive that the store compresses is saved decompressed. A compression bomb fills no disk.
- Once no more faults occur, and a minute has passed, the download succeeds.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random
from uuid import UUID

from prolific_exports import (
    CorruptArchiveError,
    ExportsError,
    ExportTimeoutError,
    NotFoundError,
    TargetInUseError,
)
from prolific_exports._download import _archive_source, _parts, _receiver, _retries
from prolific_exports._download._claim import FOREIGN_SILENCE, Holder
from prolific_exports._download._flow import Options, download
from prolific_exports._download._sidecar import Sidecar
from prolific_exports._download._system import System
from prolific_exports._files._process import Process
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import Fetch, FetchAll, Fetched, Flow, Run, Send, Sleep
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._urls import unsafe_reason
from prolific_exports.testing import FakeClock

from simulation.disk import Crash, File, MemoryDisk
from simulation.store import ResponseSteps, Server

FOLDER = Path("folder")
TARGET = FOLDER / "data.zip"
NOW = datetime(2026, 3, 20, 10, 0, 0, tzinfo=UTC)
TOKEN = "t0ken-of-a-test"
STEM = ".prolific-collection-c1"
POLICIES = (Policy(), Policy(), Policy(timeout=5.0))
# Seconds that the last call may take after the deadline: one, and the duration of a call here.
GRACE = 1.2
_PART = 7
# This share of an archive counts as progress: more than the first bytes of three parts.
_SHARE = 16
# Most decoded bytes of a compressed archive, here: more than an archive has.
_DECODED = 200
_PLANTED = b"{}"
_UNKNOWN = str(UUID(int=0))
_cached_unsafe_reason = lru_cache(1024)(unsafe_reason)


class DownloadSimulation:
    """A disk, a server, and processes one after another.

    Attributes:
        random: The source of every event.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clock = FakeClock(NOW)
        self.disk = MemoryDisk(random)
        self.disk.links = random.random() < 0.8
        self.server = Server(random, self.disk.step, self.disk.kill, self._pass_time)
        self.pid = self.container = 0
        # Whether there are other containers and users. Most simulations have none.
        self.crowded = random.random() < 0.15
        self.beats: Callable[[], object] | None = None
        self.connections = random.choice((1, 1, 3))
        self.policy = random.choice(POLICIES)
        self.events: list[object] = []

    def _pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.disk.now += seconds
        if self.beats is not None and not self.disk.dead:
            self.beats()

    def _beat(self, act: Callable[[], object], _interval: float) -> Callable[[], None]:
        self.beats = act
        return self._stop_beating

    def _stop_beating(self) -> None:
        self.beats = None

    guards_open_files = False

    def current(self) -> Process:
        return Process("here", "boot", str(self.container), self.pid, "")

    def has_ended(self, process: Process) -> bool | None:
        if not process.shares_ids_with(self.current()):
            return None
        return process.pid != self.pid

    def run(self) -> None:
        """Run some processes with faults, then one without."""
        for _ in range(self.random.randrange(1, 5)):
            if self.process(self._steps(), self._name()):
                return
        self.server.calm = True
        self.disk.free_bytes = 1 << 40
        self._remove_planted()
        assert self.process(None), "a download without faults fails"

    def _steps(self) -> int | None:
        if self.random.random() < 0.15:
            self.disk.free_bytes = self.random.randrange(80)
        return self.random.randrange(70) if self.random.random() < 0.6 else None

    def _name(self) -> str | None:
        """The id of a job, which may not exist, or None for the latest data (most processes)."""
        # A crash between publishing and tidying up is rare, so it is used more often.
        left = self.disk.files
        chance = 0.8 if TARGET.name in left else 0.4 if f"{STEM}.part" in left else 0.1
        if self.random.random() > chance:
            return None
        return self.random.choice([*self.server.held, _UNKNOWN])

    def process(self, steps: int | None, named: str | None = None) -> bool:
        """Run one process. Returns whether the archive is at the destination.

        Args:
            steps: Steps until the process crashes; None if it does not.
            named: Id of the job to download; None for the latest data.
        """
        self._start_process()
        lock = self.disk.files.get(f"{STEM}.lock")
        silence = 0.0 if lock is None else self.disk.now - lock.touched
        holder = Holder.load(bytes(lock.data)) if lock is not None else None
        foreign = holder is not None and self.has_ended(holder.process) is None
        may_live = foreign and silence <= FOREIGN_SILENCE
        self.disk.steps, self.disk.dead = steps, False
        self.server.begin()
        finished, kept = TARGET.name in self.disk.files, self._kept()
        flow = download(
            PendingExport("collection", "c1", named, named=named is not None),
            TARGET,
            Context(self.clock, self.random, Redactor(TOKEN), self.events.append),
            self.policy,
            options=Options(verify=self._verify, connections=self.connections),
            system=System(self.disk, self, self._beat),
        )
        try:
            with _prepared():
                path = self._drive(flow)
        except TargetInUseError:
            assert silence <= FOREIGN_SILENCE, "the holder of the claim is gone"
            assert self._kept() == kept
            done = TARGET.name in self.disk.files
        except ExportsError as error:
            self._after_error(error)
            assert not (may_live and self.server.requests), "the holder of the claim may be alive"
            if isinstance(error, NotFoundError) and named is None:
                assert self.server.missed > 1, "a deleted job is not replaced"
            if named is not None and kept is not None and not self.server.fetches:
                self._check_kept(*kept)
            done = TARGET.name in self.disk.files
        except Crash:
            done = False
            if self.random.random() < 0.4:
                self.disk.power_cut()
            if TARGET.name in self.disk.files:
                # It crashed after the rename; the next run may still tidy up.
                self._check_target()
                done = bool(self.random.getrandbits(1)) or f"{STEM}.part" not in self.disk.files
        else:
            assert path == TARGET
            done = True
            assert set(self.disk.files) == {TARGET.name}, "leftovers"
            self._check_content(named, finished=finished)
            assert not may_live, "the holder of the claim may be alive"
        self._check_target()
        assert self.disk.largest <= _DECODED, "a compression bomb fills the disk"
        return done

    def _start_process(self) -> None:
        """Start another process, perhaps in another container, where process ids begin at 1."""
        self.beats = None
        self.pid += 1
        crowded = self.crowded and not self.server.calm
        if crowded and self.random.random() < 0.3:
            self.container, self.pid = self.container + 1, 1
        # A claim without a holder is respected for a moment.
        short = crowded and self.random.random() < 0.5
        self._pass_time(FOREIGN_SILENCE / 2 if short else FOREIGN_SILENCE + 1)
        if crowded and self.random.random() < 0.1:
            self._plant(f"{STEM}.{self.random.choice(('part', 'json', 'lock'))}")

    def _plant(self, name: str) -> None:
        """Create a hidden file of another user."""
        if name not in self.disk.files and not any(
            file.foreign for file in self.disk.files.values()
        ):
            file = self.disk.files[name] = File(_PLANTED, self.disk.now)
            file.safe, file.foreign = _PLANTED, True

    def _remove_planted(self) -> Path | None:
        """Remove a hidden file of another user, as the error suggests."""
        for name, file in list(self.disk.files.items()):
            if file.foreign:
                assert bytes(file.data) == _PLANTED
                del self.disk.files[name]
                return FOLDER / name
        return None

    def _check_target(self) -> None:
        archive = self.disk.files.get(TARGET.name)
        assert archive is None or bytes(archive.data) in self.server.objects

    def _kept(self) -> tuple[str | None, bytes] | None:
        """The job and the first bytes of a partial file; None if it is useless."""
        part, record = (self.disk.files.get(f"{STEM}.{suffix}") for suffix in ("part", "json"))
        if part is None or record is None or part.names > 1:
            return None
        sidecar = Sidecar.load(bytes(record.data), "collection", "c1")
        if sidecar is None or not sidecar.good or sidecar.good[-1][1] > len(part.data):
            return None
        return sidecar.export_id, bytes(part.data[: sidecar.good[0][1]])

    def _check_kept(self, job: str | None, begin: bytes) -> None:
        kept = self._kept()
        assert kept is not None, "the partial file of another job is gone"
        # A partial file of an unknown job may be given an id.
        assert job in (kept[0], None)
        # The last byte of a whole archive is requested again.
        assert kept[1] in (begin, begin[:-1])

    def _check_content(self, named: str | None, *, finished: bool) -> None:
        if named is not None:
            assert bytes(self.disk.files[TARGET.name].data) in self.server.held.get(named, ())
        if not finished:
            assert self.server.last is not None
            assert bytes(self.disk.files[TARGET.name].data) == self.server.last.body

    def _after_error(self, error: ExportsError) -> None:
        if planted := self._remove_planted():
            assert str(planted) in str(error)
            return
        left = set(self.disk.files) - {TARGET.name}
        assert left <= {f"{STEM}.part", f"{STEM}.json", f"{STEM}.json.new", f"{STEM}.lock.old"}
        if isinstance(error, ExportTimeoutError):
            assert error.waited <= self.policy.timeout + GRACE
        assert TOKEN not in str(error)
        assert "5ecret" not in str(error)
        if f"{STEM}.part" in left:
            assert f"{STEM}.json" in left
            sidecar = Sidecar.load(bytes(self.disk.files[f"{STEM}.json"].data), "collection", "c1")
            assert sidecar is not None
            assert TOKEN not in repr(sidecar)
            assert "5ecret" not in repr(sidecar)

    def _verify(self, path: Path) -> None:
        if bytes(self.disk.files[path.name].data) not in self.server.objects:
            assert self.server.damaged, "bytes of two archives"
            raise CorruptArchiveError("a checksum does not match")

    def _fetch_all(self, fetches: tuple[Fetch, ...]) -> list[Fetched]:
        """Deliver pieces of all responses in random order.

        If one raises, the others may write a little more before they stop.
        """
        under_way = {at: self.server.fetch(fetch) for at, fetch in enumerate(fetches)}
        fetched: dict[int, Fetched] = {}
        failure: ExportsError | None = None
        left = self.random.randrange(3)
        while under_way and (failure is None or left):
            at = self.random.choice(list(under_way))
            left -= failure is not None
            try:
                next(under_way[at])
            except StopIteration as stop:
                fetched[at] = stop.value
                del under_way[at]
            except ExportsError as error:
                failure = failure or error
                del under_way[at]
        if failure is not None:
            raise failure
        return [fetched[at] for at in sorted(fetched)]

    def _drive(self, flow: Flow[Path]) -> Path:
        try:
            effect = next(flow)
            while True:
                assert isinstance(effect, Run) or not self.server.barred, "a retry cannot help"
                try:
                    match effect:
                        case Send():
                            result: object = self.server.send(effect)
                        case Fetch():
                            result = _whole(self.server.fetch(effect))
                        case FetchAll():
                            result = self._fetch_all(effect.fetches)
                        case Sleep():
                            self.disk.step()
                            result = self._pass_time(effect.seconds)
                        case Run():
                            result = effect.work()
                except ExportsError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as stop:
            path: Path = stop.value
            return path
        finally:
            flow.close()


@contextmanager
def _prepared() -> Iterator[None]:
    """Shrink limits to the size of the archives, and check each URL once, not a million times."""
    part, share, check = _parts.SMALLEST_PART, _retries.PROGRESS_SHARE, unsafe_reason
    free, ratio = _receiver._COMPRESSION_FREE, _receiver._COMPRESSION_RATIO
    _parts.SMALLEST_PART, _retries.PROGRESS_SHARE = _PART, _SHARE
    _receiver._COMPRESSION_FREE, _receiver._COMPRESSION_RATIO = _DECODED, 1
    _archive_source.unsafe_reason = _cached_unsafe_reason
    try:
        yield
    finally:
        _parts.SMALLEST_PART, _retries.PROGRESS_SHARE = part, share
        _receiver._COMPRESSION_FREE, _receiver._COMPRESSION_RATIO = free, ratio
        _archive_source.unsafe_reason = check


def _whole(steps: ResponseSteps) -> Fetched:
    """The result of a single request."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            fetched: Fetched = stop.value
            return fetched


def play(seed: int) -> DownloadSimulation:
    """Run the fault schedule of a seed. Raises `AssertionError` if a statement does not hold."""
    simulation = DownloadSimulation(Random(seed))
    simulation.run()
    return simulation
