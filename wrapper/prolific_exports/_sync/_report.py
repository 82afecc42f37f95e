"""What a run did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from attrs import Factory, frozen

from prolific_exports._errors import ExportsError
from prolific_exports._model._references import ExportRef

SyncEnding: TypeAlias = Literal["updated", "unchanged", "failed", "blocked", "skipped", "due"]
"""How the export of a resource ended.

``updated``: its new or changed responses are in the dataset. ``unchanged``: there were none.
``blocked``: it has ten export jobs of other users. ``skipped``: you have no access to another
resource of its workspace. ``due``: a run would export it (`Sync.preview`).
"""


@frozen
class SyncedResource:
    """What a run did about one collection or batch.

    Attributes:
        ref: What was exported, with the id of its job.
        workspace_id: Its workspace.
        ending: How it ended.
        rows: Rows of the table ``answers`` that the export has; 0 without an export.
        submissions: Submissions that it has.
        files: Uploaded files that it has.
        size: Bytes of its archive.
        error: Why it failed, was blocked or skipped; None otherwise.
    """

    ref: ExportRef
    workspace_id: str
    ending: SyncEnding
    rows: int = 0
    submissions: int = 0
    files: int = 0
    size: int = 0
    error: ExportsError | None = None


@frozen
class SyncReport:
    """What a run did, or would do.

    In a report of `Sync.preview`, ``ended_at`` and ``requests`` are estimates.

    Attributes:
        began_at: When it began (aware).
        ended_at: When it ended (aware).
        resources: The collections and batches that were due, sorted by kind and id.
        not_due: How many others were not: they had no news for a while.
        unlisted: Why some workspaces could not be listed, by their ids.
        jobs_left: Export jobs that could not be deleted. The next run tries again.
        requests: Requests to the API.
        rejected: How many of them got a 429.
    """

    began_at: datetime
    ended_at: datetime
    resources: tuple[SyncedResource, ...]
    not_due: int
    unlisted: Mapping[str, ExportsError]
    jobs_left: tuple[ExportRef, ...]
    requests: int
    rejected: int
    counts: Mapping[SyncEnding, int] = Factory(
        lambda self: _counts(self.resources), takes_self=True
    )
    """How many resources ended in each way."""

    @property
    def is_complete(self) -> bool:
        """Whether the dataset has every resource that was due."""
        return not self.unlisted and all(one.error is None for one in self.resources)


def _counts(resources: tuple[SyncedResource, ...]) -> Mapping[SyncEnding, int]:
    counts: dict[SyncEnding, int] = {}
    for one in resources:
        counts[one.ending] = counts.get(one.ending, 0) + 1
    return counts
