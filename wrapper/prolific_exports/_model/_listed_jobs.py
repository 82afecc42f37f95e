"""An export job as the server lists it (edition 2026-11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from prolific_exports._model._filters import ExportFilter


@frozen
class ListedJob:
    """One of a collection's or batch's export jobs; deleted ones are not listed.

    Attributes:
        export_id: Its id, as the server wrote it.
        status: Its state in the server's word. The words are not published; those of
            `ExportState` are to be expected.
        created_at: When it was requested (aware): what it exports is as of then.
        filter: Which responses it is of; None for all.
        extra: Fields of the answer that the contract does not name.
    """

    export_id: str
    status: str
    created_at: datetime
    filter: ExportFilter | None = None
    extra: Mapping[str, Any] = field(factory=dict, repr=False, hash=False)
