"""What whoever owns a batch or collection has to know when a conversation about it is over."""

from collections.abc import Iterable, Iterator

from prolific_contract.gate.conversation._resources import Job, Visit
from prolific_contract.gate.laws._observations import quote


def remarks_on(visit: Visit) -> Iterator[str]:
    """What was not tried to leave room for others, and which jobs stay; in sentences."""
    place = f"the {visit.subject.kind} {visit.subject.id}"
    if visit.is_full and visit.before is not None:
        yield (
            f"{place} had {len(visit.before)} export jobs before, of ten that it may have, and the "
            "last place is left to others: not all was tried; delete some, or give another resource"
        )
    left = [job for job in visit.known if _stays(visit, job)]
    # In edition 2026-03 an export that is ready is given again: no job of it is in the way.
    if visit.manages or [job.state for job in visit.known].count("complete") > 1:
        ours = [job.export_id for job in left if visit.started(job)]
        doubtful = [job.export_id for job in left if not visit.started(job)]
        if ours:
            yield f"{place} keeps export jobs that the check started: {_all(ours)}"
        if doubtful:
            yield (
                f"{place} keeps export jobs that the check was given, and did not delete because "
                f"somebody else may have started them: {_all(doubtful)}"
            )
    if visit.before is None:
        return
    if visit.listed is None:
        yield f"whether {place} keeps further export jobs is not known: it gave no list any more"
        return
    others = visit.listed - visit.before - {job.export_id.lower() for job in visit.known}
    if others:
        yield (
            f"{place} has export jobs that were not there before the check, and may have been "
            f"started by requests of its that got no proper answer: {_all(sorted(others))}"
        )


def _stays(visit: Visit, job: Job) -> bool:
    """Whether a job that was not there before is there now, for all that is known."""
    export_id = job.export_id.lower()
    if visit.before is not None and export_id in visit.before:
        return False
    return not job.deleted if visit.listed is None else export_id in visit.listed


def _all(export_ids: Iterable[str]) -> str:
    return ", ".join(map(quote, export_ids))
