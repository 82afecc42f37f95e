"""``prolific-contract demo``."""

import argparse
import csv
import io
import os
import shlex
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prolific_contract._errors import ContractToolError

if TYPE_CHECKING:
    from prolific_contract.sandbox import Sandbox

_ROWS = 8
# Some of the columns, and how many of their characters fit a narrow terminal.
_COLUMNS = {"participant_id": 14, "description": 23, "value": 21, "unit": 7}


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "demo",
        help="download an export from an embedded sandbox, without an account",
        description="Start a sandbox of Prolific's API, then run the commands that you would type: "
        "download a collection, show its answers, and write them to a table. Nothing leaves this "
        "machine.",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        default=Path("demo-output"),
        help="folder for the archive and the table; replaces earlier ones (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Download a collection from a sandbox and show its answers."""
    from prolific_contract._paths import refuse_stdout
    from prolific_contract.sandbox import Sandbox, SandboxSettings

    # The answers contain several scripts, which the terminal's encoding may lack.
    if isinstance(sys.__stdout__, io.TextIOWrapper):
        sys.__stdout__.reconfigure(errors="backslashreplace")
    folder: Path = arguments.output
    refuse_stdout(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ContractToolError(f"can't create {folder}: {error.strerror or error}") from None
    archive, table = str(folder / "collection.zip"), folder / "responses.csv"
    with Sandbox(SandboxSettings(generation_seconds=2)) as sandbox:
        print(f"The sandbox stands in for Prolific's API at {sandbox.url}.")
        for command in (
            ["download", "collection", sandbox.collection_id, "-o", archive, "--overwrite"],
            ["show", archive],
            ["table", archive, str(table), "--overwrite"],
        ):
            code = _run(sandbox, command)
            if code:
                return code
    print()
    _show_rows(table)
    print(f"\nVerified archive: {archive}\nWhole table: {table}")
    return 0


def _run(sandbox: "Sandbox", arguments: list[str]) -> int:
    """Show a command and run it; return its exit code."""
    print(f"\n$ prolific-exports {shlex.join(arguments)}")
    sys.stdout.flush()
    environment = os.environ | {"PROLIFIC_URL": sandbox.url, "PROLIFIC_TOKEN": sandbox.token}
    command = [sys.executable, "-m", "prolific_exports", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def _show_rows(path: Path) -> None:
    """Print the first rows of a table, one line each."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, title=f"The first rows of {path} (some columns)")
    for column, width in _COLUMNS.items():
        drawn.add_column(column, no_wrap=True, width=width)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in islice(csv.DictReader(file), _ROWS):
            drawn.add_row(*(Text(" ".join(row[column].split())) for column in _COLUMNS))
    Console().print(drawn)
