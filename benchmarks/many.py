"""Many exports at once beside one: time and requests, against a sandbox in another process.

    python benchmarks/many.py           # small: does it work?
    python benchmarks/many.py --full    # 50 exports that take 20 s each; seven minutes

All exports take the same time to generate. "ready" is the time until the last one is complete,
"seconds" the whole run with transfers, "requests" those to the API for each export. Each run is a
process of its own, and so is its sandbox, which has generated nothing before. The ways run in one
shuffled order. The interval is that of the ratio of medians: 95 %, by resampling.
"""

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
FULL = {"exports": 50, "generation": 20.0, "runs": 7}
FIGURES = ("ready", "seconds", "requests")
ONE = "one export"
MANY = "many at once"


@dataclass
class Row:
    """One figure of one way, beside that of one export.

    Attributes:
        way: What was downloaded.
        name: Which figure.
        median: The median of the runs.
        ratio: Of the median to that of one export.
        low: Lower end of the 95 % interval of the ratio.
        high: Its upper end.
        runs: What each run gave.
    """

    way: str
    name: str
    median: float
    ratio: float
    low: float
    high: float
    runs: list[float]


# In processes of their own


def serve(exports: str, generation: str) -> None:
    """Run a sandbox with this many collections until stdin ends; print its URL and its token."""
    from prolific_contract.sandbox import Sandbox, SandboxResource, SandboxSettings

    settings = SandboxSettings(
        generation_seconds=float(generation),
        resources=tuple(SandboxResource("collection", one) for one in ids(int(exports))),
    )
    with Sandbox(settings) as sandbox:
        print(json.dumps([sandbox.url, sandbox.token]), flush=True)
        sys.stdin.read()


def child(url: str, token: str, folder: str, exports: str) -> None:
    """Download this many collections at once and print the figures."""
    from prolific_exports import Event, Exports, Polled, Requested

    ready, requests = 0.0, 0

    def note(event: Event) -> None:
        nonlocal ready, requests
        if isinstance(event, Requested | Polled):
            requests += 1
            ready = time.perf_counter() - began

    with Exports(token, base_url=url, on_event=note) as client:
        began = time.perf_counter()
        found = ids(int(exports))
        outcomes = list(client.collections.download_many(found, folder))
        seconds = time.perf_counter() - began
    failures = [outcome.error for outcome in outcomes if outcome.error]
    if failures:
        raise failures[0]
    figures = ready, seconds, requests / len(outcomes)
    print(json.dumps(dict(zip(FIGURES, figures, strict=True))))


def ids(count: int) -> list[str]:
    """The ids of the collections."""
    return [f"{number:024x}" for number in range(1, count + 1)]


# In the measuring process


@contextlib.contextmanager
def served(exports: int, generation: float) -> Iterator[tuple[str, str]]:
    """URL and token of a new sandbox, in a process of its own."""
    command = [*script("--serve"), str(exports), str(generation)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url, token = json.loads(process.stdout.readline())
        yield url, token
        process.stdin.close()


def script(role: str) -> list[str]:
    """The command that runs this script in another role."""
    return [sys.executable, str(HERE / "many.py"), role]


def run(exports: int, generation: float) -> dict[str, float]:
    """The figures of one run."""
    with served(exports, generation) as (url, token), tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*script("--child"), url, token, folder, str(exports)],
            env=os.environ | {"NO_PROXY": "127.0.0.1"},
            stdout=subprocess.PIPE,
            check=True,
        )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def ratio(
    ours: Sequence[float], theirs: Sequence[float], source: random.Random
) -> tuple[float, float, float]:
    """The ratio of the medians and its 95 % interval."""
    drawn = sorted(
        statistics.median(source.choices(ours, k=len(ours)))
        / statistics.median(source.choices(theirs, k=len(theirs)))
        for _ in range(1000)
    )
    return statistics.median(ours) / statistics.median(theirs), drawn[25], drawn[974]


def measure(options: argparse.Namespace) -> list[Row]:
    """Run both ways in a shuffled order."""
    source = random.Random(options.seed)
    counts = {ONE: 1, MANY: options.exports}
    runs: dict[str, list[dict[str, float]]] = {way: [] for way in counts}
    order = [way for way in counts for _ in range(options.runs)]
    source.shuffle(order)
    for way in order:
        runs[way].append(run(counts[way], options.generation))
    rows = []
    for way in counts:
        for name in FIGURES:
            ours, theirs = ([figures[name] for figures in runs[one]] for one in (way, ONE))
            found = (1.0, 1.0, 1.0) if way == ONE else ratio(ours, theirs, source)
            rows.append(Row(way, name, statistics.median(ours), *found, ours))
    return rows


def main() -> int:
    """Measure, print a table and write JSON."""
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
        return 0
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--exports", type=int, default=5, help="at once (%(default)s)")
    add("--generation", type=float, default=1.0, help="seconds of each export (%(default)s)")
    add("--runs", type=int, default=1, help="of each way (%(default)s)")
    add("--full", action="store_true", help="as much as is needed to compare, at least")
    add("--seed", type=int, default=1, help="of the order (%(default)s)")
    add("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if options.full:
        for name, least in FULL.items():
            setattr(options, name, max(getattr(options, name), least))
    rows = measure(options)
    for row in rows:
        interval = f"({row.low:.2f}-{row.high:.2f})"
        print(f"{row.way:<16}{row.name:<12}{row.median:9.2f} {row.ratio:7.2f} {interval}")
    if options.json:
        text = json.dumps([asdict(row) for row in rows], indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
