"""Arguments that several subcommands share."""

import argparse

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Commands: TypeAlias = "argparse._SubParsersAction[Any]"


def add_json(parser: argparse._ActionsContainer, help_: str) -> None:
    """Add ``--json`` to a subcommand."""
    # Without a default, which would undo the option before the command.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=help_)


def add_profile(parser: argparse._ActionsContainer) -> None:
    """Add ``--profile`` to a subcommand."""
    parser.add_argument(
        "--profile",
        metavar="NAME",
        default=argparse.SUPPRESS,
        help="use this profile of the configuration file (default: PROLIFIC_PROFILE, else none)",
    )


def add_kind(parser: argparse.ArgumentParser) -> None:
    """Add ``KIND`` to a subcommand."""
    parser.add_argument(
        "kind", choices=("collection", "batch"), metavar="KIND", help="collection or batch"
    )


def add_id(parser: argparse.ArgumentParser) -> None:
    """Add ``ID``, of a collection or batch, to a subcommand."""
    parser.add_argument("id", metavar="ID", help="id of the collection or batch")


def add_archive(parser: argparse.ArgumentParser) -> None:
    """Add ``ZIP`` to a subcommand."""
    parser.add_argument("archive", metavar="ZIP", help="archive of an export")


def add_names(parser: argparse._ActionsContainer) -> None:
    """Add ``--names`` to a subcommand."""
    parser.add_argument(
        "--names",
        choices=("safe", "strict"),
        default="safe",
        help="what to do with files whose names some systems cannot store: rename them (safe) or "
        "refuse the archive (strict) (default: safe)",
    )


def add_quiet(parser: argparse._ActionsContainer) -> None:
    """Add ``--quiet`` to a subcommand."""
    parser.add_argument("--quiet", action="store_true", help="print only errors on stderr")
