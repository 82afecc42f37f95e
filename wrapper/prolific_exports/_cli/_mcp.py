"""``prolific-exports mcp``."""

import argparse
import sys
from importlib import import_module

from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._account import Account
from prolific_exports._console import _streams as streams
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import check_is_file_system_path
from prolific_exports._model._clock import Clock
from prolific_exports._model._settings import resolve


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Serve tools for agents on stdin and stdout, until stdin ends.

    Raises:
        UsageError: The package mcp is not installed, there is no token, or the folder is ``-``.
    """
    check_is_file_system_path("DIR", arguments.directory)
    account = Account.of(arguments)
    settings = resolve(account.token, account.place.base_url)
    try:
        server = import_module("prolific_exports._mcp._server")
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in {"mcp", "pydantic"}:
            raise
        raise UsageError(
            f"{library} is not installed, and this command needs it: "
            "pip install 'prolific-exports[mcp]'."
        ) from error
    allowed = import_module("prolific_exports._mcp._folder").AllowedFolder.at(arguments.directory)
    if sys.stdin is not None and sys.stdin.isatty():
        streams.print_message(
            f"serving tools for agents, with files in {allowed.path}\n"
            "This program talks to an agent's program on stdin and stdout: see mcp --help. "
            "Stop it with Ctrl-C."
        )
    server.create_server(settings, allowed, allow_delete=arguments.allow_delete, clock=clock).run(
        "stdio"
    )
    return exit_codes.DONE
