"""The arguments of the commands about archives."""

from prolific_exports._cli import _help
from prolific_exports._cli._shared_arguments import (
    add_archive,
    add_json,
    add_names,
    add_profile,
    add_quiet,
)

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from prolific_exports._cli._shared_arguments import Commands


def add_extract(commands: "Commands") -> None:
    """Add the subcommand ``extract``."""
    parser = commands.add_parser(
        "extract",
        help="extract an archive to a folder",
        description="Extract an archive to a folder, safely.",
        epilog=_help.EXTRACT,
    )
    add_archive(parser)
    parser.add_argument(
        "directory", metavar="DIR", help="folder that is empty or does not exist yet"
    )
    add_names(parser)
    add_json(parser, "print the result as JSON")


def add_show(commands: "Commands") -> None:
    """Add the subcommand ``show``."""
    parser = commands.add_parser(
        "show",
        usage="prolific-exports show [options] ZIP [ZIP ...]",
        help="summarise an archive, or write a page to look at the answers",
        description="Summarise an archive: number of submissions and files, period, instructions\n"
        "with the distribution of their answers. Or write a page to look at the answers\n"
        "of one or more archives.",
        epilog=_help.SHOW,
    )
    parser.add_argument("archives", nargs="+", metavar="ZIP", help="archive of an export")
    parser.add_argument(
        "--html",
        metavar="OUT",
        help="write a page with charts, filters, a table and all submissions to this .html file",
    )
    parser.add_argument(
        "--embed-limit",
        type=float,
        metavar="MB",
        help="--html: the page contains the uploaded files if they have at most MB megabytes "
        "together; otherwise they are in a folder beside it (default: 20)",
    )
    parser.add_argument(
        "--no-files",
        action="store_true",
        help="--html: no folder for uploaded files beyond the limit; only their names and "
        "thumbnails are shown",
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="--html: replace OUT if it exists, and the folder of its files",
    )
    add_json(parser, "print the result as JSON")


def add_codebook(commands: "Commands") -> None:
    """Add the subcommand ``codebook``."""
    parser = commands.add_parser(
        "codebook",
        usage="prolific-exports codebook [options] ZIP\n"
        "       prolific-exports codebook [options] KIND ID",
        help="print what was asked: the questions with all their options",
        description="Print the questions of an archive, or of a collection or batch at Prolific.",
        epilog=_help.CODEBOOK,
    )
    parser.add_argument(
        "subject",
        nargs="+",
        metavar="ZIP",
        help="archive of an export; or KIND (collection or batch) and ID",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="write the codebook to this .json, .csv or .html file; tables use data.codebook.json "
        "for data.zip",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")
    add_profile(parser)
    add_json(parser, "print the codebook as JSON")
    add_quiet(parser)


def add_table(commands: "Commands") -> None:
    """Add the subcommand ``table``."""
    parser = commands.add_parser(
        "table",
        usage="prolific-exports table [options] ZIP [ZIP ...] OUT",
        help="convert archives to Parquet, CSV, JSON Lines, Arrow, Excel, SPSS or Stata",
        description="Convert the responses of one or more archives to one table.",
        epilog=_help.TABLE,
    )
    parser.add_argument("archives", nargs="+", metavar="ZIP", help="archive of an export")
    parser.add_argument("output", metavar="OUT", help="file to write, or - for stdout")
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        help="format of OUT if it is -: csv (default), jsonl, parquet, arrow, xlsx, sav or dta",
    )
    parser.add_argument(
        "--shape",
        choices=("long", "wide", "tidy"),
        help="see below (default: long, which suits SQL and loses nothing; tidy for SPSS and "
        "Stata, which need it)",
    )
    parser.add_argument(
        "--missing",
        action="store_true",
        help="long shape only: also a row for each question that a submission has no entry for",
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
    add_names(parser)
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
    add_quiet(parser)


def add_mcp(commands: "Commands") -> None:
    """Add the subcommand ``mcp``."""
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
    add_profile(parser)
