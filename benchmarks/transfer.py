"""Downloading, verifying and extracting, beside what people use today.

    python benchmarks/transfer.py           # small: does it work?
    python benchmarks/transfer.py --full    # 2 GB, nine runs of each way, half an hour

Every measurement is a process of its own. Those that are compared run in one shuffled order,
and what they wrote is removed and the disks are synchronised before each. The interval is that
of the ratio of medians: 95 %, by resampling. docs/benchmarks.md says what was found.
"""

import argparse
import contextlib
import json
import os
import platform
import random
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MEGABYTE = 1_000_000
THROTTLE = 20 * MEGABYTE
FULL = {"megabytes": 2000, "members": 2000, "small_files": 10_000, "runs": 9}


@dataclass
class Measured:
    """One row: a way to do a job, beside the first way of its group."""

    job: str
    way: str
    median: float
    ratio: float
    low: float
    high: float
    peak: float | None
    runs: list[float]


# In the measured process


def child(way: str, source: str, target: str, connections: int) -> None:
    """Do one thing and print seconds and the process's peak memory in bytes."""
    if way == "verify-zlib":
        sys.modules["isal"] = None  # type: ignore[assignment]  # how imports are made to fail
    work = WAYS[way](source, target, connections)
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "peak": peak_memory()}))


def peak_memory() -> int | None:
    """Bytes that this process had at most; None where the system does not tell."""
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return None


def with_testzip(source: str, _target: str, _connections: int) -> Callable[[], Any]:
    """Verify as the standard library does."""

    def work() -> None:
        with zipfile.ZipFile(source) as archive:
            archive.testzip()

    return work


def with_extractall(source: str, target: str, _connections: int) -> Callable[[], Any]:
    """Extract as the standard library does."""

    def work() -> None:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(target)

    return work


def with_verify_zip(source: str, _target: str, _connections: int) -> Callable[[], Any]:
    """Verify as this project does."""
    from prolific_exports import verify_zip

    return lambda: verify_zip(source)


def with_extract(source: str, target: str, _connections: int) -> Callable[[], Any]:
    """Extract as this project does."""
    from prolific_exports import ExportArchive

    return lambda: ExportArchive.open(source).extract(target)


def with_download(source: str, target: str, connections: int) -> Callable[[], Any]:
    """Download as this project does; verifying is measured for itself."""
    from prolific_exports import Exports

    exports = Exports("a-token", base_url=source)
    return lambda: exports.collections.download(
        "benchmark", target, verify=False, connections=connections
    )


def with_download_verified(source: str, target: str, connections: int) -> Callable[[], Any]:
    """Download as this project does, unless told otherwise."""
    from prolific_exports import Exports

    exports = Exports("a-token", base_url=source)
    return lambda: exports.collections.download("benchmark", target, connections=connections)


WAYS: dict[str, Callable[[str, str, int], Callable[[], Any]]] = {
    "testzip": with_testzip,
    "extractall": with_extractall,
    "verify": with_verify_zip,
    "verify-zlib": with_verify_zip,
    "extract": with_extract,
    "download": with_download,
    "download and verify": with_download_verified,
}


# In the measuring process


