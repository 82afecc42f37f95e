"""Which export jobs of a collection or batch to delete."""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from prolific_exports._base_errors import UsageError
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._states import UNFINISHED, Failed


@frozen
class JobSelection:
    """Export jobs, divided into those to delete and the others. Each in the order of the list.

    Attributes:
        selected: The jobs to delete.
        kept: The jobs to keep.
        unfinished: Jobs that the server still works on, and therefore does not delete.
    """

    selected: tuple[ListedJob, ...]
    kept: tuple[ListedJob, ...]
    unfinished: tuple[ListedJob, ...]


def select_jobs(
    jobs: Iterable[ListedJob], *, before: datetime | None = None, keep: int = 0
) -> JobSelection:
    """Choose the jobs to delete; without a condition, all that have ended.

    >>> jobs = exports.collections.list("65f0c1d2e3a4b5c6d7e8f901")
    >>> for job in select_jobs(jobs, keep=3).selected:
    ...     exports.collections.delete("65f0c1d2e3a4b5c6d7e8f901", job.export_id)

    Args:
        jobs: The jobs of one collection or batch.
        before: Only jobs requested before this moment (aware); None for all.
        keep: How many of the newest jobs to keep. Failed jobs have no archive, so they do not
            count.

    Raises:
        UsageError: ``keep`` is negative.
    """
    if keep < 0:
        raise UsageError(f"Cannot keep {keep} exports: give a number from 0.")
    listed = list(jobs)
    ended = [job for job in listed if job.status not in UNFINISHED]
    with_archive = [job for job in ended if job.status != Failed.status]
    newest_first = sorted(with_archive, key=lambda job: job.created_at, reverse=True)
    newest = {job.export_id for job in newest_first[:keep]}
    selected = [
        job
        for job in ended
        if job.export_id not in newest and (before is None or job.created_at < before)
    ]
    ids = {job.export_id for job in selected}
    return JobSelection(
        selected=tuple(selected),
        kept=tuple(job for job in ended if job.export_id not in ids),
        unfinished=tuple(job for job in listed if job.status in UNFINISHED),
    )
