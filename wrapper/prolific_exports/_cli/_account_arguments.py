"""The arguments of the commands about the account and the command itself."""

import argparse

from prolific_exports._cli import _help

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Commands: TypeAlias = "argparse._SubParsersAction[Any]"


def add_json(parser: argparse._ActionsContainer, help_: str) -> None:
    """Add ``--json`` to a subcommand."""
    # Without a default, which would undo the option before the command.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=help_)


def add_schema(commands: "Commands") -> None:
    """Add the subcommand ``schema``."""
    parser = commands.add_parser(
        "schema",
        help="print JSON Schemas of what --json prints",
        description="Print the JSON Schema of what a command prints with --json.",
        epilog=_help.SCHEMA,
    )
    parser.add_argument(
        "name", nargs="?", choices=_help.DOCUMENTS, metavar="COMMAND", help="one of the commands"
    )
    add_json(parser, "has no effect: schemas are JSON")
