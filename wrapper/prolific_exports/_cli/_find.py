"""``prolific-exports workspaces``, ``collections`` and ``batches``."""

import argparse
from collections.abc import Sequence
from typing import Final, TypeAlias

from prolific_exports import (
    Clock,
    ExportsError,
    Kind,
    Resource,
    SystemClock,
    Workspace,
)
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._account import Place, connect
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import LogLines, NoDisplay, ProgressDisplay
from prolific_exports._console._text import aligned, moment, printable
from prolific_exports._console._warnings import warnings_on_stderr
from prolific_exports._errors import UsageError

_Entry: TypeAlias = Workspace | Resource

_HEADINGS: Final = {
    "workspaces": ("WORKSPACE_ID", "TITLE"),
    "collections": ("COLLECTION_ID", "CREATED", "PAGES", "NAME"),
    "batches": ("BATCH_ID", "CREATED", "STATUS", "TASKS", "NAME"),
}
_WIDTH: Final = 50


class NothingFoundError(ExportsError):
    """A workspace has nothing of the kind to download."""


def ids_of_workspace(
    arguments: argparse.Namespace, kind: Kind, workspace_id: str, clock: Clock, *, quiet: bool
) -> tuple[str, ...]:
    """The ids of all collections or batches of a workspace.

    Raises:
        NothingFoundError: There are none.
        ExportsError: The list cannot be read, or is incomplete.
    """
    display: ProgressDisplay = NoDisplay() if quiet else LogLines(clock)
    display.begin(f"workspace {workspace_id}")
    with (
        warnings_on_stderr("prolific-exports"),
        connect(arguments, beat=display.beat, on_event=display.event, clock=clock) as exports,
    ):
        resource = exports.collections if kind == "collection" else exports.batches
        found = tuple(dict.fromkeys(one.id for one in resource.find(workspace_id)))
    kinds = "collections" if kind == "collection" else "batches"
    if not found:
        raise NothingFoundError(
            f"Workspace {workspace_id} has no {kinds}, so there is nothing to download."
        )
    if not quiet:
        streams.print_message(f"workspace {workspace_id}: {len(found)} {kinds}")
    return found


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Print the workspaces of the account, or the collections or batches of a workspace.

    An error does not lose the entries that arrived before it.
    """
    found: list[_Entry] = []
    failure: ExportsError | OSError | KeyboardInterrupt | None = None
    try:
        if arguments.command != "workspaces":
            arguments.workspace = _workspace(arguments)
        _find(arguments, clock or SystemClock(), found)
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        print_error(error)
        failure = error
    if arguments.json:
        streams.print_result(_as_json(arguments, found, failure))
    elif found:
        streams.print_result(aligned([_HEADINGS[arguments.command], *map(_row, found)]))
    elif failure is None:
        streams.print_message(f"{_place(arguments)} has no {arguments.command}.")
    return exit_codes.DONE if failure is None else exit_codes.of_error(failure)


def _workspace(arguments: argparse.Namespace) -> str:
    """The workspace of the option or of the profile.

    Raises:
        UsageError: There is none.
    """
    workspace: str | None = arguments.workspace or Place.of(arguments).workspace
    if not workspace:
        raise UsageError(
            "No workspace: give --workspace WORKSPACE_ID, or name one in the profile. Find its id "
            "with prolific-exports workspaces.",
            hint="Find the id with prolific-exports workspaces.",
        )
    return workspace


def _find(arguments: argparse.Namespace, clock: Clock, found: list[_Entry]) -> None:
    lines = LogLines(clock)
    lines.begin(_place(arguments))
    with (
        warnings_on_stderr("prolific-exports"),
        connect(arguments, beat=lines.beat, on_event=lines.event, clock=clock) as exports,
    ):
        match arguments.command:
            case "workspaces":
                found.extend(exports.workspaces())
            case "collections":
                found.extend(exports.collections.find(arguments.workspace))
            case _:
                found.extend(exports.batches.find(arguments.workspace))


def _place(arguments: argparse.Namespace) -> str:
    if arguments.command == "workspaces":
        return "your account"
    return f"workspace {printable(arguments.workspace)}"


def _as_json(
    arguments: argparse.Namespace, found: Sequence[_Entry], error: BaseException | None
) -> str:
    match arguments.command:
        case "workspaces":
            return json_output.workspaces(found, error=error)
        case "collections":
            return json_output.collections(found, workspace_id=arguments.workspace, error=error)
        case _:
            return json_output.batches(found, workspace_id=arguments.workspace, error=error)


def _row(entry: _Entry) -> tuple[str, ...]:
    if isinstance(entry, Workspace):
        return printable(entry.id), printable(entry.title or "-", _WIDTH)
    created = "-" if entry.created_at is None else moment(entry.created_at)
    name = printable(entry.name or "-", _WIDTH)
    if entry.kind == "collection":
        return printable(entry.id), created, str(entry.counts.get("items", "-")), name
    tasks = str(entry.counts.get("tasks", "-"))
    return printable(entry.id), created, printable(entry.status or "-", _WIDTH), tasks, name
