"""``prolific-contract build``."""

import argparse
import sys
from pathlib import Path
from typing import Any

from prolific_contract._vocabulary import EDITIONS


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "build",
        help="build the contract from the imported document and the overlay",
        description="Build the contract from the imported document and the overlay, validate it, "
        "and prove that the branches of its unions are disjoint. Without --edition, build the "
        "union of all editions and write it to openapi/prolific.yaml in the project.",
    )
    parser.add_argument(
        "--edition",
        choices=EDITIONS,
        help="build this edition only; writes to stdout unless --output is given",
    )
    parser.add_argument("--upstream", type=Path, metavar="PATH", help="the imported document")
    parser.add_argument("--overlay", type=Path, metavar="PATH", help="the overlay")
    parser.add_argument("--output", type=Path, metavar="PATH", help="output file (- for stdout)")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 if the output file is out of date",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build the contract, or check that it is up to date."""
    from prolific_contract._output import write_document
    from prolific_contract.spec import build_with_proof
    from prolific_contract.spec._files import (
        checkout,
        load_document,
        load_sources,
        write_atomically,
    )

    output = arguments.output
    if output is None and arguments.edition is None:
        output = checkout() / "openapi" / "prolific.yaml"
    named = arguments.upstream, arguments.overlay
    shipped = (None, None) if all(named) else load_sources()
    upstream, overlay = (
        document if path is None else load_document(path)
        for path, document in zip(named, shipped, strict=True)
    )
    built = build_with_proof(upstream, overlay, arguments.edition)
    text = built.render()
    if arguments.check:
        return _check(output, text)
    # Keep stdout a single YAML document.
    report = sys.stdout
    if output is None or str(output) == "-":
        write_document(text)
        report = sys.stderr
    else:
        write_atomically(output, text.encode())
        print(f"{output}: built", file=report)
    for component in built.dropped:
        print(f"dropped, because it is unused: {component.reference}", file=report)
    print(f"{len(built.disjoint)} pairs of oneOf branches proved disjoint", file=report)
    for pair in built.unproved:
        print(f"not proved disjoint: {pair}", file=report)
    return 0


def _check(output: Path | None, text: str) -> int:
    from prolific_contract._errors import DocumentError
    from prolific_contract.spec._files import read_text

    if output is None or str(output) == "-":
        raise DocumentError("--check needs a file to compare with: give it with --output")
    if read_text(output) == text:
        return 0
    print(
        f"{output} is out of date: run the command without --check to update it",
        file=sys.stderr,
    )
    return 1
