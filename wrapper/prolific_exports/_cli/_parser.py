"""What can be asked of the command."""

import argparse

from prolific_exports._console import _streams as streams
from prolific_exports._errors import UsageError
from prolific_exports._version import __version__

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_DESCRIPTION = "Get data out of Prolific's Task Builder: request an export, wait, download, verify."

_EPILOG = """\
environment:
  PROLIFIC_TOKEN  API token. There is no option for it, since command lines can be
                  seen by others on the machine and stay in the shell's history.
  PROLIFIC_URL    where the API is (default https://api.prolific.com)
  NO_COLOR        set to anything: no colours
  HTTPS_PROXY, ALL_PROXY, NO_PROXY
                  proxies, and servers that need none: names, .suffixes, addresses and
                  networks such as [::1] or 10.0.0.0/8. This machine never needs one.
  SSL_CERT_FILE, SSL_CERT_DIR
                  authorities to trust instead of those that come with the package; else
                  REQUESTS_CA_BUNDLE, else CURL_CA_BUNDLE

exit codes:
  0    done
  1    failed
  2    wrong usage: bad arguments, no token, a bad id or base URL; nothing was sent
  3    timed out: the command to go on with is printed; an export that began goes on
  4    the disk is full, read-only, over quota or gone: what arrived is kept where possible,
       and the command to go on with is printed
  130  interrupted (Ctrl-C); likewise
With several ids: 1 if any failed for another reason than the disk, else 4, else 3 if any
timed out, else 0.

paths:
  ~ and ~/... are in your home folder, quoted or not. Only regular files are replaced, with
  --overwrite; where a link leads to one, that file is replaced and the link stays.

examples:
  prolific-exports download collection 65f0c1d2e3a4b5c6d7e8f901 --extract data
  prolific-exports download batch ID --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z
  prolific-exports list collection 65f0c1d2e3a4b5c6d7e8f901
  prolific-exports show 65f0c1d2e3a4b5c6d7e8f901-export-20260320-103000.zip
"""

_DOWNLOAD_EPILOG = """\
On stdout: the path of each archive, one a line, once it is saved and verified, so
that  file=$(prolific-exports download ...)  works; with --table, the table's path at
the end. Everything else is on stderr.

With --json, stdout has one JSON object, also after errors:
  {"results": [{"kind", "id", "export_id", "status", "path", "size",
                "resumed_from", "extracted_to", "renamed", "missing_files",
                "deleted", "error", "resume"}, ...],
   "table": null, "error": null}
  table         the file of --table, once it is whole; else null
  status        "saved", "failed", "timed_out" or "interrupted"
  path, size    the archive and its bytes, once it is whole; else null. It is there
                too when only extracting failed.
  resumed_from  bytes that an earlier run had left and that were gone on behind; else 0
  extracted_to  the folder of --extract, once everything is in it; else null
  renamed       [{"from", "to"}, ...]: files that were extracted under other names; null
                without --extract
  missing_files number of files that answers name and the archive does not have; null
                without --extract, or without records that can be read
  deleted       with --delete-after: whether the export job was deleted at Prolific;
                null without, or when it did not come to that
  error         {"type", "message"}, or null
  resume        the command to go on with, as a list of arguments, or null; with several
                ids without --table, which needs the archives of all
The outer error is that of the command as a whole: wrong usage, or interrupted.

An id that is given twice is downloaded once. A failure does not stop the others.

--study-id, --from and --to take a server of edition 2026-11; the list of jobs is asked
whether they are in effect, and unfiltered data is an error. With --export-id they are
those that the job was requested with.

With --delete-after, a job is deleted once its archive is verified and at its place. If
that fails, stderr says why, and the exit code is 0 all the same: the archive is there.

What has arrived when a download ends early is kept in the folder that the archive
goes to, in hidden files named .prolific-KIND-ID. Run the same command again to go on
behind it. Delete them to start anew.
"""

_LIST_EPILOG = """\
On stdout: a line for each export job, newest first, below a line of headings; with no
jobs nothing, which is said on stderr. Servers of edition 2026-03 do not list.

With --json, stdout has one JSON object, also after errors:
  {"kind", "id",
   "jobs": [{"export_id", "status", "created_at", "filter"}, ...],
   "error"}
  jobs        null after an error
  created_at  in ISO 8601
  filter      {"study_id", "from", "to"}, each only where it is set; null without any
  error       {"type", "message"}, or null
"""

_DELETE_EPILOG = """\
Deleting is immediate and cannot be undone. A job that is still being generated cannot be
deleted. Servers of edition 2026-03 do not delete.

On stdout: the id of each job that was deleted, one a line. A failure is said on stderr
and does not stop the others. Exit code: 0 when all were deleted, 1 when one was not.
"""

_STATUS_EPILOG = """\
On stdout: "generating", "complete" or "failed". The exit code is 0 whichever it is;
it says whether the question was answered:
  [ "$(prolific-exports status collection ID EXPORT_ID)" = complete ]
When the download URL expires is said on stderr; the URL itself is never printed, as
whoever has it can download the data.

With --json, stdout has one JSON object, also after errors:
  {"kind", "id", "export_id", "status", "expires_at", "error"}
  status, expires_at  null where there is none; expires_at is in ISO 8601
  error               {"type", "message"}, or null
"""

