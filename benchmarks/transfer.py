"""Downloading, verifying, extracting and polling, beside what people use today.

    python benchmarks/transfer.py                          # small: does it work?
    python benchmarks/transfer.py --megabytes 2000 --members 2000 --small-files 10000 --runs 9

Every measurement is a process of its own. Those that are compared run in one shuffled order,
and what they wrote is removed and the disks are synchronised before each. The interval is that
of the ratio of medians: 95 %, by resampling. docs/benchmarks.md says what was found.
"""

import argparse
import contextlib
import inspect
import json
import math
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
FIXED_POLL_SECONDS = 3.0


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
        sys.modules["isal"] = sys.modules["isal.isal_zlib"] = None  # type: ignore[assignment]  # how imports are made to fail
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

    more = {"connections": connections} if can_be_parallel() and connections > 1 else {}
    exports = Exports("token", base_url=source, **more)  # type: ignore[arg-type]  # checked above
    return lambda: exports.collections.download("benchmark", target, verify=False)


def can_be_parallel() -> bool:
    """Whether the installed version downloads over several connections."""
    from prolific_exports import Exports

    return "connections" in inspect.signature(Exports).parameters


WAYS: dict[str, Callable[[str, str, int], Callable[[], Any]]] = {
    "testzip": with_testzip,
    "extractall": with_extractall,
    "verify": with_verify_zip,
    "verify-zlib": with_verify_zip,
    "extract": with_extract,
    "download": with_download,
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
                told = json.loads(done.stdout)
                seconds = told["seconds"]
                if told["peak"]:
                    peaks[way].append(told["peak"])
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


def poll_fleet(jobs: int, seed: int) -> dict[str, dict[str, float]]:
    """Requests a job, and seconds from ready to noticed, for jobs of all lengths.

    Times until an export is ready are made up: log-normal around 20 seconds, most of them
    between 3 seconds and 2 minutes.
    """
    import httpx
    from prolific_exports import Exports
    from prolific_exports.testing import FakeClock

    source = random.Random(seed)
    requests: list[float] = []
    delays: list[float] = []
    fixed_requests: list[float] = []
    fixed_delays: list[float] = []
    for number in range(jobs):
        ready = source.lognormvariate(math.log(20), 1)
        clock, asked = FakeClock(), [0]

        def answer(
            request: httpx.Request,
            ready: float = ready,
            clock: FakeClock = clock,
            asked: list[int] = asked,
        ) -> httpx.Response:
            export_id = "a1b2c3d4-e5f6-4890-abcd-ef1234567890"
            if request.method == "GET":
                asked[0] += 1
                if clock.monotonic() >= ready:
                    done = {"status": "complete", "url": "https://store.example/x"}
                    done["expires_at"] = "2099-01-01T00:00:00Z"
                    return httpx.Response(200, json=done)
            body = {"status": "generating", "export_id": export_id}
            return httpx.Response(202 if request.method == "POST" else 200, json=body)

        with (
            httpx.Client(transport=httpx.MockTransport(answer)) as client,
            Exports(
                "token",
                base_url="https://api.example",
                http_client=client,
                clock=clock,
                random=random.Random(number),
                timeout=24 * 3600,
            ) as exports,
        ):
            exports.collections.export("65f0c1d2e3a4b5c6d7e8f901").wait()
        requests.append(asked[0])
        delays.append(clock.monotonic() - ready)
        polls = max(1, math.ceil(ready / FIXED_POLL_SECONDS))
        fixed_requests.append(polls)
        fixed_delays.append(polls * FIXED_POLL_SECONDS - ready)
    return {
        "every 3 s": {
            "requests": statistics.mean(fixed_requests),
            "delay": statistics.mean(fixed_delays),
        },
        "prolific-exports": {
            "requests": statistics.mean(requests),
            "delay": statistics.mean(delays),
        },
    }


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All jobs that were asked for."""
    bench = Bench(folder, options.runs, options.seed)
    result: dict[str, Any] = {}
    size = options.megabytes * MEGABYTE // options.members
    large = make_archive(folder / "large.zip", options.members, size, options.seed)
    if "verify" in options.jobs:
        bench.compare(
            "verify",
            {
                "testzip": bench.ours("testzip", large),
                "verify_zip, zlib": bench.ours("verify-zlib", large),
                "verify_zip": bench.ours("verify", large),
            },
        )
    if "extract" in options.jobs:
        small = make_archive(folder / "small.zip", options.small_files, 4096, options.seed)
        for job, archive in (("extract", large), ("extract small files", small)):
            bench.compare(
                job,
                {
                    "extractall": bench.ours("extractall", archive),
                    "extract": bench.ours("extract", archive),
                },
            )
    if "download" in options.jobs:
        authority, server = certificates(folder)
        bench.environment["SSL_CERT_FILE"] = str(authority)
        with served(large) as url:
            ours = bench.ours("download", url)
            bench.compare("download, http", {"curl": bench.curl(url), "download": ours})
        with served(large, "--certificate", str(server)) as url:
            ways = {
                "curl": bench.curl(url, "--cacert", str(authority)),
                "download": bench.ours("download", url),
            }
            bench.compare("download, https", ways)
    if "throttled" in options.jobs:
        count = options.connections if can_be_parallel() else 1
        with served(large, "--rate", str(THROTTLE)) as url:
            ours = bench.ours("download", url, count)
            bench.compare(
                "download, 20 MB/s each",
                {"curl": bench.curl(url), f"download, {count} conn.": ours},
            )
    if "poll" in options.jobs:
        result["polling"] = poll_fleet(options.polled_jobs, options.seed)
        for way, figures in result["polling"].items():
            print(
                f"{'poll':<24}{way:<22}{figures['requests']:9.2f} requests a job, noticed after "
                f"{figures['delay']:.2f} s"
            )
    return {"rows": [asdict(row) for row in bench.rows], **result}


JOBS = ("verify", "extract", "download", "throttled", "poll")


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
    add("jobs", nargs="*", metavar="JOB", help=f"of {', '.join(JOBS)}; all unless told")
    add("--megabytes", type=int, default=20, help="size of the archive (%(default)s)")
    add("--members", type=int, default=20, help="files in it (%(default)s)")
    add("--small-files", type=int, default=200, help="files of 4 KiB to extract (%(default)s)")
    add("--polled-jobs", type=int, default=50, help="simulated exports (%(default)s)")
    add("--connections", type=int, default=8, help="to the slow store (%(default)s)")
    add("--runs", type=int, default=3, help="of each way; 9 or more to compare (%(default)s)")
    add("--seed", type=int, default=1, help="of the order and the data (%(default)s)")
    add("--folder", type=Path, help="where to write: another disk, or memory")
    add("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if unknown := set(options.jobs) - set(JOBS):
        parser.error(f"no such job: {', '.join(sorted(unknown))}; there are {', '.join(JOBS)}")
    options.jobs = options.jobs or JOBS
    with tempfile.TemporaryDirectory(prefix="transfer-", dir=options.folder) as folder:
        result = measure(options, Path(folder))
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "openssl": ssl.OPENSSL_VERSION,
    }
    told = {
        name: getattr(options, name) for name in ("megabytes", "members", "small_files", "runs")
    }
    if options.json:
        text = json.dumps({"machine": machine, "options": told, **result}, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
