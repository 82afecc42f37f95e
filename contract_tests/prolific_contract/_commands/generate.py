"""``prolific-contract generate``."""

import argparse
import sys
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "generate",
        help="generate the low-level client from the built contract",
        description="Generate the package prolific_api from the built contract. Needs "
        "openapi-python-client.",
    )
    parser.add_argument(
        "--contract", type=Path, metavar="PATH", help="the built contract (default: the project's)"
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="PATH",
        help="the generator's settings (default: the project's)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="folder of the package (default: generated/prolific_api in the project); a folder "
        "with anything but a generated package is refused",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 and list the files that are out of date",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Generate the client, or check that it is up to date."""
    from prolific_contract._paths import refuse_stdout
    from prolific_contract.spec._files import checkout, shipped_path
    from prolific_contract.spec._generate import (
        compare,
        generate_client,
        read_package,
        replace_package,
    )

    contract = arguments.contract or shipped_path("prolific.yaml")
    config = arguments.config or shipped_path("generator.yaml")
    output = arguments.output or checkout() / "generated" / "prolific_api"
    refuse_stdout(output)
    files = generate_client(contract, config)
    if not arguments.check:
        difference = replace_package(output, files)
        written = len(difference.changed) + len(difference.missing)
        print(f"{output}: {len(files)} files, {written} written, {len(difference.surplus)} removed")
        return 0
    difference = compare(files, read_package(output))
    for line in difference.lines():
        print(line, file=sys.stderr)
    if difference:
        print(
            f"{output} is out of date: run the command without --check to update it",
            file=sys.stderr,
        )
    return int(bool(difference))
