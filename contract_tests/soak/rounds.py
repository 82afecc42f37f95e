"""Rounds of downloads that are killed and restarted until one runs to its end.

The line to the server is slow. On half of the runs it also hides one response of the store
behind endless interim responses, drips the start of each response, or cuts one response early.

These statements must hold:

- The destination has no file, or the whole archive.
- A process resumes where the sidecar of the previous one says, and requests no byte that the
  sidecar records. (If it records every byte, the last one is requested again.)
- A zombie, a killed process whose parent has not read its exit status, locks no process out.
- A claim of a process in another container locks this one out for a minute, and stays unchanged.
- A process whose disk is full ends with the exit code for storage errors, and keeps its bytes.
- A process that is not killed succeeds, and leaves nothing but the archive.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from attrs import define, evolve, field, frozen
from prolific_contract.sandbox import Sandbox, SandboxSettings
from prolific_exports import Exports
from prolific_exports._cli._exit_codes import STORAGE
from prolific_exports._download._claim import FOREIGN_SILENCE, Holder
from prolific_exports._download._names import part_path
from prolific_exports._download._sidecar import Sidecar
from prolific_exports._files._process import OsProcesses
from prolific_exports._flows._polling import PendingExport

from soak.slow_line import STALL_TIMEOUT, LineFaults, SlowLine, StoreRequest

HERE = Path(__file__).resolve().parents[1]
TARGET = "data.zip"
CONNECTIONS = (1, 3)
# Seconds of a process that is not killed, on a busy machine.
LONGEST_RUN = 60.0
# How often another container holds the claim.
_FOREIGN = 0.2
# How often the disk is full, where the system can limit the size of files.
_FULL = 0.2 if os.name == "posix" else 0.0


def start(arguments: Sequence[str], **environment: str) -> subprocess.Popen[bytes]:
    """Start a process of the command, and wait until it runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "soak.child", *arguments],
        cwd=HERE,
        env={**os.environ, "NO_PROXY": "127.0.0.1", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert process.stderr.readline().strip() == b"begun"
    return process


@frozen
class RoundResult:
    """What happened in a round.

    Attributes:
        kills: Processes that were killed.
        resumed: Processes that resumed a download.
        kept: Bytes that they did not fetch again.
        sent: Bytes that the server sent, heads of responses included.
        size: Bytes of the archive.
    """

    kills: int
    resumed: int
    kept: int
    sent: int
    size: int


@define
class Round:
    """One archive, fetched by one process after another.

    Attributes:
        random: Decides when processes are killed, and what goes wrong on the line.
        settings: Content of the archive, and how long the server generates it.
        rate: Bytes a second of each connection.
        size: Approximate bytes of the archive.
    """

    random: Random
    settings: SandboxSettings
    rate: float
    size: float
    _sandbox: Sandbox = field(init=False)
    _connections: int = field(init=False)
    _kills: int = field(default=0, init=False)
    _kept: list[int] = field(factory=list, init=False)
    _sent: int = field(default=0, init=False)
    _zombies: list[subprocess.Popen[bytes]] = field(factory=list, init=False)

    def play(self, seconds: Mapping[int, float]) -> RoundResult:
        """Play it; an `AssertionError` is a finding.

        Args:
            seconds: Duration of a process that is not killed, by number of connections.
        """
        self._connections = self.random.choice(CONNECTIONS)
        # Each round has its own server, which has not generated the export yet.
        with Sandbox(self.settings) as self._sandbox, tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for _ in range(self.random.randrange(1, 7)):
                self._run(folder, self.random.uniform(0, seconds[self._connections]))
                if (folder / TARGET).exists():
                    break
                if self.random.random() < _FOREIGN:
                    self._meet_foreign_claim(folder)
                if self.random.random() < _FULL:
                    self._fill_disk(folder)
            # A process that is killed after the rename leaves files that the next one removes.
            while not (folder / TARGET).exists() or list(folder.glob("*.part")):
                self._run(folder, None)
            size = (folder / TARGET).stat().st_size
        for zombie in self._zombies:
            zombie.communicate()
        return RoundResult(self._kills, len(self._kept), sum(self._kept), self._sent, size)

    def measure(self, connections: int) -> float:
        """Seconds from the start of a process that is not killed to its end."""
        self._connections = connections
        with Sandbox(self.settings) as self._sandbox, tempfile.TemporaryDirectory() as folder:
            return self._run(Path(folder), None, LineFaults())

    def _run(self, folder: Path, seconds: float | None, faults: LineFaults | None = None) -> float:
        """Run one process, and kill it if it runs longer than so many seconds (None: never)."""
        sidecar = self._sidecar(folder)
        port = int(self._sandbox.url.rpartition(":")[2])
        with SlowLine(port, self.rate, faults or LineFaults.draw(self.random)) as line:
            took = self._download(line, folder, seconds)
        self._sent += line.sent
        self._check_target(folder, succeeded=took is not None)
        self._check_requested(line.requested, sidecar)
        return took or 0.0

    def _download(self, line: SlowLine, folder: Path, seconds: float | None) -> float | None:
        """Seconds from start to end; None if the process was killed."""
        process = self._start(line.url, folder)
        began = time.monotonic()
        if seconds is not None and self.random.random() < 0.7:
            # Most of the time passes before the first byte; most can go wrong after it.
            enough, seconds = self.random.uniform(0, self.size), 0.0
            while line.sent < enough and process.poll() is None:
                time.sleep(0.005)
        try:
            output = process.communicate(timeout=LONGEST_RUN if seconds is None else seconds)[1]
        except subprocess.TimeoutExpired:
            self._kill(process)
            assert seconds is not None, "the process does not end"
            return None
        assert process.wait() == 0, output.decode()
        return time.monotonic() - began

    def _start(self, url: str, folder: Path, **more: str) -> subprocess.Popen[bytes]:
        arguments = [
            *("download", "collection", self._sandbox.collection_id),
            *("--output", str(folder / TARGET), "--connections", str(self._connections)),
            *("--poll-interval", "0.05", "--stall-timeout", str(STALL_TIMEOUT), "--quiet"),
        ]
        return start(arguments, PROLIFIC_URL=url, PROLIFIC_TOKEN=self._sandbox.token, **more)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        self._kills += 1
        process.kill()
        ended = process.returncode is not None
        if not ended and hasattr(os, "waitid") and self.random.random() < 0.5:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            self._zombies.append(process)
        else:
            process.communicate()

    def _meet_foreign_claim(self, folder: Path) -> None:
        """Run while another container holds the claim, then let that claim expire."""
        job = PendingExport("collection", self._sandbox.collection_id)
        claim = part_path(folder, job).with_suffix(".lock")
        process = evolve(OsProcesses().current(), namespace="pid:[1]")
        claim.write_bytes(Holder(process, TARGET, "now", "key").dump())
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        refused = self._start(self._sandbox.url, folder)
        output = refused.communicate(timeout=LONGEST_RUN)[1].decode()
        assert refused.returncode == 1, output
        assert str(claim) in output
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        long_ago = time.time() - FOREIGN_SILENCE - 1
        os.utime(claim, (long_ago, long_ago))

    def _fill_disk(self, folder: Path) -> None:
        """Run a process that can write only a part of the archive."""
        sidecar = self._sidecar(folder)
        port = int(self._sandbox.url.rpartition(":")[2])
        largest = str(self.random.randrange(2000, int(self.size / 2)))
        with SlowLine(port, self.rate) as line:
            process = self._start(line.url, folder, SOAK_LARGEST_FILE=largest)
            output = process.communicate(timeout=LONGEST_RUN)[1].decode()
        self._sent += line.sent
        assert process.returncode == STORAGE, output
        assert not list(folder.glob("*.lock")), "the claim is not released"
        assert not (folder / TARGET).exists()
        self._check_requested(line.requested, sidecar)

    def _check_target(self, folder: Path, *, succeeded: bool) -> None:
        target = folder / TARGET
        if target.exists():
            assert target.read_bytes() == self._archive(), "not the server's archive"
        if succeeded:
            assert target.exists()
            assert not list(folder.glob(".*")), "leftovers"

    def _archive(self) -> bytes:
        """The expected archive, which the server sends again."""
        sandbox = self._sandbox
        with (
            tempfile.TemporaryDirectory() as folder,
            Exports(sandbox.token, base_url=sandbox.url) as exports,
        ):
            path = Path(folder) / TARGET
            exports.collections.download(sandbox.collection_id, path)
            return path.read_bytes()

    def _check_requested(self, requested: list[StoreRequest], sidecar: Sidecar | None) -> None:
        if sidecar is None or not sidecar.good or not requested:
            return
        self._kept.append(sum(stop - start for start, stop in sidecar.good))
        whole = sidecar.good == ((0, sidecar.total),)
        for one in requested:
            again = sum(
                max(0, min(end if one.stop is None else one.stop, end) - max(one.start, start))
                for start, end in sidecar.good
            )
            assert again <= whole, f"{one} repeats recorded bytes: {sidecar.good}"

    def _sidecar(self, folder: Path) -> Sidecar | None:
        for path in folder.glob(".prolific-*.json"):
            sidecar = Sidecar.load(path.read_bytes(), "collection", self._sandbox.collection_id)
            assert sidecar is not None, "a sidecar is replaced in one step"
            return sidecar
        return None
