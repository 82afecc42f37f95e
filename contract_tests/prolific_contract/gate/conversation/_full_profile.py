"""Requests with unknown effects, which the conversation sends last, under the full profile.

They are undocumented methods, jobs up to the limit, and the requests that schemathesis generated.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from prolific_contract._vocabulary import JOB_LIMIT, UNKNOWN_EXPORT_ID, address_of
from prolific_contract.gate.conversation._filter_probes import FilterProbes, window
from prolific_contract.gate.conversation._job_steps import JobSteps
from prolific_contract.gate.conversation._plan import KNOWN_JOB, ConversationPlan, GeneratedRequest
from prolific_contract.gate.conversation._resources import ResourceProgress
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Exchange

_REQUEST_METHODS: Final = ("PUT", "PATCH", "DELETE")
# DELETE of a job is documented in edition 2026-11.
_JOB_METHODS: Final = ("POST", "PUT", "PATCH")


class FullProfile:
    """Sends the requests that only the full profile has."""

    def __init__(self, plan: ConversationPlan, sender: Sender, jobs: JobSteps) -> None:
        self._plan = plan
        self._sender = sender
        self._jobs = jobs
        self._filters = FilterProbes(plan, sender, jobs.polls)

    def probe(self, resources: Sequence[ResourceProgress]) -> Steps[None]:
        """Send all of them."""
        for resource in resources:
            yield from self._probe_methods(resource)
            yield from self._fill_to_limit(resource)
        for generated in self._plan.generated:
            path = generated.path.replace(KNOWN_JOB, _job_for(generated, resources))
            request = ApiRequest(generated.method, path, headers=generated.headers, generated=True)
            self._track_job(resources, (yield from self._sender.request(request)))

    def _probe_methods(self, resource: ResourceProgress) -> Steps[None]:
        path = resource.path
        for method in _REQUEST_METHODS:
            yield from self._sender.request(ApiRequest(method, path))
        path = resource.jobs[0].path if resource.jobs else f"{path}/{UNKNOWN_EXPORT_ID}"
        for method in _JOB_METHODS:
            yield from self._sender.request(ApiRequest(method, path))

    def _fill_to_limit(self, resource: ResourceProgress) -> Steps[None]:
        """Start jobs up to the limit and one more; then delete one and request that one again."""
        if self._plan.edition != "2026-11" or resource.ids_before is None:
            return
        yield from self._jobs.lists.list(resource)
        ids = resource.ids_listed
        if ids is None:
            return
        day = 2
        while len(ids) < JOB_LIMIT:
            job = yield from self._filters.request(resource, window(day))
            if job is None or job.export_id.lower() in ids:
                return
            ids |= {job.export_id.lower()}
            day += 1
        yield from self._jobs.lists.list(resource)
        yield from self._filters.request(resource, window(day))
        yield from self._jobs.lists.list(resource)
        for job in resource.all_jobs:
            if resource.owns(job) and not job.deleted:
                yield from self._jobs.polls.poll_until_ended(job)
                yield from self._jobs.deletions.delete(job)
                yield from self._jobs.lists.list(resource)
                yield from self._filters.request(resource, window(day))
                return

    def _track_job(self, resources: Iterable[ResourceProgress], exchange: Exchange | None) -> None:
        """Track the job that a generated request started, so that it is deleted at the end."""
        address = exchange.address if exchange is not None else None
        for resource in resources:
            own = (resource.subject.kind, resource.subject.id)
            if address is not None and own == (address.kind, address.resource_id):
                self._filters.track(resource, exchange)


def _job_for(generated: GeneratedRequest, resources: Iterable[ResourceProgress]) -> str:
    """Id of a job for a generated request; for a deletion, of a job that we started."""
    address = address_of(generated.path.partition("?")[0])
    for resource in resources:
        own = (resource.subject.kind, resource.subject.id)
        if not address or own != (address.kind, address.resource_id):
            continue
        for job in resource.jobs[:1]:
            if generated.method != "DELETE" or resource.owns(job):
                return quote(job.export_id, safe="")
    return UNKNOWN_EXPORT_ID
