"""What a parser with subcommands consists of."""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any, cast


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of the subcommands by name; empty if it has none."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in actions(parser):
        choices: Any = action.choices
        if isinstance(choices, Mapping):
            found.update(cast("Mapping[str, argparse.ArgumentParser]", choices))
    return found


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The arguments and options that are shown to users."""
    for action in parser._actions:
        if action.help is not argparse.SUPPRESS:
            yield action
