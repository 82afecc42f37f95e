"""The words that the gate and the sandbox share: editions, kinds, states, limits, operations.

Operations are identified by method and path, never by operationId: those have changed (D-14).
"""

import re
from typing import Final, Literal, TypeAlias, get_args
from urllib.parse import unquote

from attrs import frozen

Edition: TypeAlias = Literal["2026-03", "2026-11"]
"""A version of the API contract, named after the month of its documents."""

Kind: TypeAlias = Literal["batch", "collection"]
State: TypeAlias = Literal["generating", "complete", "failed"]
Action: TypeAlias = Literal["request", "status", "archive", "list", "delete"]

EDITIONS: Final[tuple[Edition, ...]] = get_args(Edition)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
STATES: Final[tuple[State, ...]] = get_args(State)

ENDED: Final[frozenset[State]] = frozenset({"complete", "failed"})
"""The states of a job on which the server no longer works."""

UNFINISHED: Final[frozenset[State]] = frozenset(STATES) - ENDED
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

MANAGEMENT_ACTIONS: Final[frozenset[Action]] = frozenset({"list", "delete"})
"""The actions that only edition 2026-11 has (D-3)."""

JOB_LIMIT: Final = 10
"""How many export jobs a batch or collection can have in edition 2026-11 (D-3).

Jobs with different filters and in every state count.
"""

PATH_SEGMENTS: Final[dict[Kind, str]] = {"batch": "batches", "collection": "collections"}
"""How request paths name the kinds."""

_METHODS: Final[dict[Action, str]] = {
    "request": "POST",
    "status": "GET",
    "archive": "GET",
    "list": "GET",
    "delete": "DELETE",
}
# The actions on the path without a job's id, and on the path with one.
_ON_PATH: Final[tuple[tuple[Action, ...], tuple[Action, ...]]] = (
    ("request", "list"),
    ("status", "delete"),
)
_PATH = re.compile(
    r"/api/v1/data-collection/(batches|collections)/([^/]+)/export(?:/([^/]+))?/?", re.DOTALL
)

DOTS: Final = frozenset({".", ".."})
"""Path segments that can't be ids: clients remove them from paths (RFC 3986, section 6.2.2)."""


@frozen(order=True, cache_hash=True)
class Operation:
    """One operation on one kind of resource: a column of the verdict's matrix.

    Attributes:
        kind: What is exported.
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
        """The documented path; a description for archives, whose paths are not documented."""
        if self.action == "archive":
            return f"the {self.kind}'s presigned URL"
        stem = f"/api/v1/data-collection/{PATH_SEGMENTS[self.kind]}/{{{self.kind}_id}}/export"
        return f"{stem}/{{export_id}}" if self.action in _ON_PATH[1] else stem

    def __str__(self) -> str:
        """Method and path template."""
        return f"{self.method} {self.template}"


UNKNOWN_EXPORT_ID: Final = "00000000-0000-4000-8000-000000000000"
"""The id that a conversation uses to see how the server answers for an unknown job.

No random generator returns this version 4 UUID. Any other unexplained id in a recording may
belong to a job that was started before the recording began.
"""

UNKNOWN_RESOURCE_ID: Final = "00000000-0000-4000-8000-000000000001"
"""Id of a batch and a collection that do not exist."""

UNKNOWN_STUDY_IDS: Final = ("000000000000000000000000", "00000000-0000-4000-8000-000000000002")
"""Ids of studies that do not exist: one as Prolific's, and a UUID."""

OPERATIONS: Final = tuple(Operation(kind, action) for kind in KINDS for action in ACTIONS)


@frozen
class Address:
    """The resource, and possibly the job, that an API path identifies.

    Attributes:
        kind: What is exported.
        resource_id: Id of the batch or collection, decoded but otherwise unchanged.
        export_id: Id of the job; None on paths without one.
    """

    kind: Kind
    resource_id: str
    export_id: str | None

    @property
    def operation(self) -> Operation:
        """The operation that has this path in every edition."""
        return Operation(self.kind, self._actions[0])

    def at(self, method: str) -> Operation | None:
        """The operation of this path and a method, in any edition; None if there is none."""
        for action in self._actions:
            if _METHODS[action] == method:
                return Operation(self.kind, action)
        return None

    @property
    def _actions(self) -> tuple[Action, ...]:
        return _ON_PATH[0 if self.export_id is None else 1]


def address_of(path: str) -> Address | None:
    """Parse a path below the base URL; None if it is not a path of the export API."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    kind: Kind = "batch" if match[1] == "batches" else "collection"
    resource_id, export_id = unquote(match[2]), None if match[3] is None else unquote(match[3])
    if DOTS.intersection((resource_id, export_id)):
        return None
    return Address(kind, resource_id, export_id)


def path_of(kind: Kind, resource_id: str, export_id: str | None = None) -> str:
    """The path below the base URL; the ids are not escaped."""
    stem = f"/api/v1/data-collection/{PATH_SEGMENTS[kind]}/{resource_id}/export"
    return stem if export_id is None else f"{stem}/{export_id}"
