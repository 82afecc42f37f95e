"""The states of an export job (documents/000)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, TypeAlias, get_args

from attrs import field, frozen


@frozen
class Generating:
    """The server is building the archive.

    Attributes:
        export_id: Id of the job, as the server wrote it.
        extra: Fields of the response that the contract does not define.
    """

    export_id: str
    extra: Mapping[str, Any] = field(factory=dict, repr=False)

    status: ClassVar[Literal["generating"]] = "generating"


@frozen
class Complete:
    """The archive is ready.

    Attributes:
        url: Presigned URL of the ZIP. It grants access to the data, so ``repr`` omits it.
        expires_at: Latest time at which the URL expires (aware); None if the server's value
            cannot be parsed. ``extra`` then contains that value.
        extra: Fields of the response that the contract does not define.
    """

    url: str = field(repr=False)
    expires_at: datetime | None
    extra: Mapping[str, Any] = field(factory=dict, repr=False)

    status: ClassVar[Literal["complete"]] = "complete"


@frozen
class Failed:
    """Generating the archive failed, or the archive was deleted.

    Attributes:
        extra: Fields of the response that the contract does not define.
    """

    extra: Mapping[str, Any] = field(factory=dict, repr=False)

    status: ClassVar[Literal["failed"]] = "failed"


Unfinished: TypeAlias = Generating
"""The states of a job that the server still works on. They have the job's id."""

ExportState: TypeAlias = Unfinished | Complete | Failed
"""What `ExportJob.status` returns."""

Status: TypeAlias = Literal["generating", "complete", "failed"]
"""The ``status`` of a state, as the API writes it."""

STATUSES: tuple[Status, ...] = get_args(Status)

UNFINISHED: frozenset[Status] = frozenset(
    state.status for state in get_args(ExportState) if issubclass(state, Unfinished)
)
