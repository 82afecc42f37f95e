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
        help="show what a new contract breaks, with an example for each change",
        description="Compare two contracts operation by operation. Each is a file or http(s) URL, "
        "in YAML or JSON; of a whole published document, only the Task Builder is compared. For "
        "each breaking change, show a message that one side may now send and the other refuses "
        "or misreads, and what this project's client does with it.",
        epilog="exit codes: 0 nothing breaks, 1 breaking changes (see --fail-on), 2 could not run",
    )
    parser.add_argument("old", metavar="OLD", help="contract of the clients")
    parser.add_argument("new", metavar="NEW", help="contract of the servers")
    parser.add_argument(
        "--json", action="store_true", help="print the comparison as one JSON object"
    )
    parser.add_argument(
        "--fail-on",
        choices=tuple(_FAILING),
        default="breaking",
        help="exit with 1 on this verdict or a worse one; any: on every change (default: breaking)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare the two contracts and return the exit code."""
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
