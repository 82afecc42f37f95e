"""Archives to Parquet: this project beside the documented recipe and hand-made readers.

    python benchmarks/tables.py                      # small, a minute: does it work?
    python benchmarks/tables.py --submissions 100000 --runs 5 --plot docs/images/tables-100000
    python benchmarks/tables.py --tidy --submissions 100000     # the tidy shape and pandas by hand
    python benchmarks/tables.py --all                # everything that docs/benchmarks.md shows

Prints Markdown tables. Every run is a process of its own, imports included; the ways are in one
shuffled order. The hand-made readers do the same work without any checks: JSON Lines out of the
ZIP, a row for each value, Parquet. pyarrow and polars read with a schema from collection.json,
DuckDB reads the answers as a map. One way only reads: nothing with pyarrow's reader is faster.
"""

import argparse
import importlib.metadata
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = "collection-export-benchmark-20260319T103000"
KINDS = (
    "free_text",
    "free_text",
    "free_text",
    "free_text_with_unit",
    "multiple_choice",
    "multiple_choice",
    "multiple_choice_with_free_text",
    "file_upload",
)

RECIPE_WAY, OUR_WAY = "recipe", "prolific-exports"
WAYS: Mapping[str, str] = {
    RECIPE_WAY: "recipe.py",
    "pyarrow, no checks": "with_pyarrow.py",
    "polars, no checks": "with_polars.py",
    "duckdb, no checks": "with_duckdb.py",
    OUR_WAY: "ours.py",
    f"{OUR_WAY} table": "command.py",
    "pyarrow, reading only": "reading_only.py",
}
"""By their names, the scripts in benchmarks/readers: each takes an archive and where to write."""
NO_TABLES = {f"{OUR_WAY} table", "pyarrow, reading only"}
"""The same table as another way's, or none."""
TIDY_WAYS: Mapping[str, str] = {
    "pandas by hand": "tidy_by_hand.py",
    f"{OUR_WAY}, tidy": "tidy_ours.py",
}
"""The same for the tidy shape as a pandas frame, written to Parquet."""
READERS = Path(__file__).with_name("readers")
LIBRARIES = ("pyarrow", "pandas", "polars", "duckdb")

COMMAND = str(Path(sys.executable).with_name("prolific-exports"))
START = {
    "python -c pass": ["-c", "pass"],
    "import prolific_exports": ["-c", "import prolific_exports"],
    "prolific-exports --version": [COMMAND, "--version"],
    "prolific-exports --help": [COMMAND, "--help"],
}


class Maker:
    """Draws submissions of eight questions, about 2 KB each."""

    def __init__(self, seed: int) -> None:
        draw = self._draw = random.Random(seed)
        self._words = [
            "".join(draw.choices("abcdefghijklmnopqrst", k=draw.randint(2, 9))) for _ in range(4000)
        ]
        self._texts = [
            " ".join(draw.choices(self._words, k=draw.randint(5, 35))) for _ in range(5000)
        ]
        self.ids = [str(uuid.UUID(int=draw.getrandbits(128))) for _ in KINDS]

    def described(self) -> str:
        """collection.json."""
        instructions = [
            {"id": self.ids[n], "type": kind, "description": self._question(n)}
            for n, kind in enumerate(KINDS)
        ]
        return json.dumps({"instructions": instructions})

    def record(self, number: int) -> dict[str, Any]:
        """A submission."""
        draw = self._draw
        id_ = f"{draw.getrandbits(96):024x}"
        return {
            "submission_id": id_,
            "participant_id": f"{draw.getrandbits(96):024x}",
            "collection_id": "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b",
            "created_at": f"2026-03-19T10:{number // 60 % 60:02}:{number % 60:02}Z",
            "responses": {one: self._answer(n, id_) for n, one in enumerate(self.ids)},
        }

    def _question(self, number: int) -> str:
        return f"Question {number} about one thing or another"

    def _answer(self, number: int, submission: str) -> dict[str, Any]:
        draw, kind = self._draw, KINDS[number]
        heading = {"type": kind, "description": self._question(number)}
        if kind == "free_text":
            return heading | {"value": draw.choice(self._texts)}
        if kind == "free_text_with_unit":
            return heading | {"value": str(draw.randint(1, 99)), "unit": "minutes"}
        if kind == "multiple_choice":
            return heading | {"values": draw.sample(self._words[:6], draw.randint(1, 3))}
        if kind == "file_upload":
            place = f"files/{submission}_{self.ids[number]}_0.jpg"
            return heading | {"files": [{"name": "photo.jpg", "path": place}]}
        chosen = draw.sample(self._words[:4], draw.randint(1, 2))
        return heading | {
            "values": [{"option": one, "explanation": draw.choice(self._texts)} for one in chosen]
        }


