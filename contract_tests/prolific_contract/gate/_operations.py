"""The operations that laws are about, recognised by method and path (D-14: never by name)."""

import re
from typing import Final, Literal, TypeAlias, get_args
from urllib.parse import unquote

from attrs import frozen

Kind: TypeAlias = Literal["batch", "collection"]
Action: TypeAlias = Literal["request", "status", "archive"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

_METHODS: Final[dict[Action, str]] = {"request": "POST", "status": "GET", "archive": "GET"}
_PLURALS: Final[dict[Kind, str]] = {"batch": "batches", "collection": "collections"}
_PATH = re.compile(
    r"/api/v1/data-collection/(batches|collections)/([^/]+)/export(?:/([^/]+))?/?", re.DOTALL
)


@frozen(order=True)
class Operation:
    """One operation of one kind: a column of the verdict's matrix.

    Attributes:
        kind: ``batch`` or ``collection``.
        action: ``request`` (POST …/export), ``status`` (GET …/export/{export_id}) or
            ``archive`` (GET of the presigned URL).
    """

    kind: Kind
    action: Action

    @property
    def method(self) -> str:
        """The documented HTTP method."""
        return _METHODS[self.action]

    @property
    def template(self) -> str:
        """The documented path, as the contract has it; the archive's is not documented."""
        if self.action == "archive":
            return f"the {self.kind}'s presigned URL"
        stem = f"/api/v1/data-collection/{_PLURALS[self.kind]}/{{{self.kind}_id}}/export"
        return f"{stem}/{{export_id}}" if self.action == "status" else stem

    def __str__(self) -> str:
        """Method and path template."""
        return f"{self.method} {self.template}"


UNKNOWN_EXPORT_ID: Final = "00000000-0000-4000-8000-000000000000"
"""What a conversation asks for to learn how unknown jobs are answered.

A UUID of version 4 that nobody draws. Any other id that a recording does not explain may
belong to a job that was started before the recording was.
"""

OPERATIONS: Final = tuple(Operation(kind, action) for kind in KINDS for action in ACTIONS)


@frozen
class Address:
    """What a path of the API names.

    Attributes:
        kind: Of the resource.
        resource_id: Id of the batch or collection, as it is written.
        export_id: Id of the job; None on the paths without one.
    """

    kind: Kind
    resource_id: str
    export_id: str | None

    @property
    def operation(self) -> Operation:
        """The operation that has this path."""
        return Operation(self.kind, "request" if self.export_id is None else "status")


def address_of(path: str) -> Address | None:
    """What a path below the base URL names; None for any other path."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    kind: Kind = "batch" if match[1] == "batches" else "collection"
    export_id = match[3]
    return Address(kind, unquote(match[2]), None if export_id is None else unquote(export_id))


def path_of(kind: Kind, resource_id: str, export_id: str | None = None) -> str:
    """The path below the base URL; ids are taken as they are."""
    stem = f"/api/v1/data-collection/{_PLURALS[kind]}/{resource_id}/export"
    return stem if export_id is None else f"{stem}/{export_id}"
