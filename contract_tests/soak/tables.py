"""Rounds of tables and extracted archives whose writers are killed, or run out of disk space.

These statements must hold:

- The destination has no output, the previous output, or the whole new output.
- A process that can't write ends with the exit code for storage errors, and leaves no files.
- A process that is not killed succeeds, and removes the leftovers of killed ones.
"""

import tempfile
import time
from pathlib import Path
from random import Random

from attrs import define, field, frozen
from prolific_contract.sandbox import Sandbox
from prolific_exports import Exports
from prolific_exports._cli._exit_codes import STORAGE

from soak.rounds import LONGEST_RUN, start

_ARCHIVE = "data.zip"
_OUTPUTS = ("out.csv", "out.jsonl", "out.parquet", "folder")
# The most bytes of a file that a process may write. The system's limit stands in for a full disk.
_LIMIT = 20_000


@frozen
class TableRoundResult:
    """What happened in a round.

    Attributes:
        kills: Processes that were killed.
        left: Killed processes that left files.
    """

    kills: int
    left: int


@define
class TableRound:
    """One output of an archive, written by one process after another.

    Attributes:
        random: Decides the output, and when processes are killed.
        archive: The bytes of an archive.
    """

    random: Random
    archive: bytes = field(repr=False)
    _kills: int = field(default=0, init=False)
    _left: int = field(default=0, init=False)

    def play(self) -> TableRoundResult:
        """Play it; an `AssertionError` is a finding."""
        output = self.random.choice(_OUTPUTS)
        with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as other:
            folder = Path(name)
            (folder / _ARCHIVE).write_bytes(self.archive)
            whole = self._whole(Path(other), output)
            for _ in range(self.random.randrange(1, 5)):
                if self.random.random() < 0.3:
                    self._run_out_of_disk(folder, output)
                else:
                    self._kill(folder, output)
                assert content(folder / output) in ({}, whole), "incomplete output"
                if content(folder / output):
                    break
            else:
                self._write(folder, output)
            assert content(folder / output) == whole
            if output != "folder":
                # A process that is killed after the rename leaves files that the next one removes.
                self._write(folder, output)
            assert {path.name for path in folder.iterdir()} == {_ARCHIVE, output}, "leftovers"
        return TableRoundResult(self._kills, self._left)

    def _whole(self, folder: Path, output: str) -> dict[str, bytes]:
        (folder / _ARCHIVE).write_bytes(self.archive)
        self._write(folder, output)
        return content(folder / output)

    def _write(self, folder: Path, output: str) -> None:
        process = start(self._command(folder, output))
        output_text = process.communicate(timeout=LONGEST_RUN)[1]
        assert process.returncode == 0, output_text.decode()

    def _command(self, folder: Path, output: str) -> list[str]:
        paths = [str(folder / _ARCHIVE), str(folder / output)]
        return ["extract", *paths] if output == "folder" else ["table", *paths, "--overwrite"]

    def _run_out_of_disk(self, folder: Path, output: str) -> None:
        process = start(self._command(folder, output), SOAK_LARGEST_FILE=str(_LIMIT))
        output_text = process.communicate(timeout=LONGEST_RUN)[1].decode()
        assert process.returncode == STORAGE, output_text
        assert [path.name for path in folder.iterdir()] == [_ARCHIVE], "leftovers"

    def _kill(self, folder: Path, output: str) -> None:
        process = start(self._command(folder, output))
        try:
            while not partials(folder) and process.poll() is None:
                time.sleep(0.001)
            time.sleep(self.random.random() ** 3 * 0.1)
        finally:
            process.kill()
            process.communicate()
        self._kills += 1
        # Only those of the process that was just killed.
        assert len(partials(folder)) <= 1
        self._left += len(partials(folder))


def partials(folder: Path) -> list[Path]:
    """The unfinished outputs in a folder."""
    return list(folder.glob(".*.partial"))


def content(output: Path) -> dict[str, bytes]:
    """The files at a destination, by name."""
    if output.is_file():
        return {"": output.read_bytes()}
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file()
    }


def fetch_archive(sandbox: Sandbox) -> bytes:
    """The bytes of a sandbox's archive."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Exports(sandbox.token, base_url=sandbox.url) as exports,
    ):
        path = Path(folder) / _ARCHIVE
        return exports.collections.download(sandbox.collection_id, path).path.read_bytes()
