"""Rounds of many downloads in one event loop, which ends at a random moment.

These statements must hold:

- Downloads that are cancelled, also by the end of their event loop, release their claims.
- Each destination has no file, or the whole archive.
- A client whose event loop has ended refuses to be used in another one.
- More downloads than connections in the pool succeed at once, and leave nothing but archives.
"""

import asyncio
import tempfile
from pathlib import Path
from random import Random

from attrs import define, field
from prolific_contract.sandbox import Sandbox, SandboxSettings
from prolific_exports import AsyncExports, UsageError

from soak.tables import fetch_archive

TARGET = "data.zip"
# More than the connections of an httpx client.
DOWNLOADS = 120


@define
class LoopRound:
    """Downloads to as many folders, in one event loop after another.

    Attributes:
        random: Decides when event loops end.
        settings: Content of the archive, and how long the server generates it.
        downloads: The number of downloads.
        seconds: The most seconds of an event loop that is interrupted.
    """

    random: Random
    settings: SandboxSettings
    downloads: int = DOWNLOADS
    seconds: float = 3.0
    _archive: bytes = field(default=b"", init=False, repr=False)

    def play(self) -> int:
        """Play it; an `AssertionError` is a finding. Returns the number of interrupted loops."""
        interrupted = self.random.randrange(3)
        with Sandbox(self.settings) as sandbox, tempfile.TemporaryDirectory() as name:
            self._archive = fetch_archive(sandbox)
            folders = [Path(name) / str(number) for number in range(self.downloads)]
            for folder in folders:
                folder.mkdir()
            for _ in range(interrupted):
                self._interrupt(sandbox, folders)
            asyncio.run(self._finish(sandbox, folders))
            for folder in folders:
                assert (folder / TARGET).exists()
                assert not list(folder.glob(".*")), "leftovers"
                self._check(folder)
        return interrupted

    def _interrupt(self, sandbox: Sandbox, folders: list[Path]) -> None:
        exports = _client(sandbox)
        asyncio.run(self._run_for_a_while(exports, sandbox, folders))
        for folder in folders:
            assert not list(folder.glob("*.lock")), "a claim is not released"
            self._check(folder)
        asyncio.run(_refused(exports, sandbox))

    async def _run_for_a_while(
        self, exports: AsyncExports, sandbox: Sandbox, folders: list[Path]
    ) -> None:
        tasks = [asyncio.create_task(_download(exports, sandbox, folder)) for folder in folders]
        await asyncio.wait(tasks, timeout=self.random.uniform(0, self.seconds))
        if self.random.random() < 0.5:
            # Otherwise the end of the event loop cancels them.
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await exports.close()

    async def _finish(self, sandbox: Sandbox, folders: list[Path]) -> None:
        async with _client(sandbox) as exports:
            await asyncio.gather(*(_download(exports, sandbox, folder) for folder in folders))

    def _check(self, folder: Path) -> None:
        target = folder / TARGET
        assert not target.exists() or target.read_bytes() == self._archive, "not the archive"


def _client(sandbox: Sandbox) -> AsyncExports:
    return AsyncExports(sandbox.token, base_url=sandbox.url, poll_interval=0.2)


async def _download(exports: AsyncExports, sandbox: Sandbox, folder: Path) -> None:
    if not (folder / TARGET).exists():
        await exports.collections.download(sandbox.collection_id, folder / TARGET)


async def _refused(exports: AsyncExports, sandbox: Sandbox) -> None:
    try:
        await exports.collections.export(sandbox.collection_id)
    except UsageError:
        await exports.close()
    else:
        raise AssertionError("a client is used in two event loops")
