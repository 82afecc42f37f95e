"""The page of the data in Chromium: how long it takes to make, to open and to filter.

    python benchmarks/page.py                                     # small: does it work?
    python benchmarks/page.py --submissions 10000 --runs 9        # what docs/benchmarks.md shows
    python benchmarks/page.py --submissions 100000 --runs 3       # a sample of 20,000

Prints a Markdown table of medians. Opening is the time from the start of the navigation until the
page is ready. A filter is the time of a click with everything that it changes and the layout after
it. Needs playwright and Chromium.
"""

import argparse
import json
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from prolific_exports import ExportArchive

ROOT = "collection-export-benchmark-20260319T103000"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = tuple(f"Option {letter}" for letter in "ABCDEFGH")
KINDS = (
    *("multiple_choice",) * 5,
    *("free_text",) * 3,
    *("free_text_with_unit",) * 2,
    "multiple_choice_with_free_text",
    "star_rating",
)
QUESTIONS = [
    {"id": f"q-{number}", "type": kind, "description": f"Question {number} about one thing"}
    for number, kind in enumerate(KINDS, 1)
]
FILTERS = {
    "one bar": "document.querySelector('#q1-card .bar')",
    "a bar of another card": "document.querySelector('#q2-card .bar:nth-child(3)')",
    "a column of a histogram": "document.querySelector('#q9-card .column:nth-child(4)')",
    "a period": "document.querySelector('.period .column:nth-child(3)')",
    "remove all filters": "document.querySelector('#chips li:last-child button')",
    "sort by a text": "document.querySelector('thead th:nth-child(9) button')",
}
PARTICIPANT = "document.querySelector('tbody button.link')"
SEARCH = """() => {
  const input = document.getElementById("search");
  input.value = WORDS;
  const began = performance.now();
  input.dispatchEvent(new Event("input"));
  document.body.offsetHeight;
  return performance.now() - began;
}"""
CLICK = """() => {
  const button = BUTTON;
  const began = performance.now();
  button.click();
  document.body.offsetHeight;
  return performance.now() - began;
}"""
READY = "() => performance.getEntriesByName('ready')[0].startTime"


def answer(kind: str, draw: random.Random, words: list[str]) -> dict[str, Any]:
    """The content of an answer."""
    text = " ".join(draw.choices(words, k=draw.randint(5, 35)))
    match kind:
        case "multiple_choice":
            return {"values": draw.sample(OPTIONS, draw.choice((1, 1, 2)))}
        case "free_text":
            return {"value": text}
        case "free_text_with_unit":
            return {"value": str(round(draw.lognormvariate(3, 0.6))), "unit": "minutes"}
        case "star_rating":
            return {"value": str(draw.randint(1, 5))}
        case _:
            return {"values": [{"option": draw.choice(OPTIONS), "explanation": text}]}


def records(submissions: int) -> Iterator[dict[str, Any]]:
    """Submissions of twelve questions, about 2 kB each; one answer in ten is missing."""
    draw = random.Random(submissions)
    words = ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(2, 9))) for _ in range(4000)]
    for number in range(submissions):
        day, minute = divmod(number * 20160 // submissions, 1440)
        yield {
            "submission_id": f"{draw.getrandbits(96):024x}",
            "participant_id": f"{draw.randrange(submissions):024x}",
            "created_at": f"2026-03-{day + 1:02}T{minute // 60:02}:{minute % 60:02}:00Z",
            "responses": {
                one["id"]: {
                    "type": one["type"],
                    "description": one["description"],
                    **answer(one["type"], draw, words),
                }
                for one in QUESTIONS
                if draw.random() < 0.9
            },
        }


def write_archive(path: Path, submissions: int) -> None:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{ROOT}/responses.jsonl", "w", force_zip64=True) as member:
            for record in records(submissions):
                member.write(json.dumps(record).encode() + b"\n")
        archive.writestr(f"{ROOT}/collection.json", json.dumps({"instructions": QUESTIONS}))


def measure(browser: Browser, page_file: Path) -> dict[str, float]:
    """Open a page and filter it; milliseconds of each step."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    found = {"open": float(page.evaluate(READY))}
    for name, button in FILTERS.items():
        found[name] = page.evaluate(CLICK.replace("BUTTON", button))
    for name, words in (("first search", "ab"), ("another search", "abc de")):
        found[name] = page.evaluate(SEARCH.replace("WORDS", json.dumps(words)))
    page.evaluate(SEARCH.replace("WORDS", '""'))
    found["a participant"] = page.evaluate(CLICK.replace("BUTTON", PARTICIPANT))
    context.close()
    return found


def main() -> None:
    """Make a page, open it several times, and print the medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--submissions", type=int, default=500)
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args()
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit(f"No browser is installed: {', '.join(BROWSERS)}.")
    with tempfile.TemporaryDirectory() as folder:
        archive, page_file = Path(folder, "data.zip"), Path(folder, "data.html")
        write_archive(archive, arguments.submissions)
        began = time.perf_counter()
        summary = ExportArchive.open(archive).to_html(page_file)
        seconds = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = page_file.stat().st_size / 1e6
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            runs = [measure(browser, page_file) for _ in range(arguments.runs)]
            version = browser.version
            browser.close()
    print(
        f"{summary.shown:,} of {summary.submissions:,} submissions, {size:.1f} MB, made in "
        f"{seconds:.1f} s with {memory:.0f} MiB; Chromium {version}, runs: {arguments.runs}\n"
    )
    print("| step | median | slowest |\n| --- | --- | --- |")
    for name in runs[0]:
        times = [run[name] for run in runs]
        print(f"| {name} | {statistics.median(times):.0f} ms | {max(times):.0f} ms |")


if __name__ == "__main__":
    main()