class Bench:
    """Runs and compares."""

    def __init__(self, folder: Path, runs: int, seed: int) -> None:
        self.folder = folder
        self.runs = runs
        self.random = random.Random(seed)
        self.rows: list[Measured] = []
        self.environment = os.environ | {"NO_PROXY": "127.0.0.1"}

    def compare(self, job: str, ways: dict[str, list[str]]) -> None:
        """Measure commands; those of our own processes print what they measured."""
        times: dict[str, list[float]] = {way: [] for way in ways}
        peaks: dict[str, list[float]] = {way: [] for way in ways}
        order = [way for way in ways for _ in range(self.runs)]
        self.random.shuffle(order)
        for way in order:
            remove(self.folder / "out")
            if hasattr(os, "sync"):
                os.sync()
            began = time.perf_counter()
            done = subprocess.run(
                ways[way], env=self.environment, stdout=subprocess.PIPE, check=True
            )
            seconds = time.perf_counter() - began
            if ways[way][0] == sys.executable:
                measured = json.loads(done.stdout)
                seconds = measured["seconds"]
                if measured["peak"]:
                    peaks[way].append(measured["peak"])
            times[way].append(seconds)
        remove(self.folder / "out")
        first = times[next(iter(ways))]
        for way, runs in times.items():
            row = Measured(
                job,
                way,
                statistics.median(runs),
                *self.ratio(runs, first),
                max(peaks[way], default=None),
                runs,
            )
            self.rows.append(row)
            print(line_of(row), flush=True)

    def ratio(self, ours: list[float], theirs: list[float]) -> tuple[float, float, float]:
        """The ratio of the medians and its 95 % interval."""
        drawn = sorted(
            statistics.median(self.random.choices(ours, k=len(ours)))
            / statistics.median(self.random.choices(theirs, k=len(theirs)))
            for _ in range(1000)
        )
        if ours is theirs:
            return 1.0, 1.0, 1.0
        return statistics.median(ours) / statistics.median(theirs), drawn[25], drawn[974]

    def ours(self, way: str, source: str | Path, connections: int = 1) -> list[str]:
        """The command that measures one of our own processes."""
        script = [sys.executable, str(HERE / "transfer.py"), "--child", way]
        return [*script, str(source), str(self.folder / "out"), str(connections)]

    def curl(self, url: str, *options: str) -> list[str]:
        """The command that downloads as people do."""
        return ["curl", "-sSf", *options, "-o", str(self.folder / "out"), f"{url}/store/export.zip"]


