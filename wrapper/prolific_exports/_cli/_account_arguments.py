"""The arguments of the commands about the account and the command itself."""

from prolific_exports._cli import _help, _help_account, _job_help
from prolific_exports._cli._shared_arguments import add_id, add_json, add_kind, add_profile

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from prolific_exports._cli._shared_arguments import Commands


def add_find(commands: "Commands") -> None:
    """Add the subcommands that list workspaces, collections and batches."""
    workspaces = commands.add_parser(
        "workspaces",
        help="list your workspaces",
        description="List the workspaces of your account.",
        epilog=_help.WORKSPACES,
    )
    add_profile(workspaces)
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
            metavar="WORKSPACE_ID",
            help="id of the workspace, from: prolific-exports workspaces (default: that of the "
            "profile)",
        )
        add_profile(parser)
        add_json(parser, "print the list as JSON")


def add_status(commands: "Commands") -> None:
    """Add the subcommand ``status``."""
    parser = commands.add_parser(
        "status",
        help="print the state of an export",
        description="Print the state of an export.",
        epilog=_job_help.STATUS,
    )
    add_kind(parser)
    add_id(parser)
    parser.add_argument("export_id", metavar="EXPORT_ID", help="id of the export")
    add_profile(parser)
    add_json(parser, "print the state as JSON")


def add_list(commands: "Commands") -> None:
    """Add the subcommand ``list``."""
    parser = commands.add_parser(
        "list",
        help="list the exports of a collection or batch",
        description="List the exports of a collection or batch.",
        epilog=_job_help.LIST,
    )
    add_kind(parser)
    add_id(parser)
    add_profile(parser)
    add_json(parser, "print the list as JSON")


def add_delete(commands: "Commands") -> None:
    """Add the subcommand ``delete``."""
    parser = commands.add_parser(
        "delete",
        usage="prolific-exports delete [options] KIND ID EXPORT_ID [EXPORT_ID ...]\n"
        "       prolific-exports delete CHOICE [options] KIND ID\n"
        "       prolific-exports delete CHOICE [options] KIND --workspace WORKSPACE_ID\n"
        "       CHOICE: --all, --older-than AGE, --keep N, or the last two together",
        help="delete exports from Prolific",
        description="Delete exports of collections or batches, with their archives, from Prolific.",
        epilog=_job_help.DELETE,
    )
    add_kind(parser)
    ids = parser.add_argument(
        "ids",
        nargs="+",
        metavar="ID",
        help="id of the collection or batch, then the ids of the exports to delete",
    )
    # As in download.
    ids.required = False
    parser.add_argument(
        "--workspace",
        metavar="WORKSPACE_ID",
        help="choose from the exports of all collections or batches of this workspace",
    )
    parser.add_argument("--all", action="store_true", help="delete all exports")
    parser.add_argument(
        "--older-than",
        metavar="AGE",
        help="delete the exports requested longer ago than AGE, such as 90m, 36h, 7d or 2w",
    )
    parser.add_argument(
        "--keep",
        type=int,
        metavar="N",
        help="delete all exports except the N newest with an archive; with --older-than, only "
        "those that are also old",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    parser.add_argument(
        "--dry-run", action="store_true", help="delete nothing, print what would be deleted"
    )
    add_profile(parser)
    add_json(parser, "print the results as JSON")


def add_session(commands: "Commands") -> None:
    """Add the subcommands ``login``, ``logout`` and ``whoami``."""
    for name, help_, description in (
        (
            "login",
            "store your API token in the system's password store",
            "Read an API token, check it with the API, and store it.",
        ),
        (
            "logout",
            "delete the stored API token",
            "Delete the API token from the system's password store.",
        ),
        (
            "whoami",
            "print where the API token comes from, and its workspaces",
            "Print where the API token comes from, and which workspaces it gives access to.",
        ),
    ):
        parser = commands.add_parser(
            name, help=help_, description=description, epilog=_help_account.SESSION[name]
        )
        add_profile(parser)
        add_json(parser, "print the result as JSON")


def add_schema(commands: "Commands") -> None:
    """Add the subcommand ``schema``."""
    parser = commands.add_parser(
        "schema",
        help="print JSON Schemas of what --json prints",
        description="Print the JSON Schema of what a command prints with --json.",
        epilog=_help_account.SCHEMA,
    )
    parser.add_argument(
        "name",
        nargs="?",
        choices=_help_account.DOCUMENTS,
        metavar="COMMAND",
        help="one of the commands",
    )
    add_json(parser, "has no effect: schemas are JSON")
