"""The part of the conversation that lists, deletes and filters export jobs.

Edition 2026-11 has these operations. If it is not enforced, the conversation requests one list,
and continues only if the server returns it. The conversation deletes a job only if it certainly
started it. It fills a resource up to the job limit only under the full profile.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from prolific_contract._vocabulary import (
    JOB_LIMIT,
    KINDS,
    UNKNOWN_EXPORT_ID,
    UNKNOWN_RESOURCE_ID,
    Kind,
)
from prolific_contract.gate.conversation._access_probes import BAD_CREDENTIALS, AccessProbes
from prolific_contract.gate.conversation._filter_probes import FilterProbes, window
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    fits_path,
    path_to,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Exchange

# Seconds after the end of the budget for deleting jobs.
_DELETION_SECONDS: Final = 30.0
# A job this many times as old as another, plus a second, certainly has another age.
_FAR_OLDER: Final = 2.0
_SECOND: Final = 1.0
# How many jobs of other clients are polled.
_MOST_LISTED_POLLS: Final = 2
# How many jobs are started if the number of existing jobs is unknown.
_JOBS_WITHOUT_LIST: Final = 2


class JobManagement:
    """Lists, deletes and filters the jobs of the batches and collections of a conversation."""

    def __init__(self, plan: ConversationPlan, sender: Sender) -> None:
        self._plan = plan
        self._sender = sender
        self._access = AccessProbes(sender)
        self._filters = FilterProbes(plan, sender)

    def list_existing_jobs(self, resource: ResourceProgress) -> Steps[None]:
        """List the jobs before the conversation, and find out whether the server lists jobs."""
        if self._plan.edition == "2026-03":
            return
        exchange = yield from self._list(resource)
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

    def probe_while_generating(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        """Delete a generating job, which must fail, and request filtered exports beside it."""
        if not resource.lists_jobs or not job.unfinished:
            return
        yield from self._list(resource, immediately=True)
        if resource.owns(job):
            yield from self._delete_while_generating(resource, job)
        if (
            self._plan.edition == "2026-11"
            and resource.ids_before is not None
            and not resource.filtered
        ):
            yield from self._filters.probe_while_generating(resource)
        yield from self._list(resource)

    def probe(self, resource: ResourceProgress) -> Steps[None]:
        """Request lists without a valid token."""
        if resource.lists_jobs:
            for credential in BAD_CREDENTIALS:
                yield from self._sender.request(ApiRequest("GET", resource.path, credential))

    def probe_forbidden(self, resources: Iterable[ResourceProgress]) -> Steps[None]:
        """Request lists and deletions for resources that the token cannot access."""
        if not any(resource.lists_jobs for resource in resources):
            return
        for subject in self._plan.subjects:
            if subject.forbidden:
                path = path_to(subject.kind, subject.id)
                yield from self._sender.request(ApiRequest("GET", path))
                yield from self._sender.request(ApiRequest("DELETE", f"{path}/{UNKNOWN_EXPORT_ID}"))

    def probe_after_end(self, resource: ResourceProgress) -> Steps[None]:
        """List jobs after they ended, and try deletions that must be refused."""
        if not resource.lists_jobs:
            return
        yield from self._list(resource)
        yield from self._poll_listed_jobs(resource)
        yield from self._sender.request(
            ApiRequest("DELETE", f"{resource.path}/{UNKNOWN_EXPORT_ID}")
        )
        yield from self._sender.request(
            ApiRequest("GET", path_to(resource.subject.kind, UNKNOWN_RESOURCE_ID))
        )
        for job in resource.jobs[:1]:
            if resource.owns(job) and not job.deleted:
                yield from self._probe_refused_deletions(resource, job)
                job.update((yield from self._sender.request(ApiRequest("GET", job.path))))

    def probe_deletion(self, resource: ResourceProgress) -> Steps[None]:
        """Delete the first filtered job twice, and list the others, which must remain.

        Before that, request the same filter again.
        """
        if not resource.lists_jobs:
            return
        yield from self._filters.probe_after_end(resource)
        for job in resource.filtered[:1]:
            yield from self._list(resource)
            if job.ended and resource.owns(job) and not job.deleted:
                yield from self._delete(job)
                yield from self._sender.request(ApiRequest("GET", job.path))
                yield from self._list(resource)
                for method in ("DELETE", "GET"):
                    yield from self._sender.request(ApiRequest(method, job.path))

    def delete_owned_jobs(self, resources: Iterable[ResourceProgress]) -> Steps[None]:
        """Delete every job that the conversation started, and list what remains."""
        self._sender.budget += _DELETION_SECONDS
        managed = [resource for resource in resources if resource.lists_jobs]
        own: list[TrackedJob] = []
        for resource in managed:
            if any(
                job.export_id.lower() not in resource.creation_times for job in resource.all_jobs
            ):
                yield from self._list(resource)
            own += [job for job in resource.all_jobs if resource.owns(job) and not job.deleted]
        for job in own:
            if not job.ended:
                job.update((yield from self._sender.request(ApiRequest("GET", job.path))))
        # A slow job must not delay the deletion of the others.
        for job in sorted(own, key=lambda job: not job.ended):
            if not job.ended:
                yield from self._poll_until_ended(job)
            yield from self._delete(job)
            yield from self._sender.request(ApiRequest("GET", job.path))
        for resource in managed:
            # Without this list, it is unknown which jobs exist.
            resource.ids_listed = None
            yield from self._list(resource)

    def fill_to_limit(self, resource: ResourceProgress) -> Steps[None]:
        """Start jobs up to the limit and one more; then delete one and request that one again."""
        if self._plan.edition != "2026-11" or resource.ids_before is None:
            return
        yield from self._list(resource)
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
        yield from self._list(resource)
        yield from self._filters.request(resource, window(day))
        yield from self._list(resource)
        for job in resource.all_jobs:
            if resource.owns(job) and not job.deleted:
                yield from self._poll_until_ended(job)
                yield from self._delete(job)
                yield from self._list(resource)
                yield from self._filters.request(resource, window(day))
                return

    def track_generated_job(
        self, resources: Iterable[ResourceProgress], exchange: Exchange | None
    ) -> None:
        """Track the job that a generated request started, so that it is deleted at the end."""
        address = exchange.address if exchange is not None else None
        for resource in resources:
            own = (resource.subject.kind, resource.subject.id)
            if address is not None and own == (address.kind, address.resource_id):
                self._filters.track(resource, exchange)

    def _list(
        self, resource: ResourceProgress, *, immediately: bool = False
    ) -> Steps[Exchange | None]:
        exchange = yield from self._sender.request(
            ApiRequest("GET", resource.path), immediately=immediately
        )
        resource.update_from_list(exchange)
        return exchange

    def _poll_listed_jobs(self, resource: ResourceProgress) -> Steps[None]:
        """Poll listed jobs that other clients started: all of them under the full profile."""
        own = {job.export_id.lower() for job in resource.all_jobs}
        others = sorted((resource.ids_listed or frozenset()) - own)
        limit = len(others) if self._plan.profile == "full" else _MOST_LISTED_POLLS
        for export_id in filter(fits_path, map(resource.spellings.__getitem__, others[:limit])):
            path = path_to(resource.subject.kind, resource.subject.id, export_id)
            yield from self._sender.request(ApiRequest("GET", path))

    def _delete(self, job: TrackedJob, *, immediately: bool = False) -> Steps[None]:
        exchange = yield from self._sender.request(
            ApiRequest("DELETE", job.path), immediately=immediately
        )
        # Without a response, the job may have been deleted.
        response = exchange.response if exchange is not None else None
        job.deleted = exchange is not None and (response is None or response.status < 300)

    def _delete_while_generating(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        """Try to delete a job that is generating.

        The job may end just before the deletion, and so may every job of the resource at about
        that age. After a successful deletion, the next attempt waits until its job is much
        older, where the same coincidence cannot occur.
        """
        if resource.age_when_deleted is not None:
            older = job.requested_at + _FAR_OLDER * resource.age_when_deleted + _SECOND
            yield from self._sender.pause(older - self._sender.now)
            job.update(
                (yield from self._sender.request(ApiRequest("GET", job.path), immediately=True))
            )
            if not job.unfinished:
                return
        yield from self._delete(job, immediately=True)
        if job.deleted:
            resource.age_when_deleted = self._sender.now - job.requested_at
        job.update((yield from self._sender.request(ApiRequest("GET", job.path), immediately=True)))

    def _probe_refused_deletions(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        yield from self._access.probe_deletions(resource, job)
        for kind, resource_id in other_locations(self._plan, job):
            yield from self._sender.request(
                ApiRequest("DELETE", path_to(kind, resource_id, job.export_id))
            )

    def _poll_until_ended(self, job: TrackedJob) -> Steps[None]:
        """Poll a job until it ends."""
        delays = self._plan.pace.delays()
        while job.update((yield from self._sender.request(ApiRequest("GET", job.path)))):
            if job.ended or self._sender.now >= job.deadline:
                return
            yield from self._sender.pause(next(delays))


def other_locations(plan: ConversationPlan, job: TrackedJob) -> Iterator[tuple[Kind, str]]:
    """Kinds and resources other than the job's own, each once."""
    own = (job.subject.kind, job.subject.id)
    others: list[tuple[Kind, str]] = [
        *((kind, job.subject.id) for kind in KINDS),
        (job.subject.kind, UNKNOWN_RESOURCE_ID),
        *((subject.kind, subject.id) for subject in plan.subjects),
    ]
    return (location for location in dict.fromkeys(others) if location != own)
