"""The arguments of the commands about the account and the command itself."""

from prolific_exports._cli import _help
from prolific_exports._cli._shared_arguments import add_id, add_json, add_kind

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


def add_status(commands: "Commands") -> None:
    """Add the subcommand ``status``."""
    parser = commands.add_parser(
        "status",
        help="print the state of an export",
        description="Print the state of an export.",
        epilog=_help.STATUS,
    )
    add_kind(parser)
    add_id(parser)
    parser.add_argument("export_id", metavar="EXPORT_ID", help="id of the export")
    add_json(parser, "print the state as JSON")


def add_list(commands: "Commands") -> None:
    """Add the subcommand ``list``."""
    parser = commands.add_parser(
        "list",
        help="list the exports of a collection or batch",
        description="List the exports of a collection or batch.",
        epilog=_help.LIST,
    )
    add_kind(parser)
    add_id(parser)
    add_json(parser, "print the list as JSON")


def add_delete(commands: "Commands") -> None:
    """Add the subcommand ``delete``."""
    parser = commands.add_parser(
        "delete",
        help="delete exports from Prolific",
        description="Delete exports of a collection or batch, with their archives, from Prolific.",
        epilog=_help.DELETE,
    )
    add_kind(parser)
    add_id(parser)
    parser.add_argument("export_ids", nargs="+", metavar="EXPORT_ID", help="id of an export")
    add_json(parser, "print the results as JSON")


def add_schema(commands: "Commands") -> None:
    """Add the subcommand ``schema``."""
    parser = commands.add_parser(
        "schema",
        help="print JSON Schemas of what --json prints",
        description="Print the JSON Schema of what a command prints with --json.",
        epilog=_help.SCHEMA,
    )
    parser.add_argument(
        "name", nargs="?", choices=_help.DOCUMENTS, metavar="COMMAND", help="one of the commands"
    )
    add_json(parser, "has no effect: schemas are JSON")
