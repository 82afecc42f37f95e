"""The requests of the conversation that may start an export without a filter.

They follow the documented course: request, request again while the export is generating, and
again after it ended.
"""

from typing import Final

from prolific_contract.gate.conversation._archive_fetches import ArchiveFetches
from prolific_contract.gate.conversation._job_polls import JobPolls
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    job_id_in,
    state_in,
    text_member,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps

MOST_EXPORT_REQUESTS: Final = 17
"""The most POSTs with the token for each batch or collection under the polite profile.

Twelve of them belong to the probes of filters, and are sent only if edition 2026-11 is enforced.
Each starts at most one export. Repetitions after 429, or 503 with Retry-After, do not count: the
refused request started nothing.
"""


class ExportRequests:
    """Requests the exports of a conversation."""

    def __init__(
        self, plan: ConversationPlan, sender: Sender, polls: JobPolls, archives: ArchiveFetches
    ) -> None:
        self._plan = plan
        self._sender = sender
        self._polls = polls
        self._archives = archives

    def start(self, resource: ResourceProgress) -> Steps[TrackedJob | None]:
        """Request an export, and again while it is generating.

        Returns:
            The job, if it is new.
        """
        job = yield from self._request(resource)
        if job is not None and job.unfinished:
            yield from self._request(resource, immediately=True)
            # Only a later poll shows whether the job was still generating at the second request.
            yield from self._polls.poll(job, immediately=True)
        return job

    def request_after_failure(self, resource: ResourceProgress) -> Steps[None]:
        """Request an export whose complete job followed a failed one."""
        states = [job.state for job in resource.jobs]
        if "failed" in states[:-1] and states[-1:] == ["complete"]:
            # A complete job exists only now, since the request after the failed one.
            yield from self._request(resource)

    def _request(
        self, resource: ResourceProgress, *, immediately: bool = False
    ) -> Steps[TrackedJob | None]:
        """Send a POST, and poll the job that it returns at once.

        Returns:
            The job, if it is new.
        """
        if not resource.may_start_job():
            return None
        exchange = yield from self._sender.request(
            ApiRequest("POST", resource.path), immediately=immediately
        )
        resource.count_request(exchange)
        resource.last_state = state_in(exchange)
        if exchange is None or resource.last_state is None:
            return None
        yield from self._archives.fetch_archive(resource.subject, text_member(exchange, "url"))
        export_id = job_id_in(exchange)
        if export_id is None or any(job.export_id == export_id for job in resource.all_jobs):
            return None
        job = TrackedJob.of(resource.subject, export_id, exchange, self._plan.max_wait)
        resource.jobs.append(job)
        yield from self._polls.poll(job, immediately=True)
        return job
