"""``prolific-contract discrepancies``."""

import argparse
import sys
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "discrepancies",
        help="list where the documents contradict each other, or explain one (D-1 ...)",
        description="List the places where the published documents contradict each other or the "
        "API, with the numbers that reports use (D-1 ...). With an id, explain one of them: what "
        "the documents say, how contract, gate and client handle it, and which laws it affects.",
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="number of a discrepancy, e.g. D-4")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List the discrepancies, or explain one."""
    from prolific_contract._commands.laws import fact, wrapped
    from prolific_contract.gate._discrepancies import DISCREPANCIES

    if arguments.id is None:
        for one in DISCREPANCIES.values():
            print(wrapped(f"{one.id:<6}", one.title))
        return 0
    found = DISCREPANCIES.get(arguments.id.strip().upper())
    if found is None:
        print(
            f"prolific-contract: error: unknown discrepancy {arguments.id!r}; "
            "`prolific-contract discrepancies` lists them",
            file=sys.stderr,
        )
        return 2
    # Imported late: the laws need the extra, the list does not.
    from prolific_contract.gate.laws import LAWS

    laws = [law.id for law in LAWS if found.id in law.source.discrepancies]
    print(f"{found.id}  {found.title}\n")
    print(fact("documents", found.says))
    print(fact("handling", found.handling))
    print(fact("laws", ", ".join(laws) or "none"))
    return 0
