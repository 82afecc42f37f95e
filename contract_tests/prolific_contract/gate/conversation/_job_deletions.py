"""The part of the conversation that deletes jobs (edition 2026-11).

It deletes a job only if the conversation certainly started it.
"""

from collections.abc import Iterable
from typing import Final

from prolific_contract._vocabulary import ENDED
from prolific_contract.gate.conversation._job_lists import JobLists
from prolific_contract.gate.conversation._job_polls import JobPolls
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import ResourceProgress, TrackedJob
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps

# Seconds after the end of the budget for deleting jobs.
_DELETION_SECONDS: Final = 30.0
# A job this many times as old as another, plus the pace's first delay, has another age.
_FAR_OLDER: Final = 2.0
_GONE: Final = (404, 410)


class JobDeletions:
    """Deletes jobs that the conversation started."""

    def __init__(
        self, plan: ConversationPlan, sender: Sender, polls: JobPolls, lists: JobLists
    ) -> None:
        self._plan = plan
        self._sender = sender
        self._polls = polls
        self._lists = lists

    def delete(self, job: TrackedJob, *, immediately: bool = False) -> Steps[None]:
        """Delete a job."""
        exchange = yield from self._sender.request(
            ApiRequest("DELETE", job.path), immediately=immediately
        )
        # Without a response, the job may have been deleted.
        response = exchange.response if exchange is not None else None
        job.deleted = exchange is not None and (response is None or response.status < 300)
        if job.deleted:
            job.changed_at = self._sender.now

    def delete_while_generating(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        """Try to delete a job that is generating.

        The job may end just before the deletion, and so may every job of the resource at about
        that age. After a successful deletion, the next attempt waits until its job is much
        older, where the same coincidence cannot occur.
        """
        if resource.age_when_deleted is not None:
            age = _FAR_OLDER * resource.age_when_deleted + self._plan.pace.polls[0]
            yield from self._sender.pause(job.requested_at + age - self._sender.now)
            yield from self._polls.poll(job, immediately=True)
            if not job.unfinished:
                return
        yield from self.delete(job, immediately=True)
        if job.deleted:
            resource.age_when_deleted = self._sender.now - job.requested_at
        yield from self._polls.poll(job, immediately=True)

    def delete_twice(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        """Delete a job, and look for it before the second deletion and after it."""
        yield from self.delete(job)
        polled = yield from self._sender.request(ApiRequest("GET", job.path))
        if polled is not None and polled.response is not None and polled.response.status in _GONE:
            resource.count_deletion()
        yield from self._lists.list(resource)
        for method in ("DELETE", "GET"):
            yield from self._sender.request(ApiRequest(method, job.path))

    def _find_end(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        """Find out whether a job has ended: by the last list, or by a poll."""
        listed_as = resource.states_listed.get(job.export_id.lower())
        if job.only_requested and listed_as in ENDED:
            job.state = str(listed_as)
        elif not job.ended:
            yield from self._polls.poll(job)

    def delete_owned_jobs(self, resources: Iterable[ResourceProgress]) -> Steps[None]:
        """Delete every job that the conversation started, and list what remains."""
        self._sender.budget += _DELETION_SECONDS
        managed = [resource for resource in resources if resource.lists_jobs]
        own: list[TrackedJob] = []
        for resource in managed:
            if any(
                job.export_id.lower() not in resource.creation_times for job in resource.all_jobs
            ):
                yield from self._lists.list(resource)
            for job in resource.all_jobs:
                if resource.owns(job) and not job.deleted:
                    own.append(job)
                    yield from self._find_end(resource, job)
        # A slow job must not delay the deletion of the others.
        for job in sorted(own, key=lambda job: not job.ended):
            if not job.ended:
                yield from self._polls.poll_until_ended(job)
            yield from self.delete(job)
            if not job.only_requested:
                # The list shows whether the others are gone.
                yield from self._sender.request(ApiRequest("GET", job.path))
        for resource in managed:
            # Without this list, it is unknown which jobs exist.
            resource.ids_listed = None
            yield from self._lists.list_settled(resource)