_EXTRACT_EPILOG = """\
On stdout: DIR. The archive's own outer folder is left out: DIR/responses.jsonl.
An archive that could write outside DIR is refused, and nothing is extracted.

Names that not every system can hold are changed, and in the same way everywhere: a dot or
space at the end, characters and names that Windows refuses, names that are too long, and
names that differ in case or accents' composition alone. stderr has what was renamed, and
how many files that answers name are not in the archive. --names strict refuses instead.

With --json, stdout has one JSON object, also after errors:
  {"extracted_to", "renamed": [{"from", "to"}, ...], "missing_files", "error"}
  missing_files  number of files that answers name and the archive does not have; null
                 without records that can be read
  error          {"type", "message"}, or null; the others are null after one
"""


_SHOW_EPILOG = """\
With --json, stdout has one JSON object, also after errors:
  {"archive": {"kind", "id", "name", "exported_at", "submissions", "tasks",
               "participants", "unknown_records", "first_created_at", "last_created_at",
               "instructions": [INSTRUCTION, ...],
               "files", "files_size", "file_types": [{"suffix", "count", "size"}, ...],
               "missing_files", "renamed_files"},
   "error": null}
  INSTRUCTION  {"id", "type", "description", "answered", "missing", "odd",
                "choices": [{"option", "count"}, ...], "other_choices",
                "lengths": SPREAD or null, "numbers": [SPREAD, ...], "not_numbers",
                "files", "examples"}
  SPREAD       {"count", "lowest", "lower_quartile", "median", "upper_quartile",
                "highest", "unit"}
  archive      null after an error
  error        {"type", "message"}, or null
Sizes are bytes; odd answers are those that are not of a documented type and shape.
missing_files are those that answers name and the archive does not have; renamed_files those
that extract renames, because not every system can hold their names.
"""

_TABLE_EPILOG = """\
OUT ends in .parquet, .csv, .jsonl or .arrow. Parquet and Arrow need pyarrow:
  pip install 'prolific-exports[tables]'

long  a row for each value: an answer, a chosen option or an uploaded file
wide  a row for each submission, a column for each instruction, named by its wording

A table of several archives begins with the column source: the archive's file name, or
its path as given where several have that name.
What is not documented, or not of the documented type, is in the column extra as its
original JSON; how many rows have some is said on stderr.

On stdout: OUT. It is there when it is whole; after an error nothing is.
"""


class CommandLineError(UsageError):
    """The arguments are not those of a command.

    Attributes:
        usage: How the command is to be used.
    """

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: "Any") -> None:
        # Abbreviations in scripts would break when an option is added.
        super().__init__(
            allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options
        )

    def parse_known_args(self, *arguments: "Any", **options: "Any") -> "Any":
        known, unknown = super().parse_known_args(*arguments, **options)
        if unknown:
            # Said by the subcommand, whose usage helps. What belongs to an option that there is
            # not may be a secret: somebody tries --token.
            names = [text.partition("=")[0] for text in unknown if text.startswith("-")]
            self.error(f"unrecognized arguments: {' '.join(names or unknown)}")
        return known, unknown

    def error(self, message: str) -> "NoReturn":
        # What stands where a command or kind should may be the secret behind such an option.
        before, _, choices = message.rpartition(" (choose from ")
        what, invalid, _ = before.partition("invalid choice: ")
        if invalid:
            message = f"{what}choose from {choices.removesuffix(')')}"
        raise CommandLineError(
            f"{message}. See: {self.prog} --help", self.format_usage().rstrip("\n")
        )

    def print_help(self, file: "Any" = None) -> None:  # noqa: ARG002 - argparse gives none
        streams.result(self.format_help().rstrip("\n"))


def build_parser() -> argparse.ArgumentParser:
    """The command's whole argument parser; ``command`` names the one that was chosen."""
    parser = _Parser(prog="prolific-exports", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}", help="print the version"
    )
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    _add_download(commands)
    _add_status(commands)
    _add_list(commands)
    _add_delete(commands)
    _add_extract(commands)
    _add_show(commands)
    _add_table(commands)
    return parser


