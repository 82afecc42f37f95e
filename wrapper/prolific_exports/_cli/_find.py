"""``prolific-exports workspaces``, ``collections`` and ``batches``."""

import argparse
from collections.abc import Sequence
from typing import Final, TypeAlias

from prolific_exports import Clock, Exports, ExportsError, Resource, SystemClock, Workspace
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import LogLines
from prolific_exports._console._text import aligned, moment, printable
from prolific_exports._console._warnings import warnings_on_stderr

_Entry: TypeAlias = Workspace | Resource

_HEADINGS: Final = {
    "workspaces": ("WORKSPACE_ID", "TITLE"),
    "collections": ("COLLECTION_ID", "CREATED", "PAGES", "NAME"),
    "batches": ("BATCH_ID", "CREATED", "STATUS", "TASKS", "NAME"),
}
_WIDTH: Final = 50


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Print the workspaces of the account, or the collections or batches of a workspace.

    An error does not lose the entries that arrived before it.
    """
    found: list[_Entry] = []
    failure: ExportsError | OSError | KeyboardInterrupt | None = None
    try:
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


def _find(arguments: argparse.Namespace, clock: Clock, found: list[_Entry]) -> None:
    lines = LogLines(clock)
    lines.begin(_place(arguments))
    with (
        warnings_on_stderr("prolific-exports"),
        Exports(on_event=lines.event, clock=clock) as exports,
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
