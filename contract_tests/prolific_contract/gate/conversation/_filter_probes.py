"""The part of the conversation that requests filtered exports (edition 2026-11).

All filters select nothing: they end before the API existed. Each is requested beside the running
export and beside filters that differ in one condition, so that a server that ignores a condition
returns a job of another filter.
"""

from typing import Final
from urllib.parse import urlencode

from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    earliest_request_time,
    job_id_in,
    state_in,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Exchange

UNKNOWN_STUDY_ID: Final = "000000000000000000000000"
"""Id of a study that does not exist."""


def window(day: int) -> dict[str, str]:
    """A filter that selects nothing: one day of January 2015."""
    return {"from": f"2015-01-{day:02d}T00:00:00Z", "to": f"2015-01-{day + 1:02d}T00:00:00Z"}


_FILTER: Final = window(1)
_NEAR: Final = (
    {**_FILTER, "to": "2015-01-01T12:00:00Z"},
    {**_FILTER, "from": "2014-12-31T00:00:00Z"},
    {**_FILTER, "study_id": UNKNOWN_STUDY_ID},
)


def period(times: tuple[str, ...]) -> dict[str, str]:
    """A filter that selects the middle one of three responses; empty if no response is known."""
    texts = [text.replace("+00:00", "Z") for text in times]
    if len(texts) < 2:
        return {"from": texts[0]} if texts else {}
    return {"from": texts[-2], "to": texts[-1]}


class FilterProbes:
    """Requests filtered exports, and tracks the jobs that the server starts for them."""

    def __init__(self, plan: ConversationPlan, sender: Sender) -> None:
        self._plan = plan
        self._sender = sender

    def probe_while_generating(self, resource: ResourceProgress) -> Steps[None]:
        """Request a filter twice, others near it, and no filter, beside a running export."""
        for _ in range(2):
            yield from self.request(resource, _FILTER, immediately=True)
        for near in _NEAR:
            if resource.has_spare_job:
                yield from self._request_only(resource, near)
        # It returns the running export without a filter.
        if not resource.is_full:
            exchange = yield from self._sender.request(
                ApiRequest("POST", resource.path), immediately=True
            )
            resource.count_request(exchange)
            self.track(resource, exchange)

    def probe_after_end(self, resource: ResourceProgress) -> Steps[None]:
        """Request a filter again whose export is complete: this starts another job."""
        for job in resource.filtered[:1]:
            if job.state == "complete" and not job.deleted and not resource.is_full:
                yield from self._request_only(resource, _FILTER)

    def probe_period(self, resource: ResourceProgress) -> Steps[None]:
        """Request the responses of a period that begins and ends with known responses."""
        contents = (job.content for job in resource.jobs)
        times = next((one.times for one in contents if one is not None and one.times), ())
        wanted = period(times)
        if wanted and resource.filtered and not resource.is_full:
            yield from self.request(resource, wanted)

    def request(
        self, resource: ResourceProgress, wanted: dict[str, str], *, immediately: bool = False
    ) -> Steps[TrackedJob | None]:
        """Request a filtered export and poll it at once; return the job."""
        if resource.is_full:
            return None
        job = yield from self._post(resource, wanted, immediately=immediately)
        if job is not None:
            job.update(
                (yield from self._sender.request(ApiRequest("GET", job.path), immediately=True))
            )
        return job

    def _request_only(self, resource: ResourceProgress, wanted: dict[str, str]) -> Steps[None]:
        """Request a filtered export that is not polled before it is deleted at the end."""
        known = resource.all_jobs
        job = yield from self._post(resource, wanted, immediately=True)
        if job is not None and job not in known:
            job.polled_to_end = True

    def _post(
        self, resource: ResourceProgress, wanted: dict[str, str], *, immediately: bool
    ) -> Steps[TrackedJob | None]:
        request = ApiRequest("POST", f"{resource.path}?{urlencode(wanted)}")
        # 429 may mean the job limit as well as the rate limit.
        exchange = yield from self._sender.request(
            request, immediately=immediately, retry=immediately
        )
        resource.count_request(exchange)
        return self.track(resource, exchange)

    def track(self, resource: ResourceProgress, exchange: Exchange | None) -> TrackedJob | None:
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
