"""The arguments of ``prolific-exports sync``."""

from prolific_exports._cli._shared_arguments import add_json, add_profile, add_quiet

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from prolific_exports._cli._shared_arguments import Commands

_EPILOG = """\
examples:
  prolific-exports sync data
  prolific-exports sync data --workspace WORKSPACE_ID --dry-run
  prolific-exports sync data --reconcile

The first run exports all responses. Later ones export the last days of those
collections and batches that are due, and replace what the dataset has of these
days. Run it every night, once a week with --compact, and with --reconcile
before an analysis that has to be final: only then it sees responses that were
changed or deleted earlier.
It deletes its own export jobs once their data are saved, never those of others.
After an error or Ctrl-C, run the same command again. This needs:
pip install 'prolific-exports[sync]'

output:
  stdout has a line for each kind of result, with the number of collections and
  batches: updated, unchanged, failed, blocked (it has ten exports of other
  users), skipped (no access to another one of its workspace), due (--dry-run),
  not due (no news for a while).
  TARGET has the Delta tables answers, submissions, files and instructions, and
  the folder uploads.

exit codes:
  0 success; 1 something failed, was blocked or skipped; 2 wrong usage,
  4 storage problem, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"target", "dry_run", "resources": [{"kind", "id", "workspace_id",
   "export_id", "filter", "ending", "rows", "submissions", "files", "size",
   "error"}, ...], "not_due", "unlisted": [{"workspace_id", "error"}, ...],
   "jobs_left": [{"kind", "id", "export_id"}, ...], "requests", "rejected",
   "seconds", "error"}
  resources   those that were due; rows, submissions and files are those of the
              export, size is in bytes
  not_due     how many others were not
  unlisted    workspaces that could not be listed
  jobs_left   exports that could not be deleted; the next run tries again
  requests    to the API; an estimate with --dry-run, like seconds
  rejected    how many of them got a 429
  error       what ended the run (see: prolific-exports --help), or null
"""


def add_sync(commands: "Commands") -> None:
    """Add the subcommand ``sync``."""
    parser = commands.add_parser(
        "sync",
        help="keep all responses of your workspaces in one dataset",
        description="Bring a dataset of all responses of your workspaces up to date.",
        epilog=_EPILOG,
    )
    parser.add_argument("target", metavar="TARGET", help="folder of the dataset")
    parser.add_argument(
        "--workspace",
        action="append",
        default=[],
        metavar="WORKSPACE_ID",
        help="only this workspace; can be repeated (default: that of the profile, else all)",
    )
    parser.add_argument(
        "--kind", choices=("collection", "batch"), help="only collections, or only batches"
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="ID",
        help="only this collection or batch; can be repeated",
    )
    parser.add_argument(
        "--reconcile", action="store_true", help="export everything again, and replace it"
    )
    parser.add_argument(
        "--lag",
        default="48h",
        metavar="AGE",
        help="begin this much before the last run, such as 36h, 7d or 2w (default: 48h)",
    )
    parser.add_argument("--no-files", action="store_true", help="do not copy uploaded files")
    parser.add_argument(
        "--rate",
        type=float,
        default=2.0,
        metavar="N",
        help="requests per second; a 429 halves it for a while (default: 2)",
    )
    parser.add_argument(
        "--in-flight",
        type=int,
        default=200,
        metavar="N",
        help="the most exports that are requested and not yet downloaded (default: 200)",
    )
    parser.add_argument(
        "--jobs", type=int, default=4, metavar="N", help="archives to download at once (default: 4)"
    )
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="processes that read archives (default: one for each processor)",
    )
    parser.add_argument(
        "--compact",
        action="store_true",
        help="after the run, merge small files, and remove what was replaced over a week ago",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="export nothing, print what would be exported"
    )
    add_profile(parser)
    add_json(parser, "print the report as JSON")
    add_quiet(parser)
