"""What the owner of a batch or collection should know after a conversation."""

from collections.abc import Iterable, Iterator

from prolific_contract.gate.conversation._resources import ResourceProgress, TrackedJob, job_id_in
from prolific_contract.gate.laws._observations import quote
from prolific_contract.gate.trace._exchanges import Exchange


def notices_about(resource: ResourceProgress, may_start: Iterable[Exchange]) -> Iterator[str]:
    """Skipped tests, because of the job limit, and jobs that still exist; as sentences.

    Args:
        resource: The resource.
        may_start: The requests of the conversation that may have started an export.
    """
    location = f"the {resource.subject.kind} {resource.subject.id}"
    if resource.lacked_jobs and resource.ids_before is not None:
        yield (
            f"{location} already had {len(resource.ids_before)} of its ten export jobs, and the "
            "check leaves the last one to others, so some tests were skipped; delete some jobs, "
            "or give another resource"
        )
    left = [job for job in resource.all_jobs if _is_left(resource, job)]
    # In edition 2026-03 an export that is ready is given again: no job of it is in the way.
    if resource.lists_jobs or [job.state for job in resource.all_jobs].count("complete") > 1:
        ours = [job.export_id for job in left if resource.owns(job)]
        doubtful = [job.export_id for job in left if not resource.owns(job)]
        if ours:
            yield f"{location} still has export jobs that the check started: {_all(ours)}"
        if doubtful:
            yield (
                f"{location} still has export jobs that the check received but did not delete, "
                f"because another client may have started them: {_all(doubtful)}"
            )
    if resource.ids_before is None:
        return
    if resource.ids_listed is None:
        yield (f"{location} may have further export jobs: the list at the end of the check failed")
        return
    others = (
        resource.ids_listed
        - resource.ids_before
        - {job.export_id.lower() for job in resource.all_jobs}
    )
    own = [one for one in may_start if _is_about(one, resource)]
    returned = others & {(job_id_in(one) or "").lower() for one in own}
    if returned:
        started = _all(sorted(returned))
        yield f"{location} has export jobs that probes of the check started: {started}"
    others -= returned
    # Without such a request, another client started them, and they are not the check's affair.
    if others and any(map(_is_unclear, own)):
        yield (
            f"{location} has export jobs that did not exist before the check. They may have been "
            f"started by its requests that got no valid response: {_all(sorted(others))}"
        )


def _is_about(request: Exchange, resource: ResourceProgress) -> bool:
    address, subject = request.address, resource.subject
    return address is not None and (
        (address.kind, address.resource_id.lower()) == (subject.kind, subject.id.lower())
    )


def _is_unclear(request: Exchange) -> bool:
    """Whether a request may have started an export without reporting it."""
    response = request.response
    if response is None:
        return True
    if response.status < 300:
        return job_id_in(request) is None and response.state != "complete"
    # A server that asks to retry later has started nothing.
    return response.status >= 500 and response.header("retry-after") is None


def _is_left(resource: ResourceProgress, job: TrackedJob) -> bool:
    """Whether a job exists now that, as far as is known, did not exist before."""
    export_id = job.export_id.lower()
    if resource.ids_before is not None and export_id in resource.ids_before:
        return False
    return not job.deleted if resource.ids_listed is None else export_id in resource.ids_listed


def _all(export_ids: Iterable[str]) -> str:
    return ", ".join(map(quote, export_ids))
