"""The command's arguments and options."""

import argparse

from prolific_exports._cli import _account_arguments as account
from prolific_exports._cli import _archive_arguments as archives
from prolific_exports._cli import _help
from prolific_exports._cli._download_arguments import add_download
from prolific_exports._console import _streams as streams
from prolific_exports._errors import UsageError
from prolific_exports._version import __version__

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


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
        CommandLineError: They match no command. If only KIND is missing, the message has the
            corrected command lines.
    """
    try:
        return build_parser().parse_args(argv)
    except CommandLineError as error:
        corrected = _with_kind(argv)
        if corrected is None:
            raise
        message = "KIND is missing: collection or batch? Run one of these:"
        hint = "Run one of these: " + "; ".join(corrected)
        raise CommandLineError("\n  ".join((message, *corrected)), error.usage, hint) from None


def _with_kind(argv: "list[str]") -> "list[str] | None":
    """The command lines for each kind, if ``download`` lacks it; else None."""
    if "download" not in argv:
        return None
    at = argv.index("download") + 1
    from prolific_exports._cli import _resource_ids as resource_ids  # noqa: PLC0415 - start-up time
    from prolific_exports._console._shell import command_line  # noqa: PLC0415

    try:
        arguments = build_parser().parse_args([*argv[:at], "collection", *argv[at:]])
    except CommandLineError:
        return None
    if arguments.command != "download":
        return None
    given = arguments.ids or []
    if not (resource_ids.looks_like_ids(given) or (arguments.workspace and not given)):
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
    archives.add_table(commands)
    archives.add_mcp(commands)
    account.add_schema(commands)
    return parser
