"""The command's arguments and options."""

import argparse

from prolific_exports._cli import _account_arguments as account
from prolific_exports._cli import _help
from prolific_exports._cli._account_arguments import add_json
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
    _add_find(commands)
    _add_download(commands)
    _add_status(commands)
    _add_list(commands)
    _add_delete(commands)
    _add_extract(commands)
    _add_show(commands)
    _add_table(commands)
    _add_mcp(commands)
    account.add_schema(commands)
    return parser


def _add_find(commands: "argparse._SubParsersAction[_Parser]") -> None:
    workspaces = commands.add_parser(
        "workspaces",
        help="list your workspaces",
        description="List the workspaces of your account.",
        epilog=_help.WORKSPACES,
    )
    add_json(workspaces, "print the list as JSON")
    for kind, plural in (("collection", "collections"), ("batch", "batches")):
        parser = commands.add_parser(
            plural,
            help=f"list the {plural} of a workspace",
            description=f"List the {plural} of a workspace.",
            epilog=_help.RESOURCES[kind],
        )
        parser.add_argument(
            "--workspace",
            required=True,
            metavar="WORKSPACE_ID",
            help="id of the workspace, from: prolific-exports workspaces",
        )
        add_json(parser, "print the list as JSON")


def _add_download(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "download",
        usage="prolific-exports download [options] KIND ID [ID ...]\n"
        "       prolific-exports download [options] KIND --workspace WORKSPACE_ID",
        help="request exports, wait, then download and verify the archives",
        description="Request an export of each collection or batch, wait until it is ready,\n"
        "download the archive and verify it.",
        epilog=_help.DOWNLOAD,
    )
    _add_kind(parser)
    ids = parser.add_argument(
        "ids",
        nargs="+",
        metavar="ID",
        help="id of a collection or batch, or its address in Prolific; - reads ids from stdin, and "
        "@FILE from a file (see below)",
    )
    # With --workspace, there are none. With nargs="*", options could not precede the ids.
    ids.required = False
    parser.add_argument(
        "--workspace",
        metavar="WORKSPACE_ID",
        help="download all collections or batches of this workspace, instead of IDs",
    )
    _add_destinations(parser.add_argument_group("where to save"))
    _add_filter(parser.add_argument_group("export"))
    _add_transfer(parser.add_argument_group("waiting and transfer"))
    output = parser.add_argument_group("output")
    add_json(output, "print the results as JSON")
    _add_quiet(output)


def _add_destinations(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="file or folder for the archive, or - for stdout (default: the working directory). "
        "PATH is a folder if "
        "it exists as one, if it ends in '/' or if there are several ids; a missing folder is "
        "created. In a folder, archives are named <id>-export-<YYYYMMDD-HHMMSS>.zip, with the "
        "filter, if any, at the end",
    )
    parser.add_argument(
        "--extract",
        metavar="DIR",
        help="also extract the archive to DIR, which must be empty or not exist (with several "
        "ids: to DIR/<id>)",
    )
    _add_names(parser)
    parser.add_argument(
        "--table",
        metavar="OUT",
        help="also write the responses of all archives to one table: a .parquet, .csv, .jsonl or "
        ".arrow file (described in: table --help)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")


