"""Requests for jobs where they are not: unknown ids, and other kinds and resources."""

from collections.abc import Iterable
from typing import TypeAlias

from prolific_contract._vocabulary import KINDS, UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID, Kind
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    path_to,
    poll_request,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Subject
from prolific_contract.gate.trace._near_ids import is_unique, near_resource_ids

Location: TypeAlias = tuple[Kind, str]


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
        nearly = [path_to(*place) for place in self._nearly(resource.subject)]
        for path in nearly:
            yield from self._sender.request(ApiRequest("POST", path))
        for path in nearly if resource.lists_jobs else ():
            yield from self._sender.request(ApiRequest("GET", path))
        for job in resource.jobs[:1]:
            yield from self._poll(job, self._elsewhere(job))

    def poll_unknown_job(self, resource: ResourceProgress) -> Steps[None]:
        """Poll a job that does not exist."""
        subject = resource.subject
        yield from self._sender.request(poll_request(subject.kind, subject.id, UNKNOWN_EXPORT_ID))

    def poll_nearby(self, job: TrackedJob) -> Steps[None]:
        """Poll a job under ids that are nearly that of its resource, and under other resources."""
        nearly = self._nearly(job.subject) or [(job.subject.kind, UNKNOWN_RESOURCE_ID)]
        others = [place for place in self._elsewhere(job) if place[1] != UNKNOWN_RESOURCE_ID]
        yield from self._poll(job, dict.fromkeys([*nearly, *others]))

    def delete_elsewhere(self, job: TrackedJob) -> Steps[None]:
        """Delete a job under other kinds and resources."""
        longer = self._nearly(job.subject)[-1:]
        for kind, resource_id in (*self._elsewhere(job), *longer):
            yield from self._sender.request(
                ApiRequest("DELETE", path_to(kind, resource_id, job.export_id))
            )

    def _poll(self, job: TrackedJob, locations: Iterable[Location]) -> Steps[None]:
        for kind, resource_id in locations:
            yield from self._sender.request(poll_request(kind, resource_id, job.export_id))

    def _elsewhere(self, job: TrackedJob) -> list[Location]:
        """Kinds and resources other than the job's own, each once."""
        own = (job.subject.kind, job.subject.id)
        others: list[Location] = [
            *((kind, job.subject.id) for kind in KINDS),
            (job.subject.kind, UNKNOWN_RESOURCE_ID),
            *((subject.kind, subject.id) for subject in self._plan.subjects),
        ]
        return [location for location in dict.fromkeys(others) if location != own]

    def _nearly(self, subject: Subject) -> list[Location]:
        """Where a careless server finds a resource: by its id under the other kind, and near it."""
        given = {(one.kind, one.id) for one in self._plan.subjects}
        others: list[Location] = [(kind, subject.id) for kind in KINDS if is_unique(subject.id)]
        near: list[Location] = [(subject.kind, one) for one in near_resource_ids(subject.id) or ()]
        return [location for location in (*others, *near) if location not in given]
