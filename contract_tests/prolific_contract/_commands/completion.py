"""``prolific-contract completion``."""

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "completion",
        help="print a script that completes commands in your shell",
        description="Print a script that completes commands, options and paths in your shell, as "
        'in: eval "$(prolific-contract completion bash)". It needs the package shtab: pip install '
        "'prolific-exports[completion]'.",
    )
    # As in prolific_exports._console._completion, which --help does not import.
    parser.add_argument(
        "shell", choices=("bash", "zsh", "tcsh"), metavar="SHELL", help="bash, zsh or tcsh"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a script for a shell."""
    from prolific_exports import UsageError
    from prolific_exports._console._completion import completion_script

    from prolific_contract._errors import MissingDependencyError

    try:
        print(completion_script(arguments.parser, arguments.shell))
    except UsageError as error:
        raise MissingDependencyError(str(error)) from error
    return 0
