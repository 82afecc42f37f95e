"""``prolific-contract discrepancies``."""

import argparse
import sys
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "discrepancies",
        help="list where the documents contradict each other, or explain one (D-1 ...)",
        description="List where the published documents contradict each other or the API, by the "
        "numbers that reports give (D-1 ...), or explain one: what the documents say, what "
        "contract, gate and client make of it, and which laws it is about.",
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="explain this one, e.g. D-4")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List the discrepancies, or explain the one that is asked for."""
    from prolific_contract._commands.laws import fact, wrapped
    from prolific_contract.gate._discrepancies import DISCREPANCIES

    if arguments.id is None:
        for one in DISCREPANCIES.values():
            print(wrapped(f"{one.id:<6}", one.title))
        return 0
    found = DISCREPANCIES.get(arguments.id.strip().upper())
    if found is None:
        print(
            f"prolific-contract: error: there is no discrepancy {arguments.id!r}; "
            "`prolific-contract discrepancies` lists them",
            file=sys.stderr,
        )
        return 2
    # These take the extra; the list does not.
    from prolific_contract.gate.laws import LAWS

    laws = [law.id for law in LAWS if found.id in law.source.discrepancies]
    print(f"{found.id}  {found.title}\n")
    print(fact("documents", found.says))
    print(fact("taken", found.taken))
    print(fact("laws", ", ".join(laws) or "none"))
    return 0
