import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from prolific_contract.sandbox import Sandbox
from prolific_exports._mcp._folder import AllowedFolder
from prolific_exports._mcp._server import create_server
from prolific_exports._model._settings import Settings
from prolific_exports.testing import FakeClock


class Agent:
    """An agent's program, connected to the server of tools."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.progress: list[str | None] = []
        self.texts: list[str] = []

    async def call(self, tool: str, **arguments: Any) -> Any:
        """The result of a tool, which must have one."""
        is_error, result = await self._call(tool, arguments)
        assert not is_error, result
        return json.loads(result)

    async def error(self, tool: str, **arguments: Any) -> str:
        """The message of a tool that must fail."""
        is_error, message = await self._call(tool, arguments)
        assert is_error, message
        return message

    async def _call(self, tool: str, arguments: dict[str, Any]) -> tuple[bool, str]:
        result = await self.client.call_tool(tool, arguments, progress_callback=self._note)
        (content,) = result.content
        text = str(getattr(content, "text", None))
        self.texts.append(text)
        return result.is_error, text

    async def _note(self, progress: float, total: float | None, message: str | None) -> None:
        assert (progress, total) == (len(self.progress) + 1, None)
        self.progress.append(message)


Steps = Callable[[Agent], Coroutine[Any, Any, None]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The allowed folder, which does not exist at first."""
    return tmp_path / "allowed"


@pytest.fixture
def agent_does(prolific_sandbox: Sandbox, folder: Path) -> Callable[..., Agent]:
    """Runs the steps of an agent against tools for the sandbox."""

    def run(steps: Steps, *, allow_delete: bool = False, clock: Any = None) -> Agent:
        server = create_server(
            Settings(prolific_sandbox.token, prolific_sandbox.url),
            AllowedFolder.at(folder),
            allow_delete=allow_delete,
            clock=clock or FakeClock(),
        )

        async def connected() -> Agent:
            async with Client(server) as client:
                agent = Agent(client)
                await steps(agent)
                return agent

        return asyncio.run(connected())

    return run