def remove(path: Path) -> None:
    """Remove what a run wrote."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def line_of(row: Measured) -> str:
    """A row of the table."""
    peak = f"{row.peak / (1 << 20):5.0f} MiB" if row.peak else "         "
    interval = f"({row.low:.2f}-{row.high:.2f})"
    return f"{row.job:<24}{row.way:<22}{row.median:9.3f} s {row.ratio:7.2f} {interval:<13} {peak}"


def make_archive(path: Path, members: int, size: int, seed: int) -> Path:
    """An archive of random bytes, deflated: what photographs and films are like."""
    source = random.Random(seed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(members):
            archive.writestr(f"export/files/{number:06}.jpg", source.randbytes(size))
    return path


@contextlib.contextmanager
def served(file: Path, *options: str) -> Iterator[str]:
    """The base URL of a store that has the file, in a process of its own."""
    command = [sys.executable, str(HERE / "store.py"), str(file), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def certificates(folder: Path) -> tuple[Path, Path]:
    """Files of an authority and of a server that it vouches for."""
    import trustme

    authority, server = folder / "authority.pem", folder / "server.pem"
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(authority))
    ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(server))
    return authority, server


@dataclass
class Jobs:
    """What can be compared, one method each.

    Attributes:
        bench: Measures.
        options: Sizes and numbers.
        large: The archive that most of them work on.
    """

    bench: Bench
    options: argparse.Namespace
    large: Path

    def archive(self, name: str, members: int, size: int) -> Path:
        """Another archive."""
        return make_archive(self.bench.folder / name, members, size, self.options.seed)

    def verify(self) -> None:
        """Read everything and compare checksums."""
        self.bench.compare(
            "verify",
            {
                "testzip": self.bench.ours("testzip", self.large),
                "verify_zip, zlib": self.bench.ours("verify-zlib", self.large),
                "verify_zip": self.bench.ours("verify", self.large),
            },
        )

    def extract(self) -> None:
        """Write everything to the disk: large files, and small ones."""
        small = self.archive("small.zip", self.options.small_files, 4096)
        for job, archive in (("extract", self.large), ("extract small files", small)):
            self.bench.compare(
                job,
                {
                    "extractall": self.bench.ours("extractall", archive),
                    "extract": self.bench.ours("extract", archive),
                },
            )

    def download(self) -> None:
        """Over http and https, as fast as sockets go."""
        bench = self.bench
        authority, server = certificates(bench.folder)
        bench.environment["SSL_CERT_FILE"] = str(authority)
        with served(self.large) as url:
            ways = {"curl": bench.curl(url), "download": bench.ours("download", url)}
            bench.compare("download, http", ways)
        with served(self.large, "--certificate", str(server)) as url:
            curl = bench.curl(url, "--cacert", str(authority))
            bench.compare(
                "download, https", {"curl": curl, "download": bench.ours("download", url)}
            )

    def connections(self) -> None:
        """Whether more of them help where none is slow."""
        with served(self.large) as url:
            self.bench.compare("connections, http", self._by_connections(url, 1, 2, 4, 8))

    def throttled(self) -> None:
        """From a store that limits each connection."""
        # Ten seconds for one connection; more would be waited for, and not measured.
        size = self.options.megabytes * MEGABYTE // self.options.members
        slow = self.archive("slow.zip", min(200, self.options.members), min(size, MEGABYTE))
        with served(slow, "--rate", str(THROTTLE)) as url:
            ways = self._by_connections(url, 1, 4, self.options.connections)
            self.bench.compare("download, 20 MB/s each", ways)

    def _by_connections(self, url: str, *counts: int) -> dict[str, list[str]]:
        ours = {
            f"download, {count} conn.": self.bench.ours("download", url, count) for count in counts
        }
        return {"curl": self.bench.curl(url), **ours}

    def memory(self) -> None:
        """Of everything at once, with many bytes and with many members."""
        bench = self.bench
        many = self.archive("many.zip", self.options.small_files, 256)
        for job, archive in (("memory, large", self.large), ("memory, many members", many)):
            with served(archive) as url:
                ways = {
                    f"verified, {count} conn.": bench.ours("download and verify", url, count)
                    for count in (1, self.options.connections)
                }
                bench.compare(job, {"extract": bench.ours("extract", archive), **ways})


def measure(options: argparse.Namespace, folder: Path) -> list[Measured]:
    """All jobs that were asked for."""
    bench = Bench(folder, options.runs, options.seed)
    size = options.megabytes * MEGABYTE // options.members
    large = make_archive(folder / "large.zip", options.members, size, options.seed)
    jobs = Jobs(bench, options, large)
    for name in JOBS:
        if name in options.jobs:
            getattr(jobs, name)()
    return bench.rows


JOBS = ("verify", "extract", "download", "connections", "throttled", "memory")


def main() -> int:
    """Measure, print a table and write JSON."""
    if sys.argv[1:2] == ["--child"]:
        way, source, target, connections = sys.argv[2:]
        child(way, source, target, int(connections))
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("jobs", nargs="*", metavar="JOB", help=f"of {', '.join(JOBS)}; default: all")
    add("--megabytes", type=int, default=20, help="size of the archive (%(default)s)")
    add("--members", type=int, default=20, help="files in it (%(default)s)")
    add("--small-files", type=int, default=200, help="files of 4 KiB to extract (%(default)s)")
    add("--connections", type=int, default=8, help="to the slow store (%(default)s)")
    add("--full", action="store_true", help="as much as docs/benchmarks.md reports, at least")
    add("--runs", type=int, default=3, help="of each way; 9 or more to compare (%(default)s)")
    add("--seed", type=int, default=1, help="of the order and the data (%(default)s)")
    add("--folder", type=Path, help="where to write: another disk, or memory")
    add("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if unknown := set(options.jobs) - set(JOBS):
        parser.error(f"no such job: {', '.join(sorted(unknown))}; there are {', '.join(JOBS)}")
    options.jobs = options.jobs or JOBS
    if options.full:
        for name, least in FULL.items():
            setattr(options, name, max(getattr(options, name), least))
    with tempfile.TemporaryDirectory(prefix="transfer-", dir=options.folder) as folder:
        rows = [asdict(row) for row in measure(options, Path(folder))]
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "openssl": ssl.OPENSSL_VERSION,
    }
    chosen = {
        name: getattr(options, name) for name in ("megabytes", "members", "small_files", "runs")
    }
    if options.json:
        text = json.dumps({"machine": machine, "options": chosen, "rows": rows}, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
