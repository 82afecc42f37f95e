"""The operations that laws are about, recognised by method and path (D-14: never by name)."""

import re
from typing import Final, Literal, TypeAlias, get_args
from urllib.parse import unquote

from attrs import frozen

Kind: TypeAlias = Literal["batch", "collection"]
Action: TypeAlias = Literal["request", "status", "archive", "list", "delete"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

MANAGING: Final[frozenset[Action]] = frozenset({"list", "delete"})
"""The actions that edition 2026-11 has and 2026-03 has not (D-3)."""

_METHODS: Final[dict[Action, str]] = {
    "request": "POST",
    "status": "GET",
    "archive": "GET",
    "list": "GET",
    "delete": "DELETE",
}
# Of the paths without and with the id of a job, the action that the path is named for first.
_ON_PATH: Final[tuple[tuple[Action, ...], tuple[Action, ...]]] = (
    ("request", "list"),
    ("status", "delete"),
)
_PLURALS: Final[dict[Kind, str]] = {"batch": "batches", "collection": "collections"}
_PATH = re.compile(
    r"/api/v1/data-collection/(batches|collections)/([^/]+)/export(?:/([^/]+))?/?", re.DOTALL
)

DOTS: Final = frozenset({".", ".."})
"""No ids: however they are written, they lead to other paths (RFC 3986, section 6.2.2)."""


@frozen(order=True)
class Operation:
    """One operation of one kind: a column of the verdict's matrix.

    Attributes:
        kind: ``batch`` or ``collection``.
        action: ``request`` (POST …/export), ``status`` (GET …/export/{export_id}),
            ``archive`` (GET of the presigned URL), and in edition 2026-11 ``list``
            (GET …/export) and ``delete`` (DELETE …/export/{export_id}).
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
        return f"{stem}/{{export_id}}" if self.action in _ON_PATH[1] else stem

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
        """The operation that has this path in every edition."""
        return Operation(self.kind, self._actions[0])

    def at(self, method: str) -> Operation | None:
        """The operation that this path has under a method, in some edition."""
        for action in self._actions:
            if _METHODS[action] == method:
                return Operation(self.kind, action)
        return None

    @property
    def _actions(self) -> tuple[Action, ...]:
        return _ON_PATH[0 if self.export_id is None else 1]


def address_of(path: str) -> Address | None:
    """What a path below the base URL names; None for any other path."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    kind: Kind = "batch" if match[1] == "batches" else "collection"
    resource_id, export_id = unquote(match[2]), None if match[3] is None else unquote(match[3])
    if DOTS.intersection((resource_id, export_id)):
        return None
    return Address(kind, resource_id, export_id)


def path_of(kind: Kind, resource_id: str, export_id: str | None = None) -> str:
    """The path below the base URL; ids are taken as they are."""
    stem = f"/api/v1/data-collection/{_PLURALS[kind]}/{resource_id}/export"
    return stem if export_id is None else f"{stem}/{export_id}"
