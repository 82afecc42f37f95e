"""One fault schedule of a download of the responses only, with crashes and power cuts.

The store, the disk and the processes fail at random. In every schedule, the destination has exactly
the responses of the archive, or no file; a process ends after a limited number of requests; and
once no more faults occur, the download succeeds and leaves no other file.
"""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from helpers.range_store import ETAG, Answer, RangeStore, export_bytes
from prolific_exports import ExportsError
from prolific_exports._download import _remote_directory
from prolific_exports._download._flow import Options, download
from prolific_exports._download._system import System
from prolific_exports._files._process import Process
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import ApiReply, Fetch, FetchAll, Flow, Run, Send, Sleep
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport
from prolific_exports._model._redactor import Redactor
from prolific_exports.testing import FakeClock

from simulation.disk import Crash, MemoryDisk

FOLDER: Final = Path("folder")
TARGET: Final = FOLDER / "data.zip"
STEM: Final = ".prolific-collection-c1+responses"
NOW: Final = datetime(2026, 3, 20, 10, 0, 0, tzinfo=UTC)
MOST_REQUESTS: Final = 120
_COMPLETE: Final = (
    b'{"status": "complete", "url": "https://store.example/a?X-Amz-Signature=5ecret", '
    b'"expires_at": "2099-01-01T00:00:00Z"}'
)
# Larger than what is read at the end of an archive here, so that ranges are fetched.
_TAIL: Final = 1000
_RESPONSES: Final = random.Random(2).randbytes(3000)
ARCHIVES: Final = tuple(
    export_bytes(uploads=70, responses=text, last=last, method=method)
    for text, last, method in (
        (_RESPONSES, False, zipfile.ZIP_DEFLATED),
        (_RESPONSES, True, zipfile.ZIP_DEFLATED),
        (_RESPONSES[::-1], False, zipfile.ZIP_STORED),
    )
)


def responses_of(data: bytes) -> bytes:
    """The content of the responses in an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        [name] = [one for one in archive.namelist() if one.endswith("/responses.jsonl")]
        return archive.read(name)


class ResponsesWorld:
    """A store, a disk, and processes one after another.

    Attributes:
        random: The source of every event.
        calm: Whether no fault occurs.
    """

    guards_open_files = False

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clock = FakeClock(NOW)
        self.disk = MemoryDisk(random)
        self.disk.links = random.random() < 0.8
        self.calm = False
        self.pid = 0
        self.store = RangeStore(
            random.choice(ARCHIVES),
            etag=ETAG if random.random() < 0.9 else None,
            suffixes=random.random() < 0.7,
            ranges=random.random() < 0.9,
            always=self._disturbed,
        )
        self.events: list[object] = []

    def current(self) -> Process:
        return Process("here", "boot", "", self.pid, "")

    def has_ended(self, process: Process) -> bool:
        return process.pid != self.pid

    def _beat(self, _act: Callable[[], object], _interval: float) -> Callable[[], None]:
        return lambda: None

    def happens(self, chance: float) -> bool:
        """Whether a fault with this probability occurs now."""
        return not self.calm and self.random.random() < chance

    def _disturbed(self, answer: Answer) -> Answer:
        """Change an answer at random."""
        if self.happens(0.08):
            return Answer(self.random.choice((0, 403, 412, 416, 429, 503)), {}, b"<Error/>")
        if self.happens(0.05):
            whole = {"etag": self.store.etag} if self.store.etag else {}
            answer = Answer(200, whole, self.store.body)
        if self.happens(0.05):
            answer.headers["etag"] = self.random.choice(("", f"W/{ETAG}", '"other"'))
        if self.happens(0.03):
            answer.headers.pop("content-range", None)
        if self.happens(0.03):
            answer.body += b"more"
        if self.happens(0.03) and answer.body:
            at = self.random.randrange(len(answer.body))
            answer.body = answer.body[:at] + bytes([answer.body[at] ^ 1]) + answer.body[at + 1 :]
        if self.happens(0.3):
            answer.cut = self.random.randrange(len(answer.body) + 1)
        answer.piece = len(answer.body) + 1 if self.calm else self.random.randrange(500, 9000)
        return answer

    def run(self) -> None:
        """Run some processes with faults, then one without."""
        for _ in range(self.random.randrange(1, 4)):
            if self.process(self.random.randrange(90) if self.random.random() < 0.6 else None):
                return
            if self.random.random() < 0.1:
                # Another archive with a tag of its own, or by a store that changes none.
                self.store.body = self.random.choice(ARCHIVES)
                self.store.etag = self.store.etag and f'"{self.random.random()}"'
        self.calm = True
        assert self.process(None), "a download without faults fails"

    def process(self, steps: int | None) -> bool:
        """Run one process. Returns whether the archive is at the destination.

        Args:
            steps: Steps until the process crashes; None if it does not.
        """
        self.pid += 1
        self.clock.advance(100)
        self.disk.now += 100
        self.disk.steps, self.disk.dead = steps, False
        self.store.requests.clear()
        flow = download(
            PendingExport("collection", "c1"),
            TARGET,
            Context(self.clock, self.random, Redactor("t0ken-of-a-test"), self.events.append),
            Policy(),
            options=Options(verify=lambda _: None, only="responses"),
            system=System(self.disk, self, self._beat),
        )
        tail = _remote_directory.TAIL
        _remote_directory.TAIL = _TAIL
        try:
            self._drive(flow)
        except ExportsError as error:
            self._check_failure(str(error))
        except Crash:
            if self.random.random() < 0.4:
                self.disk.power_cut()
        else:
            assert set(self.disk.files) == {TARGET.name}, "leftovers"
        finally:
            _remote_directory.TAIL = tail
        assert len(self.store.requests) <= MOST_REQUESTS, "too many requests"
        return self._check_target()

    def _check_failure(self, message: str) -> None:
        assert "5ecret" not in message
        left = set(self.disk.files) - {TARGET.name}
        assert left <= {f"{STEM}.part", f"{STEM}.json", f"{STEM}.json.new", f"{STEM}.lock.old"}

    def _check_target(self) -> bool:
        if TARGET.name not in self.disk.files:
            return False
        data = bytes(self.disk.files[TARGET.name].data)
        expected = {responses_of(archive) for archive in ARCHIVES}
        assert responses_of(data) in expected
        return f"{STEM}.part" not in self.disk.files

    def _drive(self, flow: Flow[Path]) -> None:
        result: object = None
        try:
            effect = next(flow)
            while True:
                try:
                    match effect:
                        case Send():
                            self.disk.step()
                            result = ApiReply(200, {}, _COMPLETE)
                        case Fetch():
                            self.disk.step()
                            result = self.store.fetch(effect)
                        case FetchAll():
                            raise AssertionError(effect)
                        case Sleep():
                            result = self.clock.advance(effect.seconds)
                        case Run():
                            result = effect.work()
                except ExportsError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration:
            return
        finally:
            flow.close()


def play_responses(seed: int) -> ResponsesWorld:
    """Run the fault schedule of a seed. Raises `AssertionError` if a statement does not hold."""
    world = ResponsesWorld(Random(seed))
    world.run()
    return world
