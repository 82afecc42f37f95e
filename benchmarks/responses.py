"""The responses of an archive that is mostly uploads, beside the whole archive.

    python benchmarks/responses.py           # small: does it work?
    python benchmarks/responses.py --full    # 262 MB in 250 uploads, nine runs; two minutes

"bytes" and "requests" are those that the store sends and receives; "seconds" and "memory" those of
the process, with verification. Each run is a process of its own; the ways run in one shuffled
order. The interval is that of the ratio of medians: 95 %, by resampling.
"""

import argparse
import contextlib
import json
import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = "collection-export-benchmark-20260320T100000"
FULL = {"uploads": 250, "kilobytes": 1024, "submissions": 250, "runs": 9}
WHOLE = "the whole archive"
RESPONSES = "only responses"
FIGURES = ("bytes", "requests", "seconds", "memory")


@dataclass
class Row:
    """One figure of one way, beside that of the whole archive."""

    way: str
    name: str
    median: float
    ratio: float
    low: float
    high: float
    runs: list[float]


# In the measured process


class Requests(logging.Handler):
    """Counts the responses of the store."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count a record of the store's client."""
        self.count += record.msg.startswith("GET ")


def child(way: str, url: str, target: str) -> None:
    """Download once, and print the figures."""
    from prolific_exports import Event, Exports, Saved

    transferred = 0

    def notice(event: Event) -> None:
        nonlocal transferred
        if isinstance(event, Saved):
            transferred = event.transferred

    requests = Requests()
    logger = logging.getLogger("prolific_exports")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(requests)
    logger.propagate = False
    with Exports("a-token", base_url=url, on_event=notice) as exports:
        began = time.perf_counter()
        exports.collections.download(
            "benchmark", target, only="responses" if way == RESPONSES else None
        )
        seconds = time.perf_counter() - began
    figures = {
        "bytes": transferred,
        "requests": requests.count,
        "seconds": seconds,
        "memory": peak_memory(),
    }
    print(json.dumps(figures))


def peak_memory() -> int:
    """Bytes that this process had at most; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return 0


# In the measuring process


def make_archive(path: Path, uploads: int, kilobytes: int, submissions: int) -> Path:
    """An export with responses as text, and uploads that do not compress."""
    source = random.Random(1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        records = (record(number, source) for number in range(submissions))
        archive.writestr(f"{ROOT}/responses.jsonl", "".join(records))
        archive.writestr(f"{ROOT}/collection.json", '{"collection_id": "benchmark"}')
        for number in range(uploads):
            content = source.randbytes(kilobytes * 1024)
            archive.writestr(f"{ROOT}/files/s{number}_i1_0.jpg", content)
    return path


def record(number: int, source: random.Random) -> str:
    """A submission as a line of JSON, with about a kilobyte of text."""
    words = " ".join(f"{source.randrange(1 << 30):x}" for _ in range(100))
    answer = {"type": "free_text", "description": "Say something", "value": words}
    values = {
        "submission_id": f"s{number}",
        "participant_id": f"p{number}",
        "created_at": "2026-03-19T10:30:00Z",
        "responses": {"i1": answer},
    }
    return json.dumps(values) + "\n"


@contextlib.contextmanager
def served(file: Path) -> Iterator[str]:
    """Serve the archive from another process; gives the base URL."""
    command = [sys.executable, str(HERE / "store.py"), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as store:
        try:
            yield (store.stdout.readline() if store.stdout else "").strip()
        finally:
            store.terminate()


def measure(url: str, folder: Path, runs: int) -> dict[str, dict[str, list[float]]]:
    """The figures of both ways, run by run."""
    found: dict[str, dict[str, list[float]]] = {
        way: {name: [] for name in FIGURES} for way in (WHOLE, RESPONSES)
    }
    order = [way for way in found for _ in range(runs)]
    random.Random(1).shuffle(order)
    for way in order:
        target = folder / "out.zip"
        target.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, __file__, "--child", way, url, str(target)],
            env=os.environ | {"NO_PROXY": "127.0.0.1"},
            stdout=subprocess.PIPE,
            check=True,
        )
        for name, value in json.loads(done.stdout).items():
            found[way][name].append(value)
    return found


def compared(found: dict[str, dict[str, list[float]]]) -> list[Row]:
    """The rows, with ratios to the whole archive."""
    source = random.Random(1)
    rows = []
    for way, figures in found.items():
        for name, runs in figures.items():
            base = found[WHOLE][name]
            if not any(base):
                continue
            drawn = sorted(
                statistics.median(source.choices(runs, k=len(runs)))
                / statistics.median(source.choices(base, k=len(base)))
                for _ in range(1000)
            )
            ratio = statistics.median(runs) / statistics.median(base)
            rows.append(Row(way, name, statistics.median(runs), ratio, drawn[25], drawn[974], runs))
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--full", action="store_true", help="what docs/benchmarks.md shows")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--folder", type=Path, help="where to write (default: temporary)")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    sizes = dict(FULL) if options.full else {**FULL, "uploads": 20, "kilobytes": 100, "runs": 2}
    runs = sizes.pop("runs")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        archive = make_archive(folder / "archive.zip", **sizes)
        with served(archive) as url:
            rows = compared(measure(url, folder, runs))
    for row in rows:
        interval = f"({row.low:.4f}-{row.high:.4f})"
        print(f"{row.way:<20}{row.name:<10}{row.median:15,.2f}{row.ratio:9.4f} {interval}")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
