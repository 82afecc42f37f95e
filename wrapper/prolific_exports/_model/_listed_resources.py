"""Workspaces, collections and batches in the server's lists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from prolific_exports._model._references import ExportRef, Kind


@frozen
class ListRef:
    """Identifies a list: the collections or batches of a workspace, or the account's workspaces.

    Attributes:
        kind: What is listed.
        workspace_id: Id of the workspace; None for the list of workspaces.
    """

    kind: Kind | Literal["workspace"]
    workspace_id: str | None = None

    def __str__(self) -> str:
        """Return ``workspace 64d0…`` or ``the workspaces of your account``."""
        if self.workspace_id is None:
            return "the workspaces of your account"
        return f"workspace {self.workspace_id}"


RequestRef: TypeAlias = ExportRef | ListRef
"""What a request to the API is about."""


@frozen
class Workspace:
    """A workspace of the account.

    Attributes:
        id: Its id.
        title: Its name; None if the server does not send one.
        description: What it is used for; None if the server does not say.
        extra: The other fields of the response.
    """

    id: str
    title: str | None = None
    description: str | None = None
    extra: Mapping[str, Any] = field(factory=dict, repr=False, hash=False)


@frozen
class Resource:
    """A collection or batch in the list of its workspace.

    Attributes:
        kind: ``"collection"`` or ``"batch"``.
        id: Its id, which `export` and `download` take.
        name: Its name; None if the server does not send one.
        status: State of a batch, e.g. ``"READY"``, as the server writes it. None for collections,
            which have no state.
        created_at: When it was created (aware); None if the server does not say.
        modified_at: When it was last changed (aware); None if it never was, or is a batch.
        counts: How many parts it has: ``items`` (pages of a collection), ``tasks``,
            ``task_groups`` and ``instructions`` (of a batch), those that the server sends.
        extra: The other fields of the response.
    """

    kind: Kind
    id: str
    name: str | None = None
    status: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    counts: Mapping[str, int] = field(factory=dict, hash=False)
    extra: Mapping[str, Any] = field(factory=dict, repr=False, hash=False)