def _add_download(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "download",
        help="request exports, wait for them, download and verify the archives",
        description="Request an export of each collection or batch, wait until it is ready, "
        "download\nand verify the archive.",
        epilog=_DOWNLOAD_EPILOG,
    )
    _add_kind(parser)
    parser.add_argument("ids", nargs="+", metavar="ID", help="id of a collection or batch")
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="where to save: a file, or a folder if PATH is one or ends in '/'; with several ids "
        "always a folder, created if missing (default: the working directory; files are named "
        "<id>-export-<YYYYMMDD-HHMMSS>.zip, with a filter its conditions follow)",
    )
    parser.add_argument(
        "--extract",
        metavar="DIR",
        help="also extract the archive to DIR (with several ids: DIR/<id>), a folder that is "
        "empty or does not exist yet",
    )
    _add_names(parser)
    parser.add_argument(
        "--table",
        metavar="OUT",
        help="also write the responses as one long table, once all archives are there, to a file "
        "in a folder that exists or is created for them: see prolific-exports table --help",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        metavar="S",
        help="seconds to wait for each export to be ready (default: 1800); the transfer that "
        "follows is limited by --stall-timeout alone",
    )
    parser.add_argument(
        "--poll-interval",
        type=float,
        metavar="S",
        help="seconds between questions for the status, a quarter less at first and a quarter "
        "more later (default: 4)",
    )
    parser.add_argument(
        "--export-id",
        metavar="EXPORT_ID",
        help="download this export job, which exists already (one ID only)",
    )
    parser.add_argument(
        "--study-id", metavar="STUDY_ID", help="only responses submitted under this study"
    )
    parser.add_argument(
        "--from",
        dest="from_",
        metavar="TIME",
        help="only responses created at this time or later: 2026-03-01T00:00:00Z, or with "
        "another offset",
    )
    parser.add_argument("--to", metavar="TIME", help="only responses created before this time")
    parser.add_argument(
        "--delete-after",
        action="store_true",
        help="delete the export job at Prolific once its archive is verified and saved",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace an archive that exists already"
    )
    parser.add_argument(
        "--no-verify",
        action="store_true",
        help="do not check the archive's checksums before it gets its name",
    )
    parser.add_argument(
        "--connections",
        type=int,
        default=1,
        metavar="N",
        help="fetch up to N parts of the archive at once, 32 at most (default: 1)",
    )
    parser.add_argument(
        "--stall-timeout",
        type=float,
        metavar="S",
        help="seconds over which the store has to send 1 KiB/s on average; a slower connection is "
        "replaced, and the download resumes (default: 30)",
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors on stderr")


def _add_status(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "status",
        help="print the status of an export job",
        description="Print the status of an export job.",
        epilog=_STATUS_EPILOG,
    )
    _add_kind(parser)
    parser.add_argument("id", metavar="ID", help="id of a collection or batch")
    parser.add_argument("export_id", metavar="EXPORT_ID", help="id of the export job")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def _add_list(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "list",
        help="list the export jobs of a collection or batch",
        description="List the export jobs of a collection or batch.",
        epilog=_LIST_EPILOG,
    )
    _add_kind(parser)
    parser.add_argument("id", metavar="ID", help="id of a collection or batch")
    parser.add_argument("--json", action="store_true", help="print them as JSON")


def _add_delete(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "delete",
        help="delete export jobs and their archives at Prolific",
        description="Delete export jobs of a collection or batch, and their archives, at Prolific.",
        epilog=_DELETE_EPILOG,
    )
    _add_kind(parser)
    parser.add_argument("id", metavar="ID", help="id of a collection or batch")
    parser.add_argument("export_ids", nargs="+", metavar="EXPORT_ID", help="id of an export job")


def _add_extract(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "extract",
        help="extract an archive to a folder",
        description="Extract an archive to a folder.",
        epilog=_EXTRACT_EPILOG,
    )
    _add_archive(parser)
    parser.add_argument(
        "directory", metavar="DIR", help="a folder that is empty or does not exist yet"
    )
    _add_names(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def _add_show(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "show",
        help="print what an archive holds",
        description="Print what an archive holds: counts, period, instructions, a few answers.",
        epilog=_SHOW_EPILOG,
    )
    _add_archive(parser)
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def _add_table(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser(
        "table",
        help="write the responses of archives as a table",
        description="Write the responses of one or more archives as one table.",
        epilog=_TABLE_EPILOG,
    )
    parser.add_argument("archives", nargs="+", metavar="ZIP", help="an archive, as downloaded")
    parser.add_argument("output", metavar="OUT", help="the file to write")
    parser.add_argument(
        "--shape",
        choices=("long", "wide"),
        default="long",
        help="how it is laid out (default: long)",
    )
    parser.add_argument(
        "--by",
        choices=("submission", "task"),
        default="submission",
        help="which of a batch's two files to read (default: submission)",
    )
    parser.add_argument(
        "--files",
        metavar="DIR",
        help="also extract uploaded files to DIR (of several archives: to DIR/1, DIR/2, ...), and "
        "let the table, which is elsewhere, point at them there",
    )
    _add_names(parser)
    parser.add_argument(
        "--formulas",
        choices=("escape", "keep"),
        default="escape",
        help="CSV: write for spreadsheets, with a byte order mark and an apostrophe before answers "
        "that would run as formulas, or plain UTF-8 with the answers as they are (default: escape)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it is there")
    parser.add_argument("--quiet", action="store_true", help="say nothing but errors on stderr")


def _add_names(parser: _Parser) -> None:
    parser.add_argument(
        "--names",
        choices=("safe", "strict"),
        default="safe",
        help="extract files whose names not every system can hold under other names, or refuse "
        "the archive (default: safe)",
    )


def _add_kind(parser: _Parser) -> None:
    parser.add_argument(
        "kind", choices=("collection", "batch"), metavar="KIND", help="collection or batch"
    )


def _add_archive(parser: _Parser) -> None:
    parser.add_argument("archive", metavar="ZIP", help="an archive, as downloaded")
