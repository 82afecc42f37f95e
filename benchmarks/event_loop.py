"""How long the event loop is held up while `AsyncExports` downloads many archives at once.

    python benchmarks/event_loop.py                     # small: does it work?
    python benchmarks/event_loop.py --full              # what docs/benchmarks.md reports
    python benchmarks/event_loop.py --full --beside ../other-checkout

A probe asks the loop to wake it every 5 ms and notes how late it is. "own" is the lag without the
time that the loop's thread waited for a processor (Linux only): the rest on a busy machine. The
first way only runs the probe: its lag is that of the machine. Each run is a process of its own, and
so is the store. The ways run in one shuffled order.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Awaitable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MEGABYTE = 1_000_000
FULL = {"downloads": 50, "megabytes": 8, "runs": 7}
PROBE_SECONDS = 0.005
FIGURES = ("p50", "p99", "longest", "own p99", "own longest", "seconds")


@dataclass
class Figure:
    """One figure of one way: lags in milliseconds, or seconds of a run.

    Attributes:
        way: What was running.
        name: Which figure.
        median: The middle of its runs.
        low: Lower end of the 95 % interval of the median.
        high: Its upper end.
        runs: What each run gave.
    """

    way: str
    name: str
    median: float
    low: float
    high: float
    runs: list[float]


# In the measured process


@dataclass
class Probe:
    """Notes how late the loop wakes it.

    Attributes:
        lags: Seconds, each time.
        own: The same without waiting for a processor.
    """

    lags: list[float]
    own: list[float]

    async def run(self) -> None:
        """Note until cancelled."""
        while True:
            began, before = time.perf_counter(), waited()
            await asyncio.sleep(PROBE_SECONDS)
            lag = time.perf_counter() - began - PROBE_SECONDS
            self.lags.append(lag)
            self.own.append(max(0.0, lag - (waited() - before)))


def waited() -> float:
    """Seconds that this thread has waited for a processor; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        schedule = Path("/proc/thread-self/schedstat").read_text(encoding="ascii")
        return int(schedule.split()[1]) / 1e9
    return 0.0


async def measured(url: str | None, folder: Path, downloads: int) -> dict[str, float]:
    """Lags, in milliseconds, and how long the work took."""
    if url is None:
        return await lag(asyncio.sleep(3))
    from prolific_exports import AsyncExports

    async with AsyncExports("a-token", base_url=url) as exports:
        # The first request imports modules, which is not what is measured.
        await exports.collections.download("first", folder / "first.zip")
        targets = [folder / f"{number}.zip" for number in range(downloads)]
        return await lag(
            asyncio.gather(
                *(exports.collections.download(target.stem, target) for target in targets)
            )
        )


async def lag(work: Awaitable[object]) -> dict[str, float]:
    """How late the loop is while something is done."""
    probe = Probe([], [])
    began = time.perf_counter()
    probing = asyncio.create_task(probe.run())
    await work
    seconds = time.perf_counter() - began
    probing.cancel()
    p50, p99 = (percentile(probe.lags, n) for n in (50, 99))
    longest, own_longest = 1000 * max(probe.lags), 1000 * max(probe.own)
    figures = p50, p99, longest, percentile(probe.own, 99), own_longest, seconds
    return dict(zip(FIGURES, figures, strict=True))


def percentile(lags: list[float], number: int) -> float:
    """In milliseconds."""
    return 1000 * statistics.quantiles(lags, n=100, method="inclusive")[number - 1]


def child(url: str, folder: str, downloads: str) -> None:
    """Measure once and print the figures."""
    target = Path(folder)
    target.mkdir()
    print(json.dumps(asyncio.run(measured(url or None, target, int(downloads)))))


# In the measuring process


def make_archive(path: Path, size: int, seed: int) -> Path:
    """An archive of random bytes, deflated, in members of 100 kB."""
    source = random.Random(seed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("export/collection.json", "{}")
        archive.writestr("export/responses.jsonl", "")
        for number in range(max(1, size // 100_000)):
            archive.writestr(f"export/files/{number:04}.jpg", source.randbytes(100_000))
    return path


@contextlib.contextmanager
def served(file: Path, rate: int) -> Iterator[str]:
    """The base URL of a store that has the file, in a process of its own."""
    command = [sys.executable, str(HERE / "store.py"), str(file), "--rate", str(rate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def interval(runs: list[float], source: random.Random) -> tuple[float, float]:
    """The 95 % interval of the median, by resampling."""
    drawn = sorted(statistics.median(source.choices(runs, k=len(runs))) for _ in range(1000))
    return drawn[25], drawn[974]


def measure(options: argparse.Namespace, folder: Path) -> list[Figure]:
    """Run every way in a shuffled order."""
    source = random.Random(options.seed)
    archive = make_archive(folder / "archive.zip", options.megabytes * MEGABYTE, options.seed)
    ways: dict[str, Path | None] = {"nothing": None, "this version": HERE.parent}
    if options.beside:
        ways["the other version"] = options.beside.resolve()
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    order = [way for way in ways for _ in range(options.runs)]
    source.shuffle(order)
    with served(archive, options.rate * MEGABYTE) as url:
        for way in order:
            checkout = ways[way]
            runs[way].append(run(checkout, url, folder / "out", options.downloads))
    return [
        Figure(way, name, statistics.median(values), *interval(values, source), values)
        for way, figures in runs.items()
        for name in FIGURES
        for values in [[one[name] for one in figures]]
    ]


def run(checkout: Path | None, url: str, folder: Path, downloads: int) -> dict[str, float]:
    """One run in a process of its own, over the packages of a checkout."""
    packages = [(checkout or HERE.parent) / name for name in ("wrapper", "generated")]
    path = os.pathsep.join(map(str, packages))
    command = [sys.executable, str(HERE / "event_loop.py"), "--child"]
    done = subprocess.run(
        [*command, url if checkout else "", str(folder), str(downloads)],
        env=os.environ | {"PYTHONPATH": path, "NO_PROXY": "127.0.0.1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    shutil.rmtree(folder)
    if hasattr(os, "sync"):
        os.sync()
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> int:
    """Measure, print a table and write JSON."""
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--downloads", type=int, default=4, help="archives at once (%(default)s)")
    add("--megabytes", type=int, default=1, help="size of each (%(default)s)")
    add("--rate", type=int, default=2, help="MB/s of each connection (%(default)s)")
    add("--runs", type=int, default=1, help="of each way (%(default)s)")
    add("--full", action="store_true", help="as much as docs/benchmarks.md reports, at least")
    add("--beside", type=Path, help="checkout of another version to measure, too")
    add("--seed", type=int, default=1, help="of the order and the data (%(default)s)")
    add("--folder", type=Path, help="where to write: another disk, or memory")
    add("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if options.full:
        for name, least in FULL.items():
            setattr(options, name, max(getattr(options, name), least))
    with tempfile.TemporaryDirectory(prefix="event-loop-", dir=options.folder) as folder:
        figures = measure(options, Path(folder))
    for one in figures:
        unit = "s" if one.name == "seconds" else "ms"
        print(f"{one.way:<20}{one.name:<12}{one.median:9.1f} ({one.low:.1f}-{one.high:.1f}) {unit}")
    if options.json:
        text = json.dumps([asdict(one) for one in figures], indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