def write_archive(path: Path, submissions: int) -> int:
    """Write an archive of that many submissions; give its records' bytes."""
    maker = Maker(submissions)
    lines = (json.dumps(maker.record(n)).encode() + b"\n" for n in range(submissions))
    return write_lines(path, maker, lines)


def write_lines(path: Path, maker: Maker, lines: Iterable[bytes]) -> int:
    """Write an archive of these lines; give their bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{ROOT}/responses.jsonl", "w", force_zip64=True) as member:
            for line in lines:
                member.write(line)
        archive.writestr(f"{ROOT}/collection.json", maker.described())
        return archive.getinfo(f"{ROOT}/responses.jsonl").file_size


class Run(NamedTuple):
    """What a process took."""

    seconds: float
    processor: float
    memory: float


def measure(arguments: Sequence[str], *, check: bool = True) -> Run | None:
    """Run Python with these arguments: seconds, seconds of processor and peak MiB."""
    quiet = subprocess.DEVNULL
    # Installed packages have bytecode; a checkout may be configured not to write any.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=quiet,
        stderr=None if check else quiet,
        env=environment,
    )
    began = time.perf_counter()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    # Popen is not to wait for what is gone.
    process.returncode = os.waitstatus_to_exitcode(status)
    if status and check:
        sys.exit("A way failed.")
    took = Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
    return None if status else took


def in_turns(
    ways: Mapping[str, Sequence[str]], runs: int, out: Path | None = None
) -> dict[str, list[Run]]:
    """Run each way so many times, in one shuffled order."""
    order = [*ways] * runs
    random.Random(time.time()).shuffle(order)
    results: dict[str, list[Run]] = {way: [] for way in ways}
    for way in order:
        if out:
            out.unlink(missing_ok=True)
        took = measure(ways[way])
        assert took is not None
        results[way].append(took)
    return results


def interval(ours: Sequence[float], base: Sequence[float]) -> tuple[float, float, float]:
    """The ratio of the medians and its 95 % interval, by resampling."""
    draw = random.Random(1)

    def resampled(values: Sequence[float]) -> float:
        return statistics.median(draw.choices(values, k=len(values)))

    ratios = sorted(resampled(ours) / resampled(base) for _ in range(2000))
    return statistics.median(ours) / statistics.median(base), ratios[50], ratios[-51]


def plot(rows: Mapping[str, tuple[float, float, float]], title: str, place: Path) -> None:
    """Draw the ratios as PNG and SVG."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 1 + 0.5 * len(rows)), layout="constrained")
    middle = [ratio for ratio, _, _ in rows.values()]
    spread = [[r - low for r, low, _ in rows.values()], [high - r for r, _, high in rows.values()]]
    axes.barh(list(rows), middle, xerr=spread, color="#4477aa", capsize=3)
    axes.set_xlabel("wall time, recipe = 1")
    axes.set_xlim(left=0)
    axes.invert_yaxis()
    axes.set_title(title)
    place.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(place.with_suffix(".png"), dpi=110)
    figure.savefig(place.with_suffix(".svg"), metadata={"Date": None})
    # What matplotlib leaves at the ends of lines.
    lines = place.with_suffix(".svg").read_text("utf-8").splitlines()
    place.with_suffix(".svg").write_text("\n".join(map(str.rstrip, lines)) + "\n", "utf-8")


def middle(runs: Sequence[Run], of: str) -> float:
    """The median of one of a run's figures."""
    return float(statistics.median(getattr(run, of) for run in runs))


