"""The part of the conversation that lists, deletes and filters export jobs.

Edition 2026-11 has these operations. If it is not enforced, the conversation requests one list,
and continues only if the server returns it. The conversation deletes a job only if it certainly
started it. It fills a resource up to the job limit only under the full profile.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlencode

from prolific_contract._vocabulary import (
    JOB_LIMIT,
    KINDS,
    UNKNOWN_EXPORT_ID,
    UNKNOWN_RESOURCE_ID,
    Kind,
)
from prolific_contract.gate.conversation._access_probes import BAD_CREDENTIALS, AccessProbes
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    earliest_request_time,
    job_id_in,
    path_to,
    state_in,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Exchange

# Seconds after the end of the budget for deleting jobs.
_DELETION_SECONDS: Final = 30.0
# A job this many times as old as another, plus a second, certainly has another age.
_FAR_OLDER: Final = 2.0
_SECOND: Final = 1.0
# How many jobs are started if the number of existing jobs is unknown.
_JOBS_WITHOUT_LIST: Final = 2


def _window(day: int) -> str:
    """A filter that selects nothing: one day, before the API existed."""
    return urlencode(
        {"from": f"2015-01-{day:02d}T00:00:00Z", "to": f"2015-01-{day + 1:02d}T00:00:00Z"}
    )


class JobManagement:
    """Lists, deletes and filters the jobs of the batches and collections of a conversation."""

    def __init__(self, plan: ConversationPlan, sender: Sender) -> None:
        self._plan = plan
        self._sender = sender
        self._access = AccessProbes(sender)

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
        if not resource.lists_jobs or job.state != "generating":
            return
        yield from self._list(resource, immediately=True)
        if resource.owns(job):
            yield from self._delete_while_generating(resource, job)
        if (
            self._plan.edition == "2026-11"
            and resource.ids_before is not None
            and not resource.filtered
        ):
            for _ in range(2):
                yield from self._request_filtered(resource, 1, immediately=True)
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
            job = yield from self._request_filtered(resource, day)
            if job is None or job.export_id.lower() in ids:
                return
            ids |= {job.export_id.lower()}
            day += 1
        yield from self._list(resource)
        yield from self._request_filtered(resource, day)
        yield from self._list(resource)
        for job in resource.all_jobs:
            if resource.owns(job) and not job.deleted:
                yield from self._poll_until_ended(job)
                yield from self._delete(job)
                yield from self._list(resource)
                yield from self._request_filtered(resource, day)
                return

    def track_generated_job(
        self, resources: Iterable[ResourceProgress], exchange: Exchange | None
    ) -> None:
        """Track the job that a generated request started, so that it is deleted at the end."""
        address = exchange.address if exchange is not None else None
        for resource in resources:
            own = (resource.subject.kind, resource.subject.id)
            if address is not None and own == (address.kind, address.resource_id):
                self._track(resource, exchange)

    def _list(
        self, resource: ResourceProgress, *, immediately: bool = False
    ) -> Steps[Exchange | None]:
        exchange = yield from self._sender.request(
            ApiRequest("GET", resource.path), immediately=immediately
        )
        resource.update_from_list(exchange)
        return exchange

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
            if job.state != "generating":
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

    def _request_filtered(
        self, resource: ResourceProgress, day: int, *, immediately: bool = False
    ) -> Steps[TrackedJob | None]:
        """Request a filtered export and poll it at once; return the job."""
        if resource.is_full:
            return None
        request = ApiRequest("POST", f"{resource.path}?{_window(day)}")
        # 429 may mean the job limit as well as the rate limit.
        exchange = yield from self._sender.request(
            request, immediately=immediately, retry=immediately
        )
        resource.count_request(exchange)
        job = self._track(resource, exchange)
        if job is not None:
            job.update(
                (yield from self._sender.request(ApiRequest("GET", job.path), immediately=True))
            )
        return job

    def _track(self, resource: ResourceProgress, exchange: Exchange | None) -> TrackedJob | None:
        """The job that a response to a request returns, already tracked or new."""
        export_id = job_id_in(exchange)
        if exchange is None or state_in(exchange) is None or export_id is None:
            return None
        for job in resource.all_jobs:
            if job.export_id == export_id:
                return job
        deadline = self._sender.now + self._plan.max_wait
        requested_after = earliest_request_time(exchange)
        job = TrackedJob(
            resource.subject, export_id, exchange.at, deadline, requested_after, state_in(exchange)
        )
        resource.filtered.append(job)
        return job

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
