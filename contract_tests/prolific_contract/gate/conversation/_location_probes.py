"""Requests for jobs where they are not: unknown ids, and other kinds and resources."""

from collections.abc import Iterator

from prolific_contract._vocabulary import KINDS, UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID, Kind
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    path_to,
    poll_request,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps


class LocationProbes:
    """Sends the probes of a conversation for which a server has to find nothing."""

    def __init__(self, plan: ConversationPlan, sender: Sender) -> None:
        self._plan = plan
        self._sender = sender

    def probe_while_generating(self, resource: ResourceProgress) -> Steps[None]:
        """Poll an unknown job, request an unknown resource, and poll the first job elsewhere."""
        yield from self.poll_unknown_job(resource)
        yield from self._sender.request(
            ApiRequest("POST", path_to(resource.subject.kind, UNKNOWN_RESOURCE_ID))
        )
        for job in resource.jobs[:1]:
            yield from self.poll_elsewhere(job)

    def poll_unknown_job(self, resource: ResourceProgress) -> Steps[None]:
        """Poll a job that does not exist."""
        subject = resource.subject
        yield from self._sender.request(poll_request(subject.kind, subject.id, UNKNOWN_EXPORT_ID))

    def poll_elsewhere(self, job: TrackedJob) -> Steps[None]:
        """Poll a job under other kinds and resources."""
        for kind, resource_id in self._other_locations(job):
            yield from self._sender.request(poll_request(kind, resource_id, job.export_id))

    def delete_elsewhere(self, job: TrackedJob) -> Steps[None]:
        """Delete a job under other kinds and resources."""
        for kind, resource_id in self._other_locations(job):
            yield from self._sender.request(
                ApiRequest("DELETE", path_to(kind, resource_id, job.export_id))
            )

    def _other_locations(self, job: TrackedJob) -> Iterator[tuple[Kind, str]]:
        """Kinds and resources other than the job's own, each once."""
        own = (job.subject.kind, job.subject.id)
        others: list[tuple[Kind, str]] = [
            *((kind, job.subject.id) for kind in KINDS),
            (job.subject.kind, UNKNOWN_RESOURCE_ID),
            *((subject.kind, subject.id) for subject in self._plan.subjects),
        ]
        return (location for location in dict.fromkeys(others) if location != own)
