"""``prolific-exports completion``."""

import argparse

from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._parser import build_parser
from prolific_exports._console import _streams as streams
from prolific_exports._console._completion import completion_script


def run(arguments: argparse.Namespace, clock: object) -> int:  # noqa: ARG001 - as every command
    """Print a script for a shell."""
    streams.print_result(completion_script(build_parser(), arguments.shell))
    return exit_codes.DONE
