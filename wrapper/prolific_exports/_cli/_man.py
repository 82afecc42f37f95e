"""``prolific-exports man``."""

import argparse

from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._parser import build_parser
from prolific_exports._console import _streams as streams
from prolific_exports._console._man_page import man_page
from prolific_exports._version import __version__


def run(arguments: argparse.Namespace, clock: object) -> int:  # noqa: ARG001 - as every command
    """Print the manual page."""
    streams.print_result(man_page(build_parser(), __version__))
    return exit_codes.DONE
