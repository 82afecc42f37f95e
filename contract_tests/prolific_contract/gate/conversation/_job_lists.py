"""The part of the conversation that lists jobs (edition 2026-11).

If the edition is not enforced, the conversation requests one list, and continues only if the
server returns it.
"""

from typing import Final

from prolific_contract._vocabulary import JOB_LIMIT
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    fits_path,
    poll_request,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Exchange

# How many jobs of other clients are polled.
_MOST_LISTED_POLLS: Final = 2
# How many jobs are started if the number of existing jobs is unknown.
_JOBS_WITHOUT_LIST: Final = 2


class JobLists:
    """Lists the jobs of the batches and collections of a conversation."""

    def __init__(self, plan: ConversationPlan, sender: Sender) -> None:
        self._plan = plan
        self._sender = sender

    def list(
        self, resource: ResourceProgress, *, immediately: bool = False
    ) -> Steps[Exchange | None]:
        """List the jobs of a resource."""
        exchange = yield from self._sender.request(
            ApiRequest("GET", resource.path), immediately=immediately
        )
        resource.update_from_list(exchange)
        return exchange

    def list_settled(self, resource: ResourceProgress) -> Steps[None]:
        """List the jobs of a resource, and once more later if the list may be behind."""
        yield from self.list(resource)
        seconds = resource.settled_at() - self._sender.now
        if seconds > 0:
            yield from self._sender.pause(seconds)
            yield from self.list(resource)

    def list_existing_jobs(self, resource: ResourceProgress) -> Steps[None]:
        """List the jobs before the conversation, and find out whether the server lists jobs."""
        if self._plan.edition == "2026-03":
            return
        exchange = yield from self.list(resource)
        resource.ids_before = resource.ids_listed
        resource.lists_jobs = resource.ids_before is not None or self._plan.edition == "2026-11"
        if self._plan.profile == "full":
            return
        response = exchange.response if exchange is not None else None
        if resource.ids_before is not None:
            # Leave one job to other clients.
            resource.jobs_left = JOB_LIMIT - 1 - len(resource.ids_before)
        elif resource.lists_jobs or response is None or not 400 <= response.status < 500:
            resource.jobs_left = _JOBS_WITHOUT_LIST

    def poll_listed_jobs(self, resource: ResourceProgress) -> Steps[None]:
        """Poll listed jobs that other clients started: all of them under the full profile."""
        own = {job.export_id.lower() for job in resource.all_jobs}
        others = sorted((resource.ids_listed or frozenset()) - own)
        limit = len(others) if self._plan.profile == "full" else _MOST_LISTED_POLLS
        for export_id in filter(fits_path, map(resource.spellings.__getitem__, others[:limit])):
            subject = resource.subject
            yield from self._sender.request(poll_request(subject.kind, subject.id, export_id))
