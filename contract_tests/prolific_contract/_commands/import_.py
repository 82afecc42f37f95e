"""``prolific-contract import``."""

import argparse
import sys
from pathlib import Path
from typing import Any

_HEADER = """\
# Written by `prolific-contract import` from a published OpenAPI document: the structure of
# its Task Builder part, without prose. Corrections belong into overlay.yaml.
#
# Components are renamed, in this order: characters outside A-Za-z0-9._- go; the tagged
# branches of a union are named after the union and the tag's value; names made of a path
# are made of the place within the Task Builder; the product's name at the start goes;
# "Items" after a plural becomes the singular.
"""


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "import",
        help="import the Task Builder's structure from a published OpenAPI document",
        description="Import the structure of the Task Builder part, and of the list of workspaces, "
        "from a published OpenAPI 3.1 document, or from a Markdown page that embeds one: without "
        "prose, in a stable order.",
    )
    parser.add_argument("source", metavar="FILE|URL", help="the published document")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help="output file (default: openapi/upstream.yaml in the project; - for stdout)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; if the output file is out of date, show what changed and exit with 1",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import a document, or check that the imported one is up to date."""
    from prolific_contract._output import write_document
    from prolific_contract.diff import read_source
    from prolific_contract.diff._reading import shown
    from prolific_contract.spec import dump_yaml, import_document
    from prolific_contract.spec._files import checkout, write_atomically

    source = shown(arguments.source)
    document = import_document(read_source(arguments.source), source=source)
    if arguments.check:
        return _check(document, source, arguments.output)
    text = _HEADER + dump_yaml(document)
    if str(arguments.output) == "-":
        write_document(text)
        return 0
    output = arguments.output or checkout() / "openapi" / "upstream.yaml"
    write_atomically(output, text.encode())
    print(f"{output}: {len(document['paths'])} paths imported")
    return 0


def _check(document: dict[str, Any], source: str, output: Path | None) -> int:
    from prolific_contract._errors import DocumentError
    from prolific_contract.diff import as_text, comparison, contract_of
    from prolific_contract.spec._files import load_sources, read_text

    if str(output) == "-":
        raise DocumentError("--check needs a file to compare with: give it with --output")
    name = str(output or "openapi/upstream.yaml")
    imported = load_sources()[0] if output is None else contract_of(read_text(output), name)
    if imported == document:
        print(f"{name} is up to date with {source}")
        return 0
    compared = comparison(imported, document, old_name=name, new_name=source)
    sys.stdout.write(as_text(compared))
    if compared.verdict == "same":
        print("only names, order or servers changed; all messages are the same")
    print(
        f"{name} is out of date with {source}: import it without --check, then build the contract "
        "from it (prolific-contract build --upstream)",
        file=sys.stderr,
    )
    return 1
