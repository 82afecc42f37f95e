"""The arguments of ``download``."""

import argparse

from prolific_exports._cli import _help_download
from prolific_exports._cli._shared_arguments import (
    add_json,
    add_kind,
    add_names,
    add_profile,
    add_quiet,
)

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from prolific_exports._cli._shared_arguments import Commands


def add_download(commands: "Commands") -> None:
    """Add the subcommand ``download``."""
    parser = commands.add_parser(
        "download",
        usage="prolific-exports download [options] KIND ID [ID ...]\n"
        "       prolific-exports download [options] KIND --workspace WORKSPACE_ID",
        help="request exports, wait, then download and verify the archives",
        description="Request an export of each collection or batch, wait until it is ready,\n"
        "download the archive and verify it.",
        epilog=_help_download.DOWNLOAD,
    )
    add_kind(parser)
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
    add_profile(output)
    add_json(output, "print the results as JSON")
    add_quiet(output)


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
    add_names(parser)
    parser.add_argument(
        "--table",
        metavar="OUT",
        help="also write the responses of all archives to one table: a .parquet, .csv, .jsonl, "
        ".arrow, .xlsx, .sav or .dta file (described in: table --help)",
    )
    parser.add_argument(
        "--no-codebook",
        action="store_true",
        help="do not store the questions and their options beside the archive",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")
    parser.add_argument(
        "--reuse",
        metavar="AGE",
        help="use an earlier export of at most this age, such as 90m, 6h or 7d, or of 'any' age: a "
        "complete archive at the destination, or a complete export at Prolific",
    )


def _add_filter(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument(
        "--only",
        choices=["responses"],
        help="download everything but the uploaded files (described below)",
    )
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
        "requests to the API, these are the six connections that a browser opens to one host)",
    )
    parser.add_argument(
        "--connections",
        type=int,
        default=1,
        metavar="N",
        help="fetch up to N parts of an archive at once, at most 32 (default: 1; more connections "
        "help only if the server limits the rate of each)",
    )
    parser.add_argument(
        "--no-verify",
        action="store_true",
        help="save the archive without checking its checksums",
    )
