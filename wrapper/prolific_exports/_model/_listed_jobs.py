"""Export jobs in the server's list (edition 2026-11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._html import facts_table, records_table


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

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        return facts_table("Export job", zip(_HEADER, self._row(), strict=True))

    def _row(self) -> tuple[str, str, datetime, str]:
        return self.export_id, self.status, self.created_at, str(self.filter or "none")


class ListedJobs(tuple[ListedJob, ...]):
    """Export jobs as a tuple that notebooks show as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        return records_table("Export jobs, newest first", _HEADER, [one._row() for one in self])


_HEADER: Final = ("Job", "Status", "Requested", "Filter")
