"""Uses an installed wheel: ``python -I smoke.py [EXTRA]`` in an empty folder.

It imports nothing of the checkout. Each extra is used for what it is for; an extra without an
entry here is an error.
"""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from prolific_exports import ExportArchive

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
    "responses": {"i1": {"type": "free_text", "description": "Say something", "value": "Something"}},
}


def sample() -> ExportArchive:
    """An archive with one answer."""
    path = Path("sample.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{_ROOT}responses.jsonl", json.dumps(_SUBMISSION) + "\n")
        archive.writestr(f"{_ROOT}collection.json", json.dumps(_METADATA))
        archive.writestr(f"{_ROOT}README.md", "# Read me\n")
    return ExportArchive.open(path)


def run(*command: str, code: int = 0) -> str:
    """What a command prints.

    Raises:
        RuntimeError: It ended with another code.
    """
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode != code:
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(value: object, expected: object) -> None:
    """Compare.

    Raises:
        RuntimeError: The values differ.
    """
    if value != expected:
        raise RuntimeError(f"{value!r} instead of {expected!r}")


def without_extras() -> None:
    """Commands, archives and CSV."""
    for command in ("prolific-exports", "prolific-contract"):
        expect(run(command, "--version").split()[0], command)
    sample()
    expect("Say something" in run("prolific-exports", "show", "sample.zip"), True)
    run("prolific-exports", "table", "sample.zip", "answers.csv")
    expect("Something" in Path("answers.csv").read_text("utf-8"), True)
    run("prolific-exports", "whoami", code=2)  # no token


def written(name: str) -> Callable[[], None]:
    """Write a table in the format of a file name."""

    def write() -> None:
        sample()
        run("prolific-exports", "table", "sample.zip", name, "--shape", "tidy")
        expect(Path(name).stat().st_size > 0, True)

    return write


def contract() -> None:
    """The gate, against its own sandbox."""
    expect("status" in run("prolific-contract", "laws"), True)
    run("prolific-contract", "demo")


def fuzz() -> None:
    """Requests made up from the contract."""
    import schemathesis  # noqa: F401, PLC0415 - the extra

    expect("full" in run("prolific-contract", "check", "--help"), True)


def keyring() -> None:
    """The store of the system, which may be missing here."""
    import keyring as store  # noqa: PLC0415 - the extra

    expect(callable(store.get_password), True)
    run("prolific-exports", "whoami", code=2)


def media() -> None:
    """Pictures."""
    import PIL  # noqa: F401, PLC0415 - the extra


def fast() -> None:
    """Faster checksums."""
    import isal  # noqa: F401, PLC0415 - the extra

    sample()
    run("prolific-exports", "extract", "sample.zip", "extracted")


def mcp() -> None:
    """A server that ends with its input."""
    Path("data").mkdir()
    run("prolific-exports", "mcp", "--help")


def completion() -> None:
    """A script for a shell."""
    expect("prolific" in run("prolific-exports", "completion", "bash"), True)


def everything() -> None:
    """Each of the others."""
    for name, check in CHECKS.items():
        if name != "all":
            check()


CHECKS: Mapping[str, Callable[[], None]] = {
    "": without_extras,
    "sandbox": lambda: expect("sandbox" in run("prolific-contract", "demo"), True),
    "contract": contract,
    "fuzz": fuzz,
    "fast": fast,
    "tables": written("t.parquet"),
    "pandas": lambda: expect(len(sample().to_pandas(shape="tidy")), 1),
    "polars": lambda: expect(len(sample().to_polars(shape="tidy")), 1),
    "duckdb": lambda: expect(len(sample().to_duckdb().fetchall()), 1),
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
