"""Uses an installed wheel: ``python -I smoke.py [EXTRA]`` in an empty folder.

It imports nothing of the checkout. Each extra is used for what it is for; an extra without an
entry here is an error.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sized
from pathlib import Path

from prolific_exports import ExportArchive, Sync

_ROOT = "collection-export-col1-20260319T103000/"
_METADATA = {
    "collection_id": "col1",
    "name": "A collection",
    "exported_at": "2026-03-20T10:30:00Z",
    "instructions": [{"id": "i1", "type": "free_text", "description": "Say something"}],
}
_SUBMISSION = {
    "submission_id": "sub1",
    "participant_id": "part1",
    "collection_id": "col1",
    "created_at": "2026-03-19T10:30:00Z",
    "responses": {
        "i1": {"type": "free_text", "description": "Say something", "value": "Something"}
    },
}


def sample() -> ExportArchive:
    """An archive with one answer."""
    path = Path("sample.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{_ROOT}responses.jsonl", json.dumps(_SUBMISSION) + "\n")
        archive.writestr(f"{_ROOT}collection.json", json.dumps(_METADATA))
        archive.writestr(f"{_ROOT}README.md", "# Read me\n")
    return ExportArchive.open(path)


def run(*command: str, code: int = 0, **variables: str) -> str:
    """What a command prints, in an environment with these variables added.

    Raises:
        RuntimeError: It ended with another code.
    """
    done = subprocess.run(
        command,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != code:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(holds: bool, what: str) -> None:
    """Check a result; ``assert`` would disappear with ``python -O``.

    Raises:
        RuntimeError: It does not hold.
    """
    if not holds:
        raise RuntimeError(f"failed: {what}")


def expect_output(text: str, *command: str) -> None:
    """Run a command, and check that it prints a text."""
    expect(text in run(*command), f"{command} prints {text!r}")


def without_extras() -> None:
    """Commands, archives and CSV."""
    for command in ("prolific-exports", "prolific-contract"):
        expect_output(command, command, "--version")
    sample()
    expect_output("Say something", "prolific-exports", "show", "sample.zip")
    run("prolific-exports", "table", "sample.zip", "answers.csv")
    expect("Something" in Path("answers.csv").read_text("utf-8"), "a table has the answer")
    run("prolific-exports", "whoami", code=2)  # no token


def written(name: str) -> Callable[[], None]:
    """Write a table in the format of a file name."""

    def write() -> None:
        sample()
        run("prolific-exports", "table", "sample.zip", name, "--shape", "tidy")
        expect(Path(name).stat().st_size > 0, f"{name} has content")

    return write


def one_row(table: Sized) -> None:
    """Check that the sample's table has its row."""
    expect(len(table) == 1, "the table has one row")


def contract() -> None:
    """The gate, against its own sandbox."""
    expect_output("status", "prolific-contract", "laws")
    run("prolific-contract", "demo")


def fuzz() -> None:
    """Requests made up from the contract."""
    import schemathesis  # noqa: F401, PLC0415 - the extra

    expect_output("full", "prolific-contract", "check", "--help")


def keyring() -> None:
    """The store of the system, which may be missing here."""
    import keyring as store  # noqa: PLC0415 - the extra

    expect(callable(store.get_password), "the library has a password store")
    run("prolific-exports", "whoami", code=2)


def media() -> None:
    """A page with pictures."""
    import PIL  # noqa: F401, PLC0415 - the extra

    sample()
    run("prolific-exports", "show", "sample.zip", "--html", "page.html")
    expect("Something" in Path("page.html").read_text("utf-8"), "the page has the answer")


def sync() -> None:
    """A dataset of Delta tables."""
    import deltalake  # noqa: F401, PLC0415 - the extra

    Sync("dataset", token="a-token")


def fast() -> None:
    """Faster checksums."""
    import isal  # noqa: F401, PLC0415 - the extra

    sample()
    run("prolific-exports", "extract", "sample.zip", "extracted")


def mcp() -> None:
    """A server that ends with its input."""
    run("prolific-exports", "mcp", "data", PROLIFIC_TOKEN="a-token")


def completion() -> None:
    """A script for a shell."""
    expect_output("prolific", "prolific-exports", "completion", "bash")


def everything() -> None:
    """Each of the others."""
    for name, check in CHECKS.items():
        if name not in ("", "all"):
            check()


CHECKS: Mapping[str, Callable[[], None]] = {
    "": without_extras,
    "sandbox": lambda: expect_output("sandbox", "prolific-contract", "demo"),
    "contract": contract,
    "fuzz": fuzz,
    "fast": fast,
    "tables": written("t.parquet"),
    "pandas": lambda: one_row(sample().to_pandas(shape="tidy")),
    "polars": lambda: one_row(sample().to_polars(shape="tidy")),
    "duckdb": lambda: one_row(sample().to_duckdb().fetchall()),
    "sync": sync,
    "excel": written("t.xlsx"),
    "stats": written("t.sav"),
    "media": media,
    "keyring": keyring,
    "mcp": mcp,
    "completion": completion,
    "all": everything,
}


if __name__ == "__main__":
    CHECKS[""]()
    if sys.argv[1:] and sys.argv[1]:
        CHECKS[sys.argv[1]]()
