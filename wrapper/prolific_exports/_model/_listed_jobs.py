"""Export jobs in the server's list (edition 2026-11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from prolific_exports._model._filters import ExportFilter


@frozen
class ListedJob:
    """An export job in the list of a collection or batch, which omits deleted jobs.

    Attributes:
        export_id: The job's id, as the server wrote it.
        status: The job's state as the server writes it. The values are not published; expect
            those of `ExportState`.
        created_at: Time of the request for the job (aware). The data are from this time.
        filter: Which responses it contains; None for all.
        extra: Fields of the response that the contract does not define.
    """

    export_id: str
    status: str
    created_at: datetime
    filter: ExportFilter | None = None
    extra: Mapping[str, Any] = field(factory=dict, repr=False, hash=False)
