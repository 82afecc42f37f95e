"""``prolific-exports schema``."""

import argparse
import json

from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._json import VERSION
from prolific_exports._cli._schemas import SCHEMAS
from prolific_exports._console import _streams as streams


def run(arguments: argparse.Namespace, clock: object) -> int:  # noqa: ARG001 - as every command
    """Print one schema, or all of them in one object."""
    if arguments.name is None:
        streams.print_result(json.dumps({"version": VERSION, "schemas": dict(SCHEMAS)}, indent=2))
    else:
        streams.print_result(json.dumps(SCHEMAS[arguments.name], indent=2))
    return exit_codes.DONE
