"""The arguments of ``delete``, checked."""

import argparse
from datetime import datetime
from typing import Self

from attrs import frozen

from prolific_exports._cli._confirmation import can_ask
from prolific_exports._cli._times import moment_before
from prolific_exports._errors import UsageError
from prolific_exports._model._references import Kind, check_id

_CHOICES = "--all, --older-than or --keep"


@frozen(kw_only=True)
class DeleteOptions:
    """What to delete: the named exports, or those that conditions choose.

    Attributes:
        resource_id: The collection or batch; None for all of the workspace.
        export_ids: The exports to delete, each once; empty if conditions choose them.
        workspace: None for one collection or batch.
        before: Choose only exports requested before this moment.
        keep: How many of the newest exports to keep.
        asks: Whether the user has to confirm.
    """

    kind: Kind
    resource_id: str | None
    export_ids: tuple[str, ...]
    workspace: str | None
    before: datetime | None
    keep: int
    asks: bool
    dry_run: bool
    json: bool

    @classmethod
    def from_arguments(cls, arguments: argparse.Namespace, now: datetime) -> Self:
        """Check the arguments.

        Args:
            arguments: The parsed command line.
            now: The time from which ages count.

        Raises:
            UsageError: An id is malformed, options contradict each other, or there is no
                terminal to confirm on.
        """
        kind: Kind = arguments.kind
        given: list[str] = arguments.ids or []
        resource_id = given[0] if given else None
        export_ids = given[1:]
        conditions = (arguments.older_than, arguments.keep)
        chooses = arguments.all or conditions != (None, None)
        workspace = arguments.workspace
        if chooses:
            _check_choice(kind, arguments, resource_id, export_ids)
        elif workspace is not None or not export_ids:
            raise UsageError(
                f"No export to delete: give the id of a {kind} and then those of its exports, or "
                f"choose with {_CHOICES}. See: prolific-exports delete --help"
            )
        asks = chooses and not (arguments.yes or arguments.dry_run)
        if asks and not can_ask():
            raise UsageError(
                "Cannot ask for confirmation, because stdin or stderr is not a terminal: add --yes "
                "to delete, or --dry-run to see what would be deleted. Nothing was deleted."
            )
        return cls(
            kind=kind,
            resource_id=None if resource_id is None else check_id(resource_id, kind),
            export_ids=tuple(dict.fromkeys(check_id(one, "export") for one in export_ids)),
            workspace=None if workspace is None else check_id(workspace, "workspace"),
            before=None
            if arguments.older_than is None
            else moment_before("--older-than", arguments.older_than, now),
            keep=arguments.keep or 0,
            asks=asks,
            dry_run=arguments.dry_run,
            json=arguments.json,
        )


def _check_choice(
    kind: Kind,
    arguments: argparse.Namespace,
    resource_id: str | None,
    export_ids: list[str],
) -> None:
    if arguments.all and (arguments.older_than, arguments.keep) != (None, None):
        raise UsageError("--all needs no --older-than or --keep: leave out --all, or the others.")
    if arguments.keep is not None and arguments.keep < 1:
        raise UsageError(f"--keep {arguments.keep} keeps nothing: give a number from 1, or --all.")
    if export_ids:
        raise UsageError(f"{_CHOICES} chooses the exports: leave out their ids, or the options.")
    if (resource_id is None) == (arguments.workspace is None):
        raise UsageError(
            f"{_CHOICES} needs the id of one {kind}, or --workspace for all of a workspace."
        )
