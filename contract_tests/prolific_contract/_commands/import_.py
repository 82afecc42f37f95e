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
        help="take the Task Builder's structure out of a published OpenAPI document",
        description="Take the structure of the Task Builder's part out of a published OpenAPI "
        "3.1 document, or of a Markdown page that embeds one, without its prose and in a stable "
        "order.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the published document")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help="where to write (default: openapi/upstream.yaml of the checkout; - is stdout)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import the document that the command line names."""
    from prolific_contract.spec import dump_yaml, import_document
    from prolific_contract.spec._files import checkout, read_text, write_atomically

    document = import_document(read_text(arguments.file), source=str(arguments.file))
    text = _HEADER + dump_yaml(document)
    if str(arguments.output) == "-":
        sys.stdout.write(text)
        return 0
    output = arguments.output or checkout() / "openapi" / "upstream.yaml"
    write_atomically(output, text.encode())
    print(f"{output}: {len(document['paths'])} paths imported")
    return 0
