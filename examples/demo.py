"""The main job end to end, over real HTTP, without an account: what `make demo` runs.

An embedded server stands in for Prolific. The commands are those that a researcher
would type; only PROLIFIC_URL and PROLIFIC_TOKEN point somewhere else.
"""

import csv
import io
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

from prolific_contract.sandbox import Sandbox, SandboxSettings
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

OUTPUT = Path("demo-output")
ROWS = 8
# Some of the columns, and how many characters of them fit a narrow terminal.
COLUMNS = {"participant_id": 14, "description": 23, "value": 21, "unit": 7}


def run(sandbox: Sandbox, *arguments: str) -> None:
    """Show a command and run it."""
    print(f"\n$ prolific-exports {' '.join(arguments)}", flush=True)
    environment = os.environ | {"PROLIFIC_URL": sandbox.url, "PROLIFIC_TOKEN": sandbox.token}
    subprocess.run(
        [sys.executable, "-m", "prolific_exports", *arguments], env=environment, check=True
    )


def show_rows(path: Path) -> None:
    """Draw the first rows of a table, a line each."""
    drawn = Table(box=SIMPLE_HEAD, title=f"The first rows of {path}, some of the columns")
    for column, width in COLUMNS.items():
        drawn.add_column(column, no_wrap=True, width=width)
    with path.open(encoding="utf-8", newline="") as file:
        for row in islice(csv.DictReader(file), ROWS):
            drawn.add_row(*(Text(" ".join(row[column].split())) for column in COLUMNS))
    Console().print(drawn)


def main() -> int:
    """Download a collection and look at it."""
    # The answers are in several scripts, whatever the terminal has.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    OUTPUT.mkdir(exist_ok=True)
    archive = str(OUTPUT / "collection.zip")
    responses = OUTPUT / "responses.csv"
    try:
        with Sandbox(SandboxSettings(generation_seconds=2)) as sandbox:
            print(f"A stand-in for Prolific's API serves on {sandbox.url}.")
            run(
                sandbox,
                "download",
                "collection",
                sandbox.collection_id,
                "-o",
                archive,
                "--overwrite",
            )
            run(sandbox, "show", archive)
            run(sandbox, "table", archive, str(responses), "--overwrite")
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    print()
    show_rows(responses)
    print(f"\nThe verified archive is {archive}, the whole table {responses}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
