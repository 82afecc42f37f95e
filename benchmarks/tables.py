"""Archives to Parquet: this project beside the documented recipe and hand-made readers.

    python benchmarks/tables.py [--submissions 100000] [--runs 5] [--plot docs/images/tables]

Prints a Markdown table. Every run is a process of its own, imports included; the ways are in one
shuffled order. pyarrow's way is the fastest known that does no checks: it reads with a schema from
collection.json, and unnests one kind of question after the other.
"""

import argparse
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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

RECIPE = """
import io, sys, zipfile
import pandas as pd
archive = zipfile.ZipFile(sys.argv[1])
(name,) = [name for name in archive.namelist() if name.endswith("responses.jsonl")]
df = pd.read_json(io.BytesIO(archive.read(name)), lines=True)
rows = []
for record in df.itertuples():
    for id_, response in record.responses.items():
        row = dict(submission_id=record.submission_id, participant_id=record.participant_id,
                   created_at=record.created_at, instruction_id=id_, type=response["type"],
                   description=response["description"])
        match response["type"]:
            case "free_text" | "free_text_with_unit":
                rows.append(row | dict(value=response["value"], unit=response.get("unit")))
            case "multiple_choice":
                rows += [row | dict(value=value) for value in response["values"]]
            case "multiple_choice_with_free_text":
                rows += [row | value for value in response["values"]]
            case "file_upload":
                rows += [row | file for file in response["files"]]
pd.DataFrame(rows).to_parquet(sys.argv[2])
"""

OURS = """
import sys
from prolific_exports import ExportArchive
ExportArchive.open(sys.argv[1]).to_parquet(sys.argv[2])
"""

PYARROW = """
import json, sys, zipfile
import pyarrow as pa, pyarrow.compute as pc, pyarrow.json as pj, pyarrow.parquet as pq
archive = zipfile.ZipFile(sys.argv[1])
names = archive.namelist()
told = json.loads(archive.read(next(n for n in names if n.endswith("collection.json"))))
S = pa.string()
FIELDS = {"free_text": [("value", S)], "free_text_with_unit": [("value", S), ("unit", S)],
    "multiple_choice": [("values", pa.list_(S))],
    "multiple_choice_with_free_text": [("values",
        pa.list_(pa.struct([("option", S), ("explanation", S)])))],
    "file_upload": [("files", pa.list_(pa.struct([("name", S), ("path", S)])))]}
asked = [(one["id"], one["type"]) for one in told["instructions"]]
answers = [(i, pa.struct([("type", S), ("description", S), *FIELDS[t]])) for i, t in asked]
ids = ["submission_id", "participant_id", "collection_id", "created_at"]
schema = pa.schema([*((name, S) for name in ids), ("responses", pa.struct(answers))])
columns = [*ids, "instruction_id", "type", "description", "value", "unit", "option", "explanation",
           "name", "path"]
out = pa.schema([(name, S) for name in columns])
stream = archive.open(next(n for n in names if n.endswith("responses.jsonl")))
reader = pj.open_json(stream, pj.ReadOptions(block_size=8 << 20),
    pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"))
with pq.ParquetWriter(sys.argv[2], out) as writer:
    for batch in reader:
        for (id_, kind), answer in zip(asked, batch["responses"].flatten()):
            have = {"type": answer.field("type"), "description": answer.field("description")}
            rows = pc.indices_nonzero(answer.is_valid())
            values = answer.field(answer.type.num_fields - 1)
            if pa.types.is_list(values.type):
                rows, values = pc.list_parent_indices(values), values.flatten()
                have = {name: column.take(rows) for name, column in have.items()}
                have |= ({"value": values} if values.type == S else
                         dict(zip([f.name for f in values.type], values.flatten())))
            else:
                have |= {name: answer.field(name) for name, _ in FIELDS[kind]}
                have = {name: column.take(rows) for name, column in have.items()}
            have |= {name: batch[name].take(rows) for name in ids}
            have["instruction_id"] = pa.repeat(id_, len(rows))
            writer.write_table(pa.table(
                [have.get(name, pa.nulls(len(rows), S)) for name in columns], schema=out))
"""

WAYS: Mapping[str, str] = {
    "recipe": RECIPE,
    "pyarrow, no checks": PYARROW,
    "prolific-exports": OURS,
}


