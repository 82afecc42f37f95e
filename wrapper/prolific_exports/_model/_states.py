"""The three states of an export job (documents/000), as values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import field, frozen


@frozen
class Generating:
    """The archive is being built.

    Attributes:
        export_id: Id of the job, as the server wrote it.
        extra: Fields of the answer that the contract does not name.
    """

    export_id: str
    extra: Mapping[str, Any] = field(factory=dict, repr=False)

    status = "generating"


@frozen
class Complete:
    """The archive is ready.

    Attributes:
        url: Presigned URL of the ZIP. Whoever holds it can download the data: ``repr`` leaves
            it out.
        expires_at: When the URL stops working, at the latest (aware); None if the server does
            not say so in a way that can be read, which is in ``extra`` then.
        extra: Fields of the answer that the contract does not name.
    """

    url: str = field(repr=False)
    expires_at: datetime | None
    extra: Mapping[str, Any] = field(factory=dict, repr=False)

    status = "complete"


@frozen
class Failed:
    """Generating the archive failed, or the archive was deleted.

    Attributes:
        extra: Fields of the answer that the contract does not name.
    """

    extra: Mapping[str, Any] = field(factory=dict, repr=False)

    status = "failed"


ExportState: TypeAlias = Generating | Complete | Failed
"""What a job's status can be."""
