"""The command ``prolific-contract``."""

import argparse
import io
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import TextIO, cast

from prolific_exports import __version__
from prolific_exports._console._corrections import corrected, names_secret
from prolific_exports._console._shell import command_line
from prolific_exports._console._warnings import warnings_on_stderr

from prolific_contract import _commands as commands
from prolific_contract._errors import ContractToolError, MissingDependencyError
from prolific_contract._output import Output

# Packages of the [contract] extra: the user installs them. Any other missing module is our defect.
_EXTRA_PACKAGES = frozenset(
    {
        "jsonpath_rfc9535",
        "jsonschema_rs",
        "openapi_spec_validator",
        "pytest",
        "starlette",
        "trustme",
        "uvicorn",
        "yaml",
    }
)

EXIT_CODES = """\
exit codes:
  0  success
  1  the check failed: violations, breaking changes, or a file that is out of date
  2  could not run, or inconclusive: wrong usage, unreadable input, missing dependency
"""


def build_parser() -> argparse.ArgumentParser:
    """The argument parser of the command."""
    parser = argparse.ArgumentParser(
        prog="prolific-contract",
        description="Check servers against the contract of Prolific's export API, and maintain the "
        "contract.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"%(prog)s {__version__}",
        help="print the version",
    )
    # For the commands that describe all commands.
    parser.set_defaults(parser=parser)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in commands.ALL:
        command.add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code (see ``--help``)."""
    # Python sets a stream to None if the process was started without it.
    standard = sys.stdout or io.StringIO(), sys.stderr or io.StringIO()
    out, err = map(Output, standard)
    with redirect_stdout(cast("TextIO", out)), redirect_stderr(cast("TextIO", err)):
        try:
            code = _run(argv)
        finally:
            # A failing flush at interpreter exit would print a traceback.
            out.flush()
        if out.failure is not None:
            reason = out.failure.strerror or out.failure
            return _refuse(ContractToolError(f"can't write the result to stdout: {reason}"))
    return code


def _run(argv: Sequence[str] | None) -> int:
    arguments = _parse(sys.argv[1:] if argv is None else argv)
    try:
        with warnings_on_stderr("prolific-contract"):
            code: int = arguments.run(arguments)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA_PACKAGES:
            raise
        return _refuse(
            MissingDependencyError(
                f"{error.name} is not installed: pip install 'prolific-exports[contract]'"
            )
        )
    except ContractToolError as error:
        code = _refuse(error)
        _print_lines(sys.argv[1:] if argv is None else argv, error)
        return code
    except KeyboardInterrupt:
        return 130
    return code


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments of a command line; exits with 2 if it is wrong."""
    try:
        return build_parser().parse_args(argv)
    except SystemExit as ended:
        correction = corrected(build_parser(), argv, _parses) if ended.code else None
        if correction is not None:
            print(correction, file=sys.stderr)  # noqa: T201
        raise


def _parses(argv: Sequence[str]) -> bool:
    nowhere = io.StringIO()
    try:
        with redirect_stdout(nowhere), redirect_stderr(nowhere):
            build_parser().parse_args(argv)
    except SystemExit as ended:
        # --help and --version end the process with success.
        return not ended.code
    return True


def _print_lines(argv: Sequence[str], error: ContractToolError) -> None:
    """Print the command line with each word that an unknown one may stand for."""
    if error.unknown is None or not error.meant or any(map(names_secret, argv)):
        return
    lines = [
        command_line(
            [
                "prolific-contract",
                *(_replaced(word, error.unknown, meant) for word in argv),
            ]
        )
        for meant in error.meant
    ]
    heading = "Run:" if len(lines) == 1 else "Run one of these:"
    print("\n  ".join([heading, *lines]), file=sys.stderr)  # noqa: T201


def _replaced(word: str, unknown: str, meant: str) -> str:
    name, equals, value = word.partition("=")
    if word == unknown:
        return meant
    return f"{name}={meant}" if equals and value == unknown else word


def _refuse(error: ContractToolError) -> int:
    print(f"prolific-contract: error: {error}", file=sys.stderr)  # noqa: T201
    return 2
