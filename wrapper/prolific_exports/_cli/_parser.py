"""The command's arguments and options."""

import argparse
import io
from contextlib import redirect_stdout

from prolific_exports._cli import _account_arguments as account
from prolific_exports._cli import _archive_arguments as archives
from prolific_exports._cli import _help
from prolific_exports._cli._download_arguments import add_download
from prolific_exports._cli._shell_arguments import add_shell
from prolific_exports._cli._sync_arguments import add_sync
from prolific_exports._console import _streams as streams
from prolific_exports._errors import UsageError
from prolific_exports._version import __version__

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

# The subcommands whose first argument is a kind.
_WITH_KIND = ("download", "status", "list", "delete")


class CommandLineError(UsageError):
    """The arguments do not match any command.

    Attributes:
        usage: The usage line of the command, for display.
    """

    def __init__(self, message: str, usage: str, hint: "str | None" = None) -> None:
        super().__init__(message, hint=hint)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: "Any") -> None:
        # With abbreviations, a new option could break scripts.
        super().__init__(
            allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options
        )

    def parse_known_args(self, *arguments: "Any", **options: "Any") -> "Any":
        known, unknown = super().parse_known_args(*arguments, **options)
        if unknown:
            # Raised here, by the subcommand, whose usage helps more than that of the program.
            # The value of an unknown option may be a secret: some users try --token.
            names = [text.partition("=")[0] for text in unknown if text.startswith("-")]
            self.error(f"unrecognized arguments: {' '.join(names or unknown)}")
        return known, unknown

    def error(self, message: str) -> "NoReturn":
        # An invalid choice is not repeated: it may be the secret after an unknown option.
        before, _, choices = message.rpartition(" (choose from ")
        argument, invalid, _ = before.partition("invalid choice: ")
        if invalid:
            message = f"{argument}choose from {choices.removesuffix(')')}"
        hint = f"See: {self.prog} --help"
        raise CommandLineError(f"{message}. {hint}", self.format_usage().rstrip("\n"), hint)

    def print_help(self, file: "Any" = None) -> None:  # noqa: ARG002 - argparse passes none
        streams.print_result(self.format_help().rstrip("\n"))


def parse(argv: "list[str]") -> argparse.Namespace:
    """The arguments of a command line.

    Raises:
        CommandLineError: They match no command. If KIND is missing or a word is misspelt, the
            message has the corrected command line.
    """
    try:
        return build_parser().parse_args(argv)
    except CommandLineError as error:
        lines = _with_kind(argv)
        if lines is None:
            raise _with_hint(error, argv) from None
        message = "KIND is missing: collection or batch? Run one of these:"
        hint = "Run one of these: " + "; ".join(lines)
        raise CommandLineError("\n  ".join((message, *lines)), error.usage, hint) from None


def _with_hint(error: CommandLineError, argv: "list[str]") -> CommandLineError:
    """The error with what the user probably meant, if that can be told."""
    from prolific_exports._console._corrections import (  # noqa: PLC0415 - start-up time
        corrected,
        names_secret,
    )

    correction = corrected(build_parser(), argv, _parses)
    if correction is not None:
        hint = str(correction)
    elif any(map(names_secret, argv)):
        hint = "There is no option for the token: set PROLIFIC_TOKEN or PROLIFIC_TOKEN_FILE."
    else:
        return error
    message = str(error).removesuffix(error.hint or "")
    return CommandLineError(f"{message}{hint}", error.usage, hint.replace("\n  ", " "))


def _parses(argv: "list[str]") -> bool:
    try:
        with redirect_stdout(io.StringIO()):
            build_parser().parse_args(argv)
    except CommandLineError:
        return False
    except SystemExit:
        # --help and --version end the process.
        return True
    return True


def _with_kind(argv: "list[str]") -> "list[str] | None":
    """The command lines for each kind, if the command lacks it; else None."""
    command = next((word for word in argv if word in _WITH_KIND), None)
    if command is None:
        return None
    at = argv.index(command) + 1
    from prolific_exports._cli import _resource_ids as resource_ids  # noqa: PLC0415 - start-up time
    from prolific_exports._console._shell import command_line  # noqa: PLC0415

    try:
        arguments = build_parser().parse_args([*argv[:at], "collection", *argv[at:]])
    except CommandLineError:
        return None
    if arguments.command != command:
        return None
    given = [arguments.id] if "id" in arguments else arguments.ids or []
    workspace = getattr(arguments, "workspace", None)
    if not (resource_ids.looks_like_ids(given) or (workspace and not given)):
        return None
    # The query of an address may be a secret.
    rest = [
        resource_ids.id_of(one, "collection")
        if one in given and not resource_ids.is_list(one)
        else one
        for one in argv[at:]
    ]
    return [
        command_line(["prolific-exports", *argv[:at], kind, *rest])
        for kind in ("collection", "batch")
    ]


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command; ``command`` is the name of the chosen subcommand."""
    parser = _Parser(
        prog="prolific-exports",
        description="Download the responses collected with Prolific's Task Builder, and convert\n"
        "them to tables.",
        epilog=_help.PROGRAM,
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}", help="print the version"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the result as JSON; also after COMMAND"
    )
    parser.add_argument(
        "--profile", metavar="NAME", help="use this profile of the configuration file"
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    account.add_find(commands)
    add_download(commands)
    account.add_status(commands)
    account.add_list(commands)
    account.add_delete(commands)
    archives.add_extract(commands)
    archives.add_show(commands)
    archives.add_codebook(commands)
    archives.add_table(commands)
    add_sync(commands)
    archives.add_mcp(commands)
    account.add_session(commands)
    account.add_schema(commands)
    add_shell(commands)
    return parser
