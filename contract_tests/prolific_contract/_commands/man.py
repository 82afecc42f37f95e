"""``prolific-contract man``."""

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "man",
        help="print the manual page",
        description="Print the manual page, made from the same texts as --help, as in: "
        "prolific-contract man | man -l -",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the manual page."""
    from prolific_exports import __version__
    from prolific_exports._console._man_page import man_page

    print(man_page(arguments.parser, __version__))
    return 0