def report(title: str, results: Mapping[str, Sequence[Run]], place: Path | None = None) -> None:
    """Print figures beside those of the first way, and draw them."""
    first = next(iter(results.values()))
    print(f"\n{title}\n")
    print("| way | seconds | ratio (95 %) | processor s | ratio | peak MiB | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    ratios = {}
    for way, runs in results.items():
        pair = ([run.seconds for run in runs], [run.seconds for run in first])
        ratios[way] = ratio, low, high = interval(*pair)
        busy, peak = middle(runs, "processor"), middle(runs, "memory")
        print(
            f"| {way} | {middle(runs, 'seconds'):.3g} | {ratio:.3f} ({low:.3f} to {high:.3f}) | "
            f"{busy:.3g} | {busy / middle(first, 'processor'):.3f} | {peak:.0f} | "
            f"{peak / middle(first, 'memory'):.2f} |"
        )
    if place:
        plot(ratios, title, place)


def compare(submissions: int, runs: int, ways: Sequence[str], place: Path | None) -> None:
    """Set ways beside each other on an archive of that many submissions."""
    with tempfile.TemporaryDirectory() as folder:
        archive, out = Path(folder, "export.zip"), Path(folder, "out.parquet")
        size = write_archive(archive, submissions)
        scripts = {**WAYS, **TIDY_WAYS}
        commands = {way: [str(READERS / scripts[way]), str(archive), str(out)] for way in ways}
        results = in_turns(commands, runs, out)
    report(f"{submissions:,} submissions, {size / 1e6:.0f} MB, n = {runs}", results, place)


def start_up(runs: int) -> None:
    """Set the command's start beside Python's."""
    results = in_turns(START, runs)
    report(f"Start, n = {runs}", results)


def odd_records(ids: Sequence[str]) -> Mapping[str, tuple[Any, Callable[[list[Any]], bool]]]:
    """Odd answers, each with how to tell from the rows of its submission that nothing is lost."""
    text, choice = ids[0], ids[4]
    free = {"type": "free_text", "description": "Question 0 about one thing or another"}

    def shows(what: str) -> Callable[[list[Any]], bool]:
        return lambda rows: any(what in str(cell) for row in rows for cell in row.values())

    def has_row(id_: str) -> Callable[[list[Any]], bool]:
        return lambda rows: any(row["instruction_id"] == id_ for row in rows)

    return {
        "an instruction that collection.json lacks": (
            {"late": free | {"value": "MARK"}},
            shows("MARK"),
        ),
        "a type that is not documented": (
            {text: {"type": "rating", "description": "", "stars": "MARK"}},
            shows("MARK"),
        ),
        "an additional field": ({text: free | {"value": "v", "note": "MARK"}}, shows("MARK")),
        "a number for a text": (
            {text: free | {"value": 5}},
            lambda rows: shows('"value":5')(rows) or any(row["value"] == 5 for row in rows),
        ),
        "a null for an answer": ({text: None}, has_row(text)),
        "an empty list": (
            {choice: {"type": "multiple_choice", "description": "", "values": []}},
            has_row(choice),
        ),
        "no answers": ({}, bool),
        "a text like a date": (
            {text: free | {"value": "2026-03-19"}},
            lambda rows: any(row["value"] == "2026-03-19" for row in rows),
        ),
        "half a surrogate pair": ({text: free | {"value": "MARK \ud83d"}}, shows("MARK")),
    }


def judge_odd_records(ways: Sequence[str]) -> None:
    """Print what each way makes of a single odd record among 300."""
    import pyarrow.parquet as pq

    maker = Maker(1)
    usual = [json.dumps(maker.record(n)).encode() + b"\n" for n in range(300)]
    print(f"\n| among 300 submissions | {' | '.join(ways)} |")
    print(f"| --- |{' --- |' * len(ways)}")
    with tempfile.TemporaryDirectory() as folder:
        archive, out = Path(folder, "export.zip"), Path(folder, "out.parquet")

        def verdict(way: str, line: bytes, keeps: Callable[[list[Any]], bool]) -> str:
            write_lines(archive, maker, [*usual, line])
            out.unlink(missing_ok=True)
            if measure([str(READERS / WAYS[way]), str(archive), str(out)], check=False) is None:
                return "refused"
            rows = [row for row in pq.read_table(out).to_pylist() if row["submission_id"] == "odd"]
            return "kept" if keeps(rows) else "lost"

        for name, (answers, keeps) in odd_records(maker.ids).items():
            record = maker.record(0) | {"submission_id": "odd", "responses": answers}
            line = json.dumps(record).encode() + b"\n"
            print(f"| {name} | {' | '.join(verdict(way, line, keeps) for way in ways)} |")
        cut = json.dumps(maker.record(0)).encode()[:-200]
        print(
            f"| a last line that is cut off | "
            f"{' | '.join(verdict(way, cut, lambda _: False) for way in ways)} |"
        )


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", action="append", choices=list(WAYS), help="leave the others out")
    parser.add_argument("--plot", type=Path, help="where to draw, without a suffix")
    parser.add_argument("--odd", action="store_true", help="what becomes of odd records, instead")
    parser.add_argument("--start", action="store_true", help="what starting takes, instead")
    parser.add_argument("--tidy", action="store_true", help="the tidy shape, instead")
    parser.add_argument("--all", action="store_true", help="everything; draws into docs/images")
    arguments = parser.parse_args()
    ways = arguments.only or list(WAYS)
    tables = arguments.only or [way for way in ways if way not in NO_TABLES]
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES))
    if arguments.all:
        images = Path(__file__).parents[1] / "docs" / "images"
        compare(1000, 15, ways, images / "tables-1000")
        compare(100_000, 5, ways, images / "tables-100000")
        compare(100_000, 5, [*TIDY_WAYS], images / "tidy-100000")
        # The others need many times as much memory, or minutes.
        compare(1_000_000, 1, [OUR_WAY], None)
    if arguments.all or arguments.start:
        start_up(max(arguments.runs, 25))
    if arguments.tidy:
        compare(arguments.submissions, arguments.runs, [*TIDY_WAYS], arguments.plot)
    elif arguments.all or arguments.odd:
        judge_odd_records(tables)
    elif not arguments.start:
        compare(arguments.submissions, arguments.runs, ways, arguments.plot)


if __name__ == "__main__":
    main()