def write_archive(path: Path, submissions: int) -> int:
    """Write an archive of eight questions, about 2 KB a submission; give its records' bytes."""
    draw = random.Random(submissions)
    words = [
        "".join(draw.choices("abcdefghijklmnopqrst", k=draw.randint(2, 9))) for _ in range(4000)
    ]
    texts = [" ".join(draw.choices(words, k=draw.randint(5, 35))) for _ in range(5000)]
    ids = [str(uuid.UUID(int=draw.getrandbits(128))) for _ in KINDS]

    def answer(number: int, submission: str) -> dict[str, Any]:
        kind = KINDS[number]
        heading = {"type": kind, "description": f"Question {number} about one thing or another"}
        if kind == "free_text":
            return heading | {"value": draw.choice(texts)}
        if kind == "free_text_with_unit":
            return heading | {"value": str(draw.randint(1, 99)), "unit": "minutes"}
        if kind == "multiple_choice":
            return heading | {"values": draw.sample(words[:6], draw.randint(1, 3))}
        if kind == "file_upload":
            place = f"files/{submission}_{ids[number]}_0.jpg"
            return heading | {"files": [{"name": "photo.jpg", "path": place}]}
        chosen = draw.sample(words[:4], draw.randint(1, 2))
        return heading | {
            "values": [{"option": one, "explanation": draw.choice(texts)} for one in chosen]
        }

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{ROOT}/responses.jsonl", "w", force_zip64=True) as member:
            for number in range(submissions):
                id_ = f"{draw.getrandbits(96):024x}"
                record = {
                    "submission_id": id_,
                    "participant_id": f"{draw.getrandbits(96):024x}",
                    "collection_id": "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b",
                    "created_at": f"2026-03-19T10:{number // 60 % 60:02}:{number % 60:02}Z",
                    "responses": {one: answer(n, id_) for n, one in enumerate(ids)},
                }
                member.write(json.dumps(record).encode() + b"\n")
        told = [
            {"id": ids[n], "type": kind, "description": f"Question {n} about one thing or another"}
            for n, kind in enumerate(KINDS)
        ]
        archive.writestr(f"{ROOT}/collection.json", json.dumps({"instructions": told}))
        return archive.getinfo(f"{ROOT}/responses.jsonl").file_size


def measure(script: str, archive: Path, out: Path) -> tuple[float, float, float]:
    """Seconds, seconds of processor and peak MiB of one run."""
    out.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, "-c", script, str(archive), str(out)])
    began = time.perf_counter()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        sys.exit("A way failed.")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


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
    axes.set_xscale("log")
    axes.set_title(title)
    place.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(place.with_suffix(".png"), dpi=110)
    figure.savefig(place.with_suffix(".svg"), metadata={"Date": None})
    # What matplotlib leaves at the ends of lines.
    lines = place.with_suffix(".svg").read_text("utf-8").splitlines()
    place.with_suffix(".svg").write_text("\n".join(map(str.rstrip, lines)) + "\n", "utf-8")


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", action="append", choices=list(WAYS), help="leave the others out")
    parser.add_argument("--plot", type=Path, help="where to draw, without a suffix")
    arguments = parser.parse_args()
    ways = arguments.only or list(WAYS)
    with tempfile.TemporaryDirectory() as folder:
        archive, out = Path(folder, "export.zip"), Path(folder, "out.parquet")
        size = write_archive(archive, arguments.submissions)
        order = ways * arguments.runs
        random.Random(time.time()).shuffle(order)
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        busy: dict[str, list[float]] = {way: [] for way in ways}
        memory: dict[str, list[float]] = {way: [] for way in ways}
        for way in order:
            took, worked, peak = measure(WAYS[way], archive, out)
            seconds[way].append(took)
            busy[way].append(worked)
            memory[way].append(peak)
    title = f"{arguments.submissions:,} submissions, {size / 1e6:.0f} MB, n = {arguments.runs}"
    print(f"{title}\n\n| way | seconds | to the first | processor, to the first | peak MiB |")
    print("| --- | --- | --- | --- | --- |")
    ratios = {way: interval(seconds[way], seconds[ways[0]]) for way in ways}
    for way in ways:
        middle, low, high = ratios[way]
        effort = statistics.median(busy[way]) / statistics.median(busy[ways[0]])
        print(
            f"| {way} | {statistics.median(seconds[way]):.2f} | {middle:.3f} ({low:.3f} to "
            f"{high:.3f}) | {effort:.3f} | {statistics.median(memory[way]):.0f} |"
        )
    if arguments.plot:
        plot(ratios, title, arguments.plot)


if __name__ == "__main__":
    main()
