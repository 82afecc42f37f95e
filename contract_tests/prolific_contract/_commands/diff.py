"""``prolific-contract diff``."""

import argparse
import sys
from typing import Any

_FAILING = {
    "breaking": {"breaking"},
    "unknown": {"breaking", "unknown"},
    "any": {"breaking", "unknown", "compatible"},
}


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "diff",
        help="say what a new contract breaks, with proof and an example",
        description="Compare two contracts by method and path: files or http(s) URLs, in YAML or "
        "JSON, of the Task Builder or of a whole published document, which is reduced to it. "
        "What is breaking is shown by a message that one side may now send and the other can't "
        "take, and by what this project's client does with it.",
        epilog="exit codes: 0 nothing breaks, 1 something does (see --fail-on), 2 could not run",
    )
    parser.add_argument("old", metavar="OLD", help="the contract that clients know")
    parser.add_argument("new", metavar="NEW", help="the contract that servers keep now")
    parser.add_argument(
        "--json", action="store_true", help="print the comparison as one JSON object"
    )
    parser.add_argument(
        "--fail-on",
        choices=tuple(_FAILING),
        default="breaking",
        help="exit with 1 on this verdict and worse ones; any: on every change (default: breaking)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare what the command line names."""
    import json

    from prolific_contract.diff import as_json, as_text, comparison, read_contract

    compared = comparison(
        read_contract(arguments.old),
        read_contract(arguments.new),
        old_name=arguments.old,
        new_name=arguments.new,
    )
    if arguments.json:
        print(json.dumps(as_json(compared), indent=2))
    else:
        sys.stdout.write(as_text(compared))
    return int(compared.verdict in _FAILING[arguments.fail_on])
