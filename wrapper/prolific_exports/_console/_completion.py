"""Scripts that complete command lines in a shell."""

import argparse
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from prolific_exports._console._subcommands import actions, subcommands
from prolific_exports._errors import UsageError

SHELLS: Final = ("bash", "zsh", "tcsh")
_FILES: Final = frozenset({"FILE", "FILE|URL", "OUT", "PATH", "ZIP"})
_FOLDERS: Final = frozenset({"DIR"})


def completion_script(parser: argparse.ArgumentParser, shell: str) -> str:
    """The script that completes the command of a parser.

    Args:
        parser: The parser of the whole command.
        shell: One of ``SHELLS``.

    Raises:
        UsageError: The package shtab is not installed.
    """
    try:
        shtab = import_module("shtab")
    except ModuleNotFoundError as error:
        raise UsageError(
            "shtab is not installed, and completion needs it: "
            "pip install 'prolific-exports[completion]'."
        ) from error
    for action in _all_actions(parser):
        # shtab reads this attribute.
        if action.metavar in _FILES:
            setattr(action, "complete", shtab.FILE)  # noqa: B010 - argparse does not declare it
        elif action.metavar in _FOLDERS:
            setattr(action, "complete", shtab.DIRECTORY)  # noqa: B010
    script: str = shtab.complete(parser, shell)
    return script.rstrip("\n")


def _all_actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    yield from actions(parser)
    for subcommand in subcommands(parser).values():
        yield from _all_actions(subcommand)