def _add_filter(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument(
        "--export-id",
        metavar="EXPORT_ID",
        help="download this existing export instead of requesting one (with one ID only)",
    )
    parser.add_argument(
        "--study-id", metavar="STUDY_ID", help="only responses submitted in this study"
    )
    parser.add_argument(
        "--from",
        dest="from_",
        metavar="TIME",
        help="only responses created at TIME or later: a day such as 2026-03-01, or a time such "
        "as 2026-03-01T09:00Z or 2026-03-01T09:00+01:00",
    )
    parser.add_argument(
        "--to",
        metavar="TIME",
        help="only responses created before TIME; a day such as 2026-03-31 is included as a whole",
    )
    parser.add_argument(
        "--since",
        metavar="AGE",
        help="only responses created in this time until now, such as 90m, 36h, 7d or 2w (a day is "
        "24 hours); instead of --from",
    )
    parser.add_argument(
        "--timezone",
        metavar="ZONE",
        help="time zone of days, and of times without an offset, in --from and --to, such as "
        "Europe/Berlin (default: UTC for days; times need an offset)",
    )
    parser.add_argument(
        "--delete-after",
        action="store_true",
        help="delete the export from Prolific once its archive is verified and saved",
    )


def _add_transfer(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="give up if an export is not ready after this time (default: 1800, half an hour). "
        "Does not limit the transfer that follows, see --stall-timeout",
    )
    parser.add_argument(
        "--poll-interval",
        type=float,
        metavar="SECONDS",
        help="time between two status requests (default: 4). The first intervals are shorter, to "
        "notice a fast export soon, and later ones longer",
    )
    parser.add_argument(
        "--stall-timeout",
        type=float,
        metavar="SECONDS",
        help="reconnect and resume if less than 1 KiB/s arrives over this time (default: 30, long "
        "enough for short network outages)",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=4,
        metavar="N",
        help="with several ids, download N archives at a time, at most 32 (default: 4; with two "
        "requests to the API, as many connections as a browser opens to one host)",
    )
    parser.add_argument(
        "--connections",
        type=int,
        default=1,
        metavar="N",
        help="fetch up to N parts of an archive at once, at most 32 (default: 1; more help only if "
        "the server limits the rate of each connection)",
    )
    parser.add_argument(
        "--no-verify",
        action="store_true",
        help="save the archive without checking its checksums",
    )


def _add_status(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "status",
        help="print the state of an export",
        description="Print the state of an export.",
        epilog=_help.STATUS,
    )
    _add_kind(parser)
    _add_id(parser)
    parser.add_argument("export_id", metavar="EXPORT_ID", help="id of the export")
    add_json(parser, "print the state as JSON")


def _add_list(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "list",
        help="list the exports of a collection or batch",
        description="List the exports of a collection or batch.",
        epilog=_help.LIST,
    )
    _add_kind(parser)
    _add_id(parser)
    add_json(parser, "print the list as JSON")


def _add_delete(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "delete",
        help="delete exports from Prolific",
        description="Delete exports of a collection or batch, with their archives, from Prolific.",
        epilog=_help.DELETE,
    )
    _add_kind(parser)
    _add_id(parser)
    parser.add_argument("export_ids", nargs="+", metavar="EXPORT_ID", help="id of an export")
    add_json(parser, "print the results as JSON")


def _add_extract(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "extract",
        help="extract an archive to a folder",
        description="Extract an archive to a folder, safely.",
        epilog=_help.EXTRACT,
    )
    _add_archive(parser)
    parser.add_argument(
        "directory", metavar="DIR", help="folder that is empty or does not exist yet"
    )
    _add_names(parser)
    add_json(parser, "print the result as JSON")


def _add_show(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "show",
        help="summarise an archive: counts, questions, answers",
        description="Summarise an archive: number of submissions and files, period, instructions\n"
        "with the distribution of their answers.",
        epilog=_help.SHOW,
    )
    _add_archive(parser)
    add_json(parser, "print the summary as JSON")


def _add_table(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "table",
        usage="prolific-exports table [options] ZIP [ZIP ...] OUT",
        help="convert archives to Parquet, CSV, JSON Lines or Arrow",
        description="Convert the responses of one or more archives to one table.",
        epilog=_help.TABLE,
    )
    parser.add_argument("archives", nargs="+", metavar="ZIP", help="archive of an export")
    parser.add_argument("output", metavar="OUT", help="file to write, or - for stdout")
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        help="format of OUT if it is -: csv, jsonl, parquet or arrow (default: csv)",
    )
    parser.add_argument(
        "--shape",
        choices=("long", "wide"),
        default="long",
        help="see below (default: long, which suits pandas and SQL)",
    )
    parser.add_argument(
        "--by",
        choices=("submission", "task"),
        default="submission",
        help="which of the two files of a batch to read (default: submission)",
    )
    parser.add_argument(
        "--files",
        metavar="DIR",
        help="also extract the uploaded files to DIR, and write their new paths to the table "
        "(with several archives: to DIR/1, DIR/2, ...)",
    )
    _add_names(parser)
    parser.add_argument(
        "--formulas",
        choices=("escape", "keep"),
        default="escape",
        help="CSV only. escape: for spreadsheets, with a byte order mark, and an apostrophe before "
        "answers that a spreadsheet would run as formulas. keep: plain UTF-8 with unchanged "
        "answers (default: escape, since participants can write anything)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")
    add_json(parser, "print the result as JSON")
    _add_quiet(parser)


def _add_names(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--names",
        choices=("safe", "strict"),
        default="safe",
        help="what to do with files whose names some systems cannot store: rename them (safe) or "
        "refuse the archive (strict) (default: safe)",
    )


def _add_kind(parser: _Parser) -> None:
    parser.add_argument(
        "kind", choices=("collection", "batch"), metavar="KIND", help="collection or batch"
    )


def _add_id(parser: _Parser) -> None:
    parser.add_argument("id", metavar="ID", help="id of the collection or batch")


def _add_archive(parser: _Parser) -> None:
    parser.add_argument("archive", metavar="ZIP", help="archive of an export")


def _add_quiet(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--quiet", action="store_true", help="print only errors on stderr")


def _add_mcp(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "mcp",
        help="serve tools for AI agents (Model Context Protocol)",
        description="Serve tools for AI agents on stdin and stdout, by the Model Context Protocol.",
        epilog=_help.MCP,
    )
    parser.add_argument(
        "directory",
        metavar="DIR",
        help="folder for the archives, the only one that tools write and read; created if missing",
    )
    parser.add_argument(
        "--allow-delete",
        action="store_true",
        help="add a tool that deletes exports from Prolific",
    )
