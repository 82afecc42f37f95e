"""Probes of the operations that edition 2026-11 adds: lists, deletions and filters."""

from itertools import pairwise

from prolific_contract._vocabulary import UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID
from prolific_contract.gate.conversation._access_probes import AccessProbes
from prolific_contract.gate.conversation._filter_probes import FilterProbes
from prolific_contract.gate.conversation._job_steps import JobSteps
from prolific_contract.gate.conversation._location_probes import LocationProbes
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import ResourceProgress, TrackedJob, path_to
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps


class JobManagement:
    """Probes lists, deletions and filters, where the server has them."""

    def __init__(self, plan: ConversationPlan, sender: Sender, jobs: JobSteps) -> None:
        self._plan = plan
        self._sender = sender
        self._jobs = jobs
        self._access = AccessProbes(sender)
        self._locations = LocationProbes(plan, sender)
        self._filters = FilterProbes(plan, sender, jobs.polls)

    def probe_while_generating(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        """Delete a generating job, which must fail, and request filtered exports beside it."""
        if not resource.lists_jobs or not job.unfinished:
            return
        yield from self._jobs.lists.list(resource, immediately=True)
        if resource.owns(job):
            yield from self._jobs.deletions.delete_while_generating(resource, job)
        if (
            self._plan.edition == "2026-11"
            and resource.ids_before is not None
            and not resource.filtered
        ):
            yield from self._filters.probe_while_generating(resource, job)
        if len(resource.jobs) == 1:
            yield from self._jobs.lists.list_settled(resource)

    def probe_after_end(self, resource: ResourceProgress) -> Steps[None]:
        """List jobs after they ended, and try deletions that must be refused."""
        if not resource.lists_jobs:
            return
        yield from self._jobs.lists.list(resource)
        yield from self._jobs.lists.poll_listed_jobs(resource)
        yield from self._sender.request(
            ApiRequest("DELETE", f"{resource.path}/{UNKNOWN_EXPORT_ID}")
        )
        yield from self._sender.request(
            ApiRequest("GET", path_to(resource.subject.kind, UNKNOWN_RESOURCE_ID))
        )
        for job in resource.jobs[:1]:
            if resource.owns(job) and not job.deleted:
                yield from self._access.probe_deletions(resource, job)
                yield from self._locations.delete_elsewhere(job)
                yield from self._jobs.polls.poll(job)

    def probe_deletion(self, resource: ResourceProgress) -> Steps[None]:
        """Delete the first filtered job twice, and the second one once.

        Request the filter of the first one before that, and that of the second one after it: each
        request has to start another job. Then request a filter with known responses.
        """
        if not resource.lists_jobs:
            return
        yield from self._filters.request_first_again(resource)
        for job in resource.filtered[:1]:
            if job.ended and resource.owns(job) and not job.deleted:
                yield from self._jobs.deletions.delete_twice(resource, job)
        for first, job in pairwise(resource.filtered[:2]):
            if first.deleted and job.only_requested and resource.owns(job):
                yield from self._jobs.polls.poll(job)
                yield from self._delete_and_request_again(resource, job)
        yield from self._filters.probe_period(resource)

    def _delete_and_request_again(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        if not job.ended:
            return
        yield from self._jobs.deletions.delete(job)
        if job.deleted:
            resource.count_deletion()
            yield from self._filters.request_second_again(resource)

    def check_at_end(self, resource: ResourceProgress) -> Steps[None]:
        """List what remains, and look for a job that was deleted some seconds ago."""
        if not resource.lists_jobs:
            return
        yield from self._jobs.lists.list_settled(resource)
        for job in resource.filtered[:1]:
            if job.deleted:
                yield from self._sender.request(ApiRequest("GET", job.path))
